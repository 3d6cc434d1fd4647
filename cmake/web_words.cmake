# SPDX-License-Identifier: MIT
# The page's sentences are the program's. Needs no Node.js.
add_test(NAME web_words_are_up_to_date
  COMMAND ${DUO_PYTHON} ${CMAKE_SOURCE_DIR}/scripts/web_words.py --check
    --program $<TARGET_FILE:duoboot>)
