// TARIFFSIM_INLINE: functions that are inline among headers alone and compiled once in tariffsim::solver.
#pragma once

#ifdef TARIFFSIM_COMPILED
#define TARIFFSIM_INLINE
#else
#define TARIFFSIM_INLINE inline
#endif
