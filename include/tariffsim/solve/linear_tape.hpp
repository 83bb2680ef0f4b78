// LinearTape: a linear map recorded as a list of simple linear operations, run forwards for directional derivatives and
// backwards, each operation transposed, for gradients.
#pragma once

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <memory>
#include <utility>
#include <vector>

#include "tariffsim/core/types.hpp"

namespace tariffsim::detail {

class LinearTape {
 public:
  using Array = Eigen::ArrayXXd;
  using Node = std::size_t;
  /// Adds the operation's value to `out`, of the values of its operands; an operand that is zero is null.
  using Forward = std::function<void(const std::vector<const Array*>& in, Array& out)>;
  /// Adds to the operands' adjoints what they owe to that of the value; an operand that nobody asks about is null.
  using Reverse = std::function<void(const Array& out, const std::vector<Array*>& in)>;

  /// What the map is of. A constant is one in most runs: only a full run reads it.
  Node input(Index rows, Index cols) { return add(rows, cols, {}, true); }
  Node constant(Index rows, Index cols) { return add(rows, cols, {}, false); }

  /// Any linear operation.
  Node custom(Index rows, Index cols, std::vector<Node> operands, Forward forward, Reverse reverse) {
    bool active = false;
    for (const Node k : operands) active = active || nodes_[k].active;
    const Node out = add(rows, cols, std::move(operands), active);
    nodes_[out].forward = std::move(forward);
    nodes_[out].reverse = std::move(reverse);
    return out;
  }

  /// c a, element by element.
  Node times(Node a, Array c) {
    const auto shared = keep(std::move(c));
    return custom(
        shared->rows(), shared->cols(), {a}, [shared](const auto& in, Array& out) { out += *shared * *in[0]; },
        [shared](const Array& out, const auto& in) { *in[0] += *shared * out; });
  }
  Node times(Node a, double c) { return sum({{c, a}}); }

  /// sum of c_k a_k; all of one shape.
  Node sum(std::initializer_list<std::pair<double, Node>> terms) {
    std::vector<Node> operands;
    std::vector<double> factors;
    for (const auto& [factor, node] : terms) {
      operands.push_back(node);
      factors.push_back(factor);
    }
    return custom(
        nodes_[operands[0]].rows, nodes_[operands[0]].cols, operands,
        [factors](const auto& in, Array& out) {
          for (std::size_t k = 0; k < factors.size(); ++k) {
            if (in[k]) out += factors[k] * *in[k];
          }
        },
        [factors](const Array& out, const auto& in) {
          for (std::size_t k = 0; k < factors.size(); ++k) {
            if (in[k]) *in[k] += factors[k] * out;
          }
        });
  }

  /// c(n, j) a(n): a column along the rows of c.
  Node along_rows(Node a, Array c) {
    const auto shared = keep(std::move(c));
    return custom(
        shared->rows(), shared->cols(), {a},
        [shared](const auto& in, Array& out) { out += shared->colwise() * in[0]->col(0); },
        [shared](const Array& out, const auto& in) { in[0]->col(0) += (*shared * out).rowwise().sum(); });
  }

  /// c(n, j) a(j): a row down the columns of c.
  Node down_columns(Node a, Array c) {
    const auto shared = keep(std::move(c));
    return custom(
        shared->rows(), shared->cols(), {a},
        [shared](const auto& in, Array& out) { out += shared->rowwise() * in[0]->row(0); },
        [shared](const Array& out, const auto& in) { in[0]->row(0) += (*shared * out).colwise().sum(); });
  }

  /// sum_j c(n, j) a(n, j); a column.
  Node row_sums(Node a, Array c) {
    const auto shared = keep(std::move(c));
    return custom(
        shared->rows(), 1, {a},
        [shared](const auto& in, Array& out) { out.col(0) += (*shared * *in[0]).rowwise().sum(); },
        [shared](const Array& out, const auto& in) { *in[0] += shared->colwise() * out.col(0); });
  }

