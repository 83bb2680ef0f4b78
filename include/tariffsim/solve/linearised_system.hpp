// The system linearised at a solution: how every level moves with every parameter, and the transposed of that map.
//
// Recorded is one step of the solver (solve/direct.hpp) with its preconditioner: at a solution the step is zero, so
// that A dz + B dp = 0, where A is close to minus the identity. Derivatives solve with A, gradients with its
// transposed, by GMRES; both take a dozen products, whatever the number of parameters.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "tariffsim/core/errors.hpp"
#include "tariffsim/core/format.hpp"
#include "tariffsim/model/system.hpp"
#include "tariffsim/solve/gmres.hpp"
#include "tariffsim/solve/linearised_production.hpp"
#include "tariffsim/solve/linearised_sourcing.hpp"
#include "tariffsim/solve/preconditioner.hpp"

namespace tariffsim::detail {

class LinearisedSystem {
 public:
  using Array = Eigen::ArrayXXd;
  using Node = LinearTape::Node;

  /// Everything must outlive it. @param z a solution, as sharp as derivatives are to be.
  /// @param wanted the parameters to differentiate by.
  LinearisedSystem(const State& base, const System& system, const Shock& shock, const Unknowns& z,
                   const Preconditioner& preconditioner, std::optional<Index> numeraire,
                   const std::vector<ParameterKind>& wanted)
      : base_(base),
        system_(system),
        c_(system.coefficients()),
        t_(system.theory()),
        shock_(shock),
        z_(z),
        preconditioner_(preconditioner),
        costs_(system.production().costs(z, z.log_price)) {
    record(numeraire, wanted);
  }

  LinearisedSystem(const LinearisedSystem&) = delete;
  LinearisedSystem& operator=(const LinearisedSystem&) = delete;

  /// How levels move in a direction. @throws NotConverged where the linear system is singular.
  [[nodiscard]] LevelValues tangent(const ParameterValues& direction) {
    tape_.clear();
    set(direction);
    tape_.forward(last_step_, true);
    const Eigen::VectorXd moved = -stepped();
    const Eigen::VectorXd dz = solve(moved, [&](const Eigen::VectorXd& x) {
      set(x);
      tape_.forward(last_step_, false);
      return stepped();
    });
    set(direction);
    set(dz);
    tape_.forward(last_level_, true);
    LevelValues out;
    for (std::size_t k = 0; k < kLevelKinds; ++k) out.by[k] = tape_.value(levels_[k]);
    return out;
  }

  /// The derivative by every parameter of a sum of levels with these weights.
  /// @throws NotConverged where the linear system is singular.
  [[nodiscard]] ParameterValues gradient(const LevelValues& weights) {
    tape_.clear();
    seed(weights);
    tape_.reverse(last_level_, false);
    const Eigen::VectorXd owed = inputs();
    const Eigen::VectorXd multiplier = solve(owed, [&](const Eigen::VectorXd& x) {
      tape_.clear();
      push(x);
      tape_.reverse(last_step_, false);
      return inputs();
    });
    tape_.clear();
    seed(weights);
    push(-multiplier);
    tape_.reverse(last_level_, true);
    ParameterValues out;
    for (const auto& [kind, node] : parameters_) out[kind] = tape_.value(node);
    return out;
  }

