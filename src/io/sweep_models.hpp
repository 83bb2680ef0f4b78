// The solvers of a sweep, made when they are needed and shared among threads.
#pragma once

#include <cstddef>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "tariffsim/solve/solver.hpp"

namespace tariffsim::detail {

/// A solver, or why its base has no equilibrium.
struct SweepModel {
  std::shared_ptr<const Solver> solver;
  std::string failure;
};

/// Keeps the solvers of a few models. Work goes from model to model, so those that came first go first.
class SweepModels {
 public:
  explicit SweepModels(std::size_t most) : most_(most) {}

  /// The model of a number; `make` is called once for each while it is kept, outside the lock.
  /// @throws whatever `make` throws
  template <class Make>
  [[nodiscard]] SweepModel get(std::size_t number, Make make) {
    std::promise<SweepModel> promise;
    std::shared_future<SweepModel> future;
    {
      const std::lock_guard<std::mutex> guard(mutex_);
      const auto [place, added] = models_.try_emplace(number);
      if (!added) {
        future = place->second;
      } else {
        place->second = promise.get_future().share();
        while (models_.size() > most_)
          models_.erase(models_.begin()->first == number ? std::next(models_.begin()) : models_.begin());
      }
    }
    if (future.valid()) return future.get();
    try {
      SweepModel made = make();
      promise.set_value(made);
      return made;
    } catch (...) {
      promise.set_exception(std::current_exception());
      throw;
    }
  }

 private:
  std::size_t most_;
  std::mutex mutex_;
  std::map<std::size_t, std::shared_future<SweepModel>> models_;
};

}  // namespace tariffsim::detail
