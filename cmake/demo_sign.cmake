# SPDX-License-Identifier: MIT
# Host side of the firmware: the demos signed with the test key, and the sizes
# of all targets, printed and checked. Included from host.cmake.
if(NOT TARGET firmware)
  return()
endif()
set(DUO_DEMO_VERSION 1.0.0 CACHE STRING "Version that the demos are signed as")
set(DUO_DEMO_KEY ${CMAKE_SOURCE_DIR}/test/keys/test-p256.pem CACHE FILEPATH
  "Private key that the demos are signed with")

# Any file can be signed again as another version: the code reads its version
# from its header.
set(signed "")
foreach(name ${DUO_DEMO_NAMES})
  set(file ${DUO_FIRMWARE_DIR}/${name})
  add_custom_command(OUTPUT ${file}.signed.hex ${file}.signed.bin
    COMMAND duoboot sign --key ${DUO_DEMO_KEY} --version ${DUO_DEMO_VERSION}
      --pad-header ${file}.hex ${file}.signed.hex
    COMMAND ${CMAKE_OBJCOPY} -I ihex -O binary ${file}.signed.hex
      ${file}.signed.bin # The same bytes: each signature is another one.
    DEPENDS duoboot firmware ${file}.hex ${DUO_DEMO_KEY}
    COMMENT "Signing ${name}" VERBATIM)
  list(APPEND signed ${file}.signed.hex ${file}.signed.bin)
endforeach()
add_custom_target(signed_demos ALL DEPENDS ${signed})

# Beyond a limit of scripts/firmware.yml the build fails.
file(GLOB sizes_scripts CONFIGURE_DEPENDS
  ${CMAKE_SOURCE_DIR}/scripts/firmware* ${CMAKE_SOURCE_DIR}/scripts/stack_graph.py)
set(sizes ${DUO_FIRMWARE_DIR}/sizes.md)
add_custom_command(OUTPUT ${sizes}
  COMMAND ${DUO_PYTHON} ${CMAKE_SOURCE_DIR}/scripts/firmware_sizes.py
    ${DUO_FIRMWARE_DIR} --output ${sizes}
  DEPENDS firmware ${sizes_scripts} ${DUO_FIRMWARE_DIR}/appboot.elf
    ${DUO_FIRMWARE_DIR}/netboot.elf ${DUO_FIRMWARE_DIR}/appdemo.elf
    ${DUO_FIRMWARE_DIR}/netdemo.elf
  COMMENT "Sizes of the firmware" VERBATIM)
add_custom_target(firmware_sizes ALL DEPENDS ${sizes})
add_test(NAME firmware_sizes
  COMMAND ${DUO_PYTHON} ${CMAKE_SOURCE_DIR}/scripts/firmware_sizes.py ${DUO_FIRMWARE_DIR})
add_test(NAME firmware_sizes_test
  COMMAND ${DUO_PYTHON} ${CMAKE_SOURCE_DIR}/scripts/firmware_sizes_test.py)
add_test(NAME check_registers_test
  COMMAND ${DUO_PYTHON} ${CMAKE_SOURCE_DIR}/scripts/check_registers_test.py)
