// Between Eigen and numpy: read-only views out, copies in.
#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tariffsim/core/errors.hpp"
#include "tariffsim/core/types.hpp"

namespace tariffsim::python {

namespace py = pybind11;

/// What Python receives: a read-only array that shares the memory of a C++ object.
using View = py::array_t<double>;
/// What Python hands over: anything that numpy turns into doubles, column-major.
using Input = py::array_t<double, py::array::f_style | py::array::forcecast>;

inline View read_only(std::vector<py::ssize_t> shape, const double* data, py::handle owner) {
  std::vector<py::ssize_t> strides(shape.size());
  py::ssize_t step = sizeof(double);
  for (std::size_t d = 0; d < shape.size(); ++d) {  // first index fastest, as in Eigen
    strides[d] = step;
    step *= shape[d];
  }
  View array(std::move(shape), std::move(strides), data, owner);
  // numpy cannot set the flag back: the base of the array is no writable buffer.
  py::detail::array_proxy(array.ptr())->flags &= ~py::detail::npy_api::NPY_ARRAY_WRITEABLE_;
  return array;
}

/// A view into an object that `owner` keeps alive.
inline View view(const Cube& cube, py::handle owner) {
  return read_only({cube.rows(), cube.cols(), cube.slices()}, cube.data(), owner);
}
inline View view(const RegionSector& array, py::handle owner) {
  return read_only({array.rows(), array.cols()}, array.data(), owner);
}
inline View view(const Vector& vector, py::handle owner) { return read_only({vector.size()}, vector.data(), owner); }

/// A view of a result that was computed for the caller and lives as long as the array.
template <class Array>
View own(Array result) {
  auto kept = std::make_unique<Array>(std::move(result));
  const Array& array = *kept;
  const py::capsule owner(kept.release(), [](void* pointer) { delete static_cast<Array*>(pointer); });
  return view(array, owner);
}

[[noreturn]] inline void refuse_dimensions(const std::string& table, py::ssize_t got, const std::string& expected) {
  throw InvalidInput(table, "the array has " + std::to_string(got) + (got == 1 ? " dimension" : " dimensions"),
                     "give " + expected);
}

inline Cube to_cube(const Input& array, const std::string& table) {
  if (array.ndim() != 3) refuse_dimensions(table, array.ndim(), "three: rows, columns, slices");
  Cube cube(array.shape(0), array.shape(1), array.shape(2));
  std::copy_n(array.data(), array.size(), cube.data());
  return cube;
}

inline RegionSector to_region_sector(const Input& array, const std::string& table) {
  if (array.ndim() != 2) refuse_dimensions(table, array.ndim(), "two: regions and sectors");
  RegionSector result(array.shape(0), array.shape(1));
  std::copy_n(array.data(), array.size(), result.data());
  return result;
}

inline Vector to_vector(const Input& array, const std::string& table) {
  if (array.ndim() != 1) refuse_dimensions(table, array.ndim(), "one");
  Vector result(array.shape(0));
  std::copy_n(array.data(), array.size(), result.data());
  return result;
}

}  // namespace tariffsim::python
