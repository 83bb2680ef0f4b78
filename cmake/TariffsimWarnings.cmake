# Warnings for tariffsim's own sources; never part of what a user of the library inherits.
# Signed and unsigned mix at every meeting of Eigen's signed index and the standard containers, so -Wsign-conversion is off.
add_library(tariffsim_warnings INTERFACE)
target_compile_options(
  tariffsim_warnings
  INTERFACE
    $<$<CXX_COMPILER_ID:GNU,Clang,AppleClang>:-Wall;-Wextra;-Wpedantic;-Wshadow;-Wconversion;-Wno-sign-conversion;-Wold-style-cast;-Wnon-virtual-dtor;-Woverloaded-virtual;-Wcast-align;-Wunused>
    $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond;-Wlogical-op;-Wduplicated-branches>
    # False alarms inside the standard library (GCC 12, gone in 13) and a deliberate cut inside fast-cpp-csv-parser.
    $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>
    $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-truncation>
    $<$<AND:$<BOOL:${TARIFFSIM_WARNINGS_AS_ERRORS}>,$<CXX_COMPILER_ID:GNU,Clang,AppleClang>>:-Werror>)
