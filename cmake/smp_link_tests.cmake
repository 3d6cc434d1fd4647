# SPDX-License-Identifier: MIT
# The SMP links against a second implementation of their codings, and the
# documented glue to a BLE host stack.
set(DUO_FRAME_VECTORS ${CMAKE_BINARY_DIR}/frame_vectors.txt)
add_custom_command(OUTPUT ${DUO_FRAME_VECTORS}
  COMMAND ${DUO_PYTHON} ${CMAKE_SOURCE_DIR}/test/smp/frame_vectors.py
    ${DUO_FRAME_VECTORS}
  DEPENDS test/smp/frame_vectors.py)
add_custom_target(frame_vectors ALL DEPENDS ${DUO_FRAME_VECTORS})
add_executable(frames_test test/smp/frames_test.c)
target_link_libraries(frames_test PRIVATE duo duo_warnings)
add_test(NAME frames_test COMMAND frames_test ${DUO_FRAME_VECTORS})

add_test(NAME ble_example
  COMMAND bash ${CMAKE_SOURCE_DIR}/test/smp/ble_example.sh ${CMAKE_SOURCE_DIR}
    ${CMAKE_C_COMPILER})