 private:
  void record(std::optional<Index> numeraire, const std::vector<ParameterKind>& wanted) {
    const Index N = c_.regions, J = c_.sectors, F = c_.factors();
    for (const ParameterKind kind : wanted) parameters_[kind] = constant(kind);
    const Array ones = Array::Ones(N, J);
    std::vector<Node> earnings;
    ProductionInputs made{};
    for (Index f = 0; f < F; ++f) earnings.push_back(tape_.input(N, 1));
    made.log_earnings = earnings;
    const Node price = tape_.input(N, J), expenditure = tape_.input(N, J);
    const bool sized = t_.costs_answer_to_size();
    if (sized) made.log_value_added = tape_.input(N, J);
    if (system_.relieves_tax()) made.log_tax = tape_.input(N, 1);

    const LinearisedProduction production(tape_, system_, z_, costs_, numeraire, parameters_);
    const Sourcing& sourcing = system_.sourcing();
    const RegionSector u = sourcing.power_minus_theta(costs_.log_unit);
    const Sources sources = sourcing.sources(u);
    const Trade sold = sourcing.trade(u, sources, z_.expenditure);
    const Budget budget = system_.budget(z_, z_.log_price, sold);
    buying_.emplace(tape_, base_, system_, shock_, z_, costs_, u, sources, parameters_);
    LinearisedSourcing& buying = *buying_;
    const Cube& flows = buying.flows();

    // Prices: equations 1 and 2.
    CostNodes costs = production.costs(made, price);
    const Array bought = (sources.price_sum > 0.0).cast<double>();
    LinearisedSourcing::Tiers sums = buying.price_sums(buying.seller(costs));
    const Node residual =
        tape_.times(tape_.sum({{1.0, buying.price_index(sums, expenditure, costs)}, {-1.0, price}}), bought);
    const Node price_step = own_loop(residual, false);
    const Node log_price = tape_.sum({{1.0, price}, {1.0, price_step}});

    // Sales at the new prices: equations 1, 3, 4 and 5.
    costs = production.costs(made, log_price);
    const Node sellers = buying.seller(costs);
    std::optional<Node> at_home;
    Node buyers{};
    if (t_.two_tiers() || t_.pass_through.size() != 0) {
      sums = buying.price_sums(sellers);
      buyers = tape_.sum({{1.0, buying.weight(sums, false)}, {1.0, expenditure}});
      if (t_.two_tiers()) at_home = tape_.sum({{1.0, buying.weight(sums, true)}, {1.0, expenditure}});
    } else {
      buyers = tape_.sum(
          {{1.0, tape_.times(log_price, Array(ones.rowwise() * c_.trade_elasticity.transpose()))}, {1.0, expenditure}});
      if (const auto theta = parameter(ParameterKind::trade_elasticity)) {
        buyers = tape_.sum({{1.0, buyers}, {1.0, tape_.down_columns(*theta, z_.log_price)}});
      }
    }
    const LinearisedSourcing::Settled sales = buying.settle(sellers, buyers, at_home);
    std::vector<Node> earned;
    Node value_added{};
    for (Index f = 0; f < F; ++f) {
      const Array level = c_.factor_income.col(f) * z_.log_earnings.col(f).exp();
      earned.push_back(tape_.times(earnings[static_cast<std::size_t>(f)], level));
      value_added = f == 0 ? earned[0] : tape_.sum({{1.0, value_added}, {1.0, earned.back()}});
    }
    const Node kept = row_sum(tape_.times(expenditure, z_.expenditure));
    const Node tariff_revenue = tape_.sum({{1.0, kept}, {-1.0, row_sum(sales.bought)}});
    Node own = tape_.sum({{1.0, value_added}, {1.0, tariff_revenue}});
    if (sales.export_tax_revenue) own = tape_.sum({{1.0, own}, {1.0, *sales.export_tax_revenue}});
    const Node deficit = deficits(value_added, own, costs, budget, sold);
    const Node income = tape_.sum({{1.0, own}, {1.0, deficit}});
    Node wanted_goods = production.final_demand(income, log_price, costs, budget.income);
    if (c_.has_materials) {
      wanted_goods =
          tape_.sum({{1.0, wanted_goods}, {1.0, production.materials(sales.output, log_price, costs, sold.output)}});
    }
    const Node spent = tape_.times(expenditure, z_.expenditure);
    const Node change = own_loop(tape_.sum({{1.0, wanted_goods}, {-1.0, spent}}), true);

    // Earnings: equation 6, with domestic sales at the new expenditure.
    Array domestic(N, J);
    for (Index n = 0; n < N; ++n) {
      for (Index j = 0; j < J; ++j) {
        domestic(n, j) = z_.expenditure(n, j) > 0 ? flows(n, n, j) / z_.expenditure(n, j) : 0.0;
      }
    }
    const Node output = tape_.sum({{1.0, sales.output}, {1.0, tape_.times(change, domestic)}});
    Node paid = production.value_added(output, costs, sold.output);
    std::optional<Node> size_step;
    if (sized) {
      const Array makes = (c_.output > 0.0).cast<double>();
      const Array per_output = (sold.output > 0.0).select(makes / sold.output, 0.0);
      Node size = tape_.times(output, per_output);
      if (costs.substitution) size = tape_.sum({{1.0, size}, {1.0, tape_.times(*costs.substitution, makes)}});
      const Array idle = (1.0 - makes).colwise() / budget.value_added;
      size = tape_.sum({{1.0, size}, {1.0, tape_.along_rows(value_added, idle)}, {-1.0, *made.log_value_added}});
      size_step = compete(size);
      const Array level = c_.value_added_share * c_.output * z_.log_value_added.exp();
      paid = tape_.times(tape_.sum({{1.0, *made.log_value_added}, {1.0, *size_step}}), level);
    }
    std::vector<Node> excess;
    for (Index f = 0; f < F; ++f) {
      const auto k = static_cast<std::size_t>(f);
      const Array share = F == 1 ? ones : Array(t_.factors[k].share);
      excess.push_back(tape_.sum({{1.0, tape_.row_sums(paid, share)}, {-1.0, earned[k]}}));
    }
    const Node earnings_step = step_in_earnings(excess);

    // The step, and the free level of all nominal quantities pinned.
    const double world = budget.value_added.sum();
    const Node level = tape_.total(value_added, Array(Vector::Constant(N, 1.0 / world)));
    Node stepped_price = price_step;
    Node richer{};
    for (Index f = 0; f < F; ++f) {
      const Node of_factor = tape_.column(earnings_step, f);
      stepped_price = tape_.sum(
          {{1.0, stepped_price}, {1.0, tape_.along_rows(of_factor, preconditioner_.own_earnings_in_price(f))}});
      const Array share = (c_.factor_income.col(f) * z_.log_earnings.col(f).exp() / budget.value_added).replicate(1, J);
      const Node part = tape_.along_rows(of_factor, share);
      richer = f == 0 ? part : tape_.sum({{1.0, richer}, {1.0, part}});
      add_part(earnings[static_cast<std::size_t>(f)], of_factor, level);
    }
    add_part(price, stepped_price, level);
    const Array per_spent = (z_.expenditure > 0.0).select(1.0 / z_.expenditure, 0.0);
    add_part(expenditure, tape_.sum({{1.0, tape_.times(change, per_spent)}, {1.0, richer}}), level);
    if (sized) add_part(*made.log_value_added, *size_step, level);
    if (made.log_tax) {
      // log of 1 - R / VA
      const Vector rate = sold.tariff_revenue / budget.value_added;
      const Vector by_revenue = -1.0 / (budget.value_added * (1.0 - rate));
      const Node tax = tape_.sum({{1.0, tape_.times(tariff_revenue, Array(by_revenue))},
                                  {1.0, tape_.times(value_added, Array(-by_revenue * rate))},
                                  {-1.0, *made.log_tax}});
      parts_.push_back({*made.log_tax, tax});
    }
    last_step_ = parts_.back().step;

    record_levels(costs, buying.flow_changes(sellers, buyers, at_home), flows, sales, budget, sold, earned, log_price,
                  {value_added, tariff_revenue, deficit, income, spent});
  }

