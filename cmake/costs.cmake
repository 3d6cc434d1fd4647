# SPDX-License-Identifier: MIT
# The tests that take longest, with their seconds: they begin first, so that the
# end of a run does not wait for one of them. ctest itself knows them from the
# second run on. Those of the page are in page.cmake.
set(DUO_COSTS
  arm_cuts_net-64k:60 arm_cuts_app-64k:45
  arm_phone_test:40 arm_smp_speed:40 cli_device_firmware:40
  cli_device_refusals:30 cli_device_update:30
  cli_board_run_update:30 cli_board_run_ports:30
  cli_board_run_link:20 cli_board_run:20 cli_board_state:20
  ble_trouble_test:20 arm_faults_test:20
  cli_demo_firmware:15 arm_recovery_test:15 arm_same_flash_test:15
  ble_test:10 cli_board_cut:10 cli_board_bad_input:10 cli_device_readme:10
  cli_web_board:10 power_pair-trial:10 power_pair-half-confirmed:10
  upload_cut_test:10 settings_cut_test:10)
foreach(row IN LISTS DUO_COSTS)
  string(REPLACE ":" ";" row "${row}")
  list(GET row 0 name)
  list(GET row 1 seconds)
  if(TEST ${name})
    set_tests_properties(${name} PROPERTIES COST ${seconds})
  endif()
endforeach()
