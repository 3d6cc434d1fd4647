# SPDX-License-Identifier: MIT
# The reference product: images that the boot loaders start. Included from
# firmware.cmake. A variant differs from its demo in one constant, which says
# how it behaves (targets/demo_behaviour.h); all have the same code.
set(demo_common ${targets}/demo_heartbeat.c ${targets}/demo_text.c)
file(GLOB appdemo_src CONFIGURE_DEPENDS ${targets}/appdemo*.c)
add_library(duo_appdemo OBJECT ${appdemo_src} ${targets}/demo_health.c
  ${demo_common} ${DUO_PORT_DIR}/vectors_app.c)
add_library(duo_netdemo OBJECT ${targets}/netdemo.c ${demo_common}
  ${DUO_PORT_DIR}/vectors_net.c)
target_link_libraries(duo_appdemo PRIVATE duo_warnings duo_core_app)
target_link_libraries(duo_netdemo PRIVATE duo_warnings duo_core_net)
add_dependencies(duo_appdemo duo_layout)
add_dependencies(duo_netdemo duo_layout)

# duo_demo(NAME appdemo|netdemo MODE CONFIRM)
function(duo_demo name demo mode confirm)
  set(core_appdemo app)
  set(core_netdemo net)
  set(core ${core_${demo}})
  duo_firmware(${name} ${core} ${core}_image.ld ${targets}/demo_behaviour.c
    $<TARGET_OBJECTS:duo_${demo}>)
  target_compile_definitions(${name} PRIVATE DEMO_BUILD_MODE=DEMO_MODE_${mode}
    DEMO_BUILD_CONFIRM=DEMO_CONFIRM_${confirm})
endfunction()
duo_demo(appdemo appdemo GOOD AUTO)
duo_demo(appdemo-manual appdemo GOOD MANUAL)
duo_demo(appdemo-hang appdemo HANG AUTO)
duo_demo(appdemo-crash appdemo CRASH AUTO)
duo_demo(netdemo netdemo GOOD AUTO)
duo_demo(netdemo-silent netdemo SILENT AUTO)
duo_demo(netdemo-hang netdemo HANG AUTO)
duo_demo(netdemo-crash netdemo CRASH AUTO)
