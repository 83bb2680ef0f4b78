#include <map>
#include <string>

#include "io/code_finder.hpp"
#include "io/csv_table.hpp"
#include "io/text_file.hpp"
#include "tariffsim/io/code_map.hpp"

namespace tariffsim {

std::map<std::string, std::string> parse_code_map(std::string_view text, const std::string& file,
                                                  const Labels& labels) {
  detail::CsvTable table(text, file, {"old", "new"});
  detail::CodeFinder finder(labels);
  std::map<std::string, std::string> map;
  while (table.next()) {
    const std::string& old_code = labels.code(finder.at(table, 0));
    const std::string new_code = table.text(1);
    if (new_code.empty()) {
      table.refuse("code " + detail::in_quotes(old_code) + " has no new code", "give the code that it becomes");
    }
    if (!map.emplace(old_code, new_code).second) {
      table.refuse("code " + detail::in_quotes(old_code) + " is mapped twice", "keep one of the two rows");
    }
  }
  return map;
}

std::map<std::string, std::string> read_code_map(const std::filesystem::path& file, const Labels& labels) {
  return parse_code_map(detail::read_text(file), file.string(), labels);
}

}  // namespace tariffsim
