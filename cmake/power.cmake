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
  duo_boot_commit duo_progress_strengthen duo_progress_load_units)
foreach(function ${DUO_WRAPPED})
  target_link_options(power_sweep PRIVATE -Wl,--wrap=${function})
endforeach()

# Virtual times and wear against the bound; exact, so it cannot flake.
add_executable(install_times test/power/times.c)
target_link_libraries(install_times PRIVATE duo_rig duo_warnings)
add_test(NAME install_times COMMAND install_times)

# One test for each scenario, with every fifth operation: a unit of a copy is
# 18 operations, so five units in a row have each of its places once. Builds
# without optimisation or with sanitizers take fewer.
if(CMAKE_BUILD_TYPE STREQUAL "Debug")
  set(DUO_SWEEP_STRIDE 23)
else()
  set(DUO_SWEEP_STRIDE 5)
endif()
file(STRINGS test/power/scenario.c DUO_SCENARIOS REGEX "{\\.name = \"")
foreach(line ${DUO_SCENARIOS})
  string(REGEX REPLACE ".*\\.name = \"([^\"]*)\".*" "\\1" scenario "${line}")
  add_test(NAME power_${scenario}
    COMMAND power_sweep --scenario ${scenario} --stride ${DUO_SWEEP_STRIDE})
  if(CMAKE_BUILD_TYPE STREQUAL "Debug")
    continue()
  endif()
  add_test(NAME power_pairs_sampled_${scenario}
    COMMAND power_sweep --scenario ${scenario} --stride 17 --pairs 1)
  # The long campaign: over a million single cuts, at every operation, and
  # every second cut after each fifth first one.
  add_test(NAME long_power_${scenario}
    COMMAND power_sweep --scenario ${scenario} --seeds 20)
  add_test(NAME long_pairs_${scenario}
    COMMAND power_sweep --scenario ${scenario} --all-pairs --stride 5)
  set_tests_properties(long_power_${scenario} long_pairs_${scenario}
    PROPERTIES LABELS long TIMEOUT 14400)
endforeach()
foreach(scenario app-permanent net-in-app-slot-trial pair-trial
    app-previous-trial)
  add_test(NAME power_often_${scenario}
    COMMAND power_sweep --scenario ${scenario} --every 40 --seeds 3)
endforeach()

# Each broken variant must be caught, by the property that it breaks, with the
# stride of the sweeps of an optimised build.
set(DUO_MUTANTS
  no-gate:app-trial:P[14]
  no-force:app-permanent:P[1-6]
  weak-marks:net-trial:P[1-7]
  no-signature:unknown-key:P2
  slot-is-core:wrong-core:P3
  no-revert:app-trial:P4
  no-dependency:half-a-pair:P5
  pair-splits:pair-half-confirmed:P5
  no-clear:wrong-core:P6
  silent:app-trial:P7
  old-mirror:net-trial:P8
  trust-staged:lying-chip-net:P9
  rewrite-equal:app-trial:P10
  early-counter:app-trial:P11
  forget-copy:app-previous-permanent:P1)
foreach(row ${DUO_MUTANTS})
  string(REPLACE ":" ";" row "${row}")
  list(GET row 0 mutant)
  list(GET row 1 scenario)
  list(GET row 2 property)
  add_test(NAME power_catches_${mutant}
    COMMAND power_sweep --mutant ${mutant} --scenario ${scenario}
      --stride 5)
  set_tests_properties(power_catches_${mutant} PROPERTIES
    PASS_REGULAR_EXPRESSION "BROKEN[^\n]* ${property} ")
endforeach()

# Pairs of cuts that once broke a property.
if(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
  add_test(NAME power_resumed_revert_rewrites_a_weak_unit
    COMMAND power_sweep --scenario app-second-update --replay 1060:3:1,86:2:1)
endif()
