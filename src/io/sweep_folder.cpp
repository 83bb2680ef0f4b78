#include "tariffsim/io/sweep_folder.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <mutex>
#include <optional>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

#include "io/atomic_folder.hpp"
#include "io/durable_file.hpp"
#include "io/folder_lock.hpp"
#include "io/sweep_plan_json.hpp"
#include "io/text_file.hpp"
#include "tariffsim/core/errors.hpp"

namespace tariffsim {
namespace fs = std::filesystem;
namespace {

constexpr const char* kPlan = "sweep.json";
constexpr std::string_view kUnfinished = ".writing";

std::string part_name(std::size_t part) {
  char name[32];
  std::snprintf(name, sizeof name, "part-%05zu.csv", part);
  return name;
}

std::string hidden(const std::string& name) { return "." + name + std::string(kUnfinished); }

bool is_hidden(const std::string& name) {
  const auto begins = [&](std::string_view with) { return name.compare(0, with.size(), with) == 0; };
  const bool ends = name.size() > kUnfinished.size() &&
                    name.compare(name.size() - kUnfinished.size(), kUnfinished.size(), kUnfinished) == 0;
  return ends && (begins(".part-") || begins(".sweep.json"));
}

// Writes a file beside its place and renames it there, so that it is whole or absent.
void write_whole(const fs::path& folder, const std::string& name, const std::string& text) {
  const fs::path stage = folder / hidden(name), target = folder / name;
  std::error_code ignored;
  fs::remove(stage, ignored);
  detail::write_new_file(stage, text, target);
  if (std::rename(stage.c_str(), target.c_str()) != 0) detail::refuse_path(target, "write the file", errno);
  detail::sync_folder(folder);
}

// What is wrong with the text of a part; empty where nothing is.
std::string part_problem(const detail::SweepPlanFile& plan, std::size_t part, std::string_view text) {
  const auto first = text.find('\n');
  if (first == std::string_view::npos || text.substr(0, first) != plan.header) return "has another header";
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) - 1;
  if (text.back() == '\n' && lines == plan.rows_of(part)) return {};
  return "has " + std::to_string(lines) + " rows instead of " + std::to_string(plan.rows_of(part));
}

std::optional<std::string> whole_part(const fs::path& folder, const detail::SweepPlanFile& plan, std::size_t part) {
  std::error_code ignored;
  const fs::path file = folder / part_name(part);
  if (!fs::is_regular_file(file, ignored)) return std::nullopt;
  std::string text = detail::read_text(file);
  if (!part_problem(plan, part, text).empty()) return std::nullopt;
  return text;
}

std::set<std::size_t> whole_parts(const fs::path& folder, const detail::SweepPlanFile& plan) {
  std::set<std::size_t> done;
  for (std::size_t part = 0; part < plan.parts(); ++part) {
    if (whole_part(folder, plan, part)) done.insert(part);
  }
  return done;
}

std::string so_many(const detail::SweepPlanFile& plan, std::size_t done) {
  return std::to_string(done) + " of " + std::to_string(plan.parts()) + (plan.parts() == 1 ? " part" : " parts");
}

// Refuses a folder that holds anything which a sweep did not leave before its plan was written.
void require_unused(const fs::path& folder) {
  std::error_code problem;
  for (fs::directory_iterator it(folder, problem), end; !problem && it != end; it.increment(problem)) {
    const std::string name = it->path().filename().string();
    if (name == detail::FolderLock::kName || is_hidden(name)) continue;
    throw InvalidInput(folder.string(), "holds " + detail::in_quotes(name) + " and no sweep",
                       "name a new or an empty folder");
  }
  if (problem) detail::refuse_path(folder, "look into the folder", problem.value());
}

// The plan in a folder, absent where there is none.
std::optional<detail::SweepPlanFile> plan_in(const fs::path& folder) {
  const fs::path file = folder / kPlan;
  std::error_code ignored;
  if (!fs::exists(file, ignored)) return std::nullopt;
  return detail::parse_sweep_plan(detail::read_text(file), file.string());
}

void remove_unfinished(const fs::path& folder) {
  std::error_code ignored;
  for (fs::directory_iterator it(folder, ignored), end; it != end; it.increment(ignored)) {
    std::error_code busy;
    if (is_hidden(it->path().filename().string())) fs::remove(it->path(), busy);
  }
}

}  // namespace

struct SweepFolder::State {
  fs::path folder;
  detail::SweepPlanFile plan;
  std::unique_ptr<detail::FolderLock> lock;
  mutable std::mutex mutex;
  std::set<std::size_t> done;
};

