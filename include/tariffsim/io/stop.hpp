// How a running write is told to stop, and how it says that it did.
#pragma once

#include <functional>
#include <stdexcept>

namespace tariffsim {

/// Asked between files; true ends the write and leaves nothing behind.
using StopRequested = std::function<bool()>;

/// A write that was told to stop before it was complete; the target is as it was.
class Interrupted : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace tariffsim
