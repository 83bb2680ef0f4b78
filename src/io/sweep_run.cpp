#include "tariffsim/io/sweep_run.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "io/csv_cell.hpp"
#include "io/csv_text.hpp"
#include "io/sweep_columns.hpp"
#include "io/sweep_models.hpp"
#include "tariffsim/core/errors.hpp"
#include "tariffsim/io/sweep_folder.hpp"
#include "tariffsim/model/theory_values.hpp"
#include "tariffsim/policy/bound_policy.hpp"
#include "tariffsim/solve/batch.hpp"

namespace tariffsim {
namespace {

constexpr std::size_t kPanels = kPartRows / kPanel;  // of a part

/// What a solve tells of a row, besides its numbers.
struct RowAnswer {
  std::string status, diagnosis;
  int evaluations = 0;
  double residual = 0;
  bool solved = false;
};

// Adds to an error which row it is about.
template <class Work>
auto in_row(const SweepFile& sweep, std::size_t row, Work work) {
  try {
    return work();
  } catch (const InvalidInput& e) {
    throw InvalidInput(e.where(), e.problem() + ", in " + sweep.describe(row), e.remedy());
  }
}

std::string one_line(std::string text) {
  for (char& c : text) {
    if (c == '\n' || c == '\r') c = ' ';
  }
  return text;
}

/// Scenarios whose policy is the same object share its binding to the world.
class Compiler {
 public:
  explicit Compiler(const World& world) : world_(world) {}

  [[nodiscard]] Shock compile(const Scenario& scenario) {
    if (scenario.policy().measures.empty() || !scenario.day()) return scenario.compile(world_);
    return scenario.compile(*bound(scenario.shared_policy()));
  }

 private:
  std::shared_ptr<const BoundPolicy> bound(const std::shared_ptr<const Policy>& policy) {
    const std::lock_guard<std::mutex> guard(mutex_);
    const auto found = bound_.find(policy);
    if (found != bound_.end()) return found->second;
    if (bound_.size() >= kMost) bound_.clear();
    return bound_[policy] = std::make_shared<const BoundPolicy>(policy, world_);
  }

  static constexpr std::size_t kMost = 16;
  const World& world_;
  std::mutex mutex_;
  std::map<std::shared_ptr<const Policy>, std::shared_ptr<const BoundPolicy>> bound_;
};

/// A sweep at work.
class Run {
 public:
  Run(const SweepFile& sweep, const World& world, SweepFolder& folder, const SweepOptions& options)
      : sweep_(sweep),
        world_(world),
        folder_(folder),
        options_(options),
        outcomes_(detail::outcomes_of(sweep, world)),
        compiler_(world),
        threads_(options.threads > 0 ? options.threads : available_threads()),
        models_(static_cast<std::size_t>(threads_) + 2),
        order_(sweep.order()) {
    for (const Outcome& outcome : outcomes_) width_ += static_cast<std::size_t>(outcome.size());
    progress_.rows = sweep.rows();
    for (std::size_t part = 0; part < folder.parts(); ++part) {
      if (folder.has(part)) {
        progress_.kept += folder.rows_of(part);
      } else {
        const std::size_t first = part * kPanels, last = first + (folder.rows_of(part) + kPanel - 1) / kPanel;
        for (std::size_t panel = first; panel < last; ++panel) pending_.push_back(panel);
        waiting_[part].left = last - first;
      }
    }
  }

  // Panels are taken in order, so that the parts in flight are few.
  SweepOutcome all() {
    const auto threads = static_cast<std::size_t>(threads_);
    parallel_for(threads, std::min(threads_, available_threads()), [&](std::size_t) {
      try {
        SweepFile::Reader reader(sweep_);
        for (std::size_t k = next_++; k < pending_.size() && !stop_; k = next_++) work(pending_[k], reader);
      } catch (...) {
        stop_ = true;  // of the others; the exception goes on
        throw;
      }
    });
    SweepOutcome outcome;
    outcome.progress = now();
    outcome.stopped = stop_;
    return outcome;
  }

 private:
  struct Waiting {
    std::size_t left = 0;  // panels
    std::map<std::size_t, std::string> texts;
  };

  SweepProgress now() const {
    SweepProgress progress = progress_;
    progress.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    return progress;
  }

  // True where the sweep goes on; also asked during solves.
  bool go_on(std::size_t rows) {
    const std::lock_guard<std::mutex> guard(mutex_);
    progress_.solved += rows;
    if (!stop_ && options_.progress && !options_.progress(now())) stop_ = true;
    return !stop_;
  }

  detail::SweepModel made(const SweepRow& row) {
    SolveOptions options;
    options.tolerance = sweep_.tolerance();
    options.progress = [this](const Progress&) { return go_on(0); };
    try {
      return {std::make_shared<const Solver>(world_, row.theory, row.closure, options), ""};
    } catch (const NotConverged& e) {
      return {nullptr, e.what()};
    }
  }

  void work(std::size_t panel, SweepFile::Reader& reader) {
    const std::size_t first = panel * kPanel, last = std::min(first + kPanel, order_.size());
    detail::CsvText text("sweep", "");
    std::vector<double> numbers(width_);
    std::optional<Chain> chain;
    std::size_t number = 0;
    detail::SweepModel model;  // kept for its rows: another solver of the same model would begin the chain anew
    for (std::size_t k = first; k < last; ++k) {
      const std::size_t row = order_[k];
      const SweepRow read = reader.row(row);
      if (!chain || number != sweep_.model(row)) {
        number = sweep_.model(row);
        model = in_row(sweep_, row, [&] { return models_.get(number, [&] { return made(read); }); });
        chain.emplace();
      }
      const RowAnswer answer = in_row(sweep_, row, [&] { return solve(read, model, *chain, numbers); });
      if (stop_) return;  // the row may have been cut short
      write(text, row, answer, numbers);
    }
    std::string lines = std::move(text).take().substr(1);  // after the line break of the empty header
    finish(panel, std::move(lines));
    go_on(last - first);
  }

