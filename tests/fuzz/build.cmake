# Configures and builds the fuzz programs with Clang, beside the main build.
foreach(command
        "-G;${GENERATOR};-S;${SOURCE};-B;${BUILD};-DCMAKE_CXX_COMPILER=${CXX};-DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER};-DEigen3_DIR=${EIGEN3_DIR}"
        "--build;${BUILD}")
  execute_process(COMMAND "${CMAKE_COMMAND}" ${command} RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "the fuzz programs do not build; see the lines above")
  endif()
endforeach()
