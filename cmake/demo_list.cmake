# SPDX-License-Identifier: MIT
# The demos and their variants: name, demo, mode, confirm policy (see
# targets/demo_behaviour.h). Read by the cross build, which makes them, and by
# the host build, which signs them.
set(DUO_DEMOS
  "appdemo appdemo GOOD AUTO"
  "appdemo-manual appdemo GOOD MANUAL"
  "appdemo-hang appdemo HANG AUTO"
  "appdemo-crash appdemo CRASH AUTO"
  "netdemo netdemo GOOD AUTO"
  "netdemo-silent netdemo SILENT AUTO"
  "netdemo-hang netdemo HANG AUTO"
  "netdemo-crash netdemo CRASH AUTO")
set(DUO_DEMO_NAMES "")
foreach(row ${DUO_DEMOS})
  string(REGEX REPLACE " .*" "" name "${row}")
  list(APPEND DUO_DEMO_NAMES ${name})
endforeach()
