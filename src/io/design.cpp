// Points and draws that are the same on every machine: nothing here depends on the standard library's distributions.
#include "tariffsim/analysis/design.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>

#include <boost/random/sobol.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <string>
#include <utility>

#include "tariffsim/core/errors.hpp"
#include "tariffsim/core/format.hpp"

namespace tariffsim {
namespace {

using Eigen::MatrixXd;
using Random = std::mt19937_64;  // fixed by the standard, unlike the distributions

constexpr Index kMostDims = boost::random::default_sobol_table::max_dimension;
constexpr Index kMostPoints = Index{1} << 32;

void require_size(const char* design, Index dims, Index count, Index most_dims) {
  if (dims < 1 || dims > most_dims) {
    throw InvalidInput(design, "there are " + std::to_string(dims) + " dimensions",
                       "give from 1 to " + std::to_string(most_dims));
  }
  if (count < 1 || count > kMostPoints / dims) {
    throw InvalidInput(design, "the number of points is " + std::to_string(count),
                       "give from 1 to " + std::to_string(kMostPoints / dims));
  }
}

// The middle of one of 2^52 cells, exact, above 0 and below 1.
double inside(std::uint64_t bits) { return (static_cast<double>(bits >> 12U) + 0.5) * 0x1p-52; }

// A whole number below `end`, each as likely.
std::uint64_t below(Random& random, std::uint64_t end) {
  const std::uint64_t rest = (~std::uint64_t{0} % end + 1) % end;  // of 2^64, which is no multiple of `end`
  std::uint64_t drawn = random();
  while (drawn > ~std::uint64_t{0} - rest) drawn = random();
  return drawn % end;
}

void require_correlation(const MatrixXd& matrix, Index dims) {
  const std::string where = "correlation";
  if (matrix.rows() != dims || matrix.cols() != dims) {
    throw InvalidInput(where,
                       "is " + std::to_string(matrix.rows()) + " x " + std::to_string(matrix.cols()) + " for " +
                           std::to_string(dims) + " distributions",
                       "give a row and a column for each");
  }
  for (Index i = 0; i < dims; ++i) {
    for (Index j = 0; j < dims; ++j) {
      const double r = matrix(i, j);
      const auto at = [&] { return where + "[" + std::to_string(i) + "," + std::to_string(j) + "]"; };
      if (!(std::abs(r) <= 1)) throw InvalidInput(at(), "is " + show(r), "give a correlation from -1 to 1");
      if (i == j && r != 1) throw InvalidInput(at(), "is " + show(r), "give 1 on the diagonal");
      if (std::abs(r - matrix(j, i)) > 1e-12) {
        throw InvalidInput(at(), "is " + show(r) + " and its mirror image " + show(matrix(j, i)),
                           "give a symmetric matrix");
      }
    }
  }
  const double smallest = Eigen::SelfAdjointEigenSolver<MatrixXd>(matrix, Eigen::EigenvaluesOnly).eigenvalues()[0];
  if (smallest > 1e-12) return;
  throw InvalidInput(where, "is not positive definite: its smallest eigenvalue is " + show(smallest),
                     "give correlations that can hold together, nearer to zero");
}

void require_points(const std::vector<Distribution>& distributions, const MatrixXd& points) {
  if (points.cols() != static_cast<Index>(distributions.size())) {
    throw InvalidInput("draws",
                       "there are " + std::to_string(distributions.size()) + " distributions and points of " +
                           std::to_string(points.cols()) + " dimensions",
                       "give a column of points for each distribution");
  }
  for (Index k = 0; k < points.rows(); ++k) {
    for (Index d = 0; d < points.cols(); ++d) {
      if (points(k, d) > 0 && points(k, d) < 1) continue;
      throw InvalidInput("draws", "point " + std::to_string(k) + " has the coordinate " + show(points(k, d)),
                         "give points above 0 and below 1");
    }
  }
}

}  // namespace

MatrixXd sobol_points(Index dims, Index count, std::optional<std::uint64_t> seed) {
  require_size("sobol points", dims, count, kMostDims);
  boost::random::sobol sequence(static_cast<std::size_t>(dims));  // begins behind its zero point
  std::vector<std::uint64_t> shift(static_cast<std::size_t>(dims), 0);
  MatrixXd points(count, dims);
  Index first = 0;
  if (seed) {
    Random random(*seed);
    for (Index d = 0; d < dims; ++d) {
      shift[static_cast<std::size_t>(d)] = random();
      points(0, d) = inside(shift[static_cast<std::size_t>(d)]);
    }
    first = 1;
  }
  for (Index k = first; k < count; ++k) {
    for (Index d = 0; d < dims; ++d) {
      const std::uint64_t bits = sequence();
      points(k, d) = seed ? inside(bits ^ shift[static_cast<std::size_t>(d)]) : static_cast<double>(bits) * 0x1p-64;
    }
  }
  return points;
}

MatrixXd latin_hypercube(Index dims, Index count, std::uint64_t seed) {
  require_size("latin hypercube", dims, count, kMostPoints);
  Random random(seed);
  MatrixXd points(count, dims);
  std::vector<std::uint64_t> stratum(static_cast<std::size_t>(count));
  for (Index d = 0; d < dims; ++d) {
    std::iota(stratum.begin(), stratum.end(), std::uint64_t{0});
    for (std::size_t k = stratum.size(); k > 1; --k) std::swap(stratum[k - 1], stratum[below(random, k)]);
    for (Index k = 0; k < count; ++k) {
      const double left = static_cast<double>(stratum[static_cast<std::size_t>(k)]);
      const double within = (static_cast<double>(random() >> 33U) + 0.5) * 0x1p-31;  // few bits: their sum is exact
      points(k, d) = std::min((left + within) / static_cast<double>(count), 1 - 0x1p-53);
    }
  }
  return points;
}

MatrixXd random_points(Index dims, Index count, std::uint64_t seed) {
  require_size("random points", dims, count, kMostPoints);
  Random random(seed);
  MatrixXd points(count, dims);
  for (Index k = 0; k < count; ++k) {
    for (Index d = 0; d < dims; ++d) points(k, d) = inside(random());
  }
  return points;
}

MatrixXd draws(const std::vector<Distribution>& distributions, const MatrixXd& points) {
  require_points(distributions, points);
  MatrixXd out(points.rows(), points.cols());
  for (Index d = 0; d < points.cols(); ++d) {
    const Distribution& each = distributions[static_cast<std::size_t>(d)];
    for (Index k = 0; k < points.rows(); ++k) out(k, d) = each.quantile(points(k, d));
  }
  return out;
}

MatrixXd draws(const std::vector<Distribution>& distributions, const MatrixXd& points, const MatrixXd& correlation) {
  require_points(distributions, points);
  require_correlation(correlation, points.cols());
  const MatrixXd factor = Eigen::LLT<MatrixXd>(correlation).matrixL();
  const Distribution standard = Distribution::normal(0, 1);
  Eigen::VectorXd z(points.cols());
  MatrixXd out(points.rows(), points.cols());
  for (Index k = 0; k < points.rows(); ++k) {
    for (Index d = 0; d < points.cols(); ++d) z[d] = standard.quantile(points(k, d));
    for (Index d = 0; d < points.cols(); ++d) {
      double mixed = 0;
      for (Index e = 0; e <= d; ++e) mixed += factor(d, e) * z[e];
      const Distribution& each = distributions[static_cast<std::size_t>(d)];
      out(k, d) = each.at_deviate(mixed);
      if (!std::isfinite(out(k, d))) {
        throw InvalidInput("draws", each.describe() + " has no finite number at a deviate of " + show(mixed),
                           "truncate it");
      }
    }
  }
  return out;
}

}  // namespace tariffsim
