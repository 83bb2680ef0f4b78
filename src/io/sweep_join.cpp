// The parts of a sweep as one table.
#include <charconv>
#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "io/durable_file.hpp"
#include "io/sweep_plan_json.hpp"
#include "io/text_file.hpp"
#include "tariffsim/core/errors.hpp"
#include "tariffsim/io/sweep_folder.hpp"

namespace tariffsim {
namespace fs = std::filesystem;
namespace {

// Each line of a part by the number that it begins with.
void take_rows(std::string_view text, const std::string& where, std::vector<std::string>& rows) {
  text.remove_prefix(text.find('\n') + 1);
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n') + 1);
    text.remove_prefix(line.size());
    std::size_t row = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), row);
    if (error != std::errc{} || (*end != ',' && *end != '\n') || row >= rows.size() || !rows[row].empty()) {
      throw InvalidInput(where, "has a line that begins with " + detail::in_quotes(line.substr(0, line.find(','))),
                         "delete the part and resume the sweep: it writes the part again");
    }
    rows[row] = line;
  }
}

}  // namespace

std::size_t join_sweep(const fs::path& folder, const fs::path& file, bool unfinished) {
  const SweepContents contents = read_sweep_folder(folder);
  if (contents.done.size() < contents.parts && !unfinished) {
    throw InvalidInput(folder.string(),
                       "is not finished: " + std::to_string(contents.parts - contents.done.size()) + " of " +
                           std::to_string(contents.parts) + " parts are missing",
                       "resume the sweep, or ask for what is there");
  }
  std::vector<std::string> rows(contents.rows);
  for (const std::size_t part : contents.done) {
    take_rows(read_sweep_part(folder, part), folder.string() + ": part " + std::to_string(part), rows);
  }
  std::string text = detail::parse_sweep_plan(contents.plan, folder.string()).header + "\n";
  std::size_t count = 0;
  for (std::string& row : rows) {
    if (row.empty()) continue;
    text += std::exchange(row, {});
    ++count;
  }
  std::error_code problem;
  fs::path stage = file;
  stage += ".writing";
  fs::remove(stage, problem);
  detail::write_new_file(stage, text, file);
  fs::rename(stage, file, problem);
  if (problem) detail::refuse_path(file, "write the file", problem.value());
  return count;
}

}  // namespace tariffsim
