# SPDX-License-Identifier: MIT
# The server of `duoboot web`: tools/web/*.c. Included from host.cmake; the page
# itself is page.cmake's.
pkg_check_modules(WEBSOCKETS REQUIRED IMPORTED_TARGET libwebsockets)
file(GLOB DUO_WEB_SRC CONFIGURE_DEPENDS tools/web/*.c)
list(FILTER DUO_WEB_SRC EXCLUDE REGEX "_test\\.c$")
add_library(duo_web STATIC ${DUO_WEB_SRC})
target_include_directories(duo_web PUBLIC tools)
target_compile_definitions(duo_web PRIVATE _GNU_SOURCE=)
target_link_libraries(duo_web PUBLIC duo_tool PRIVATE duo_smp_client
  duo_warnings PkgConfig::WEBSOCKETS PkgConfig::OPENSSL PkgConfig::JANSSON)

# Its tests of single parts; the whole server is tested by test/cli/web_*.sh.
file(GLOB DUO_WEB_TESTS CONFIGURE_DEPENDS tools/web/*_test.c)
foreach(test_file ${DUO_WEB_TESTS})
  get_filename_component(test_name ${test_file} NAME_WE)
  add_executable(${test_name} ${test_file})
  target_link_libraries(${test_name} PRIVATE duo_web duo_warnings
    PkgConfig::CMOCKA)
  add_test(NAME ${test_name} COMMAND ${test_name})
endforeach()
