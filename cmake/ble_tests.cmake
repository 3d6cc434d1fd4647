# SPDX-License-Identifier: MIT
# ble: links against a double of BlueZ on a private bus. Included from
# host.cmake.
add_executable(bluez_double test/ble/bluez_double.c test/ble/bluez_objects.c
  test/ble/bluez_gatt.c test/ble/bluez_device.c)
target_compile_definitions(bluez_double PRIVATE _GNU_SOURCE=)
target_link_libraries(bluez_double PRIVATE duo_smp_double duo_warnings
  PkgConfig::SYSTEMD)

add_executable(ble_test test/ble/ble_test.c test/ble/ble_rig.c)
target_compile_definitions(ble_test PRIVATE _GNU_SOURCE=
  DUO_BLUEZ_DOUBLE="$<TARGET_FILE:bluez_double>"
  DUO_BLE_BUS_CONFIG="${CMAKE_SOURCE_DIR}/test/ble/bus.conf")
target_link_libraries(ble_test PRIVATE duo_smp_client duo_warnings
  PkgConfig::CMOCKA PkgConfig::SYSTEMD)
add_dependencies(ble_test bluez_double)
add_test(NAME ble_test COMMAND ble_test)
set_tests_properties(ble_test PROPERTIES SKIP_RETURN_CODE 77)
