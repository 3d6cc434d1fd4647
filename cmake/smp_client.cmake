# SPDX-License-Identifier: MIT
# The client side of SMP: tools/smp/*.c. Included from host.cmake.
pkg_check_modules(CBOR REQUIRED IMPORTED_TARGET libcbor)
pkg_check_modules(SYSTEMD REQUIRED IMPORTED_TARGET libsystemd)

# A board's directory, for `duoboot board` and for links to a virtual board.
set(DUO_BOARD_DIR_SRC tools/board_dir.c tools/board_config.c
  tools/board_layout.c tools/board_trust.c tools/layout_file.c
  tools/layout_read.c tools/layout_read_entry.c tools/layout_check.c
  tools/layout_check_roles.c tools/layout_tables.c)
add_library(duo_board_dir STATIC ${DUO_BOARD_DIR_SRC})
target_include_directories(duo_board_dir PUBLIC tools)
target_compile_definitions(duo_board_dir PRIVATE _GNU_SOURCE=)
target_link_libraries(duo_board_dir PUBLIC duo_tool duo_native
  PkgConfig::JANSSON PkgConfig::YAML PRIVATE duo_warnings)

file(GLOB DUO_SMP_CLIENT_SRC CONFIGURE_DEPENDS tools/smp/*.c)
list(FILTER DUO_SMP_CLIENT_SRC EXCLUDE REGEX "_test\\.c$|/double_[^/]*\\.c$")
add_library(duo_smp_client STATIC ${DUO_SMP_CLIENT_SRC})
target_include_directories(duo_smp_client PUBLIC tools/smp)
target_compile_definitions(duo_smp_client PRIVATE _GNU_SOURCE=)
target_link_libraries(duo_smp_client PUBLIC duo_tool PkgConfig::CBOR
  PRIVATE duo_board_dir duo_vb duo_warnings PkgConfig::OPENSSL PkgConfig::YAML
    PkgConfig::SYSTEMD)

# Its tests: tools/smp/*_test.c, with a device in the process (double_*.c).
file(GLOB DUO_SMP_DOUBLE_SRC CONFIGURE_DEPENDS tools/smp/double_*.c)
add_library(duo_smp_double STATIC ${DUO_SMP_DOUBLE_SRC}
  targets/native_device.c)
target_include_directories(duo_smp_double PUBLIC tools/smp)
target_link_libraries(duo_smp_double PUBLIC duo_smp_client duo_native duo_host
  duo_layout duo PRIVATE duo_warnings)
file(GLOB DUO_SMP_CLIENT_TESTS CONFIGURE_DEPENDS tools/smp/*_test.c)
foreach(test_file ${DUO_SMP_CLIENT_TESTS})
  get_filename_component(test_name ${test_file} NAME_WE)
  add_executable(${test_name} ${test_file})
  target_compile_definitions(${test_name} PRIVATE _GNU_SOURCE=)
  target_link_libraries(${test_name} PRIVATE duo_smp_double duo_smp_client
    duo_warnings PkgConfig::CMOCKA)
  add_test(NAME ${test_name} COMMAND ${test_name})
endforeach()
