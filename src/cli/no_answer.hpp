// How a command that solves ends without an answer, and how it names the file at fault.
#pragma once

#include <string>

#include "tariffsim/core/errors.hpp"

namespace tariffsim::cli {

/// @throws Interrupted where a signal was noted; `out` is the folder that was not written, empty where there is none.
void stop_if_interrupted(const std::string& out);

/// Says why nothing was solved and that `out`, where it is not empty, has the diagnosis. @return the exit code
[[nodiscard]] int not_solved(const std::string& diagnosis, const std::string& out);

/// What a market or a world reveals of a scenario: says which file it is in.
template <class Work>
auto blaming(const std::string& file, Work work) {
  try {
    return work();
  } catch (const InvalidInput& e) {
    if (e.where().find(file) != std::string::npos) throw;
    throw InvalidInput(file + ": " + e.where(), e.problem(), e.remedy());
  }
}

}  // namespace tariffsim::cli
