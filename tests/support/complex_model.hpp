// The equations of an equilibrium in changes as a textbook has them, for any scalar: with complex numbers they are
// differentiated by complex steps, to the last digit. No code of the library's solver, nor of its derivatives, is here.
//
// It takes positive flows, no bans, no limits, and a base that does not move; docs/theories.md, docs/closures.md.
#pragma once

#include <Eigen/Dense>

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <cstddef>
#include <string>
#include <vector>

#include "tariffsim/analysis/outcome.hpp"
#include "tariffsim/solve/equilibrium.hpp"
#include "tariffsim/solve/parameters.hpp"

namespace tariffsim::testing {

using Complex = std::complex<double>;
template <class S>
using Table = Eigen::Array<S, Eigen::Dynamic, Eigen::Dynamic>;
template <class S>
using Column = Eigen::Matrix<S, Eigen::Dynamic, 1>;

inline double real_part(double x) { return x; }
inline double real_part(const Complex& x) { return x.real(); }

/// exp(x) - 1 and log(1 + x) to full precision, however small the real or the imaginary part.
inline double exp_less_one(double x) { return std::expm1(x); }
inline Complex exp_less_one(const Complex& x) {
  const double half = std::sin(x.imag() / 2);
  return {std::expm1(x.real()) * std::cos(x.imag()) - 2 * half * half, std::exp(x.real()) * std::sin(x.imag())};
}
inline double log_of_one_plus(double x) { return std::log1p(x); }
inline Complex log_of_one_plus(const Complex& x) {
  const double a = x.real(), b = x.imag();
  return {0.5 * std::log1p(2 * a + a * a + b * b), std::atan2(b, 1 + a)};
}

/// A parameter of every kind, as large as the world is; in the logs that ParameterKind says.
template <class S>
struct ParameterTables {
  std::array<Table<S>, kParameterKinds> by;
  Table<S>& operator[](ParameterKind kind) { return by[static_cast<std::size_t>(kind)]; }
  const Table<S>& operator[](ParameterKind kind) const { return by[static_cast<std::size_t>(kind)]; }

  template <class T>
  [[nodiscard]] ParameterTables<T> as() const {
    ParameterTables<T> out;
    for (std::size_t k = 0; k < kParameterKinds; ++k) out.by[k] = by[k].template cast<T>();
    return out;
  }
};

/// One number for each unknown, in logs of changes where it must be positive; or the residual of the equation for it.
/// Nominal ones are at the numeraire. Revenue is a share of the base's income.
template <class S>
struct ByEquation {
  Table<S> factor_price, earnings;                         // N x F
  Table<S> value_added, price, cost, expenditure, output;  // N x J
  Table<S> income, tariff_revenue, export_tax_revenue;     // N x 1

  template <class Visit>
  void visit(Visit&& each) {
    for (Table<S>* table : {&factor_price, &earnings, &value_added, &price, &cost, &expenditure, &output, &income,
                            &tariff_revenue, &export_tax_revenue}) {
      each(*table);
    }
  }
};

/// The equations around one equilibrium of the library: its base, theory, closure and shock. N regions, J sectors, F
/// factors.
class ComplexModel {
 public:
  explicit ComplexModel(const Equilibrium& eq)
      : eq_(eq), base_(*eq.base), N_(base_.output.rows()), J_(base_.output.cols()), F_(base_.factor_income.cols()) {
    share_ = Cube(N_, N_, J_);
    for (Index j = 0; j < J_; ++j) {
      for (Index n = 0; n < N_; ++n) {
        double spent = 0;
        for (Index i = 0; i < N_; ++i) spent += base_.flows(i, n, j) * (1 + base_.tariffs()(i, n, j));
        for (Index i = 0; i < N_; ++i) {
          share_(i, n, j) = base_.flows(i, n, j) * (1 + base_.tariffs()(i, n, j)) / spent;
        }
      }
    }
    for (Index r = 0; r < N_; ++r) {
      if (eq.closure.numeraire == eq.observed.regions().code(r)) numeraire_region_ = r;
    }
  }

