# tariffsim::tariffsim, the header-only target.

# The version is compared here and not in find_package(), whose check refuses a newer major version.
find_package(Eigen3 CONFIG REQUIRED)
if(Eigen3_VERSION VERSION_LESS 3.3.9)
  message(FATAL_ERROR "tariffsim needs Eigen 3.3.9 or newer and found ${Eigen3_VERSION}. "
                      "Install libeigen3-dev, or point Eigen3_DIR at a newer one.")
endif()

add_library(tariffsim INTERFACE)
add_library(tariffsim::tariffsim ALIAS tariffsim)
target_include_directories(tariffsim INTERFACE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
                                               $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_compile_features(tariffsim INTERFACE cxx_std_20)
target_link_libraries(tariffsim INTERFACE Eigen3::Eigen)

# The same bits from C++, Python and the command line at every optimisation level: no fused multiply-add by the compiler.
target_compile_options(tariffsim INTERFACE $<$<COMPILE_LANG_AND_ID:CXX,GNU,Clang,AppleClang>:-ffp-contract=off>)
