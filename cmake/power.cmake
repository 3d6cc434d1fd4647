# SPDX-License-Identifier: MIT
# The power-cut sweep and the tests that share its boards.
set(DUO_TEST_KEYS ${CMAKE_SOURCE_DIR}/test/keys)
add_library(duo_rig STATIC test/power/rig.c)
target_include_directories(duo_rig PUBLIC test/power)
target_compile_definitions(duo_rig PRIVATE DUO_TEST_KEYS="${DUO_TEST_KEYS}")
target_link_libraries(duo_rig PUBLIC duo_native duo_tool PRIVATE duo_warnings)

add_executable(power_sweep test/power/sweep.c test/power/play.c
  test/power/check.c test/power/scenario.c test/power/mutants.c)
target_include_directories(power_sweep PRIVATE src)
target_compile_definitions(power_sweep PRIVATE _GNU_SOURCE=)
target_link_libraries(power_sweep PRIVATE duo_rig duo_warnings)
# Each safety rule that test/power/mutants.c can break.
set(DUO_WRAPPED duo_progress_has_unit duo_boot_lane duo_progress_create
  duo_image_verify duo_boot_verify_ext duo_decide duo_dependencies_met
  duo_trailer_clear duo_boot_tell duo_boot_mend_mirror duo_boot_verify_active
  duo_bytes_equal duo_boot_commit duo_progress_strengthen)
foreach(function ${DUO_WRAPPED})
  target_link_options(power_sweep PRIVATE -Wl,--wrap=${function})
endforeach()