  /// The parameters at which the library solved.
  [[nodiscard]] ParameterTables<double> parameters() const {
    using enum ParameterKind;
    const Shock& shock = *eq_.shock;
    const TheoryValues& theory = *eq_.values;
    const auto flat = [&](const Cube& cube) { return Table<double>(cube.values().reshaped(N_, N_ * J_)); };
    const auto ratio = [&](const std::optional<Cube>& cube) {
      return cube ? Table<double>(flat(*cube).log()) : Table<double>::Zero(N_, N_ * J_);
    };
    ParameterTables<double> p;
    p[tariff] = flat(shock.tariffs ? *shock.tariffs : base_.tariffs());
    p[export_tax] = flat(shock.export_taxes ? *shock.export_taxes : base_.export_taxes());
    p[trade_cost] = ratio(shock.trade_cost_hat);
    p[taste] = ratio(shock.taste_hat);
    p[productivity] = Table<double>::Zero(N_, J_);
    if (shock.productivity_hat) p[productivity] = shock.productivity_hat->log();
    p[deficit] = shock.deficits ? *shock.deficits : base_.deficit;
    p[trade_elasticity] = theory.trade_elasticity.transpose();
    p[home_elasticity] = Table<double>::Ones(1, J_);
    if (theory.two_tiers()) p[home_elasticity] = theory.home_elasticity.transpose();
    p[final_demand] = Table<double>::Constant(1, 1, theory.final_demand);
    p[value_added_materials] = Table<double>::Ones(1, J_);
    if (theory.value_added_materials.size() != 0) p[value_added_materials] = theory.value_added_materials.transpose();
    p[materials] = Table<double>::Constant(1, 1, theory.materials);
    p[scale] = Table<double>::Zero(N_, J_);
    if (theory.scales()) p[scale] = theory.scale;
    p[supply] = Table<double>::Zero(N_, F_);
    p[mobility] = Table<double>::Zero(1, F_);
    for (Index f = 0; f < F_; ++f) {
      const Factor& factor = eq_.theory.factors[static_cast<std::size_t>(f)];
      p[supply].col(f) = by_region(factor.supply, eq_.observed, "supply");
      p[mobility](0, f) = factor.mobility;
    }
    p[pass_through] = Table<double>::Ones(N_, J_);
    if (theory.pass_through.size() != 0) p[pass_through] = theory.pass_through;
    return p;
  }

  /// The unknowns as the library found them.
  [[nodiscard]] Column<double> unknowns() const {
    const State& now = eq_.counterfactual;
    ByEquation<double> z;
    z.factor_price = eq_.factor_price_hat.log();
    z.earnings = (now.factor_income / base_.factor_income).log();
    z.value_added = eq_.value_added_hat.log();
    z.price = eq_.price_hat.log();
    z.cost = eq_.cost_hat.log();
    z.expenditure = (now.expenditure / base_.expenditure).log();
    z.output = (now.output / base_.output).log();
    z.income = (now.income / base_.income).log();
    z.tariff_revenue = now.tariff_revenue / base_.income;
    z.export_tax_revenue = now.export_tax_revenue / base_.income;
    return stacked(z);
  }

