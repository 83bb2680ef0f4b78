// Sweep files (TOML): a scenario with names for values, and what the names run over.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "tariffsim/core/date.hpp"
#include "tariffsim/data/world.hpp"
#include "tariffsim/io/case_file.hpp"
#include "tariffsim/model/closure.hpp"
#include "tariffsim/model/theory.hpp"
#include "tariffsim/policy/scenario.hpp"

namespace tariffsim {

/// What a name stands for in one row.
using SweepValue = std::variant<double, std::string, Date>;

/// As a table has it: numbers in the shortest form that reads back the same, days as 2025-04-09.
[[nodiscard]] std::string text_of(const SweepValue& value);

/// One dimension of a sweep: the values of each name that it sets, all of one length.
struct SweepAxis {
  std::string dim;
  std::vector<std::pair<std::string, std::vector<SweepValue>>> columns;
  std::string method;  ///< how the draws were made; empty where values are given

  [[nodiscard]] std::size_t size() const { return columns.front().second.size(); }
};

/// What one row of a sweep solves; its scenario is on its day.
struct SweepRow {
  Scenario scenario;
  Theory theory;
  Closure closure;
};

/// A sweep as its file declares it. Rows are the product of the axes, the last one fastest.
class SweepFile {
 public:
  [[nodiscard]] const std::string& title() const;
  /// Name or path of the world; a path is relative to the program, not to the file.
  [[nodiscard]] const std::string& world() const;
  [[nodiscard]] const std::vector<std::string>& outcomes() const;
  [[nodiscard]] const std::vector<SweepAxis>& axes() const;
  /// The names that a row gives values to, axis by axis.
  [[nodiscard]] const std::vector<std::string>& names() const;
  [[nodiscard]] double tolerance() const;

  [[nodiscard]] std::size_t rows() const;
  [[nodiscard]] std::vector<SweepValue> values(std::size_t row) const;
  /// "row 17 (rate=0.25, scale=1.1)"
  [[nodiscard]] std::string describe(std::size_t row) const;

  /// Rows of one number have the same theory and closure.
  [[nodiscard]] std::size_t model(std::size_t row) const;
  /// All rows in the order of work: neighbours share their model where they can.
  [[nodiscard]] std::vector<std::size_t> order() const;

  /// Reads rows; each thread takes one of its own.
  class Reader {
   public:
    explicit Reader(const SweepFile& file);
    Reader(Reader&&) noexcept;
    ~Reader();
    /// @throws InvalidInput that names file, line and the values of the row.
    [[nodiscard]] SweepRow row(std::size_t row);

   private:
    struct State;
    std::unique_ptr<State> state_;
  };

  /// A number that changes with the file and with the tables and scenario files that it names.
  [[nodiscard]] const std::string& digest() const;

  struct State;

 private:
  friend SweepFile parse_sweep(std::string_view text, const std::filesystem::path& file, const FileReader& files);
  explicit SweepFile(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  std::shared_ptr<const State> state_;
};

/// Reads a sweep file: a scenario file in which any value may be a name in place of a value ("$rate"), and a table
/// [sweep] with `world`, `outcomes`, `date`, `tolerance`, `[sweep.over]` and `[[sweep.design]]`. `scenario` names a
/// scenario that it starts from.
/// @throws InvalidInput that names the file, line and remedy: a name that has no values, values that nothing uses, more
/// than ten million rows, and whatever makes its first row no scenario.
[[nodiscard]] SweepFile read_sweep(const std::filesystem::path& file);

/// The same from text in memory; `file` is its name in messages and what its paths are relative to.
[[nodiscard]] SweepFile parse_sweep(std::string_view text, const std::filesystem::path& file,
                                    const FileReader& files = read_file);

}  // namespace tariffsim
