# SPDX-License-Identifier: MIT
# The web page, for `duoboot web`, and its tests. Off by default: it needs node
# and npm, and its tests Chromium (scripts/setup.sh --web).
option(DUO_WEB "Build the web page and test it" OFF)
if(NOT DUO_WEB)
  return()
endif()

set(DUO_PAGE ${CMAKE_BINARY_DIR}/share/duoboot/web)
set(DUO_PAGE_SH ${CMAKE_SOURCE_DIR}/scripts/web.sh)
file(GLOB_RECURSE DUO_PAGE_SRC CONFIGURE_DEPENDS
  ${CMAKE_SOURCE_DIR}/web/src/* ${CMAKE_SOURCE_DIR}/web/public/*)
add_custom_command(OUTPUT ${DUO_PAGE}/index.html
  COMMAND bash ${DUO_PAGE_SH} build ${DUO_PAGE}
  DEPENDS ${DUO_PAGE_SRC} ${DUO_PAGE_SH} ${CMAKE_SOURCE_DIR}/web/index.html
    ${CMAKE_SOURCE_DIR}/web/vite.config.ts ${CMAKE_SOURCE_DIR}/web/package-lock.json
  COMMENT "The web page" VERBATIM)
add_custom_target(page ALL DEPENDS ${DUO_PAGE}/index.html)

# duo_page_test(NAME WORDS...): scripts/web.sh WORDS, with this build's program.
# One after the other, and from the start, so that the rest runs beside them.
function(duo_page_test name)
  add_test(NAME ${name} COMMAND bash ${DUO_PAGE_SH} ${ARGN})
  set_tests_properties(${name} PROPERTIES RESOURCE_LOCK web COST 1000 TIMEOUT 900 ENVIRONMENT
    "DUOBOOT=$<TARGET_FILE:duoboot>;DUO_FIRMWARE=${DUO_FIRMWARE_DIR}")
endfunction()

duo_page_test(web_check check)
duo_page_test(web_unit unit)
file(GLOB DUO_PAGE_E2E CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}/web
  ${CMAKE_SOURCE_DIR}/web/e2e/*.e2e.ts)
foreach(file IN LISTS DUO_PAGE_E2E)
  get_filename_component(name ${file} NAME_WE)
  duo_page_test(web_e2e_${name} e2e ${file})
endforeach()