  struct Totals {
    Node value_added, tariff_revenue, deficit, income, expenditure;
  };

  void record_levels(const CostNodes& costs, Node flow_changes, const Cube& flows,
                     const LinearisedSourcing::Settled& sales, const Budget& budget, const Trade& sold,
                     const std::vector<Node>& earned, Node log_price, const Totals& totals) {
    const Index N = c_.regions, J = c_.sectors;
    const Vector consumer = system_.production().log_consumer_price(z_.log_price);
    const double unit = std::exp(-system_.production().log_numeraire(costs_.log_factor_price, consumer));
    // x / numeraire, in levels and in logs.
    const auto nominal = [&](LevelKind kind, Node node, const Array& level) {
      Node out = tape_.times(node, unit);
      if (costs.log_numeraire) {
        out = tape_.sum({{1.0, out}, {-unit, tape_.everywhere(*costs.log_numeraire, level)}});
      }
      levels_[static_cast<std::size_t>(kind)] = out;
    };
    const auto log_of = [&](LevelKind kind, Node node) {
      Node out = tape_.times(node, 1.0);
      if (costs.log_numeraire) {
        const Array ones = Array::Ones(tape_.rows(node), tape_.cols(node));
        out = tape_.sum({{1.0, out}, {-1.0, tape_.everywhere(*costs.log_numeraire, ones)}});
      }
      levels_[static_cast<std::size_t>(kind)] = out;
    };
    nominal(LevelKind::flows, flow_changes, flows.values().reshaped(N, N * J));
    nominal(LevelKind::expenditure, totals.expenditure, z_.expenditure);
    nominal(LevelKind::output, sales.output, sold.output);
    log_of(LevelKind::log_cost, costs.log_unit);
    log_of(LevelKind::log_price, log_price);
    log_of(LevelKind::log_factor_price, side_by_side(costs.log_factor_price));
    nominal(LevelKind::factor_income, side_by_side(earned), c_.factor_income * z_.log_earnings.exp());
    log_of(LevelKind::log_consumer_price, costs.log_consumer_price);
    nominal(LevelKind::value_added, totals.value_added, budget.value_added);
    nominal(LevelKind::tariff_revenue, totals.tariff_revenue, sold.tariff_revenue);
    const Node exported = sales.export_tax_revenue ? *sales.export_tax_revenue : tape_.times(totals.deficit, 0.0);
    nominal(LevelKind::export_tax_revenue, exported, sold.export_tax_revenue);
    nominal(LevelKind::deficit, totals.deficit, budget.deficit);
    nominal(LevelKind::income, totals.income, budget.income);
    levels_[static_cast<std::size_t>(LevelKind::log_numeraire)] =
        costs.log_numeraire ? tape_.times(*costs.log_numeraire, 1.0)
                            : tape_.everywhere(tape_.element(log_price, 0, 0), Array::Zero(1, 1));
    last_level_ = levels_.back();
  }

