# tariffsim::solver, the headers with the solver compiled once: a program that links it need not compile it again.
add_library(tariffsim_solver STATIC "${PROJECT_SOURCE_DIR}/src/solver/solver.cpp"
                                    "${PROJECT_SOURCE_DIR}/src/solver/parallel.cpp"
                                    "${PROJECT_SOURCE_DIR}/src/solver/derivatives.cpp")
add_library(tariffsim::solver ALIAS tariffsim_solver)
set_target_properties(tariffsim_solver PROPERTIES EXPORT_NAME solver POSITION_INDEPENDENT_CODE ON CXX_EXTENSIONS OFF)
target_link_libraries(tariffsim_solver PUBLIC tariffsim PRIVATE $<BUILD_INTERFACE:tariffsim_warnings>)
target_compile_definitions(tariffsim_solver PUBLIC TARIFFSIM_COMPILED)

# Batches use several threads where oneTBB is at hand; without it everything works on one.
if(TARIFFSIM_TBB)
  find_package(TBB 2021 CONFIG QUIET)
  if(TBB_FOUND)
    target_link_libraries(tariffsim_solver PRIVATE TBB::tbb)
    target_compile_definitions(tariffsim_solver PRIVATE TARIFFSIM_TBB)
  elseif(NOT TARIFFSIM_TBB STREQUAL "AUTO")
    message(FATAL_ERROR "TARIFFSIM_TBB is ON, but there is no oneTBB. On Debian: apt-get install libtbb-dev.")
  endif()
endif()
