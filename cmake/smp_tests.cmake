# SPDX-License-Identifier: MIT
# The SMP server and the client library against one another, and both against
# recorded exchanges. Included from host.cmake.

# A device in the process, over every link coding and a bad line.
add_library(duo_wire STATIC test/smp/wire.c)
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

# The recorded exchanges, on our server and with our client.
file(GLOB DUO_EXCHANGES CONFIGURE_DEPENDS test/vectors/smp/*.txt)
list(FILTER DUO_EXCHANGES EXCLUDE REGEX "/images\\.txt$")
add_library(duo_exchange STATIC test/smp/exchange.c test/smp/exchange_compare.c
  test/smp/small_device.c)
target_include_directories(duo_exchange PUBLIC test/smp PRIVATE src)
target_link_libraries(duo_exchange PUBLIC duo_tool PkgConfig::CBOR
  PRIVATE duo duo_host duo_warnings PkgConfig::CMOCKA)
add_executable(exchange_server_test test/smp/exchange_server_test.c)
target_link_libraries(exchange_server_test PRIVATE duo_exchange duo_wire
  duo_warnings)
add_test(NAME smp_exchanges_server
  COMMAND exchange_server_test ${DUO_EXCHANGES})
add_executable(exchange_client_test test/smp/exchange_client_test.c
  test/smp/exchange_calls.c test/smp/exchange_calls_image.c
  test/smp/exchange_calls_data.c test/smp/script_link.c)
target_compile_definitions(exchange_client_test PRIVATE _GNU_SOURCE=)
target_link_libraries(exchange_client_test PRIVATE duo_exchange duo_smp_client
  duo_warnings)
add_test(NAME smp_exchanges_client
  COMMAND exchange_client_test ${DUO_EXCHANGES})
add_test(NAME smp_damaged_answers
  COMMAND exchange_client_test --damage ${DUO_EXCHANGES})

# Each request of the exchanges, cut and changed at every byte, to the whole
# device. Builds without optimisation or with sanitizers take fewer bytes.
if(CMAKE_BUILD_TYPE STREQUAL "Debug")
  set(DUO_CORPUS_STRIDE 7)
else()
  set(DUO_CORPUS_STRIDE 1)
endif()
add_executable(smp_corpus test/smp/corpus_test.c)
target_compile_definitions(smp_corpus PRIVATE _GNU_SOURCE=)
target_link_libraries(smp_corpus PRIVATE duo_exchange duo_wire duo_warnings)
foreach(link console raw udp)
  add_test(NAME smp_corpus_${link}
    COMMAND smp_corpus ${link} ${DUO_CORPUS_STRIDE} ${DUO_EXCHANGES})
endforeach()

# The list that the server tells, against the flashes.
add_executable(smp_agreement_test test/smp/agreement_test.c)
target_link_libraries(smp_agreement_test PRIVATE duo_wire duo_warnings
  PkgConfig::CMOCKA)
add_test(NAME smp_agreement_test COMMAND smp_agreement_test)

# The vectors are what their maker writes.
add_test(NAME smp_exchanges_are_up_to_date
  COMMAND bash ${CMAKE_SOURCE_DIR}/test/smp/vectors_up_to_date.sh
    ${CMAKE_SOURCE_DIR} ${DUO_PYTHON})

add_executable(smp_window_test test/smp/window_test.c)
target_link_libraries(smp_window_test PRIVATE duo_wire duo_warnings
  PkgConfig::CMOCKA)
add_test(NAME smp_window_test COMMAND smp_window_test)
