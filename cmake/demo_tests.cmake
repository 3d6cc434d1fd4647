# SPDX-License-Identifier: MIT
# The demos' parts that are pure C, tested on the host. Included from
# host.cmake.
add_executable(demo_test targets/demo_test.c targets/demo_health.c
  targets/demo_heartbeat.c targets/demo_text.c)
target_include_directories(demo_test PRIVATE targets)
target_link_libraries(demo_test PRIVATE duo duo_warnings PkgConfig::CMOCKA)
add_test(NAME demo_test COMMAND demo_test)