  /// How far each equation is from holding, relative. The income of the last region follows from all other equations
  /// (Walras); in its place stands the numeraire, whose price is one.
  template <class S>
  [[nodiscard]] Column<S> residuals(const Column<S>& unknowns, const ParameterTables<S>& p) const {
    const Picture<S> at = picture(unknowns, p);
    ByEquation<S> miss = at.z;
    const Column<S> anchor = real_anchor(at);
    for (Index n = 0; n < N_; ++n) {
      for (Index f = 0; f < F_; ++f) {
        miss.factor_price(n, f) = at.z.factor_price(n, f) - supplied_price(at, p, anchor, n, f);
        S paid = 0;
        for (Index j = 0; j < J_; ++j) {
          paid += factor(f).share(n, j) * base_.value_added_share(n, j) * base_.output(n, j) *
                  std::exp(at.z.value_added(n, j));
        }
        miss.earnings(n, f) = at.factor_income(n, f) / paid - 1.0;
      }
      for (Index j = 0; j < J_; ++j) {
        miss.value_added(n, j) =
            at.z.value_added(n, j) - std::log(at.beta(n, j) / base_.value_added_share(n, j)) - at.z.output(n, j);
        // Unit cost: the bundle, cheaper where the sector is larger in real terms and more productive.
        miss.cost(n, j) =
            at.z.cost(n, j) - (at.bundle(n, j) - scale_of(p, n, j) * (at.z.output(n, j) - at.bundle(n, j)) -
                               p[ParameterKind::productivity](n, j));
        miss.price(n, j) = at.z.price(n, j) - at.price_index(n, j);
        S bought = at.alpha(n, j) * at.income[n];
        for (Index k = 0; k < J_; ++k) {
          bought += at.gamma[static_cast<std::size_t>(n)](j, k) * (1.0 - at.beta(n, k)) * at.output(n, k);
        }
        miss.expenditure(n, j) = at.expenditure(n, j) / bought - 1.0;
        miss.output(n, j) = at.output(n, j) / sold(at, p, n, j) - 1.0;
      }
      miss.income(n, 0) =
          at.income[n] / (at.value_added[n] + at.tariff_revenue[n] + at.export_tax_revenue[n] + at.deficit[n]) - 1.0;
      miss.tariff_revenue(n, 0) = at.z.tariff_revenue(n, 0);
      miss.export_tax_revenue(n, 0) = at.z.export_tax_revenue(n, 0);
      for (Index j = 0; j < J_; ++j) {
        for (Index m = 0; m < N_; ++m) {
          const S &t = p[ParameterKind::tariff](m, n + N_ * j), &e = p[ParameterKind::export_tax](n, m + N_ * j);
          miss.tariff_revenue(n, 0) -= t * at.flow(m, n + N_ * j) / base_.income[n];
          miss.export_tax_revenue(n, 0) -= e / (1.0 + e) * at.flow(n, m + N_ * j) / base_.income[n];
        }
      }
    }
    miss.income(N_ - 1, 0) = log_numeraire(at);
    return stacked(miss);
  }

  /// All quantities of outcome.hpp, in its order and each as Outcome::read() writes it.
  template <class S>
  [[nodiscard]] std::vector<S> outcomes(const Column<S>& unknowns, const ParameterTables<S>& p) const {
    const Picture<S> at = picture(unknowns, p);
    std::vector<S> out;
    for (const QuantityInfo& each : quantities()) {
      for (Index n = 0; n < N_; ++n) {
        if (each.shape == OutcomeShape::region) out.push_back(of_region(at, p, each.quantity, n));
        if (each.shape == OutcomeShape::region_sector) {
          for (Index j = 0; j < J_; ++j) out.push_back(of_cell(at, each.quantity, n, j));
        }
        if (each.shape == OutcomeShape::pair) {
          for (Index m = 0; m < N_; ++m) {
            for (Index j = 0; j < J_; ++j) out.push_back(at.flow(n, m + N_ * j));
          }
        }
      }
    }
    return out;
  }

 private:
  // Everything that follows from unknowns and parameters. Small letters of docs/notation.md.
  template <class S>
  struct Picture {
    ByEquation<S> z;
    Table<S> factor_income;                                                                      // N x F
    Table<S> expenditure, output;                                                                // N x J
    Column<S> income, tariff_revenue, export_tax_revenue, value_added, deficit, consumer_price;  // N; the last in logs
    Table<S> bundle, price_index;                                                                // N x J, logs
    Table<S> beta, alpha;                                                                        // N x J
    std::vector<Table<S>> gamma;  // by region, input x sector
    Table<S> flow;                // N x (N J), border value
  };

  template <class S>
  static Column<S> stacked(ByEquation<S> tables) {
    std::vector<S> out;
    tables.visit([&](const Table<S>& table) { out.insert(out.end(), table.data(), table.data() + table.size()); });
    return Eigen::Map<const Column<S>>(out.data(), static_cast<Index>(out.size()));
  }

  template <class S>
  [[nodiscard]] ByEquation<S> unstacked(const Column<S>& values) const {
    ByEquation<S> out;
    out.factor_price.resize(N_, F_);
    out.earnings.resize(N_, F_);
    for (Table<S>* table : {&out.value_added, &out.price, &out.cost, &out.expenditure, &out.output}) {
      table->resize(N_, J_);
    }
    for (Table<S>* table : {&out.income, &out.tariff_revenue, &out.export_tax_revenue}) table->resize(N_, 1);
    Index at = 0;
    out.visit([&](Table<S>& table) {
      for (Index k = 0; k < table.size(); ++k) table.data()[k] = values[at++];
    });
    return out;
  }

  [[nodiscard]] const FactorValues& factor(Index f) const { return eq_.values->factors[static_cast<std::size_t>(f)]; }

