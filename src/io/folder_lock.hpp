// A folder that one process alone writes.
#pragma once

#include <sys/types.h>

#include <filesystem>

namespace tariffsim::detail {

/// Holds a lock on the file `.lock` of a folder for as long as it and its process live. It is a lock of the process
/// and not of the open file, so that children which a pool of workers forks do not keep it alive.
class FolderLock {
 public:
  /// @throws InvalidInput that names the process where another one, or this one, holds it.
  explicit FolderLock(const std::filesystem::path& folder);
  ~FolderLock() { release(); }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  FolderLock(FolderLock&&) = delete;
  FolderLock& operator=(FolderLock&&) = delete;

  void release();

  static constexpr const char* kName = ".lock";

 private:
  int descriptor_ = -1;
  dev_t device_ = 0;
  ino_t inode_ = 0;
  pid_t owner_ = 0;
};

}  // namespace tariffsim::detail
