#include "io/durable_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <utility>

#include "tariffsim/core/errors.hpp"

namespace tariffsim::detail {

Descriptor::Descriptor(const std::filesystem::path& path, int flags, mode_t mode)
    : value_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {}

int Descriptor::release() { return std::exchange(value_, -1); }

int Descriptor::close() { return value_ < 0 ? 0 : ::close(std::exchange(value_, -1)); }

void refuse_path(const std::filesystem::path& path, const std::string& action, int reason) {
  throw InvalidInput(path.string(), "cannot " + action + ": " + std::strerror(reason),
                     "choose a folder that can be written and has space");
}

void sync_folder(const std::filesystem::path& folder) {
  const Descriptor opened(folder, O_RDONLY | O_DIRECTORY);
  // Some file systems cannot sync a folder; the rename is then as durable as they make it.
  if (opened.opened()) static_cast<void>(::fsync(opened.get()));
}

void write_new_file(const std::filesystem::path& path, const std::string& text, const std::filesystem::path& shown) {
  Descriptor file(path, O_WRONLY | O_CREAT | O_EXCL, 0666);
  if (!file.opened()) refuse_path(shown, "write the file", errno);
  for (std::size_t done = 0; done < text.size();) {
    const auto wrote = ::write(file.get(), text.data() + done, text.size() - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) refuse_path(shown, "write the file", errno);
    done += static_cast<std::size_t>(wrote);
  }
  if (::fsync(file.get()) != 0 && errno != EINVAL && errno != ENOTSUP) refuse_path(shown, "write the file", errno);
  if (file.close() != 0) refuse_path(shown, "write the file", errno);
}

}  // namespace tariffsim::detail
