# The command-line program `tariffsim`; appears with its first source, and needs tariffsim::io.
file(GLOB _tariffsim_cli_sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/src/cli/*.cpp")
if(NOT _tariffsim_cli_sources OR NOT TARGET tariffsim_io)
  return()
endif()

find_package(CLI11 CONFIG QUIET)
if(NOT CLI11_FOUND)
  message(FATAL_ERROR "The command-line program needs CLI11. On Debian: apt-get install libcli11-dev. "
                      "Or configure with -DTARIFFSIM_BUILD_CLI=OFF.")
endif()

add_executable(tariffsim_cli ${_tariffsim_cli_sources})
set_target_properties(tariffsim_cli PROPERTIES OUTPUT_NAME tariffsim)
target_link_libraries(tariffsim_cli PRIVATE tariffsim_io tariffsim_warnings CLI11::CLI11)
target_include_directories(tariffsim_cli PRIVATE "${PROJECT_SOURCE_DIR}/src")
target_compile_definitions(tariffsim_cli PRIVATE TARIFFSIM_VERSION="${PROJECT_VERSION}")