  // log of a CES index whose shares sum to one: (sum share p^(1-rho))^(1/(1-rho)), a geometric mean where rho is 1.
  template <class S>
  static S log_ces(const std::vector<double>& share, const std::vector<S>& log_price, const S& rho) {
    const S k = 1.0 - rho;
    S sum = 0;
    for (std::size_t j = 0; j < share.size(); ++j) {
      sum += share[j] * (k == S(0) ? log_price[j] : exp_less_one(k * log_price[j]));
    }
    return k == S(0) ? sum : log_of_one_plus(sum) / k;
  }

  template <class S>
  [[nodiscard]] Picture<S> picture(const Column<S>& unknowns, const ParameterTables<S>& p) const {
    Picture<S> at;
    at.z = unstacked(unknowns);
    levels(at);
    consumers(at, p);
    makers(at, p);
    buyers(at, p);
    at.deficit = deficits(at, p);
    return at;
  }

  template <class S>
  void levels(Picture<S>& at) const {
    at.factor_income.resize(N_, F_);
    at.expenditure.resize(N_, J_);
    at.output.resize(N_, J_);
    at.income = at.tariff_revenue = at.export_tax_revenue = at.value_added = Column<S>::Zero(N_);
    for (Index n = 0; n < N_; ++n) {
      for (Index f = 0; f < F_; ++f) {
        at.factor_income(n, f) = base_.factor_income(n, f) * std::exp(at.z.earnings(n, f));
        at.value_added[n] += at.factor_income(n, f);
      }
      for (Index j = 0; j < J_; ++j) {
        at.expenditure(n, j) = base_.expenditure(n, j) * std::exp(at.z.expenditure(n, j));
        at.output(n, j) = base_.output(n, j) * std::exp(at.z.output(n, j));
      }
      at.income[n] = base_.income[n] * std::exp(at.z.income(n, 0));
      at.tariff_revenue[n] = base_.income[n] * at.z.tariff_revenue(n, 0);
      at.export_tax_revenue[n] = base_.income[n] * at.z.export_tax_revenue(n, 0);
    }
  }

  // Final demand, CES over sectors.
  template <class S>
  void consumers(Picture<S>& at, const ParameterTables<S>& p) const {
    const RegionSector& given =
        eq_.shock->final_demand_share ? *eq_.shock->final_demand_share : base_.final_demand_share;
    const S& sigma = p[ParameterKind::final_demand](0, 0);
    at.consumer_price.resize(N_);
    at.alpha.resize(N_, J_);
    for (Index n = 0; n < N_; ++n) {
      std::vector<double> share;
      std::vector<S> price;
      for (Index j = 0; j < J_; ++j) {
        share.push_back(given(n, j));
        price.push_back(at.z.price(n, j));
      }
      at.consumer_price[n] = log_ces(share, price, sigma);
      for (Index j = 0; j < J_; ++j) {
        at.alpha(n, j) = given(n, j) * std::exp((1.0 - sigma) * (at.z.price(n, j) - at.consumer_price[n]));
      }
    }
  }

  // Value added of factors, Cobb-Douglas, each paid more in a sector that grew where it does not move freely;
  // materials, CES; the bundle of both, CES.
  template <class S>
  void makers(Picture<S>& at, const ParameterTables<S>& p) const {
    at.bundle.resize(N_, J_);
    at.beta.resize(N_, J_);
    const S& rho_m = p[ParameterKind::materials](0, 0);
    for (Index n = 0; n < N_; ++n) {
      Table<S> gamma(J_, J_);
      for (Index k = 0; k < J_; ++k) {
        S factors = 0;
        for (Index f = 0; f < F_; ++f) {
          const S here = at.z.factor_price(n, f) + immobility(p, f) * (at.z.value_added(n, k) - at.z.earnings(n, f));
          factors += factor(f).share(n, k) * here;
        }
        std::vector<double> share;
        std::vector<S> price;
        for (Index j = 0; j < J_; ++j) {
          share.push_back(base_.input_shares()(j, k, n));
          price.push_back(at.z.price(n, j));
        }
        const S inputs = log_ces(share, price, rho_m);
        for (Index j = 0; j < J_; ++j) {
          gamma(j, k) = base_.input_shares()(j, k, n) * std::exp((1.0 - rho_m) * (at.z.price(n, j) - inputs));
        }
        const double beta = base_.value_added_share(n, k);
        const S& rho = p[ParameterKind::value_added_materials](0, k);
        at.bundle(n, k) = log_ces<S>({beta, 1 - beta}, {factors, inputs}, rho);
        at.beta(n, k) = beta * std::exp((1.0 - rho) * (factors - at.bundle(n, k)));
      }
      at.gamma.push_back(gamma);
    }
  }