SweepFolder::SweepFolder(const fs::path& folder, const std::string& plan, bool resume)
    : state_(std::make_unique<State>()) {
  State& s = *state_;
  std::error_code problem;
  s.folder = fs::absolute(folder, problem).lexically_normal();
  s.plan = detail::parse_sweep_plan(plan, kPlan);
  if (fs::exists(s.folder, problem) && !fs::is_directory(s.folder, problem)) {
    throw InvalidInput(folder.string(), "is a file, not a folder", "name a folder to create");
  }
  // Before anything is written into a folder of somebody else.
  if (fs::exists(s.folder, problem) && !plan_in(s.folder)) require_unused(s.folder);
  fs::create_directories(s.folder, problem);
  if (problem) detail::refuse_path(folder, "create the folder", problem.value());
  s.lock = std::make_unique<detail::FolderLock>(s.folder);
  remove_unfinished(s.folder);

  const std::optional<detail::SweepPlanFile> there = plan_in(s.folder);
  if (!there) {
    require_unused(s.folder);
    write_whole(s.folder, kPlan, plan);
    detail::sync_folder(s.folder.parent_path());
    return;
  }
  s.done = whole_parts(s.folder, *there);
  if (!resume) {
    throw InvalidInput(folder.string(), "holds a sweep already, with " + so_many(*there, s.done.size()),
                       "resume it if it is the same one, or name another folder");
  }
  const std::string difference = detail::plan_difference(there->json, s.plan.json);
  if (!difference.empty()) {
    throw InvalidInput(folder.string(), "holds another sweep: " + difference,
                       "resume with what it was begun with, or name another folder");
  }
}

SweepFolder::SweepFolder(SweepFolder&&) noexcept = default;
SweepFolder& SweepFolder::operator=(SweepFolder&&) noexcept = default;
SweepFolder::~SweepFolder() = default;

const fs::path& SweepFolder::path() const { return state_->folder; }
std::size_t SweepFolder::rows() const { return state_->plan.rows; }
std::size_t SweepFolder::parts() const { return state_->plan.parts(); }
const std::string& SweepFolder::header() const { return state_->plan.header; }

std::size_t SweepFolder::rows_of(std::size_t part) const {
  if (part < parts()) return state_->plan.rows_of(part);
  throw InvalidInput(state_->folder.string(), "has no part " + std::to_string(part),
                     "there are " + std::to_string(parts()) + ", from 0");
}

bool SweepFolder::has(std::size_t part) const {
  const std::lock_guard<std::mutex> guard(state_->mutex);
  return state_->done.count(part) != 0;
}

std::vector<std::size_t> SweepFolder::done() const {
  const std::lock_guard<std::mutex> guard(state_->mutex);
  return {state_->done.begin(), state_->done.end()};
}

void SweepFolder::write_part(std::size_t part, const std::string& text) {
  const std::string where = (state_->folder / part_name(part)).string();
  static_cast<void>(rows_of(part));
  const std::string problem = part_problem(state_->plan, part, text);
  if (!problem.empty()) throw InvalidInput(where, problem, "give its header and a line for each row");
  const std::lock_guard<std::mutex> guard(state_->mutex);
  if (!state_->lock) throw InvalidInput(where, "the folder is closed", "open it again");
  write_whole(state_->folder, part_name(part), text);
  state_->done.insert(part);
}

void SweepFolder::close() {
  const std::lock_guard<std::mutex> guard(state_->mutex);
  state_->lock.reset();
}

void SweepFolder::discard_if_empty() {
  const std::lock_guard<std::mutex> guard(state_->mutex);
  if (state_->lock && state_->done.empty()) {
    std::error_code ignored;
    fs::remove(state_->folder / kPlan, ignored);
    fs::remove(state_->folder / detail::FolderLock::kName, ignored);
    fs::remove(state_->folder, ignored);  // not where it holds anything
  }
  state_->lock.reset();
}

SweepContents read_sweep_folder(const fs::path& folder) {
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored)) {
    throw InvalidInput(folder.string(), "there is no such folder", "name the folder of a sweep");
  }
  const fs::path file = folder / kPlan;
  if (!fs::exists(file, ignored)) {
    throw InvalidInput(folder.string(), std::string("holds no sweep: there is no ") + kPlan,
                       "name the folder of a sweep");
  }
  SweepContents contents;
  contents.plan = detail::read_text(file);
  const detail::SweepPlanFile plan = detail::parse_sweep_plan(contents.plan, file.string());
  contents.rows = plan.rows;
  contents.parts = plan.parts();
  const auto done = whole_parts(folder, plan);
  contents.done.assign(done.begin(), done.end());
  return contents;
}

std::string read_sweep_part(const fs::path& folder, std::size_t part) {
  const auto plan = plan_in(folder);
  if (!plan) throw InvalidInput(folder.string(), "holds no sweep", "name the folder of a sweep");
  const fs::path file = folder / part_name(part);
  if (part >= plan->parts()) {
    throw InvalidInput(file.string(), "the sweep has no such part",
                       "there are " + std::to_string(plan->parts()) + ", from 0");
  }
  std::string text = detail::read_text(file);
  const std::string problem = part_problem(*plan, part, text);
  if (problem.empty()) return text;
  throw InvalidInput(file.string(), problem, "resume the sweep: it writes the part again");
}

}  // namespace tariffsim
