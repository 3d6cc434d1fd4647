# SPDX-License-Identifier: MIT
# The reference product: images that the boot loaders start. Included from
# firmware.cmake. A variant differs from its demo in one constant, which says
# how it behaves (targets/demo_behaviour.h); all have the same code.
set(demo_common ${CMAKE_SOURCE_DIR}/targets/demo_fault.c
  ${CMAKE_SOURCE_DIR}/targets/demo_heartbeat.c ${CMAKE_SOURCE_DIR}/targets/demo_text.c)
file(GLOB appdemo_src CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/targets/appdemo*.c)
add_library(duo_appdemo OBJECT ${appdemo_src} ${CMAKE_SOURCE_DIR}/targets/demo_health.c
  ${demo_common} ${DUO_PORT_DIR}/vectors_app.c)
add_library(duo_netdemo OBJECT ${CMAKE_SOURCE_DIR}/targets/netdemo.c ${demo_common}
  ${DUO_PORT_DIR}/vectors_net.c)
target_link_libraries(duo_appdemo PRIVATE duo_warnings duo_core_app)
target_link_libraries(duo_netdemo PRIVATE duo_warnings duo_core_net)
add_dependencies(duo_appdemo duo_layout)
add_dependencies(duo_netdemo duo_layout)

include(demo_list)
foreach(row ${DUO_DEMOS})
  separate_arguments(row)
  list(GET row 0 name)
  list(GET row 1 demo)
  list(GET row 2 mode)
  list(GET row 3 confirm)
  set(core app)
  if(demo STREQUAL netdemo)
    set(core net)
  endif()
  duo_firmware(${name} ${core} ${core}_image.ld ${CMAKE_SOURCE_DIR}/targets/demo_behaviour.c
    $<TARGET_OBJECTS:duo_${demo}>)
  target_compile_definitions(${name} PRIVATE DEMO_BUILD_MODE=DEMO_MODE_${mode}
    DEMO_BUILD_CONFIRM=DEMO_CONFIRM_${confirm})
endforeach()
