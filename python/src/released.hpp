// Long work without the GIL, which Ctrl-C and the exceptions of callbacks end.
#pragma once

#include <pybind11/pybind11.h>

#include <exception>
#include <utility>

namespace tariffsim::python {

// An exception of a callback (or Ctrl-C) waits here while the work unwinds; the work stays in its thread.
inline thread_local std::exception_ptr pending;

// Runs without the GIL, then lets an interrupt or the callback's exception through, before what the work made of it.
template <class Work>
auto released(Work work) {
  pending = nullptr;
  try {
    auto result = [&] {
      const pybind11::gil_scoped_release release;
      return work();
    }();
    if (!pending) {
      if (PyErr_CheckSignals() != 0) throw pybind11::error_already_set();
      return result;
    }
  } catch (...) {
    if (!pending) throw;
  }
  std::rethrow_exception(std::exchange(pending, nullptr));
}

// Calls Python with the GIL; its exceptions wait in `pending` while the work unwinds.
template <class Call>
auto with_gil(Call call) {
  const pybind11::gil_scoped_acquire gil;
  try {
    return call();
  } catch (...) {
    pending = std::current_exception();
    throw;
  }
}

}  // namespace tariffsim::python
