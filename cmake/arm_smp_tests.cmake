# SPDX-License-Identifier: MIT
# SMP to the ARM binaries on the virtual board. Included from host.cmake, behind
# arm_tests.cmake.
if(NOT DUO_FIRMWARE)
  return()
endif()
add_library(duo_arm_smp STATIC test/arm/arm_smp.c test/arm/arm_smp_list.c
  test/arm/arm_phone.c)
target_compile_definitions(duo_arm_smp PUBLIC _GNU_SOURCE=)
target_link_libraries(duo_arm_smp PUBLIC duo_arm_rig duo_smp_client
  PkgConfig::CMOCKA PRIVATE duo_warnings)

file(GLOB DUO_ARM_SMP_TESTS CONFIGURE_DEPENDS test/arm/arm_link_*test.c
  test/arm/arm_phone_*test.c
  test/arm/arm_console_*test.c test/arm/arm_recovery_*test.c)
foreach(test_file ${DUO_ARM_SMP_TESTS})
  get_filename_component(test_name ${test_file} NAME_WE)
  add_executable(${test_name} ${test_file})
  target_link_libraries(${test_name} PRIVATE duo_arm_smp duo_warnings)
  add_test(NAME ${test_name} COMMAND ${test_name})
endforeach()

# Bytes a second, on the virtual clock (exact).
add_executable(arm_smp_speed test/arm/arm_smp_speed.c)
target_link_libraries(arm_smp_speed PRIVATE duo_arm_smp duo_warnings)
add_test(NAME arm_smp_speed COMMAND arm_smp_speed)
