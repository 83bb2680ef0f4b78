# The extension tariffsim._core; appears with its first source.
file(GLOB _tariffsim_python_sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/python/src/*.cpp")
if(NOT _tariffsim_python_sources OR NOT TARGET tariffsim_io)
  return()
endif()

find_package(Python 3.10 REQUIRED COMPONENTS Interpreter Development.Module)
find_package(pybind11 CONFIG REQUIRED)

# Link-time optimisation (pybind11's default) would cost minutes and gains nothing here: the solver is one source.
pybind11_add_module(tariffsim_core MODULE NO_EXTRAS ${_tariffsim_python_sources})
set_target_properties(tariffsim_core PROPERTIES OUTPUT_NAME _core)
target_link_libraries(tariffsim_core PRIVATE tariffsim_io tariffsim_warnings)
target_include_directories(tariffsim_core PRIVATE "${PROJECT_SOURCE_DIR}/python/src")
target_compile_definitions(tariffsim_core PRIVATE TARIFFSIM_VERSION="${PROJECT_VERSION}")
