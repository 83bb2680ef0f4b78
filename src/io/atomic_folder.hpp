// A folder that appears as a whole or not at all.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>

#include "tariffsim/io/stop.hpp"

namespace tariffsim::detail {

/// Writes files into a hidden folder beside the target and renames it into place. What exists there is exchanged for
/// the new folder in one step where the file system can, else moved aside for the moment of a rename.
///
/// The hidden folder is locked while its writer lives; what a killed writer left behind is removed by the next one.
class AtomicFolder {
 public:
  /// Throws InvalidInput where an existing folder must not be replaced.
  using MayReplace = std::function<void(const std::filesystem::path&)>;

  AtomicFolder(const std::filesystem::path& target, MayReplace may_replace);
  ~AtomicFolder();
  AtomicFolder(const AtomicFolder&) = delete;
  AtomicFolder& operator=(const AtomicFolder&) = delete;
  AtomicFolder(AtomicFolder&&) = delete;
  AtomicFolder& operator=(AtomicFolder&&) = delete;

  /// Writes all files, those in sub-folders as "folder/file", and moves the folder into place. @throws Interrupted
  /// where told to stop before that.
  void write_all(const std::map<std::string, std::string>& files, const StopRequested& stop);

 private:
  void remove_abandoned() const;
  void open_stage();
  void write_file(const std::string& name, const std::string& text) const;
  void move_into_place();

  std::filesystem::path target_, stage_;
  MayReplace may_replace_;
  int lock_ = -1;
};

/// Refuses a target that AtomicFolder would refuse, before anything is written.
void require_writable(const std::filesystem::path& target, const AtomicFolder::MayReplace& may_replace);

/// The first entry of a folder that is not a plain file of one of these names; empty where there is none.
[[nodiscard]] std::string first_other_entry(const std::filesystem::path& folder, const std::set<std::string>& names);

}  // namespace tariffsim::detail
