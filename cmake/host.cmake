# SPDX-License-Identifier: MIT
# Host side: port, tools, tests.
enable_testing()
find_package(PkgConfig REQUIRED)
pkg_check_modules(OPENSSL REQUIRED IMPORTED_TARGET libcrypto)
pkg_check_modules(YAML REQUIRED IMPORTED_TARGET yaml-0.1)
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson)
pkg_check_modules(CBOR REQUIRED IMPORTED_TARGET libcbor)
pkg_check_modules(ZIP REQUIRED IMPORTED_TARGET libzip)
pkg_check_modules(CMOCKA REQUIRED IMPORTED_TARGET cmocka)

# Simulated flashes, clock, native board, host crypto.
file(GLOB DUO_HOST_SRC CONFIGURE_DEPENDS port/host/*.c)
list(FILTER DUO_HOST_SRC EXCLUDE REGEX "_test\\.c$")
if(DUO_HOST_SRC)
  add_library(duo_host STATIC ${DUO_HOST_SRC})
  target_include_directories(duo_host PUBLIC port/host)
  target_link_libraries(duo_host PUBLIC duo PRIVATE duo_warnings PkgConfig::OPENSSL)
endif()

# The native board: both boot loaders in one process.
add_library(duo_native STATIC targets/native_board.c targets/native_device.c)
target_include_directories(duo_native PUBLIC targets)
target_link_libraries(duo_native PUBLIC duo duo_host duo_layout PRIVATE duo_warnings)

include(board)
include(smp_client)
include(tools)

# Every *_test.c is one cmocka executable and one ctest test of its name.
file(GLOB DUO_TESTS CONFIGURE_DEPENDS src/*/*_test.c port/host/*_test.c
  tools/lib/*_test.c)
foreach(test_file ${DUO_TESTS})
  get_filename_component(test_name ${test_file} NAME_WE)
  add_executable(${test_name} ${test_file})
  target_include_directories(${test_name} PRIVATE src)
  target_link_libraries(${test_name} PRIVATE duo duo_warnings PkgConfig::CMOCKA)
  if(TARGET duo_host)
    target_link_libraries(${test_name} PRIVATE duo_host)
  endif()
  if(TARGET duo_tool)
    target_link_libraries(${test_name} PRIVATE duo_tool)
  endif()
  add_test(NAME ${test_name} COMMAND ${test_name})
endforeach()
target_link_libraries(cbor_diff_test PRIVATE PkgConfig::CBOR)
include(crypto_tests)
include(power)
include(update_tests)
include(demo_tests)
include(demo_sign)
include(arm_tests)
include(smp_link_tests)
