// Sums over pairs of regions as operations of a tape.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "tariffsim/core/kernels.hpp"
#include "tariffsim/core/types.hpp"
#include "tariffsim/solve/linear_tape.hpp"

namespace tariffsim::detail {

/// Log changes of what makes a flow: of its seller, of its buyer (from abroad, and of two tiers from home), of the
/// pair.
struct PairChange {
  LinearTape::Node seller;
  std::optional<LinearTape::Node> buyer = {}, buyer_at_home = {}, pair = {};
};

/// Weighted sums of the log changes of flows, w_in (seller_i + buyer_n + pair_in), with weights N x N x J.
class PairSums {
 public:
  using Array = Eigen::ArrayXXd;
  using Homes = std::vector<std::vector<Index>>;

  /// @param homes by importer the exporters of its own territory; of two tiers alone, else empty. Must outlive it.
  PairSums(Cube weights, const Homes& homes)
      : data_(std::make_shared<Data>(Data{std::move(weights), &homes, {}, {}, {}})) {
    const Index N = data_->weights.rows(), J = data_->weights.slices();
    data_->sold.resize(N, J);
    data_->bought = data_->bought_at_home = Array::Zero(N, J);
    for (Index j = 0; j < J; ++j) {
      data_->sold.col(j) = data_->weights.slice(j).rowwise().sum().array();
      data_->bought.col(j) = data_->weights.slice(j).colwise().sum().transpose().array();
      each_at_home(*data_, [&](Index i, Index n) {
        data_->bought.col(j)[n] -= data_->weights(i, n, j);
        data_->bought_at_home(n, j) += data_->weights(i, n, j);
      });
    }
  }

  [[nodiscard]] const Cube& weights() const { return data_->weights; }

  /// Sums over importers; N x J by exporter.
  [[nodiscard]] LinearTape::Node by_seller(LinearTape& tape, const PairChange& change) const {
    const auto places = places_of(change);
    return tape.custom(
        data_->weights.rows(), data_->weights.slices(), operands(change),
        [d = data_, places](const auto& in, Array& out) {
          if (in[0]) out += d->sold * *in[0];
          const Index N = d->weights.rows();
          const Array* buyer = places.of(in, places.buyer);
          const Array* at_home = places.of(in, places.at_home);
          Vector product(N);
          for (Index j = 0; j < out.cols(); ++j) {
            if (buyer) {
              kernels::multiply(d->weights.slice(j).data(), N, N, buyer->col(j).data(), product.data());
              out.col(j) += product;
            }
            each_at_home(*d, [&](Index i, Index n) {
              const double gap = (at_home ? (*at_home)(n, j) : 0.0) - (buyer ? (*buyer)(n, j) : 0.0);
              out(i, j) += d->weights(i, n, j) * gap;
            });
          }
          if (const Array* pair = places.of(in, places.pair)) {
            for (Index j = 0; j < out.cols(); ++j) {
              out.col(j) += (d->weights.slice(j).array() * pair->middleCols(N * j, N)).rowwise().sum();
            }
          }
        },
        [d = data_, places](const Array& out, const auto& in) {
          if (in[0]) *in[0] += d->sold * out;
          const Index N = d->weights.rows();
          Array* buyer = places.of(in, places.buyer);
          Array* at_home = places.of(in, places.at_home);
          Vector product(N);
          for (Index j = 0; j < out.cols(); ++j) {
            if (buyer) {
              kernels::multiply_transposed(d->weights.slice(j).data(), N, N, out.col(j).data(), product.data());
              buyer->col(j) += product;
            }
            each_at_home(*d, [&](Index i, Index n) {
              const double owed = d->weights(i, n, j) * out(i, j);
              if (buyer) (*buyer)(n, j) -= owed;
              if (at_home) (*at_home)(n, j) += owed;
            });
          }
          if (Array* pair = places.of(in, places.pair)) {
            for (Index j = 0; j < out.cols(); ++j) {
              pair->middleCols(N * j, N) += d->weights.slice(j).array().colwise() * out.col(j);
            }
          }
        });
  }

