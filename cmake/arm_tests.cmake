# SPDX-License-Identifier: MIT
# The ARM binaries on the virtual board: whole boots, faults, power cuts. They
# need the firmware of this build.
if(NOT DUO_FIRMWARE)
  return()
endif()
add_library(duo_arm_rig STATIC test/arm/arm_rig.c)
target_include_directories(duo_arm_rig PUBLIC test/arm port/nrf5340)
target_compile_definitions(duo_arm_rig PUBLIC
  DUO_FIRMWARE_DIR="${DUO_FIRMWARE_DIR}" DUO_TEST_KEYS="${DUO_TEST_KEYS}")
target_link_libraries(duo_arm_rig PUBLIC duo_vb duo_native duo_tool
  PRIVATE duo_warnings)
add_dependencies(duo_arm_rig firmware)

file(GLOB DUO_ARM_TESTS CONFIGURE_DEPENDS test/arm/*_test.c)
# Those that speak SMP are in arm_smp_tests.cmake.
list(FILTER DUO_ARM_TESTS EXCLUDE REGEX
  "/arm_(smp|link|phone|console|recovery)_[^/]*$")
foreach(test_file ${DUO_ARM_TESTS})
  get_filename_component(test_name ${test_file} NAME_WE)
  add_executable(${test_name} ${test_file})
  target_link_libraries(${test_name} PRIVATE duo_arm_rig duo_warnings
    PkgConfig::CMOCKA)
  add_test(NAME ${test_name} COMMAND ${test_name})
endforeach()

add_executable(arm_sweep test/arm/arm_sweep.c)
target_compile_definitions(arm_sweep PRIVATE _GNU_SOURCE=)
target_link_libraries(arm_sweep PRIVATE duo_arm_rig duo_warnings)
foreach(scene net-64k app-64k)
  add_test(NAME arm_cuts_${scene}
    COMMAND arm_sweep --scene ${scene} --random 20)
  add_test(NAME long_arm_cuts_${scene} COMMAND arm_sweep --scene ${scene})
  set_tests_properties(long_arm_cuts_${scene}
    PROPERTIES LABELS long TIMEOUT 43200)
endforeach()

# Virtual time of a long install (exact), and the speed of this host.
add_executable(arm_speed test/arm/arm_speed.c)
target_compile_definitions(arm_speed PRIVATE _GNU_SOURCE=)
target_link_libraries(arm_speed PRIVATE duo_arm_rig duo_warnings)
add_test(NAME arm_speed COMMAND arm_speed)