  // Prices and flows: among sources with theta, between home and abroad with theta_home where there are two tiers.
  template <class S>
  void buyers(Picture<S>& at, const ParameterTables<S>& p) const {
    using enum ParameterKind;
    at.price_index.resize(N_, J_);
    at.flow.resize(N_, N_ * J_);
    for (Index j = 0; j < J_; ++j) {
      const S& theta = p[trade_elasticity](0, j);
      const S outer = eq_.values->two_tiers() ? p[home_elasticity](0, j) : theta;
      for (Index n = 0; n < N_; ++n) {
        const S& phi = p[pass_through](n, j);
        double before[2] = {0, 0};
        S tier[2] = {0, 0};
        std::vector<S> weight;
        const auto tier_of = [&](Index i) { return eq_.observed.is_domestic(i, n) ? 0 : 1; };
        for (Index i = 0; i < N_; ++i) {
          const Index cell = n + N_ * j;
          const S by_tariff = std::log((1.0 + p[tariff](i, cell)) / (1.0 + base_.tariffs()(i, n, j)));
          const S by_tax = std::log((1.0 + p[export_tax](i, cell)) / (1.0 + base_.export_taxes()(i, n, j)));
          const S delivered = at.z.cost(i, j) + p[trade_cost](i, cell) + by_tax + phi * by_tariff;
          weight.push_back(share_(i, n, j) * std::exp(p[taste](i, cell) - theta * delivered));
          before[tier_of(i)] += share_(i, n, j);
          tier[tier_of(i)] += weight.back();
        }
        S sum = 0, part[2] = {0, 0};
        for (int g = 0; g < 2; ++g) {
          part[g] = before[g] * std::exp(outer / theta * std::log(tier[g] / before[g]));
          sum += part[g];
        }
        at.price_index(n, j) = -std::log(sum) / outer + (1.0 - phi) * (at.z.expenditure(n, j) - at.bundle(n, j));
        for (Index i = 0; i < N_; ++i) {
          const int g = tier_of(i);
          const S share = weight[static_cast<std::size_t>(i)] / tier[g] * part[g] / sum;
          at.flow(i, n + N_ * j) = share * at.expenditure(n, j) / (1.0 + p[tariff](i, n + N_ * j));
        }
      }
    }
  }

  // What sector j of region n makes and distributes.
  template <class S>
  [[nodiscard]] S sold(const Picture<S>& at, const ParameterTables<S>& p, Index n, Index j) const {
    const auto margin = [&](Index buyer) {
      return eq_.values->distributes() ? eq_.values->distribution_margin(buyer, j) : 0.0;
    };
    const auto net = [&](Index i, Index m) -> S {
      return at.flow(i, m + N_ * j) / (1.0 + p[ParameterKind::export_tax](i, m + N_ * j));
    };
    S sum = 0;
    for (Index m = 0; m < N_; ++m) sum += (1 - margin(m)) * net(n, m) + margin(n) * net(m, n);
    return sum;
  }

  // mu = 1 / (1 + kappa)
  template <class S>
  [[nodiscard]] static S immobility(const ParameterTables<S>& p, Index f) {
    const S& kappa = p[ParameterKind::mobility](0, f);
    return std::isinf(real_part(kappa)) ? S(0) : S(1.0 / (1.0 + kappa));
  }

  // omega = eta / (1 + eta)
  template <class S>
  [[nodiscard]] static S response(const ParameterTables<S>& p, Index n, Index f) {
    const S& eta = p[ParameterKind::supply](n, f);
    return std::isinf(real_part(eta)) ? S(1) : S(eta / (1.0 + eta));
  }

  // psi, which is 1 / theta where varieties enter freely.
  template <class S>
  [[nodiscard]] S scale_of(const ParameterTables<S>& p, Index n, Index j) const {
    if (eq_.theory.scale == Scale::free_entry) return 1.0 / p[ParameterKind::trade_elasticity](0, j);
    return p[ParameterKind::scale](n, j);
  }

