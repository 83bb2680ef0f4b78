#include "cli/progress_line.hpp"

#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <string>

namespace tariffsim::cli {
namespace {

constexpr double kSlow = 0.5;  // seconds before anybody wonders

// Seconds as a person says them: "12 s", "3 min 5 s", "2 h 10 min".
std::string duration(double seconds) {
  const auto all = static_cast<long long>(std::ceil(seconds));
  if (all < 60) return std::to_string(all) + " s";
  if (all < 3600) return std::to_string(all / 60) + " min " + std::to_string(all % 60) + " s";
  return std::to_string(all / 3600) + " h " + std::to_string(all % 3600 / 60) + " min";
}

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

void ProgressLine::show_rows(const SweepProgress& progress) {
  if (!enabled_ || progress.seconds < kSlow || progress.solved == 0) return;
  const double rate = progress.rate();
  std::fprintf(stderr, "\rsweeping: %zu of %zu rows, %.3g rows a second, %s left\033[K",
               progress.kept + progress.solved, progress.rows, rate,
               duration(static_cast<double>(progress.left()) / rate).c_str());
  std::fflush(stderr);
  shown_ = true;
}

}  // namespace tariffsim::cli
