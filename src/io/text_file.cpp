#include "io/text_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <system_error>

#include "tariffsim/core/errors.hpp"

namespace tariffsim::detail {
namespace {

// Length of the UTF-8 sequence that starts at p, 0 where it is not one (overlong forms and surrogates are not).
std::size_t sequence_length(const unsigned char* p, std::size_t left) {
  const auto follows = [&](std::size_t k) { return k < left && (p[k] & 0xC0U) == 0x80U; };
  if (p[0] < 0x80U) return 1;
  if (p[0] >= 0xC2U && p[0] <= 0xDFU) return follows(1) ? 2 : 0;
  if (p[0] >= 0xE0U && p[0] <= 0xEFU) {
    if (!follows(1) || !follows(2)) return 0;
    const bool overlong = p[0] == 0xE0U && p[1] < 0xA0U, surrogate = p[0] == 0xEDU && p[1] > 0x9FU;
    return overlong || surrogate ? 0 : 3;
  }
  if (p[0] >= 0xF0U && p[0] <= 0xF4U) {
    if (!follows(1) || !follows(2) || !follows(3)) return 0;
    const bool overlong = p[0] == 0xF0U && p[1] < 0x90U, too_large = p[0] == 0xF4U && p[1] > 0x8FU;
    return overlong || too_large ? 0 : 4;
  }
  return 0;
}

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

}  // namespace

std::string read_text(const std::filesystem::path& file) {
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored)) {
    throw InvalidInput(file.string(), "is a folder, not a file", "give the path of the file itself");
  }
  const std::unique_ptr<std::FILE, CloseFile> opened(std::fopen(file.c_str(), "rb"));
  if (!opened) {
    const int reason = errno;
    throw InvalidInput(file.string(), reason == ENOENT ? "there is no such file" : std::strerror(reason),
                       reason == ENOENT ? "check the path" : "make the file readable");
  }
  std::string text;
  std::size_t used = 0;
  const auto size = std::filesystem::file_size(file, ignored);
  text.resize(ignored ? 1U << 16U : static_cast<std::size_t>(size) + 1);
  while (const std::size_t got = std::fread(text.data() + used, 1, text.size() - used, opened.get())) {
    used += got;
    if (used == text.size()) text.resize(text.size() * 2);
  }
  if (std::ferror(opened.get()) != 0) {
    throw InvalidInput(file.string(), "cannot be read to its end", "check the disk, then try again");
  }
  text.resize(used);
  return text;
}

std::size_t valid_utf8_prefix(std::string_view text) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t at = 0;
  while (at < text.size()) {
    // Eight ASCII bytes at a time; a byte with its high bit set, or a zero, ends the fast path.
    while (at + 8 <= text.size()) {
      std::uint64_t word = 0;
      std::memcpy(&word, bytes + at, 8);
      constexpr std::uint64_t high = 0x8080808080808080U, low = 0x0101010101010101U;
      if (((word | (word - low)) & high) != 0) break;
      at += 8;
    }
    if (at >= text.size()) break;
    if (bytes[at] == 0) return at;
    const std::size_t length = sequence_length(bytes + at, text.size() - at);
    if (length == 0) return at;
    at += length;
  }
  return at;
}

std::string line_at(std::string_view text, std::size_t offset, const std::string& file) {
  const auto newlines = std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(offset), '\n');
  return file + ":" + std::to_string(newlines + 1);
}

void require_utf8(std::string_view text, const std::string& file) {
  const std::size_t valid = valid_utf8_prefix(text);
  if (valid == text.size()) return;
  if (text[valid] == '\0') {
    throw InvalidInput(line_at(text, valid, file), "contains a NUL byte", "save the file as text (UTF-8)");
  }
  throw InvalidInput(line_at(text, valid, file), "is not UTF-8 text",
                     std::string_view(file).substr(file.size() - std::min<std::size_t>(4, file.size())) == ".csv"
                         ? "save the file as UTF-8 (spreadsheets: \"CSV UTF-8\")"
                         : "save the file as UTF-8");
}

std::string in_quotes(std::string_view field) {
  constexpr std::size_t kLongest = 60;
  std::string shown(field.substr(0, kLongest));
  shown.resize(valid_utf8_prefix(shown));
  for (char& c : shown) {
    if (static_cast<unsigned char>(c) < 0x20U || c == 0x7F) c = '?';
  }
  return "'" + shown + (field.size() > kLongest ? "…'" : "'");
}

}  // namespace tariffsim::detail
