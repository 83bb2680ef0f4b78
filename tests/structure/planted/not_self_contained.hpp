// Not self-contained on purpose: the test of the headers must notice.
#pragma once

inline int planted(const PlantedUndeclaredType& x) { return x.value; }
