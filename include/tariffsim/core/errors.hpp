// Errors that say where, what and how to mend it.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace tariffsim {

/// Input that the library refuses: `where` (file and line, or table and cell), `problem`, `remedy`.
class InvalidInput : public std::invalid_argument {
 public:
  InvalidInput(std::string where, std::string problem, std::string remedy)
      : std::invalid_argument(compose(where, problem, remedy)),
        where_(std::move(where)),
        problem_(std::move(problem)),
        remedy_(std::move(remedy)) {}

  [[nodiscard]] const std::string& where() const noexcept { return where_; }
  [[nodiscard]] const std::string& problem() const noexcept { return problem_; }
  [[nodiscard]] const std::string& remedy() const noexcept { return remedy_; }

 private:
  static std::string compose(const std::string& where, const std::string& problem, const std::string& remedy) {
    std::string text = where.empty() ? problem : where + ": " + problem;
    if (!remedy.empty()) text += "\n  remedy: " + remedy;
    return text;
  }

  std::string where_, problem_, remedy_;
};

/// A solve that ended without an equilibrium; thrown by Equilibrium::require_converged().
class NotConverged : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace tariffsim
