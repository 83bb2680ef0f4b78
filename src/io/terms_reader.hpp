// What only some kinds of measures have in a scenario file, and the days of any.
#pragma once

#include <vector>

#include "io/toml_table.hpp"
#include "tariffsim/policy/change.hpp"

namespace tariffsim::detail {

/// Keys beside scope, value and operation.
std::vector<const char*> term_keys(Instrument instrument);

/// The terms of an instrument; none where it has none.
Terms read_terms(const TomlTable& table, Instrument instrument);

/// `effective` and `ended`; open where they are absent.
Span read_days(const TomlTable& table);

/// `rent`: "importer" or "exporter".
RentOwner read_owner(const TomlTable& table);

}  // namespace tariffsim::detail
