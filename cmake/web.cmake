# SPDX-License-Identifier: MIT
# The server of `duoboot web`: tools/web/*.c. Included from host.cmake; the page
# itself is page.cmake's.
pkg_check_modules(WEBSOCKETS REQUIRED IMPORTED_TARGET libwebsockets)
file(GLOB DUO_WEB_SRC CONFIGURE_DEPENDS tools/web/*.c)
add_library(duo_web STATIC ${DUO_WEB_SRC})
target_include_directories(duo_web PUBLIC tools)
target_compile_definitions(duo_web PRIVATE _GNU_SOURCE=)
target_link_libraries(duo_web PUBLIC duo_tool PRIVATE duo_smp_client
  duo_warnings PkgConfig::WEBSOCKETS PkgConfig::OPENSSL PkgConfig::JANSSON)