  // What a real wage is measured in: the consumer price, and what an income tax leaves where tariffs relieve it.
  template <class S>
  [[nodiscard]] Column<S> real_anchor(const Picture<S>& at) const {
    Column<S> out = at.consumer_price;
    if (eq_.closure.revenue != Revenue::income_tax) return out;
    for (Index n = 0; n < N_; ++n) {
      const double before = 1 - base_.tariff_revenue[n] / base_.value_added[n];
      out[n] += std::log((1.0 - at.tariff_revenue[n] / at.value_added[n]) / before);
    }
    return out;
  }

  // A factor's price over all sectors by its supply: W = V^(1 - omega) (what the supply answers to)^omega.
  template <class S>
  [[nodiscard]] S supplied_price(const Picture<S>& at, const ParameterTables<S>& p, const Column<S>& anchor, Index n,
                                 Index f) const {
    const S omega = response(p, n, f);
    const S& earned = at.z.earnings(n, f);
    if (factor(f).anchor == WageAnchor::real) return (1.0 - omega) * earned + omega * anchor[n];
    return (1.0 - omega) * earned + omega * log_numeraire(at);
  }

  template <class S>
  [[nodiscard]] S log_numeraire(const Picture<S>& at) const {
    if (numeraire_region_ >= 0) return at.z.factor_price(numeraire_region_, 0);
    S now = 0;
    double before = 0;
    const bool prices = eq_.closure.numeraire == Closure::kWorldConsumerPrice;
    for (Index n = 0; n < N_; ++n) {
      now += prices ? base_.income[n] * std::exp(at.consumer_price[n]) : at.value_added[n];
      before += prices ? base_.income[n] : base_.value_added[n];
    }
    return std::log(now / before);
  }

  // D' by the rule of the closure; N.
  template <class S>
  [[nodiscard]] Column<S> deficits(const Picture<S>& at, const ParameterTables<S>& p) const {
    const Table<S>& given = p[ParameterKind::deficit];
    Column<S> out(N_);
    S world = 0, rates = 0, owned = 0, spent = 0;
    double world_before = 0;
    std::vector<S> own, spending;
    for (Index n = 0; n < N_; ++n) {
      world += at.value_added[n];
      world_before += base_.value_added[n];
      rates += given(n, 0) / base_.value_added[n] * at.value_added[n];
      own.push_back(at.value_added[n] + at.tariff_revenue[n] + at.export_tax_revenue[n]);
      spending.push_back(own.back() * (1.0 + given(n, 0) / (base_.income[n] - base_.deficit[n])) *
                         std::exp(-eq_.closure.saving_response * at.consumer_price[n]));
      owned += own.back();
      spent += spending.back();
    }
    for (Index n = 0; n < N_; ++n) {
      const auto r = static_cast<std::size_t>(n);
      switch (eq_.closure.deficits) {
        case Deficits::balanced: out[n] = 0; break;
        case Deficits::fixed_world_share: out[n] = given(n, 0) * world / world_before; break;
        case Deficits::fixed_income_share:
          out[n] = at.value_added[n] * (given(n, 0) / base_.value_added[n] - rates / world);
          break;
        case Deficits::fixed_expenditure_share:
        case Deficits::endogenous: out[n] = spending[r] * owned / spent - own[r]; break;
      }
    }
    return out;
  }

