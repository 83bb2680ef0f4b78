// Plain structures as bytes and back, exactly; what a structure holds is declared once, by Fields<T>.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "tariffsim/core/date.hpp"
#include "tariffsim/core/errors.hpp"
#include "tariffsim/core/labels.hpp"
#include "tariffsim/core/types.hpp"

namespace tariffsim::python {

/// The members of a structure: `static auto of(auto& t) { return std::tie(t.a, t.b); }`.
template <class T>
struct Fields;

template <class T>
concept Declared = requires(T& t) {
  Fields<T>::of(t);
};
template <class T>
concept Plain = std::is_arithmetic_v<T> || std::is_enum_v<T>;

inline std::uint64_t bits_of(double value) {
  std::uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

class Writer {
 public:
  template <Plain T>
  void put(const T& value) {
    raw(&value, sizeof value);
  }
  void put(const std::string& text) {
    put(text.size());
    raw(text.data(), text.size());
  }
  void put(const Date& day) { put(day.days_since(kFirst)); }
  void put(std::monostate /*nothing*/) {}
  void put(const Labels& labels) {
    put(labels.axis());
    put(labels.codes());
    put(labels.names());
  }
  template <class A, class B>
  void put(const std::pair<A, B>& pair) {
    put(pair.first);
    put(pair.second);
  }
  template <class T>
  void put(const std::optional<T>& value) {
    put(value.has_value());
    if (value) put(*value);
  }
  template <class T>
  void put(const std::vector<T>& list) {
    put(list.size());
    for (const auto& each : list) put(static_cast<const T&>(each));
  }
  template <class K, class V>
  void put(const std::map<K, V>& map) {
    put(map.size());
    for (const auto& each : map) put(each);
  }
  template <class... Ts>
  void put(const std::variant<Ts...>& value) {
    put(value.index());
    std::visit([&](const auto& held) { put(held); }, value);
  }
  void put(const Vector& values) { put_numbers(values.data(), values.size(), nullptr); }
  void put(const RegionSector& values) {
    put(values.rows());
    put_numbers(values.data(), values.size(), nullptr);
  }
  void put(const Cube& cube) { put_cube(cube, nullptr); }
  template <Declared T>
  void put(const T& value) {
    std::apply([&](const auto&... member) { (put(member), ...); }, Fields<T>::of(value));
  }

  /// As differences from a cube of the same shape, where there is one.
  void put_cube(const Cube& cube, const Cube* like) {
    put(cube.rows());
    put(cube.cols());
    put_numbers(cube.data(), cube.size(), like && like->same_shape(cube) ? like->data() : nullptr);
  }

  [[nodiscard]] std::string& bytes() noexcept { return bytes_; }

  static constexpr Date kFirst{1970, 1, 1};

 private:
  void raw(const void* data, std::size_t size) { bytes_.append(static_cast<const char*>(data), size); }

  // All numbers; or where it takes fewer bytes those alone that differ, to the bit, from `like` or from the first.
  void put_numbers(const double* values, Index count, const double* like) {
    put(count);
    put(like != nullptr);
    if (count == 0) return;
    std::size_t different = 0;
    const auto usual = [&](Index k) { return bits_of(like ? like[k] : values[0]); };
    for (Index k = 0; k < count; ++k) different += bits_of(values[k]) != usual(k) ? 1 : 0;
    const bool sparse = different * (sizeof(Index) + sizeof(double)) < static_cast<std::size_t>(count) * sizeof(double);
    put(sparse);
    if (!sparse) return raw(values, static_cast<std::size_t>(count) * sizeof(double));
    put(values[0]);
    put(different);
    for (Index k = 0; k < count; ++k) {
      if (bits_of(values[k]) == usual(k)) continue;
      put(k);
      put(values[k]);
    }
  }

  std::string bytes_;
};

/// Reads what a Writer wrote. @throws InvalidInput where the bytes end early or name what cannot be.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  template <Plain T>
  void get(T& value) {
    raw(&value, sizeof value);
  }
  void get(std::string& text) {
    text.resize(length(1));
    raw(text.data(), text.size());
  }
  void get(Date& day) {
    int days = 0;
    get(days);
    const std::chrono::year_month_day ymd(std::chrono::sys_days{std::chrono::days{days}});
    day = Date(static_cast<int>(ymd.year()), static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()));
  }
  void get(std::monostate& /*nothing*/) {}
  void get(Labels& labels) {
    std::string axis;
    std::vector<std::string> codes, names;
    get(axis);
    get(codes);
    get(names);
    labels = Labels(std::move(axis), std::move(codes), std::move(names));
  }
  template <class A, class B>
  void get(std::pair<A, B>& pair) {
    get(pair.first);
    get(pair.second);
  }
  template <class T>
  void get(std::optional<T>& value) {
    bool some = false;
    get(some);
    value.reset();
    if (some) get(value.emplace(fresh<T>()));
  }
  template <class T>
  void get(std::vector<T>& list) {
    list.clear();
    for (std::size_t left = length(1); left > 0; --left) {
      T each = fresh<T>();
      get(each);
      list.push_back(std::move(each));
    }
  }
  template <class K, class V>
  void get(std::map<K, V>& map) {
    map.clear();
    for (std::size_t left = length(1); left > 0; --left) {
      std::pair<K, V> each{fresh<K>(), fresh<V>()};
      get(each);
      map.insert(std::move(each));
    }
  }
  template <class... Ts>
  void get(std::variant<Ts...>& value) {
    std::size_t index = 0;
    get(index);
    if (index >= sizeof...(Ts)) refuse("names an unknown kind of value");
    std::size_t k = 0;
    ((k++ == index ? get(value.template emplace<Ts>()) : void()), ...);
  }
  void get(Vector& values) { values = numbers(nullptr, 0); }
  void get(RegionSector& values) {
    Index rows = 0;
    get(rows);
    const Vector flat = numbers(nullptr, 0);
    if (rows < 0 || (rows == 0 ? flat.size() != 0 : flat.size() % rows != 0)) refuse("has an array of no shape");
    values = Eigen::Map<const RegionSector>(flat.data(), rows, rows == 0 ? 0 : flat.size() / rows);
  }
  void get(Cube& cube) { cube = cube_like(nullptr); }
  template <Declared T>
  void get(T& value) {
    std::apply([&](auto&... member) { (get(member), ...); }, Fields<T>::of(value));
  }

