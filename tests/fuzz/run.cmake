# Runs one fuzz program for its part of the time, from the committed corpus; what it finds stays in the build tree.
if(DEFINED ENV{TARIFFSIM_FUZZ_SECONDS})
  set(SECONDS "$ENV{TARIFFSIM_FUZZ_SECONDS}")
endif()
math(EXPR seconds "(${SECONDS} + ${TARGETS} - 1) / ${TARGETS}")

set(corpus "${BUILD}/corpus/${NAME}")
set(crashes "${BUILD}/crashes/${NAME}/")
file(MAKE_DIRECTORY "${corpus}" "${crashes}")
set(arguments "-max_total_time=${seconds}" -timeout=20 -rss_limit_mb=4096 -print_final_stats=1 -verbosity=0
              "-artifact_prefix=${crashes}")
if(NOT SEED EQUAL 0)
  list(APPEND arguments "-seed=${SEED}")
endif()
if(EXISTS "${HERE}/${NAME}.dict")
  list(APPEND arguments "-dict=${HERE}/${NAME}.dict")
endif()
list(APPEND arguments "${corpus}")
if(EXISTS "${HERE}/corpus/${NAME}")
  list(APPEND arguments "${HERE}/corpus/${NAME}")
endif()

execute_process(COMMAND "${BUILD}/fuzz_${NAME}" ${arguments} RESULT_VARIABLE status)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "fuzz_${NAME} failed. The input is the newest file in ${crashes}; repeat with\n"
                      "  '${BUILD}/fuzz_${NAME}' FILE\nand add the file to tests/fuzz/corpus/${NAME}/ with the fix.")
endif()