  /// sum of c a over all elements; one number.
  Node total(Node a, Array c) {
    const auto shared = keep(std::move(c));
    return custom(
        1, 1, {a}, [shared](const auto& in, Array& out) { out(0, 0) += (*shared * *in[0]).sum(); },
        [shared](const Array& out, const auto& in) { *in[0] += *shared * out(0, 0); });
  }

  /// c times one number.
  Node everywhere(Node a, Array c) {
    const auto shared = keep(std::move(c));
    return custom(
        shared->rows(), shared->cols(), {a}, [shared](const auto& in, Array& out) { out += *shared * (*in[0])(0, 0); },
        [shared](const Array& out, const auto& in) { (*in[0])(0, 0) += (*shared * out).sum(); });
  }

  /// One column of a.
  Node column(Node a, Index k) {
    return custom(
        nodes_[a].rows, 1, {a}, [k](const auto& in, Array& out) { out.col(0) += in[0]->col(k); },
        [k](const Array& out, const auto& in) { in[0]->col(k) += out.col(0); });
  }

  /// One element of a; one number.
  Node element(Node a, Index row, Index col) {
    return custom(
        1, 1, {a}, [row, col](const auto& in, Array& out) { out(0, 0) += (*in[0])(row, col); },
        [row, col](const Array& out, const auto& in) { (*in[0])(row, col) += out(0, 0); });
  }

  [[nodiscard]] Index rows(Node k) const { return nodes_[k].rows; }
  [[nodiscard]] Index cols(Node k) const { return nodes_[k].cols; }

  /// Value of a node in the last forward run, or adjoint in the last backward run; of inputs, set them before a run.
  [[nodiscard]] Array& value(Node k) {
    Record& node = nodes_[k];
    if (!node.known) node.value = Array::Zero(node.rows, node.cols);
    node.known = true;
    return node.value;
  }

  /// Zero in all nodes.
  void clear() {
    for (Record& node : nodes_) node.known = false;
  }

  /// Values of the nodes up to `last` from those of inputs and, where `full`, of constants, which are zero elsewhere.
  void forward(Node last, bool full) {
    for (Node k = 0; k <= last; ++k) {
      Record& node = nodes_[k];
      if (!node.forward || !(full || node.active)) continue;
      node.known = false;
      in_.clear();
      bool any = false;
      for (const Node operand : node.operands) {
        const bool read = nodes_[operand].known && (full || nodes_[operand].active);
        in_.push_back(read ? &nodes_[operand].value : nullptr);
        any = any || read;
      }
      if (any) node.forward(in_, value(k));
    }
  }

  /// Adjoints of all nodes from those that are set in the nodes up to `last`; of constants only where `full`. What
  /// nobody asks about is left out.
  void reverse(Node last, bool full) {
    for (Node k = last + 1; k-- > 0;) {
      Record& node = nodes_[k];
      if (!node.known || !node.reverse || !(full || node.active)) continue;
      owed_.clear();
      for (const Node operand : node.operands) {
        owed_.push_back(full || nodes_[operand].active ? &value(operand) : nullptr);
      }
      node.reverse(node.value, owed_);
    }
  }

 private:
  struct Record {
    Index rows, cols;
    std::vector<Node> operands;
    bool active;
    Forward forward;
    Reverse reverse;
    bool known = false;  // false: zero, whatever `value` holds
    Array value;
  };

  static std::shared_ptr<const Array> keep(Array c) { return std::make_shared<const Array>(std::move(c)); }

  Node add(Index rows, Index cols, std::vector<Node> operands, bool active) {
    nodes_.push_back({rows, cols, std::move(operands), active, {}, {}, false, {}});
    return nodes_.size() - 1;
  }

  std::vector<Record> nodes_;
  std::vector<const Array*> in_;
  std::vector<Array*> owed_;
};

}  // namespace tariffsim::detail
