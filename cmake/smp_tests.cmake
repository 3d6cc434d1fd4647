# SPDX-License-Identifier: MIT
# The SMP server and the client library against one another, and both against
# recorded exchanges. Included from host.cmake.

# A device in the process, over every link coding and a bad line.
add_library(duo_wire STATIC test/smp/wire.c test/smp/wire_host.c)
target_include_directories(duo_wire PUBLIC test/smp)
target_link_libraries(duo_wire PUBLIC duo_rig duo_smp_double duo_smp_client
  PRIVATE duo_warnings)

add_executable(smp_soak test/smp/soak.c test/smp/soak_life.c
  test/smp/soak_upload.c)
target_compile_definitions(smp_soak PRIVATE _GNU_SOURCE=)
target_link_libraries(smp_soak PRIVATE duo_wire duo_warnings)
# One test for each link; a thousand uploads over each are the long ones.
if(CMAKE_BUILD_TYPE STREQUAL "Debug")
  set(DUO_SOAK_UPLOADS 10)
else()
  set(DUO_SOAK_UPLOADS 40)
endif()
foreach(link console raw slip udp gatt23 gatt247 gatt498)
  add_test(NAME smp_soak_${link}
    COMMAND smp_soak --link ${link} --uploads ${DUO_SOAK_UPLOADS})
  add_test(NAME long_smp_soak_${link}
    COMMAND smp_soak --link ${link} --uploads 1000 --seed 1000)
  set_tests_properties(long_smp_soak_${link} PROPERTIES LABELS long
    TIMEOUT 14400)
endforeach()
