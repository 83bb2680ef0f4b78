# Install rules: a Python wheel takes the component `python` alone, everybody else takes the rest.
if(SKBUILD)
  if(TARGET tariffsim_core)
    install(TARGETS tariffsim_core LIBRARY DESTINATION tariffsim COMPONENT python)
  endif()
  if(TARGET tariffsim_cli)
    install(TARGETS tariffsim_cli RUNTIME DESTINATION "${SKBUILD_SCRIPTS_DIR}" COMPONENT python)
  endif()
  return()
endif()
if(NOT TARIFFSIM_INSTALL)
  return()
endif()

include(CMakePackageConfigHelpers)
set(_tariffsim_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/tariffsim")

install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/tariffsim" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
        FILES_MATCHING PATTERN "*.hpp")
install(TARGETS tariffsim EXPORT tariffsimTargets)
if(TARGET tariffsim_solver)
  install(TARGETS tariffsim_solver EXPORT tariffsimTargets ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
endif()
if(TARGET tariffsim_io)
  install(TARGETS tariffsim_io EXPORT tariffsimTargets ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
endif()
if(TARGET tariffsim_cli)
  install(TARGETS tariffsim_cli RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
endif()
foreach(_kind worlds scenarios concordances)
  if(EXISTS "${PROJECT_SOURCE_DIR}/python/tariffsim/${_kind}")
    install(DIRECTORY "${PROJECT_SOURCE_DIR}/python/tariffsim/${_kind}" DESTINATION "${CMAKE_INSTALL_DATADIR}/tariffsim"
            PATTERN "__pycache__" EXCLUDE PATTERN "*.py" EXCLUDE)
  endif()
endforeach()
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DATADIR}/tariffsim")

install(EXPORT tariffsimTargets NAMESPACE tariffsim:: DESTINATION "${_tariffsim_package_dir}")
configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/tariffsimConfig.cmake.in"
                              "${PROJECT_BINARY_DIR}/tariffsimConfig.cmake" INSTALL_DESTINATION "${_tariffsim_package_dir}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/tariffsimConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/tariffsimConfig.cmake" "${PROJECT_BINARY_DIR}/tariffsimConfigVersion.cmake"
        DESTINATION "${_tariffsim_package_dir}")
