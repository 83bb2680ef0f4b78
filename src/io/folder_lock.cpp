#include "io/folder_lock.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "io/durable_file.hpp"
#include "tariffsim/core/errors.hpp"

namespace tariffsim::detail {
namespace {

// A process is not refused its own lock, and loses it when it closes any descriptor of the file: so it asks here first.
std::mutex held_mutex;
std::set<std::pair<dev_t, ino_t>> held;

[[noreturn]] void refuse(const std::filesystem::path& folder, const std::string& by) {
  throw InvalidInput(folder.string(), "is being written by " + by, "wait until it is done, or name another folder");
}

struct flock whole_file(short type) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  return lock;
}

}  // namespace

FolderLock::FolderLock(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / kName;
  const std::lock_guard<std::mutex> guard(held_mutex);
  struct stat found {};
  if (::stat(path.c_str(), &found) == 0 && held.count({found.st_dev, found.st_ino}) != 0) {
    refuse(folder, "this process already");
  }
  Descriptor file(path, O_RDWR | O_CREAT, 0666);
  if (!file.opened()) refuse_path(path, "write the file", errno);
  struct flock lock = whole_file(F_WRLCK);
  if (::fcntl(file.get(), F_SETLK, &lock) != 0 && (errno == EACCES || errno == EAGAIN)) {
    lock = whole_file(F_WRLCK);
    const bool known = ::fcntl(file.get(), F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK && lock.l_pid > 0;
    refuse(folder, known ? "process " + std::to_string(lock.l_pid) : "another process");
  }
  // A file system without locks is served too.
  if (::fstat(file.get(), &found) != 0) refuse_path(path, "read the file", errno);
  device_ = found.st_dev;
  inode_ = found.st_ino;
  held.insert({device_, inode_});
  descriptor_ = file.release();
  owner_ = ::getpid();
}

void FolderLock::release() {
  if (descriptor_ < 0) return;
  const std::lock_guard<std::mutex> guard(held_mutex);
  if (owner_ == ::getpid()) held.erase({device_, inode_});
  ::close(std::exchange(descriptor_, -1));
}

}  // namespace tariffsim::detail
