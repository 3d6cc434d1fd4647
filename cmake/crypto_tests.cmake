# SPDX-License-Identifier: MIT
# Tests of both crypto back ends against converted public vectors, hand-made
# edge cases, and each other.
find_program(DUO_PYTHON python3 PATHS /usr/bin NO_DEFAULT_PATH REQUIRED)

# Rounds of the differential test for each scheme; its seconds are about this
# number divided by 200 at -O2, by 30 with sanitizers.
if(CMAKE_BUILD_TYPE STREQUAL "Debug")
  set(DUO_CRYPTO_ROUNDS 250 CACHE STRING "Rounds of the crypto comparison")
else()
  set(DUO_CRYPTO_ROUNDS 1500 CACHE STRING "Rounds of the crypto comparison")
endif()

set(vectors_dir ${CMAKE_SOURCE_DIR}/test/vectors)
set(vector_files)
foreach(generator crypto_vectors crypto_edges)
  set(vector_file ${CMAKE_BINARY_DIR}/${generator}.txt)
  add_custom_command(OUTPUT ${vector_file}
    COMMAND ${CMAKE_COMMAND} -E env PYTHONDONTWRITEBYTECODE=1
      ${DUO_PYTHON} ${vectors_dir}/${generator}.py ${vector_file}
    DEPENDS ${vectors_dir}/${generator}.py ${vectors_dir}/curves.py
      ${vectors_dir}/der.py
    VERBATIM)
  list(APPEND vector_files ${vector_file})
endforeach()
add_custom_target(duo_crypto_vector_files DEPENDS ${vector_files})

add_library(duo_vector_file STATIC test/vectors/vector_file.c
  test/vectors/edge_cases.c)
target_include_directories(duo_vector_file PUBLIC ${vectors_dir})
target_link_libraries(duo_vector_file PUBLIC duo_host PRIVATE duo_warnings)
add_dependencies(duo_vector_file duo_crypto_vector_files)

function(duo_crypto_test file)
  get_filename_component(name ${file} NAME_WE)
  add_executable(${name} ${file})
  target_include_directories(${name} PRIVATE src)
  target_link_libraries(${name} PRIVATE duo_vector_file duo_warnings
    PkgConfig::CMOCKA PkgConfig::OPENSSL)
  add_test(NAME ${name} COMMAND ${name} ${ARGN})
endfunction()

set(vectors_file ${CMAKE_BINARY_DIR}/crypto_vectors.txt)
set(edges_file ${CMAKE_BINARY_DIR}/crypto_edges.txt)
duo_crypto_test(test/vectors/crypto_vectors_test.c ${vectors_file})
duo_crypto_test(test/vectors/crypto_edges_test.c ${edges_file})
duo_crypto_test(test/vectors/crypto_encoding_test.c ${edges_file})
duo_crypto_test(test/vectors/crypto_stream_test.c)
duo_crypto_test(test/vectors/crypto_differential_test.c ${DUO_CRYPTO_ROUNDS})