  [[nodiscard]] Node constant(ParameterKind kind) {
    const Index N = c_.regions, J = c_.sectors, F = c_.factors();
    switch (kind) {
      case ParameterKind::tariff:
      case ParameterKind::export_tax:
      case ParameterKind::trade_cost:
      case ParameterKind::taste: return tape_.constant(N, N * J);
      case ParameterKind::productivity:
      case ParameterKind::scale:
      case ParameterKind::pass_through: return tape_.constant(N, J);
      case ParameterKind::deficit: return tape_.constant(N, 1);
      case ParameterKind::trade_elasticity:
      case ParameterKind::home_elasticity:
      case ParameterKind::value_added_materials: return tape_.constant(1, J);
      case ParameterKind::final_demand:
      case ParameterKind::materials: return tape_.constant(1, 1);
      case ParameterKind::supply: return tape_.constant(N, F);
      case ParameterKind::mobility: return tape_.constant(1, F);
    }
    return tape_.constant(1, 1);
  }

  [[nodiscard]] std::optional<Node> parameter(ParameterKind kind) const {
    const auto found = parameters_.find(kind);
    return found == parameters_.end() ? std::nullopt : std::optional<Node>(found->second);
  }

  [[nodiscard]] Node row_sum(Node a) { return tape_.row_sums(a, Array::Ones(tape_.rows(a), tape_.cols(a))); }