  template <class S>
  [[nodiscard]] S of_region(const Picture<S>& at, const ParameterTables<S>& p, Quantity quantity, Index n) const {
    const bool wasted = eq_.closure.revenue == Revenue::wasted;
    const S household = at.income[n] - (wasted ? at.tariff_revenue[n] + at.export_tax_revenue[n] : S(0));
    const double household_before =
        base_.income[n] - (wasted ? base_.tariff_revenue[n] + base_.export_tax_revenue[n] : 0.0);
    const S consumer = std::exp(at.consumer_price[n]), wage = std::exp(at.z.factor_price(n, 0));
    switch (quantity) {
      case Quantity::real_income_pct: return 100.0 * (household / household_before / consumer - 1.0);
      case Quantity::welfare_pct: {
        S left = household, tax = 1.0;
        double left_before = household_before, tax_before = 1.0;
        if (eq_.closure.revenue == Revenue::income_tax) {
          tax -= at.tariff_revenue[n] / at.value_added[n];
          tax_before -= base_.tariff_revenue[n] / base_.value_added[n];
        }
        for (Index f = 0; f < F_; ++f) {
          // The cost of work in utility; the measure itself does not move with the elasticity.
          const double omega = real_part(response(p, n, f));
          if (factor(f).anchor != WageAnchor::real || omega == 1) continue;
          left -= omega * at.factor_income(n, f) / tax;
          left_before -= omega * base_.factor_income(n, f) / tax_before;
        }
        return 100.0 * (left / consumer / left_before - 1.0);
      }
      case Quantity::equivalent_variation: return household / consumer - household_before;
      case Quantity::real_wage_pct: return 100.0 * (wage / consumer - 1.0);
      case Quantity::wage_hat: return wage;
      case Quantity::consumer_price_hat: return consumer;
      case Quantity::income: return at.income[n];
      case Quantity::value_added: return at.value_added[n];
      case Quantity::tariff_revenue: return at.tariff_revenue[n];
      case Quantity::export_tax_revenue: return at.export_tax_revenue[n];
      case Quantity::deficit: return at.deficit[n];
      default: break;
    }
    S trade = 0;
    for (Index m = 0; m < N_; ++m) {
      if (eq_.observed.is_domestic(m, n)) continue;
      for (Index j = 0; j < J_; ++j) {
        trade += quantity == Quantity::imports ? at.flow(m, n + N_ * j) : at.flow(n, m + N_ * j);
      }
    }
    return trade;
  }

  template <class S>
  [[nodiscard]] static S of_cell(const Picture<S>& at, Quantity quantity, Index n, Index j) {
    switch (quantity) {
      case Quantity::output: return at.output(n, j);
      case Quantity::expenditure: return at.expenditure(n, j);
      case Quantity::cost_hat: return std::exp(at.z.cost(n, j));
      default: return std::exp(at.z.price(n, j));
    }
  }

  const Equilibrium& eq_;
  const State& base_;
  Index N_, J_, F_;
  Index numeraire_region_ = -1;
  Cube share_;  // pi of the base
};

/// Derivatives of the equations and of what follows from them by complex steps.
class ComplexStep {
 public:
  explicit ComplexStep(const ComplexModel& model) : model_(model), at_(model.parameters()), point_(model.unknowns()) {}

  /// The largest residual at the point.
  [[nodiscard]] double residual() const { return model_.residuals(point_, at_).cwiseAbs().maxCoeff(); }

  /// Newton's method on the complex model's own equations, and their linearisation where it ends.
  void sharpen(int steps) {
    linearise();
    for (int k = 0; k < steps; ++k) {
      point_ -= jacobian_.solve(model_.residuals(point_, at_));
      linearise();
    }
  }

  [[nodiscard]] std::vector<double> outcomes() const { return model_.outcomes(point_, at_); }

  /// How outcomes move in a direction of one parameter.
  [[nodiscard]] std::vector<double> tangent(ParameterKind kind, const Table<double>& direction) const {
    ParameterTables<Complex> p = at_.as<Complex>();
    for (Index k = 0; k < direction.size(); ++k) p[kind].data()[k] += Complex(0, kStep * direction.data()[k]);
    Column<Complex> z = point_.cast<Complex>();
    const Column<double> by_parameter = model_.residuals(z, p).imag() / kStep;
    const Column<double> moved = -jacobian_.solve(by_parameter);
    z += Complex(0, kStep) * moved.cast<Complex>();
    std::vector<double> out;
    for (const Complex& value : model_.outcomes(z, p)) out.push_back(value.imag() / kStep);
    return out;
  }

 private:
  static constexpr double kStep = 1e-30;

  void linearise() {
    const ParameterTables<Complex> p = at_.as<Complex>();
    Eigen::MatrixXd jacobian(point_.size(), point_.size());
    for (Index k = 0; k < point_.size(); ++k) {
      Column<Complex> z = point_.cast<Complex>();
      z[k] += Complex(0, kStep);
      jacobian.col(k) = model_.residuals(z, p).imag() / kStep;
    }
    jacobian_.compute(jacobian);
  }

  const ComplexModel& model_;
  ParameterTables<double> at_;
  Column<double> point_;
  Eigen::PartialPivLU<Eigen::MatrixXd> jacobian_;
};

}  // namespace tariffsim::testing