  RowAnswer solve(const SweepRow& row, const detail::SweepModel& model, Chain& chain, std::vector<double>& numbers) {
    RowAnswer answer;
    if (!model.solver) return {"no_base", model.failure, 0, std::nan(""), false};
    const Equilibrium eq = model.solver->solve(compiler_.compile(row.scenario), chain);
    answer = {name(eq.status), eq.diagnosis, eq.evaluations, eq.certificate.worst(), eq.converged()};
    if (!answer.solved) return answer;
    double* to = numbers.data();
    for (const Outcome& outcome : outcomes_) {
      outcome.read(eq, to);
      to += outcome.size();
    }
    return answer;
  }

  void write(detail::CsvText& text, std::size_t row, const RowAnswer& answer,
             const std::vector<double>& numbers) const {
    text << std::to_string(row);
    for (const SweepValue& value : sweep_.values(row)) text << text_of(value);
    text << answer.status << std::to_string(answer.evaluations);
    text << detail::Cell(true, answer.residual);
    for (const double number : numbers) text << detail::Cell(answer.solved, number);
    text << (answer.solved ? std::string() : one_line(answer.diagnosis.empty() ? answer.status : answer.diagnosis));
    text.end_row();
  }

  // Writes the part of a panel where that was its last.
  void finish(std::size_t panel, std::string lines) {
    const std::size_t part = panel / kPanels;
    std::string whole;
    {
      const std::lock_guard<std::mutex> guard(mutex_);
      Waiting& waiting = waiting_[part];
      waiting.texts[panel] = std::move(lines);
      if (--waiting.left > 0) return;
      whole = folder_.header() + "\n";
      for (const auto& [number, each] : waiting.texts) whole += each;
      waiting_.erase(part);
    }
    folder_.write_part(part, whole);
  }

  const SweepFile& sweep_;
  const World& world_;
  SweepFolder& folder_;
  const SweepOptions& options_;
  std::vector<Outcome> outcomes_;
  Compiler compiler_;
  int threads_;
  detail::SweepModels models_;
  std::vector<std::size_t> order_, pending_;
  std::size_t width_ = 0;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::mutex mutex_;
  std::map<std::size_t, Waiting> waiting_;
  SweepProgress progress_;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<bool> stop_ = false;
};

// Rows that show at once what no scenario of the world is: each axis along the first values of the others.
std::vector<std::size_t> rows_to_check(const SweepFile& sweep) {
  constexpr std::size_t kMost = 64;  // of an axis
  std::set<std::size_t> rows = {0, sweep.rows() - 1};
  std::size_t stride = sweep.rows();
  for (const SweepAxis& axis : sweep.axes()) {
    const std::size_t size = axis.size();
    stride /= size;
    std::set<std::size_t> places;
    for (std::size_t k = 0; k < std::min(size, kMost); ++k)
      places.insert(size <= kMost ? k : k * (size - 1) / (kMost - 1));
    for (const auto& [name, values] : axis.columns) {
      if (!std::holds_alternative<double>(values.front())) continue;
      const auto [low, high] = std::minmax_element(values.begin(), values.end());
      places.insert(static_cast<std::size_t>(low - values.begin()));
      places.insert(static_cast<std::size_t>(high - values.begin()));
    }
    for (const std::size_t place : places) rows.insert(place * stride);
  }
  return {rows.begin(), rows.end()};
}

void check_rows(const SweepFile& sweep, const World& world) {
  SweepFile::Reader reader(sweep);
  Compiler compiler(world);
  std::set<std::size_t> models;
  for (const std::size_t row : rows_to_check(sweep)) {
    const SweepRow read = reader.row(row);
    in_row(sweep, row, [&] { return compiler.compile(read.scenario); });
    if (models.insert(sweep.model(row)).second) in_row(sweep, row, [&] { return values_of(read.theory, world); });
  }
}

// Rows without an equilibrium in what is on disk, and the first diagnosis.
void count_unsolved(const SweepFile& sweep, const SweepFolder& folder, SweepOutcome& outcome) {
  const std::vector<std::size_t> order = sweep.order();
  for (const std::size_t part : folder.done()) {
    outcome.on_disk += folder.rows_of(part);
    const std::string text = read_sweep_part(folder.path(), part);
    std::string_view rest = text;
    rest.remove_prefix(rest.find('\n') + 1);
    for (std::size_t k = part * kPartRows; !rest.empty(); ++k) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(line.size() + 1);
      if (line.back() == ',') continue;  // no diagnosis
      ++outcome.unsolved;
      if (!outcome.first_diagnosis.empty()) continue;
      std::string_view why = line.substr(line.rfind(",,") + 2);  // behind the empty cells
      if (why.front() == '"') why = why.substr(1, why.size() - 2);
      outcome.first_diagnosis = sweep.describe(order[k]) + ": " + std::string(why);
    }
  }
}

}  // namespace

SweepOutcome run_sweep(const SweepFile& sweep, const World& world, const std::filesystem::path& path,
                       const SweepOptions& options) {
  const std::string plan = sweep_plan(sweep, world);
  check_rows(sweep, world);
  SweepFolder folder(path, plan, options.resume);
  try {
    SweepOutcome outcome = Run(sweep, world, folder, options).all();
    count_unsolved(sweep, folder, outcome);
    return outcome;
  } catch (const InvalidInput&) {
    folder.discard_if_empty();  // so that the mended sweep can be written there
    throw;
  }
}

}  // namespace tariffsim