  // D' of the closure.
  [[nodiscard]] Node deficits(Node value_added, Node own, const CostNodes& costs, const Budget& budget,
                              const Trade& sold) {
    const Index N = c_.regions;
    const Vector& earned = budget.value_added;
    const double before = c_.value_added.sum(), now = earned.sum();
    const Vector wanted = given_deficit();
    const auto given = parameter(ParameterKind::deficit);
    const auto world = [&](Node a) { return tape_.total(a, Array::Ones(N, 1)); };
    switch (system_.closure().deficits) {
      case Deficits::balanced:
      case Deficits::fixed_world_share: {
        const Node moved = tape_.everywhere(world(value_added), Array(wanted / before));
        if (!given) return moved;
        return tape_.sum({{1.0, moved}, {now / before, *given}});
      }
      case Deficits::fixed_income_share: {
        const Vector rate = wanted / c_.value_added;
        const double mean = (rate * earned).sum() / now;
        Node moved = tape_.times(value_added, Array(rate - mean));
        Node by_mean = tape_.total(value_added, Array((rate - mean) / now));
        if (given) {
          const Array per = c_.value_added.inverse() * earned;
          moved = tape_.sum({{1.0, moved}, {1.0, tape_.times(*given, per)}});
          by_mean = tape_.sum({{1.0, by_mean}, {1.0, tape_.total(*given, Array(per / now))}});
        }
        return tape_.sum({{1.0, moved}, {-1.0, tape_.everywhere(by_mean, Array(earned))}});
      }
      case Deficits::fixed_expenditure_share:
      case Deficits::endogenous: {
        const Vector base = c_.income - c_.deficit;
        const Vector kept = earned + sold.tariff_revenue + sold.export_tax_revenue;
        const double response = system_.closure().saving_response;
        const Vector consumer = system_.production().log_consumer_price(z_.log_price);
        const Vector answer = (-response * consumer).exp();
        const Vector spending = kept * (1.0 + wanted / base) * answer;
        const double share = kept.sum() / spending.sum();
        Node spent = tape_.times(own, Array(spending / kept));
        if (response != 0) {
          spent = tape_.sum({{1.0, spent}, {-response, tape_.times(costs.log_consumer_price, Array(spending))}});
        }
        if (given) spent = tape_.sum({{1.0, spent}, {1.0, tape_.times(*given, Array(kept / base * answer))}});
        const Node scale = tape_.sum({{1.0 / spending.sum(), world(own)}, {-share / spending.sum(), world(spent)}});
        return tape_.sum({{share, spent}, {1.0, tape_.everywhere(scale, Array(spending))}, {-1.0, own}});
      }
    }
    return own;
  }

  [[nodiscard]] Vector given_deficit() const {
    if (system_.closure().deficits == Deficits::balanced) return Vector::Zero(c_.regions);
    return shock_.deficits ? *shock_.deficits : c_.deficit;
  }

  // Each region's own loop, as in the solver; transposed of prices are expenditures.
  [[nodiscard]] Node own_loop(Node a, bool expenditure) {
    const auto apply = [this](const Array& values, bool transposed) {
      Array by_region = values.transpose();
      transposed ? preconditioner_.expenditure_step(by_region) : preconditioner_.price_step(by_region);
      return Array(by_region.transpose());
    };
    return tape_.custom(
        c_.regions, c_.sectors, {a},
        [apply, expenditure](const auto& in, Array& out) { out += apply(*in[0], expenditure); },
        [apply, expenditure](const Array& out, const auto& in) { *in[0] += apply(out, !expenditure); });
  }

  [[nodiscard]] Node compete(Node a) {
    std::vector<Eigen::MatrixXd> inverse;
    for (Index j = 0; j < c_.sectors; ++j) inverse.push_back(preconditioner_.competition(j));
    const auto shared = std::make_shared<const std::vector<Eigen::MatrixXd>>(std::move(inverse));
    return tape_.custom(
        c_.regions, c_.sectors, {a},
        [shared](const auto& in, Array& out) {
          for (Index j = 0; j < out.cols(); ++j) {
            out.col(j) += ((*shared)[static_cast<std::size_t>(j)] * in[0]->col(j).matrix()).array();
          }
        },
        [shared](const Array& out, const auto& in) {
          for (Index j = 0; j < out.cols(); ++j) {
            in[0]->col(j) += ((*shared)[static_cast<std::size_t>(j)].transpose() * out.col(j).matrix()).array();
          }
        });
  }

  [[nodiscard]] Node side_by_side(const std::vector<Node>& columns) {
    return tape_.custom(
        c_.regions, static_cast<Index>(columns.size()), columns,
        [](const auto& in, Array& out) {
          for (std::size_t k = 0; k < in.size(); ++k) {
            if (in[k]) out.col(static_cast<Index>(k)) += in[k]->col(0);
          }
        },
        [](const Array& out, const auto& in) {
          for (std::size_t k = 0; k < in.size(); ++k) {
            if (in[k]) in[k]->col(0) += out.col(static_cast<Index>(k));
          }
        });
  }

  [[nodiscard]] Node step_in_earnings(const std::vector<Node>& excess) {
    const Node all = side_by_side(excess);
    return tape_.custom(
        c_.regions, c_.factors(), {all},
        [this](const auto& in, Array& out) { out += preconditioner_.earnings_step(*in[0]); },
        [this](const Array& out, const auto& in) { *in[0] += preconditioner_.earnings_step_transposed(out); });
  }

