#include "io/atomic_folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <random>
#include <system_error>
#include <utility>

#include "io/durable_file.hpp"
#include "tariffsim/core/errors.hpp"

namespace tariffsim::detail {
namespace fs = std::filesystem;
namespace {

// The absolute path of the target, through links, without a trailing slash.
fs::path resolved(const fs::path& target) {
  std::error_code problem;
  fs::path path = fs::weakly_canonical(fs::absolute(target, problem), problem);
  if (problem) refuse_path(target, "resolve the path", problem.value());
  path = path.lexically_normal();
  if (!path.has_filename()) path = path.parent_path();
  if (!path.has_filename()) {
    throw InvalidInput(target.string(), "is not the name of a folder to write", "name a folder, such as ./result");
  }
  if (path == fs::current_path(problem)) {
    throw InvalidInput(target.string(), "is the current folder, which cannot be replaced",
                       "name a folder in it, such as ./result");
  }
  return path;
}

std::string stage_prefix(const fs::path& target) { return "." + target.filename().string() + ".writing-"; }

std::string random_suffix() {
  std::random_device device;
  const std::string letters = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::string suffix;
  for (int k = 0; k < 10; ++k) suffix += letters[device() % letters.size()];
  return suffix;
}

// True where the descriptor's folder is still the one at the path: nobody removed it before it was locked.
bool is_at(int descriptor, const fs::path& path) {
  struct stat by_descriptor {};
  struct stat by_path {};
  return ::fstat(descriptor, &by_descriptor) == 0 && ::stat(path.c_str(), &by_path) == 0 &&
         by_descriptor.st_ino == by_path.st_ino && by_descriptor.st_dev == by_path.st_dev;
}

// The nearest folder above the target that exists must take new entries.
void require_parent(const fs::path& target) {
  std::error_code ignored;
  fs::path parent = target.parent_path();
  while (!fs::exists(parent, ignored) && parent.has_relative_path()) parent = parent.parent_path();
  if (!fs::is_directory(parent, ignored)) refuse_path(parent, "write in it", ENOTDIR);
  if (::access(parent.c_str(), W_OK | X_OK) != 0) refuse_path(parent, "write in it", errno);
}

void require_free_or_replaceable(const fs::path& target, const AtomicFolder::MayReplace& may_replace) {
  std::error_code ignored;
  const auto status = fs::status(target, ignored);
  if (!fs::exists(status)) return require_parent(target);
  if (!fs::is_directory(status)) {
    throw InvalidInput(target.string(), "is a file, not a folder", "name a folder to create");
  }
  try {
    if (!fs::is_empty(target)) may_replace(target);
  } catch (const fs::filesystem_error& e) {
    refuse_path(target, "look into the folder", e.code().value());
  }
}

// Exchanges two folders in one step; false where the system or the file system cannot.
bool exchange(const fs::path& a, const fs::path& b) {
#if defined(RENAME_EXCHANGE)
  return ::renameat2(AT_FDCWD, a.c_str(), AT_FDCWD, b.c_str(), RENAME_EXCHANGE) == 0;
#else
  return static_cast<void>(a), static_cast<void>(b), false;
#endif
}

}  // namespace

void require_writable(const fs::path& target, const AtomicFolder::MayReplace& may_replace) {
  require_free_or_replaceable(resolved(target), may_replace);
}

std::string first_other_entry(const fs::path& folder, const std::set<std::string>& names) {
  for (const auto& entry : fs::directory_iterator(folder)) {
    std::string name = entry.path().filename().string();
    if (!entry.is_regular_file() || names.count(name) == 0) return name;
  }
  return {};
}

AtomicFolder::AtomicFolder(const fs::path& target, MayReplace may_replace)
    : target_(resolved(target)), may_replace_(std::move(may_replace)) {
  require_free_or_replaceable(target_, may_replace_);
  std::error_code problem;
  fs::create_directories(target_.parent_path(), problem);
  if (problem) refuse_path(target_.parent_path(), "create the folder", problem.value());
  remove_abandoned();
  open_stage();
}

AtomicFolder::~AtomicFolder() {
  std::error_code ignored;
  if (!stage_.empty()) fs::remove_all(stage_, ignored);
  if (lock_ >= 0) ::close(lock_);
}

void AtomicFolder::remove_abandoned() const {
  const std::string prefix = stage_prefix(target_);
  std::error_code ignored;
  for (fs::directory_iterator it(target_.parent_path(), ignored), end; it != end; it.increment(ignored)) {
    if (it->path().filename().string().rfind(prefix, 0) != 0) continue;
    const Descriptor folder(it->path(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    // Its writer holds a lock for as long as it lives.
    if (folder.opened() && ::flock(folder.get(), LOCK_EX | LOCK_NB) == 0) {
      std::error_code busy;
      fs::remove_all(it->path(), busy);
    }
  }
}

void AtomicFolder::open_stage() {
  // Between its creation and its lock another writer may take the folder for an abandoned one; then a new one is made.
  for (int attempt = 0; attempt < 100; ++attempt) {
    const fs::path stage = target_.parent_path() / (stage_prefix(target_) + random_suffix());
    if (::mkdir(stage.c_str(), 0777) != 0) {
      if (errno == EEXIST) continue;
      refuse_path(target_.parent_path(), "write in the folder", errno);
    }
    Descriptor folder(stage, O_RDONLY | O_DIRECTORY);
    // A file system without locks is served too; there an abandoned folder stays.
    const bool held_by_other = ::flock(folder.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    if (folder.opened() && !held_by_other && is_at(folder.get(), stage)) {
      stage_ = stage;
      lock_ = folder.release();
      return;
    }
    ::rmdir(stage.c_str());
  }
  throw InvalidInput(target_.string(), "a temporary folder beside it cannot be locked",
                     "choose a folder on another file system");
}

void AtomicFolder::write_file(const std::string& name, const std::string& text) const {
  const fs::path path = stage_ / name;
  std::error_code problem;
  fs::create_directories(path.parent_path(), problem);
  if (problem) refuse_path((target_ / name).parent_path(), "create the folder", problem.value());
  write_new_file(path, text, target_ / name);
}

void AtomicFolder::write_all(const std::map<std::string, std::string>& files, const StopRequested& stop) {
  const auto check_stop = [&] {
    if (stop && stop()) throw Interrupted("interrupted; nothing was written to " + target_.string());
  };
  std::set<fs::path> folders = {stage_};
  for (const auto& [name, text] : files) {
    check_stop();
    write_file(name, text);
    folders.insert((stage_ / name).parent_path());
  }
  for (const auto& folder : folders) sync_folder(folder);
  check_stop();
  require_free_or_replaceable(target_, may_replace_);  // it may have changed since
  move_into_place();
  sync_folder(target_.parent_path());
}

void AtomicFolder::move_into_place() {
  if (::rename(stage_.c_str(), target_.c_str()) == 0) {  // nothing, or an empty folder, was there
    stage_.clear();
    return;
  }
  if (errno != ENOTEMPTY && errno != EEXIST) refuse_path(target_, "create the folder", errno);
  if (exchange(stage_, target_)) return;  // what is now at stage_ is the old folder, which the destructor removes
  // A writer killed between these two renames leaves the old folder under this name; nothing deletes it.
  const fs::path aside = target_.parent_path() / ("." + target_.filename().string() + ".previous-" + random_suffix());
  if (::rename(target_.c_str(), aside.c_str()) != 0) refuse_path(target_, "move the old folder aside", errno);
  if (::rename(stage_.c_str(), target_.c_str()) != 0) {
    const int reason = errno;
    static_cast<void>(::rename(aside.c_str(), target_.c_str()));
    refuse_path(target_, "create the folder", reason);
  }
  stage_ = aside;
}

}  // namespace tariffsim::detail
