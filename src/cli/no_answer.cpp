#include "cli/no_answer.hpp"

#include <iostream>

#include "cli/commands.hpp"
#include "cli/interrupts.hpp"
#include "tariffsim/io/stop.hpp"

namespace tariffsim::cli {

void stop_if_interrupted(const std::string& out) {
  if (noted_signal() == 0) return;
  throw Interrupted(out.empty() ? "interrupted" : "interrupted; nothing was written to " + out);
}

int not_solved(const std::string& diagnosis, const std::string& out) {
  std::cerr << "tariffsim: not converged: " << diagnosis << "\n";
  if (!out.empty()) std::cerr << "  the diagnosis is in " << out << "/summary.json; no answer was written\n";
  return not_converged;
}

}  // namespace tariffsim::cli
