# SPDX-License-Identifier: MIT
# The virtual board: board/*.c on Unicorn (GPL-2: what links it is GPL-2 as a
# whole). Each board/*_test.c is one cmocka test of its name.
pkg_check_modules(UNICORN REQUIRED IMPORTED_TARGET unicorn)
file(GLOB DUO_BOARD_SRC CONFIGURE_DEPENDS board/*.c)
list(FILTER DUO_BOARD_SRC EXCLUDE REGEX "_test\\.c$")
add_library(duo_vb STATIC ${DUO_BOARD_SRC})
target_include_directories(duo_vb PUBLIC board)
target_link_libraries(duo_vb PUBLIC duo duo_host PkgConfig::UNICORN
  PRIVATE duo_warnings)

file(GLOB DUO_BOARD_TESTS CONFIGURE_DEPENDS board/*_test.c)
foreach(test_file ${DUO_BOARD_TESTS})
  get_filename_component(test_name ${test_file} NAME_WE)
  add_executable(${test_name} ${test_file})
  target_include_directories(${test_name} PRIVATE board)
  target_link_libraries(${test_name} PRIVATE duo_vb duo_host duo_layout
    duo_warnings PkgConfig::CMOCKA)
  add_test(NAME ${test_name} COMMAND ${test_name})
  set_tests_properties(${test_name} PROPERTIES LABELS board)
endforeach()
