// Quantiles by Boost.Math, in double precision alone so that all machines agree.
#include "tariffsim/analysis/distribution.hpp"

#include <boost/math/policies/policy.hpp>
#include <boost/math/quadrature/tanh_sinh.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/erf.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

#include "tariffsim/core/errors.hpp"
#include "tariffsim/core/format.hpp"
#include "tariffsim/core/labels.hpp"

namespace tariffsim {
namespace {

using Kind = Distribution::Kind;
namespace policies = boost::math::policies;
// In double precision alone, and infinite where there is no end.
using Policy = policies::policy<policies::promote_double<false>, policies::overflow_error<policies::ignore_error>>;

constexpr double kRoot2 = std::numbers::sqrt2;

constexpr std::array kKinds = {Kind::normal, Kind::lognormal, Kind::uniform,  Kind::triangular,
                               Kind::beta,   Kind::empirical, Kind::truncated};

// The standard normal deviate that is exceeded with probability q, and the probability of more than z.
double normal_upper(double q) { return kRoot2 * boost::math::erfc_inv(2 * q, Policy()); }
double normal_survival(double z) { return 0.5 * boost::math::erfc(z / kRoot2, Policy()); }

[[noreturn]] void refuse(Kind kind, const std::string& problem, const std::string& remedy) {
  throw InvalidInput(name(kind), problem, remedy);
}

void require_finite(Kind kind, const std::vector<double>& parameters) {
  for (std::size_t k = 0; k < parameters.size(); ++k) {
    if (std::isfinite(parameters[k])) continue;
    refuse(kind, parameter_names(kind)[k] + " is " + show(parameters[k]), "give a finite number");
  }
}

void require_above(Kind kind, const char* what, double value, double bound) {
  if (value > bound) return;
  refuse(kind, std::string(what) + " is " + show(value), "give a number above " + show(bound));
}

void require_order(Kind kind, double low, double high) {
  if (low < high && std::isfinite(high - low)) return;
  refuse(kind, "low is " + show(low) + " and high is " + show(high), "give a high above the low");
}

double require_probability(double p) {
  if (p >= 0 && p <= 1) return p;
  throw InvalidInput("quantile", "the probability is " + show(p), "give a number from 0 to 1");
}

}  // namespace

const char* name(Kind kind) {
  constexpr const char* names[] = {"normal", "lognormal", "uniform", "triangular", "beta", "empirical", "truncated"};
  return names[static_cast<int>(kind)];
}

Kind distribution_kind(const std::string& text) {
  std::vector<std::string> names;
  for (const Kind kind : kKinds) {
    if (text == name(kind)) return kind;
    names.emplace_back(name(kind));
  }
  throw InvalidInput("distribution", "unknown distribution '" + text.substr(0, 64) + "'",
                     "use " + Labels("distribution", names).suggestion(text.substr(0, 64)));
}

const std::vector<std::string>& parameter_names(Kind kind) {
  static const std::array<std::vector<std::string>, kKinds.size()> names = {{{"mean", "sd"},
                                                                             {"median", "sd"},
                                                                             {"low", "high"},
                                                                             {"low", "mode", "high"},
                                                                             {"a", "b", "low", "high"},
                                                                             {},
                                                                             {"low", "high"}}};
  return names[static_cast<std::size_t>(kind)];
}

Distribution Distribution::normal(double mean, double sd) {
  require_finite(Kind::normal, {mean, sd});
  require_above(Kind::normal, "sd", sd, 0);
  return {Kind::normal, {mean, sd}};
}

Distribution Distribution::lognormal(double median, double sd) {
  require_finite(Kind::lognormal, {median, sd});
  require_above(Kind::lognormal, "median", median, 0);
  require_above(Kind::lognormal, "sd", sd, 0);
  return {Kind::lognormal, {median, sd}};
}

Distribution Distribution::uniform(double low, double high) {
  require_finite(Kind::uniform, {low, high});
  require_order(Kind::uniform, low, high);
  return {Kind::uniform, {low, high}};
}

Distribution Distribution::triangular(double low, double mode, double high) {
  require_finite(Kind::triangular, {low, mode, high});
  require_order(Kind::triangular, low, high);
  if (!(low <= mode && mode <= high)) {
    refuse(Kind::triangular, "mode is " + show(mode), "give a mode from " + show(low) + " to " + show(high));
  }
  return {Kind::triangular, {low, mode, high}};
}

Distribution Distribution::beta(double a, double b, double low, double high) {
  require_finite(Kind::beta, {a, b, low, high});
  require_above(Kind::beta, "a", a, 0);
  require_above(Kind::beta, "b", b, 0);
  require_order(Kind::beta, low, high);
  return {Kind::beta, {a, b, low, high}};
}

Distribution Distribution::empirical(std::vector<double> draws) {
  if (draws.empty()) refuse(Kind::empirical, "there are no draws", "give at least one");
  for (std::size_t k = 0; k < draws.size(); ++k) {
    if (!std::isfinite(draws[k])) {
      refuse(Kind::empirical, "draw " + std::to_string(k + 1) + " is " + show(draws[k]), "give finite numbers");
    }
  }
  std::sort(draws.begin(), draws.end());
  return {Kind::empirical, std::move(draws)};
}

Distribution Distribution::truncated(const Distribution& of, double low, double high) {
  if (!(low < high)) require_order(Kind::truncated, low, high);
  const auto nothing = [&] {
    refuse(Kind::truncated, of.describe() + " has nothing between " + show(low) + " and " + show(high),
           "give bounds that some of it is between");
  };
  if (of.kind() == Kind::empirical) {
    std::vector<double> kept;
    for (const double draw : of.parameters()) {
      if (draw >= low && draw <= high) kept.push_back(draw);
    }
    if (kept.empty()) nothing();
    return empirical(std::move(kept));
  }
  const double mass = std::max(of.cdf(high) - of.cdf(low), of.survival(low) - of.survival(high));
  if (!(mass > std::numeric_limits<double>::min())) nothing();
  Distribution out(Kind::truncated, {low, high});
  out.of_ = std::make_shared<const Distribution>(of);
  return out;
}

Distribution Distribution::make(Kind kind, const std::vector<double>& p, const Distribution* of) {
  if (kind == Kind::empirical) return empirical(p);
  if (p.size() != parameter_names(kind).size()) {
    refuse(kind, "there are " + std::to_string(p.size()) + " parameters",
           "give " + std::to_string(parameter_names(kind).size()));
  }
  switch (kind) {
    case Kind::normal: return normal(p[0], p[1]);
    case Kind::lognormal: return lognormal(p[0], p[1]);
    case Kind::uniform: return uniform(p[0], p[1]);
    case Kind::triangular: return triangular(p[0], p[1], p[2]);
    case Kind::beta: return beta(p[0], p[1], p[2], p[3]);
    case Kind::empirical: break;
    case Kind::truncated:
      if (of != nullptr) return truncated(*of, p[0], p[1]);
  }
  refuse(kind, "there is no distribution to truncate", "give one");
}

double Distribution::at(double p, double q) const {
  const bool lower = p <= 0.5;
  switch (kind_) {
    case Kind::normal: return at_deviate(lower ? -normal_upper(p) : normal_upper(q));
    case Kind::lognormal: return at_deviate(lower ? -normal_upper(p) : normal_upper(q));
    case Kind::uniform: {
      const double width = parameter(1) - parameter(0);
      return lower ? parameter(0) + p * width : parameter(1) - q * width;
    }
    case Kind::triangular: {
      const double low = parameter(0), mode = parameter(1), high = parameter(2), width = high - low;
      if (p * width <= mode - low) return low + std::sqrt(p * width * (mode - low));
      return high - std::sqrt(q * width * (high - mode));
    }
    case Kind::beta: {
      const double a = parameter(0), b = parameter(1), low = parameter(2), high = parameter(3);
      const double unit =
          lower ? boost::math::ibeta_inv(a, b, p, Policy()) : boost::math::ibetac_inv(a, b, q, Policy());
      return low + unit * (high - low);
    }
    case Kind::empirical: {
      const auto& draws = *parameters_;
      const double k = std::ceil(p * static_cast<double>(draws.size())) - 1;
      return draws[std::min(draws.size() - 1, k > 0 ? static_cast<std::size_t>(k) : 0)];
    }
    case Kind::truncated: {
      const double low = parameter(0), high = parameter(1), below = of_->cdf(low), above = of_->survival(high);
      const double mass = below < 0.5 ? of_->cdf(high) - below : of_->survival(low) - above;
      // What is above zero stays so, however little of the other distribution is left.
      const auto share = [&](double from, double part) {
        return part > 0 ? std::clamp(from + part * mass, std::numeric_limits<double>::min(), 1.0) : from;
      };
      return std::clamp(of_->at(share(below, p), share(above, q)), low, high);
    }
  }
  return 0;
}

double Distribution::quantile(double p) const {
  const double x = at(require_probability(p), 1 - p);
  if (std::isfinite(x)) return x;
  throw InvalidInput("quantile", describe() + " has no finite number at probability " + show(p),
                     "give a probability above 0 and below 1");
}

double Distribution::upper_quantile(double q) const {
  const double x = at(1 - require_probability(q), q);
  if (std::isfinite(x)) return x;
  throw InvalidInput("upper_quantile", describe() + " has no finite number at probability " + show(q),
                     "give a probability above 0 and below 1");
}

double Distribution::at_deviate(double z) const {
  if (kind_ == Kind::normal) return parameter(0) + parameter(1) * z;
  if (kind_ == Kind::lognormal) return parameter(0) * std::exp(parameter(1) * z);
  return at(normal_survival(-z), normal_survival(z));
}

double Distribution::cdf(double x) const {
  switch (kind_) {
    case Kind::normal: return normal_survival((parameter(0) - x) / parameter(1));
    case Kind::lognormal: return x <= 0 ? 0 : normal_survival(std::log(parameter(0) / x) / parameter(1));
    case Kind::uniform: return std::clamp((x - parameter(0)) / (parameter(1) - parameter(0)), 0.0, 1.0);
    case Kind::triangular: {
      const double low = parameter(0), mode = parameter(1), high = parameter(2);
      if (x <= low) return 0;
      return x <= mode ? (x - low) * (x - low) / ((high - low) * (mode - low)) : 1 - survival(x);
    }
    case Kind::beta: {
      const double unit = std::clamp((x - parameter(2)) / (parameter(3) - parameter(2)), 0.0, 1.0);
      return boost::math::ibeta(parameter(0), parameter(1), unit, Policy());
    }
    case Kind::empirical: {
      const auto& draws = *parameters_;
      const auto below = std::upper_bound(draws.begin(), draws.end(), x) - draws.begin();
      return static_cast<double>(below) / static_cast<double>(draws.size());
    }
    case Kind::truncated: {
      const double low = parameter(0), high = parameter(1);
      if (x <= low) return 0;
      if (x >= high) return 1;
      const bool lower = of_->cdf(low) < 0.5;
      const double part = lower ? of_->cdf(x) - of_->cdf(low) : of_->survival(low) - of_->survival(x);
      const double mass = lower ? of_->cdf(high) - of_->cdf(low) : of_->survival(low) - of_->survival(high);
      return std::min(part / mass, 1.0);
    }
  }
  return 0;
}

double Distribution::survival(double x) const {
  switch (kind_) {
    case Kind::normal: return normal_survival((x - parameter(0)) / parameter(1));
    case Kind::lognormal: return x <= 0 ? 1 : normal_survival(std::log(x / parameter(0)) / parameter(1));
    case Kind::uniform: return std::clamp((parameter(1) - x) / (parameter(1) - parameter(0)), 0.0, 1.0);
    case Kind::triangular: {
      const double low = parameter(0), mode = parameter(1), high = parameter(2);
      if (x >= high) return 0;
      return x > mode ? (high - x) * (high - x) / ((high - low) * (high - mode)) : 1 - cdf(x);
    }
    case Kind::beta: {
      const double unit = std::clamp((x - parameter(2)) / (parameter(3) - parameter(2)), 0.0, 1.0);
      return boost::math::ibetac(parameter(0), parameter(1), unit, Policy());
    }
    case Kind::empirical: return 1 - cdf(x);
    case Kind::truncated: {
      const double low = parameter(0), high = parameter(1);
      if (x <= low) return 1;
      if (x >= high) return 0;
      const bool lower = of_->cdf(low) < 0.5;
      const double part = lower ? of_->cdf(high) - of_->cdf(x) : of_->survival(x) - of_->survival(high);
      const double mass = lower ? of_->cdf(high) - of_->cdf(low) : of_->survival(low) - of_->survival(high);
      return std::min(part / mass, 1.0);
    }
  }
  return 0;
}

// The mean of (x - centre)^power, over the quantiles of both halves.
double Distribution::integral_of_power(int power, double centre) const {
  boost::math::quadrature::tanh_sinh<double> rule;
  const auto term = [&](double x) { return power == 1 ? x - centre : (x - centre) * (x - centre); };
  return rule.integrate([&](double p) { return term(at(p, 1 - p)); }, 0.0, 0.5) +
         rule.integrate([&](double q) { return term(at(1 - q, q)); }, 0.0, 0.5);
}

double Distribution::mean() const {
  switch (kind_) {
    case Kind::normal: return parameter(0);
    case Kind::lognormal: return parameter(0) * std::exp(0.5 * parameter(1) * parameter(1));
    case Kind::uniform: return 0.5 * (parameter(0) + parameter(1));
    case Kind::triangular: return (parameter(0) + parameter(1) + parameter(2)) / 3;
    case Kind::beta: {
      const double a = parameter(0), b = parameter(1);
      return parameter(2) + (parameter(3) - parameter(2)) * a / (a + b);
    }
    case Kind::empirical: {
      double sum = 0;
      for (const double draw : *parameters_) sum += draw;
      return sum / static_cast<double>(parameters_->size());
    }
    case Kind::truncated: return integral_of_power(1, 0);
  }
  return 0;
}

double Distribution::sd() const {
  switch (kind_) {
    case Kind::normal: return parameter(1);
    case Kind::lognormal: return mean() * std::sqrt(std::expm1(parameter(1) * parameter(1)));
    case Kind::uniform: return (parameter(1) - parameter(0)) / std::sqrt(12.0);
    case Kind::triangular: {
      const double up = parameter(1) - parameter(0), down = parameter(2) - parameter(1);
      return std::sqrt((up * up + up * down + down * down) / 18);
    }
    case Kind::beta: {
      const double a = parameter(0), b = parameter(1), sum = a + b;
      return (parameter(3) - parameter(2)) * std::sqrt(a * b / (sum + 1)) / sum;
    }
    case Kind::empirical: {
      const double centre = mean();
      double sum = 0;
      for (const double draw : *parameters_) sum += (draw - centre) * (draw - centre);
      return std::sqrt(sum / static_cast<double>(parameters_->size()));
    }
    case Kind::truncated: return std::sqrt(integral_of_power(2, mean()));
  }
  return 0;
}

std::string Distribution::describe() const {
  std::string text = std::string(name(kind_)) + "(";
  if (kind_ == Kind::empirical) {
    return text + std::to_string(parameters_->size()) + (parameters_->size() == 1 ? " draw)" : " draws)");
  }
  if (of_) text += of_->describe() + ", ";
  const auto& names = parameter_names(kind_);
  for (std::size_t k = 0; k < names.size(); ++k) text += (k > 0 ? ", " : "") + names[k] + "=" + show(parameter(k));
  return text + ")";
}

bool operator==(const Distribution& a, const Distribution& b) {
  if (a.kind_ != b.kind_ || *a.parameters_ != *b.parameters_) return false;
  return a.of_ == b.of_ || (a.of_ && b.of_ && *a.of_ == *b.of_);
}

}  // namespace tariffsim
