// Files that are on the disk when the call returns.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

namespace tariffsim::detail {

/// A file descriptor that closes itself.
class Descriptor {
 public:
  Descriptor(const std::filesystem::path& path, int flags, mode_t mode = 0);
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  Descriptor(Descriptor&&) = delete;
  Descriptor& operator=(Descriptor&&) = delete;

  [[nodiscard]] bool opened() const { return value_ >= 0; }
  [[nodiscard]] int get() const { return value_; }
  /// The descriptor, which the caller closes from here on.
  [[nodiscard]] int release();
  int close();

 private:
  int value_;
};

/// Says which action on a path the system refused. @throws InvalidInput always
[[noreturn]] void refuse_path(const std::filesystem::path& path, const std::string& action, int reason);

/// Makes new names in a folder last, where its file system can.
void sync_folder(const std::filesystem::path& folder);

/// Writes a file that must not exist yet. @param shown how a message calls it. @throws InvalidInput
void write_new_file(const std::filesystem::path& path, const std::string& text, const std::filesystem::path& shown);

}  // namespace tariffsim::detail
