// Where tests leave the numbers that docs/_generated/validation.md is made of (scripts/validation_table.py).
#pragma once

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace tariffsim::testing {

/// $TARIFFSIM_VALIDATION_OUT, or `validation` in the build folder.
inline std::filesystem::path validation_folder() {
  const char* given = std::getenv("TARIFFSIM_VALIDATION_OUT");
  const std::filesystem::path folder =
      given ? std::filesystem::path(given) : std::filesystem::path(TARIFFSIM_TEST_OUTPUT_DIR) / "validation";
  std::filesystem::create_directories(folder);
  return folder;
}

/// A comparison with known numbers: what was compared, how many numbers, and by how much they miss at most.
class KnownNumbers {
 public:
  /// @param file name of the CSV file without folder; @param known the case and where its numbers are from.
  KnownNumbers(std::string file, std::string known) : file_(std::move(file)), known_(std::move(known)) {}
  KnownNumbers(const KnownNumbers&) = delete;
  KnownNumbers& operator=(const KnownNumbers&) = delete;

  ~KnownNumbers() {
    std::ofstream csv(validation_folder() / ("known-" + file_ + ".csv"));
    csv << "case,compared,numbers,worst_miss,tolerance\n";
    for (const Row& row : rows_) {
      csv << '"' << known_ << "\",\"" << row.compared << "\"," << row.numbers << ',' << row.worst << ','
          << row.tolerance << '\n';
    }
  }

  /// Keeps the largest miss of what is compared; returns true where it is within tolerance.
  bool within(double miss, double tolerance, const std::string& compared) {
    Row& row = find(compared);
    row.tolerance = tolerance;
    ++row.numbers;
    if (!(miss <= row.worst)) row.worst = miss;
    return miss <= tolerance;
  }

 private:
  struct Row {
    std::string compared;
    int numbers = 0;
    double worst = 0, tolerance = 0;
  };

  Row& find(const std::string& compared) {
    for (Row& row : rows_) {
      if (row.compared == compared) return row;
    }
    rows_.push_back({compared});
    return rows_.back();
  }

  std::string file_, known_;
  std::vector<Row> rows_;
};

}  // namespace tariffsim::testing
