# SPDX-License-Identifier: MIT
# Scenario tests of the update engine: bad input, failing parts, policies. Each
# test/power/*_test.c is one cmocka executable on the native board.
add_library(duo_hostile STATIC test/power/hostile.c)
target_link_libraries(duo_hostile PUBLIC duo_rig PkgConfig::CMOCKA
  PRIVATE duo_warnings)

file(GLOB DUO_SCENARIO_TESTS CONFIGURE_DEPENDS test/power/*_test.c)
foreach(test_file ${DUO_SCENARIO_TESTS})
  get_filename_component(test_name ${test_file} NAME_WE)
  add_executable(${test_name} ${test_file})
  target_include_directories(${test_name} PRIVATE src)
  target_link_libraries(${test_name} PRIVATE duo_hostile duo_warnings)
  add_test(NAME ${test_name} COMMAND ${test_name})
endforeach()

# The dumps in docs/FORMAT.md against the bytes that a board writes.
add_executable(format_dump_test test/vectors/format_dump_test.c)
target_link_libraries(format_dump_test PRIVATE duo_rig PkgConfig::CMOCKA
  duo_warnings)
add_test(NAME format_dump_test COMMAND format_dump_test)
