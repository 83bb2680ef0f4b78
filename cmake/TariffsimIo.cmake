# tariffsim::io, the compiled target; appears with its first source.
file(GLOB _tariffsim_io_sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/src/io/*.cpp")
if(NOT _tariffsim_io_sources)
  return()
endif()

# The readers are compiled in: a user of the installed library needs none of these four.
find_package(nlohmann_json 3.10 CONFIG QUIET)
find_path(TARIFFSIM_TOMLPLUSPLUS_INCLUDE_DIR toml++/toml.h)
find_path(TARIFFSIM_FCCP_INCLUDE_DIR libfccp/csv.h)
find_path(TARIFFSIM_BOOST_INCLUDE_DIR boost/random/sobol.hpp)
if(NOT nlohmann_json_FOUND OR NOT TARIFFSIM_TOMLPLUSPLUS_INCLUDE_DIR OR NOT TARIFFSIM_FCCP_INCLUDE_DIR
   OR NOT TARIFFSIM_BOOST_INCLUDE_DIR)
  message(FATAL_ERROR "tariffsim::io needs nlohmann-json, toml++, fast-cpp-csv-parser and Boost (headers alone, with "
                      "Boost.Math and Boost.Random). On Debian: "
                      "apt-get install nlohmann-json3-dev libtomlplusplus-dev libfccp-dev libboost-dev. "
                      "Or configure with -DTARIFFSIM_BUILD_IO=OFF for the headers alone.")
endif()

add_library(tariffsim_io STATIC ${_tariffsim_io_sources})
add_library(tariffsim::io ALIAS tariffsim_io)
set_target_properties(tariffsim_io PROPERTIES EXPORT_NAME io POSITION_INDEPENDENT_CODE ON CXX_EXTENSIONS OFF)
target_link_libraries(
  tariffsim_io
  PUBLIC tariffsim_solver
  PRIVATE $<BUILD_INTERFACE:tariffsim_warnings> $<BUILD_INTERFACE:nlohmann_json::nlohmann_json>)
target_include_directories(
  tariffsim_io SYSTEM PRIVATE "${TARIFFSIM_TOMLPLUSPLUS_INCLUDE_DIR}" "${TARIFFSIM_FCCP_INCLUDE_DIR}"
                              "${TARIFFSIM_BOOST_INCLUDE_DIR}")
target_include_directories(tariffsim_io PRIVATE "${PROJECT_SOURCE_DIR}/src")
target_compile_definitions(
  tariffsim_io
  PRIVATE TARIFFSIM_VERSION="${PROJECT_VERSION}"
          CSV_IO_NO_THREAD # a table is in memory sooner than a reader thread is started
          TOML_HEADER_ONLY=1)

# A program run from the build tree finds the worlds and scenarios of the source tree; a wheel brings its own.
if(NOT SKBUILD)
  set_source_files_properties(
    "${PROJECT_SOURCE_DIR}/src/io/search_path.cpp"
    PROPERTIES COMPILE_DEFINITIONS TARIFFSIM_SOURCE_DATA="${PROJECT_SOURCE_DIR}/python/tariffsim")
endif()
