// Ctrl-C and termination, as a question that long work asks.
#pragma once

namespace tariffsim::cli {

/// From here on the first SIGINT or SIGTERM is only noted; a second one ends the program at once.
void note_interrupts();

/// The signal that was noted, 0 where there was none.
[[nodiscard]] int noted_signal();

}  // namespace tariffsim::cli
