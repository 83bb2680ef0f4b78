// The folder that a sweep streams its answer to, part by part; what is whole there survives whatever ends the sweep.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace tariffsim {

/// Rows of a part: so many are written at once.
inline constexpr std::size_t kPartRows = 256;

/// A folder with `sweep.json`, the plan, and `part-00000.csv`, `part-00001.csv`, …: the rows of the sweep in the order
/// of work, each part renamed into place when it is whole and on the disk.
///
/// The plan is a JSON object with, at least,
///   "format": "tariffsim sweep", "version": 1
///   "rows": number of rows, "part_rows": rows of every part but the last
///   "columns": names of the columns, the first of which is "row", the number of the row from 0
/// and whatever else must be the same for a sweep to go on: its axes, and digests of what is solved.
///
/// One process writes at a time. All methods may be called from several threads.
class SweepFolder {
 public:
  /// Begins a sweep in a folder that is absent or empty; with `resume`, also one that holds the same sweep, of which it
  /// keeps the parts that are whole.
  /// @throws InvalidInput where the plan is malformed, another process writes there, the folder holds something else
  /// or, without `resume`, a sweep, or the plan there differs (and in what).
  SweepFolder(const std::filesystem::path& folder, const std::string& plan, bool resume);
  SweepFolder(SweepFolder&&) noexcept;
  SweepFolder& operator=(SweepFolder&&) noexcept;
  ~SweepFolder();

  [[nodiscard]] const std::filesystem::path& path() const;
  [[nodiscard]] std::size_t rows() const;
  [[nodiscard]] std::size_t parts() const;
  /// Rows of one part.
  [[nodiscard]] std::size_t rows_of(std::size_t part) const;
  [[nodiscard]] bool has(std::size_t part) const;
  /// Numbers of the parts that are there, ascending.
  [[nodiscard]] std::vector<std::size_t> done() const;
  /// The first line of every part, without its line break.
  [[nodiscard]] const std::string& header() const;

  /// Writes a part: its header and a line for each row, each with a line break. Returns when it is on the disk.
  /// @throws InvalidInput where the text is no such part or the disk refuses it.
  void write_part(std::size_t part, const std::string& text);

  /// Lets others write. Nothing can be written from here on.
  void close();

  /// Removes a sweep without a part, and its folder where nothing else is there; closes it.
  void discard_if_empty();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// What a folder of a sweep holds, whoever writes there meanwhile.
struct SweepContents {
  std::string plan;  ///< the text of sweep.json
  std::size_t rows = 0, parts = 0;
  std::vector<std::size_t> done;  ///< numbers of the parts that are whole
};

/// @throws InvalidInput where the folder holds no sweep.
[[nodiscard]] SweepContents read_sweep_folder(const std::filesystem::path& folder);

/// The text of one part. @throws InvalidInput where it is absent or not whole.
[[nodiscard]] std::string read_sweep_part(const std::filesystem::path& folder, std::size_t part);

/// Writes all rows as one CSV table in the order of their numbers.
/// @throws InvalidInput where a part is missing, unless `unfinished` is allowed, or the file cannot be written.
/// @return how many rows
std::size_t join_sweep(const std::filesystem::path& folder, const std::filesystem::path& file, bool unfinished = false);

}  // namespace tariffsim
