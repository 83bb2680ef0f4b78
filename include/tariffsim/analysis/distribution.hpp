// Distribution: what is known of an uncertain number. Compiled in tariffsim::io.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace tariffsim {

/// A distribution of one number, given by its quantiles. A value: copies share what they hold.
class Distribution {
 public:
  enum class Kind { normal, lognormal, uniform, triangular, beta, empirical, truncated };

  /// @throws InvalidInput where a parameter is not finite or `sd` is not above zero, as all makers below.
  [[nodiscard]] static Distribution normal(double mean, double sd);
  /// @param median above zero. @param sd of the logarithm, above zero: 0.3 is about 30 percent.
  [[nodiscard]] static Distribution lognormal(double median, double sd);
  [[nodiscard]] static Distribution uniform(double low, double high);
  /// @param mode the likeliest value, from `low` to `high`.
  [[nodiscard]] static Distribution triangular(double low, double mode, double high);
  /// Beta with shapes a and b above zero, stretched from `low` to `high`.
  [[nodiscard]] static Distribution beta(double a, double b, double low = 0, double high = 1);
  /// Each of the draws as likely as the others; its quantiles are draws.
  [[nodiscard]] static Distribution empirical(std::vector<double> draws);
  /// Another distribution given that the number is between two bounds, which may be infinite.
  /// @throws InvalidInput where nothing is between them.
  [[nodiscard]] static Distribution truncated(const Distribution& of, double low, double high);

  /// The maker of a kind, with parameters() as its arguments; `of` only of truncated.
  [[nodiscard]] static Distribution make(Kind kind, const std::vector<double>& parameters,
                                         const Distribution* of = nullptr);

  [[nodiscard]] Kind kind() const noexcept { return kind_; }
  /// Arguments of its maker in their order; the draws of an empirical one in ascending order.
  [[nodiscard]] const std::vector<double>& parameters() const noexcept { return *parameters_; }
  /// What is truncated; nullptr of the other kinds.
  [[nodiscard]] const Distribution* of() const noexcept { return of_.get(); }

  /// The number that is not exceeded with probability p.
  /// @throws InvalidInput where p is not from 0 to 1, or the number is not finite.
  [[nodiscard]] double quantile(double p) const;
  /// The number that is exceeded with probability q: quantile(1 - q), exact for the smallest q too.
  [[nodiscard]] double upper_quantile(double q) const;
  /// The quantile at a standard normal deviate z.
  [[nodiscard]] double at_deviate(double z) const;

  /// The probability of at most x, and of more than x.
  [[nodiscard]] double cdf(double x) const;
  [[nodiscard]] double survival(double x) const;

  [[nodiscard]] double mean() const;
  /// Standard deviation of the distribution; of empirical ones over n, not n - 1.
  [[nodiscard]] double sd() const;

  /// As a formula: "lognormal(median=1, sd=0.3)".
  [[nodiscard]] std::string describe() const;

  friend bool operator==(const Distribution& a, const Distribution& b);

 private:
  Distribution(Kind kind, std::vector<double> parameters)
      : kind_(kind), parameters_(std::make_shared<const std::vector<double>>(std::move(parameters))) {}

  // p and q sum to one; each is exact where it is small.
  [[nodiscard]] double at(double p, double q) const;
  [[nodiscard]] double parameter(std::size_t k) const { return (*parameters_)[k]; }
  [[nodiscard]] double integral_of_power(int power, double centre) const;

  Kind kind_;
  std::shared_ptr<const std::vector<double>> parameters_;
  std::shared_ptr<const Distribution> of_;
};

/// Name of a kind, as its maker is called.
[[nodiscard]] const char* name(Distribution::Kind kind);

/// @throws InvalidInput on an unknown name.
[[nodiscard]] Distribution::Kind distribution_kind(const std::string& text);

/// Names of the parameters of a kind, in the order of its maker; none of empirical, `low` and `high` of truncated.
[[nodiscard]] const std::vector<std::string>& parameter_names(Distribution::Kind kind);

}  // namespace tariffsim