  [[nodiscard]] Cube cube_like(const Cube* like) {
    Index rows = 0, cols = 0;
    get(rows);
    get(cols);
    const Vector flat = numbers(like ? like->data() : nullptr, like ? like->size() : 0);
    const bool shaped =
        rows > 0 && cols > 0 && rows <= flat.size() && cols <= flat.size() && flat.size() % (rows * cols) == 0;
    if (!shaped && flat.size() != 0) refuse("has an array of no shape");
    if (flat.size() == 0) return {};
    Cube cube(rows, cols, flat.size() / (rows * cols));
    cube.values() = flat;
    return cube;
  }

  /// @throws InvalidInput where bytes are left.
  void finish() const {
    if (at_ != bytes_.size()) refuse("goes on after its end");
  }

  [[noreturn]] static void refuse(const std::string& problem) {
    throw InvalidInput("packed object", problem, "pack it again");
  }

 private:
  // A value to read into; a date has none of its own, nor what holds one.
  template <class T>
  static T fresh() {
    if constexpr (std::is_same_v<T, Date>) {
      return Writer::kFirst;
    } else if constexpr (requires { Fields<T>::fresh(); }) {
      return Fields<T>::fresh();
    } else {
      return T{};
    }
  }

  void raw(void* data, std::size_t size) {
    if (size > bytes_.size() - at_) refuse("ends early");
    if (size > 0) std::memcpy(data, bytes_.data() + at_, size);
    at_ += size;
  }

  // How many elements follow, each of at least so many bytes.
  std::size_t length(std::size_t bytes) {
    std::size_t count = 0;
    get(count);
    if (count > (bytes_.size() - at_) / bytes) refuse("ends early");
    return count;
  }

  Vector numbers(const double* like, Index like_count) {
    Index count = 0;
    bool differences = false, sparse = false;
    get(count);
    get(differences);
    if (count == 0) return {};
    get(sparse);
    if (!sparse) {
      if (count < 0 || static_cast<std::size_t>(count) > (bytes_.size() - at_) / sizeof(double)) refuse("ends early");
      Vector values(count);
      raw(values.data(), static_cast<std::size_t>(count) * sizeof(double));
      return values;
    }
    double first = 0;
    std::size_t different = 0;
    get(first);
    get(different);
    if (differences && (like == nullptr || like_count != count)) {
      throw InvalidInput("packed object", "holds differences from a world", "give the world that it was packed with");
    }
    if (count < 0 || count > kMost) refuse("has an array of no shape");
    Vector values = differences ? Vector(Eigen::Map<const Vector>(like, count)) : Vector::Constant(count, first);
    for (std::size_t k = 0; k < different; ++k) {
      Index position = 0;
      double value = 0;
      get(position);
      get(value);
      if (position < 0 || position >= count) refuse("names a cell outside its array");
      values[position] = value;
    }
    return values;
  }

  static constexpr Index kMost = Index{1} << 32;  // numbers in one array: an array of one value takes a few bytes only

  std::string_view bytes_;
  std::size_t at_ = 0;
};

}  // namespace tariffsim::python