  struct Unknown {
    Node input, step;
  };

  void add_part(Node input, Node step, Node level) {
    const Array ones = Array::Ones(tape_.rows(input), tape_.cols(input));
    parts_.push_back({input, tape_.sum({{1.0, step}, {-1.0, tape_.everywhere(level, ones)}})});
  }

  void set(const ParameterValues& direction) {
    for (const auto& [kind, node] : parameters_) {
      if (direction[kind].size() != 0) tape_.value(node) = direction[kind];
    }
  }

  template <class Visit>
  void each_part(const Visit& visit) {
    Index at = 0;
    for (const Unknown& part : parts_) {
      const Index size = tape_.rows(part.input) * tape_.cols(part.input);
      visit(part, at, size);
      at += size;
    }
    size_ = at;
  }

  void set(const Eigen::VectorXd& x) {
    each_part([&](const Unknown& part, Index at, Index size) {
      tape_.value(part.input) = x.segment(at, size).array().reshaped(tape_.rows(part.input), tape_.cols(part.input));
    });
  }

  // Adjoints of the step.
  void push(const Eigen::VectorXd& x) {
    each_part([&](const Unknown& part, Index at, Index size) {
      tape_.value(part.step) += x.segment(at, size).array().reshaped(tape_.rows(part.input), tape_.cols(part.input));
    });
  }

  [[nodiscard]] Eigen::VectorXd gathered(Node Unknown::*which) {
    each_part([](const Unknown&, Index, Index) {});
    Eigen::VectorXd out(size_);
    each_part([&](const Unknown& part, Index at, Index size) {
      out.segment(at, size) = tape_.value(part.*which).reshaped().matrix();
    });
    return out;
  }
  [[nodiscard]] Eigen::VectorXd stepped() { return gathered(&Unknown::step); }
  [[nodiscard]] Eigen::VectorXd inputs() { return gathered(&Unknown::input); }

  void seed(const LevelValues& weights) {
    for (std::size_t k = 0; k < kLevelKinds; ++k) {
      if (weights.by[k].size() != 0) tape_.value(levels_[k]) += weights.by[k];
    }
  }

  template <class Times>
  [[nodiscard]] Eigen::VectorXd solve(const Eigen::VectorXd& right, const Times& times) {
    constexpr double kSharp = 1e-12, kEnough = 1e-10;
    constexpr Index kProducts = 150;
    constexpr int kRounds = 4;
    const double norm = right.norm();
    Eigen::VectorXd x = Eigen::VectorXd::Zero(right.size()), rest = right;
    for (int round = 0; round < kRounds && rest.norm() > kSharp * norm; ++round) {
      const auto product = [&](std::span<const double> in, std::span<double> out) {
        Eigen::Map<Eigen::VectorXd>(out.data(), right.size()) =
            times(Eigen::Map<const Eigen::VectorXd>(in.data(), right.size()));
      };
      const double forcing = std::max(kSharp * norm / rest.norm(), 1e-13);
      const Eigen::VectorXd better = x + gmres(product, Eigen::VectorXd::Ones(right.size()), rest, forcing, kProducts);
      const Eigen::VectorXd left = right - times(better);
      if (!(left.norm() < rest.norm())) break;
      x = better;
      rest = left;
    }
    if (norm > 0 && !(rest.norm() <= kEnough * norm)) {
      throw NotConverged("the linearised system keeps a residual of " + show(rest.norm() / norm) +
                         "; the equilibrium may be one of several, or at the edge of existence");
    }
    return x;
  }

  const State& base_;
  const System& system_;
  const Coefficients& c_;
  const TheoryValues& t_;
  const Shock& shock_;
  const Unknowns& z_;
  const Preconditioner& preconditioner_;
  Costs costs_;

  LinearTape tape_;
  ParameterNodes parameters_;
  std::optional<LinearisedSourcing> buying_;
  std::vector<Unknown> parts_;
  std::array<Node, kLevelKinds> levels_{};
  Node last_step_ = 0, last_level_ = 0;
  Index size_ = 0;
};

}  // namespace tariffsim::detail
