# SPDX-License-Identifier: MIT
# ble: links against a double of BlueZ on a private bus. Included from
# host.cmake.
add_executable(bluez_double test/ble/bluez_double.c test/ble/bluez_objects.c
  test/ble/bluez_gatt.c test/ble/bluez_device.c)
target_compile_definitions(bluez_double PRIVATE _GNU_SOURCE=)
target_link_libraries(bluez_double PRIVATE duo_smp_double duo_warnings
  PkgConfig::SYSTEMD)

foreach(test_name ble_test ble_trouble_test)
  add_executable(${test_name} test/ble/${test_name}.c test/ble/ble_rig.c)
  target_compile_definitions(${test_name} PRIVATE _GNU_SOURCE=
    DUO_BLUEZ_DOUBLE="$<TARGET_FILE:bluez_double>"
    DUO_BLE_BUS_CONFIG="${CMAKE_SOURCE_DIR}/test/ble/bus.conf")
  target_link_libraries(${test_name} PRIVATE duo_smp_client duo_warnings
    PkgConfig::CMOCKA PkgConfig::SYSTEMD)
  add_dependencies(${test_name} bluez_double)
  add_test(NAME ${test_name} COMMAND ${test_name})
  set_tests_properties(${test_name} PROPERTIES SKIP_RETURN_CODE 77)
endforeach()
