# tariffsim::solver, the headers with the solver compiled once: a program that links it need not compile it again.
add_library(tariffsim_solver STATIC "${PROJECT_SOURCE_DIR}/src/solver/solver.cpp")
add_library(tariffsim::solver ALIAS tariffsim_solver)
set_target_properties(tariffsim_solver PROPERTIES EXPORT_NAME solver POSITION_INDEPENDENT_CODE ON CXX_EXTENSIONS OFF)
target_link_libraries(tariffsim_solver PUBLIC tariffsim PRIVATE $<BUILD_INTERFACE:tariffsim_warnings>)
target_compile_definitions(tariffsim_solver PUBLIC TARIFFSIM_COMPILED)
