#include "cli/progress_line.hpp"

#include <unistd.h>

#include <cstdio>

namespace tariffsim::cli {
namespace {

constexpr double kSlow = 0.5;  // seconds before anybody wonders

}  // namespace

ProgressLine::ProgressLine(bool quiet) : enabled_(!quiet && ::isatty(STDERR_FILENO) == 1) {}

ProgressLine::~ProgressLine() {
  if (shown_) std::fputs("\r\033[K", stderr);
}

void ProgressLine::show(const Progress& progress) {
  if (!enabled_ || progress.seconds < kSlow) return;
  std::fprintf(stderr, "\rsolving: %.1f s, %d evaluations, largest residual %.1e", progress.seconds,
               progress.evaluations, progress.residual);
  if (progress.path < 1) std::fprintf(stderr, ", %.0f percent of the shock", 100 * progress.path);
  std::fputs("\033[K", stderr);
  std::fflush(stderr);
  shown_ = true;
}

void ProgressLine::show_round(int round, double gap) {
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  if (!enabled_ || seconds < kSlow) return;
  std::fprintf(stderr, "\rlinking: %.1f s, round %d, market and world differ by %.1e\033[K", seconds, round, gap);
  std::fflush(stderr);
  shown_ = true;
}

}  // namespace tariffsim::cli
