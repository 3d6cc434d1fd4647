# SPDX-License-Identifier: MIT
# House rules as tests: scripts/tidy.py with its own test, and the format.
enable_testing()
find_program(DUO_PYTHON NAMES /usr/bin/python3 python3 REQUIRED)
add_test(NAME tidy
  COMMAND ${DUO_PYTHON} ${CMAKE_SOURCE_DIR}/scripts/tidy.py
    --root ${CMAKE_SOURCE_DIR} --build ${CMAKE_BINARY_DIR})
add_test(NAME tidy_test
  COMMAND ${DUO_PYTHON} ${CMAKE_SOURCE_DIR}/scripts/tidy_test.py)

find_program(DUO_CLANG_FORMAT NAMES clang-format-14 clang-format)
if(DUO_CLANG_FORMAT)
  add_test(NAME clang_format
    COMMAND bash ${CMAKE_SOURCE_DIR}/scripts/format.sh --check ${DUO_CLANG_FORMAT})
endif()
include(web_words)
