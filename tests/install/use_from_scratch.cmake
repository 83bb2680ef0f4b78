# Builds and runs the scratch project WAY (find_package or add_subdirectory) against this build or source tree.
function(step what)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE out ERROR_VARIABLE out)
  message(STATUS "${what}: status ${status}")
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${what} failed:\n${out}")
  endif()
  set(output "${out}" PARENT_SCOPE)
endfunction()

set(here "${CMAKE_CURRENT_LIST_DIR}")
set(scratch "${SCRATCH}/${WAY}")
set(prefix "${scratch}/prefix with a space")
file(REMOVE_RECURSE "${scratch}/build" "${prefix}")
unset(ENV{TARIFFSIM_WORLDS}) # the worlds must be found without help

set(arguments "-DCMAKE_BUILD_TYPE=${CONFIG}" "-DCMAKE_CXX_COMPILER=${CXX}" "-DCMAKE_CXX_FLAGS=${CXX_FLAGS}"
              "-DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER}" "-DEigen3_DIR=${EIGEN3_DIR}")
if(WAY STREQUAL "find_package")
  step("install" "${CMAKE_COMMAND}" --install "${BUILD_DIR}" --config "${CONFIG}" --prefix "${prefix}")
  list(APPEND arguments "-DCMAKE_PREFIX_PATH=${prefix}")
else()
  list(APPEND arguments "-DTARIFFSIM_SOURCE=${SOURCE_DIR}")
endif()

step("configure" "${CMAKE_COMMAND}" -G "${GENERATOR}" -S "${here}/${WAY}" -B "${scratch}/build" ${arguments})
step("build" "${CMAKE_COMMAND}" --build "${scratch}/build" --config "${CONFIG}")
foreach(program headers_only compiled_solver with_io)
  find_program(${program} NAMES ${program} PATHS "${scratch}/build" PATH_SUFFIXES "${CONFIG}" NO_DEFAULT_PATH NO_CACHE REQUIRED)
  step("run ${program}" "${${program}}" "${scratch}")
  message(STATUS "${output}")
endforeach()

if(WAY STREQUAL "find_package")
  # Programs in the prefix find the worlds that were installed there, not those of the source tree.
  file(COPY "${with_io}" DESTINATION "${prefix}/bin")
  step("run with_io in the prefix" "${prefix}/bin/with_io" "${scratch}" "${prefix}")
  step("run the installed program" "${prefix}/bin/tariffsim" world info world-2022-27x12)
  message(STATUS "${output}")
endif()
