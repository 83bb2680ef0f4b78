# In a build with clang-tidy (the preset `tidy`) one source includes every public header, so that each is read once.
if(NOT PROJECT_IS_TOP_LEVEL OR NOT CMAKE_CXX_CLANG_TIDY)
  return()
endif()
file(GLOB_RECURSE _tariffsim_headers CONFIGURE_DEPENDS RELATIVE "${PROJECT_SOURCE_DIR}/include"
     "${PROJECT_SOURCE_DIR}/include/tariffsim/*.hpp")
list(TRANSFORM _tariffsim_headers REPLACE "(.+)" "#include \"\\1\"\n")
list(JOIN _tariffsim_headers "" _tariffsim_includes)
file(CONFIGURE OUTPUT "${PROJECT_BINARY_DIR}/all_headers.cpp" CONTENT "${_tariffsim_includes}")
add_library(tariffsim_all_headers OBJECT "${PROJECT_BINARY_DIR}/all_headers.cpp")
target_link_libraries(tariffsim_all_headers PRIVATE tariffsim tariffsim_warnings)