  /// Sums over exporters; N x J by importer.
  [[nodiscard]] LinearTape::Node by_buyer(LinearTape& tape, const PairChange& change) const {
    const auto places = places_of(change);
    return tape.custom(
        data_->weights.rows(), data_->weights.slices(), operands(change),
        [d = data_, places](const auto& in, Array& out) {
          const Index N = d->weights.rows();
          Vector product(N);
          if (in[0]) {
            for (Index j = 0; j < out.cols(); ++j) {
              kernels::multiply_transposed(d->weights.slice(j).data(), N, N, in[0]->col(j).data(), product.data());
              out.col(j) += product;
            }
          }
          if (const Array* buyer = places.of(in, places.buyer)) out += d->bought * *buyer;
          if (const Array* at_home = places.of(in, places.at_home)) out += d->bought_at_home * *at_home;
          if (const Array* pair = places.of(in, places.pair)) {
            for (Index j = 0; j < out.cols(); ++j) {
              out.col(j) += (d->weights.slice(j).array() * pair->middleCols(N * j, N)).colwise().sum().transpose();
            }
          }
        },
        [d = data_, places](const Array& out, const auto& in) {
          const Index N = d->weights.rows();
          Vector product(N);
          if (in[0]) {
            for (Index j = 0; j < out.cols(); ++j) {
              kernels::multiply(d->weights.slice(j).data(), N, N, out.col(j).data(), product.data());
              in[0]->col(j) += product;
            }
          }
          if (Array* buyer = places.of(in, places.buyer)) *buyer += d->bought * out;
          if (Array* at_home = places.of(in, places.at_home)) *at_home += d->bought_at_home * out;
          if (Array* pair = places.of(in, places.pair)) {
            for (Index j = 0; j < out.cols(); ++j) {
              pair->middleCols(N * j, N) += d->weights.slice(j).array().rowwise() * out.col(j).transpose();
            }
          }
        });
  }

  /// No sums: w_in (seller_i + buyer_n + pair_in); N x (N J).
  [[nodiscard]] LinearTape::Node each(LinearTape& tape, const PairChange& change) const {
    const auto places = places_of(change);
    const Index N = data_->weights.rows(), J = data_->weights.slices();
    return tape.custom(
        N, N * J, operands(change),
        [d = data_, places](const auto& in, Array& out) {
          const Index n_regions = d->weights.rows();
          const Array* buyer = places.of(in, places.buyer);
          const Array* at_home = places.of(in, places.at_home);
          const Array* pair = places.of(in, places.pair);
          for (Index j = 0; j < d->weights.slices(); ++j) {
            const auto w = d->weights.slice(j).array();
            auto part = out.middleCols(n_regions * j, n_regions);
            if (in[0]) part += w.colwise() * in[0]->col(j);
            if (buyer) part += w.rowwise() * buyer->col(j).transpose();
            if (pair) part += w * pair->middleCols(n_regions * j, n_regions);
            each_at_home(*d, [&](Index i, Index n) {
              part(i, n) += w(i, n) * ((at_home ? (*at_home)(n, j) : 0.0) - (buyer ? (*buyer)(n, j) : 0.0));
            });
          }
        },
        [d = data_, places](const Array& out, const auto& in) {
          const Index n_regions = d->weights.rows();
          Array* buyer = places.of(in, places.buyer);
          Array* at_home = places.of(in, places.at_home);
          Array* pair = places.of(in, places.pair);
          for (Index j = 0; j < d->weights.slices(); ++j) {
            const Array owed = d->weights.slice(j).array() * out.middleCols(n_regions * j, n_regions);
            if (in[0]) in[0]->col(j) += owed.rowwise().sum();
            if (buyer) buyer->col(j) += owed.colwise().sum().transpose();
            if (pair) pair->middleCols(n_regions * j, n_regions) += owed;
            each_at_home(*d, [&](Index i, Index n) {
              if (buyer) (*buyer)(n, j) -= owed(i, n);
              if (at_home) (*at_home)(n, j) += owed(i, n);
            });
          }
        });
  }

 private:
  struct Data {
    Cube weights;
    const Homes* homes;
    Array sold, bought, bought_at_home;
  };

  // Where each part of a change stands among the operands; -1 where it is absent.
  struct Places {
    int buyer = -1, at_home = -1, pair = -1;
    template <class Operands>
    static auto of(const Operands& in, int place) -> typename Operands::value_type {
      return place < 0 ? nullptr : in[static_cast<std::size_t>(place)];
    }
  };

  static std::vector<LinearTape::Node> operands(const PairChange& change) {
    std::vector<LinearTape::Node> nodes{change.seller};
    for (const auto& part : {change.buyer, change.buyer_at_home, change.pair}) {
      if (part) nodes.push_back(*part);
    }
    return nodes;
  }

  static Places places_of(const PairChange& change) {
    Places places;
    int next = 1;
    if (change.buyer) places.buyer = next++;
    if (change.buyer_at_home) places.at_home = next++;
    if (change.pair) places.pair = next;
    return places;
  }

  // Pairs within one territory; none where there is one tier.
  template <class Visit>
  static void each_at_home(const Data& data, const Visit& visit) {
    for (std::size_t n = 0; n < data.homes->size(); ++n) {
      for (const Index i : (*data.homes)[n]) visit(i, static_cast<Index>(n));
    }
  }

  std::shared_ptr<Data> data_;
};

}  // namespace tariffsim::detail
