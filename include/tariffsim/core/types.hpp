// Dense containers by region, sector and pair of regions.
#pragma once

#include <Eigen/Core>

#include <cstddef>

namespace tariffsim {

using Index = Eigen::Index;

/// One number per region (N) or per sector (J).
using Vector = Eigen::ArrayXd;

/// Regions in rows, sectors in columns (N x J); one sector's regions are contiguous.
using RegionSector = Eigen::ArrayXXd;

/// A stack of equally sized column-major matrices in one contiguous block.
///
/// A bilateral array has slices by sector: `flows(exporter, importer, sector)`, exporters in rows.
/// Input shares have slices by region: `input_shares(input, sector, region)`.
class Cube {
 public:
  using Slice = Eigen::Map<Eigen::MatrixXd>;
  using ConstSlice = Eigen::Map<const Eigen::MatrixXd>;

  Cube() = default;
  Cube(Index rows, Index cols, Index slices, double value = 0.0)
      : rows_(rows), cols_(cols), slices_(slices), values_(Vector::Constant(rows * cols * slices, value)) {}

  [[nodiscard]] Index rows() const noexcept { return rows_; }
  [[nodiscard]] Index cols() const noexcept { return cols_; }
  [[nodiscard]] Index slices() const noexcept { return slices_; }
  [[nodiscard]] Index size() const noexcept { return values_.size(); }
  [[nodiscard]] bool empty() const noexcept { return values_.size() == 0; }

  [[nodiscard]] double operator()(Index row, Index col, Index slice) const { return values_[offset(row, col, slice)]; }
  [[nodiscard]] double& operator()(Index row, Index col, Index slice) { return values_[offset(row, col, slice)]; }

  [[nodiscard]] ConstSlice slice(Index s) const { return {values_.data() + s * rows_ * cols_, rows_, cols_}; }
  [[nodiscard]] Slice slice(Index s) { return {values_.data() + s * rows_ * cols_, rows_, cols_}; }

  /// All values in storage order (rows fastest, slices slowest).
  [[nodiscard]] const Vector& values() const noexcept { return values_; }
  [[nodiscard]] Vector& values() noexcept { return values_; }
  [[nodiscard]] const double* data() const noexcept { return values_.data(); }
  [[nodiscard]] double* data() noexcept { return values_.data(); }

  [[nodiscard]] bool same_shape(const Cube& other) const noexcept {
    return rows_ == other.rows_ && cols_ == other.cols_ && slices_ == other.slices_;
  }

 private:
  [[nodiscard]] Index offset(Index row, Index col, Index slice) const noexcept {
    eigen_assert(row >= 0 && row < rows_ && col >= 0 && col < cols_ && slice >= 0 && slice < slices_);
    return row + rows_ * (col + cols_ * slice);
  }

  Index rows_ = 0, cols_ = 0, slices_ = 0;
  Vector values_;
};

}  // namespace tariffsim
