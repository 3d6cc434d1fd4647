# SPDX-License-Identifier: MIT
# The firmware of a host build: a build of its own in firmware/, with the cross
# compiler and always -Os, run with each host build. It has nothing to do when
# nothing changed.
option(DUO_FIRMWARE "Build the ARM firmware with the host's programs" ON)
find_program(DUO_ARM_GCC arm-none-eabi-gcc)
if(NOT DUO_FIRMWARE)
  return()
endif()
if(NOT DUO_ARM_GCC)
  message(FATAL_ERROR "arm-none-eabi-gcc is not there: scripts/setup.sh "
    "installs it, and -DDUO_FIRMWARE=OFF builds without the firmware")
endif()

# The other build does not see this one's options.
set(DUO_TRUST_KEY ${CMAKE_SOURCE_DIR}/test/keys/test-p256.pem CACHE STRING
  "PEM files with the keys that the boot loaders trust, separated by semicolons")
string(REPLACE ";" "|" trust_key "${DUO_TRUST_KEY}")

# Several host builds can share one build of the firmware, as ./check does; then
# firmware/ leads there.
set(DUO_FIRMWARE_DIR ${CMAKE_BINARY_DIR}/firmware)
set(DUO_FIRMWARE_BUILD "" CACHE PATH
  "Where the firmware is built; empty: in firmware/ of this build")
set(firmware_build ${DUO_FIRMWARE_DIR})
if(DUO_FIRMWARE_BUILD)
  set(firmware_build ${DUO_FIRMWARE_BUILD})
  file(MAKE_DIRECTORY ${firmware_build})
  if(NOT IS_SYMLINK ${DUO_FIRMWARE_DIR})
    file(REMOVE_RECURSE ${DUO_FIRMWARE_DIR}) # Of a build that did not share.
  endif()
  file(CREATE_LINK ${firmware_build} ${DUO_FIRMWARE_DIR} SYMBOLIC)
endif()

include(ExternalProject)
set(DUO_FIRMWARE_FILES "")
include(demo_list)
foreach(name appboot netboot uarte_echo ${DUO_DEMO_NAMES})
  list(APPEND DUO_FIRMWARE_FILES ${DUO_FIRMWARE_DIR}/${name}.elf
    ${DUO_FIRMWARE_DIR}/${name}.hex)
endforeach()
ExternalProject_Add(firmware
  SOURCE_DIR ${CMAKE_SOURCE_DIR}
  BINARY_DIR ${firmware_build}
  PREFIX ${DUO_FIRMWARE_DIR}/external
  CMAKE_GENERATOR Ninja
  LIST_SEPARATOR |
  CMAKE_ARGS -DDUO_TRUST_KEY=${trust_key} -DCMAKE_BUILD_TYPE=MinSizeRel
    -DCMAKE_TOOLCHAIN_FILE=${CMAKE_SOURCE_DIR}/cmake/arm-none-eabi.cmake
  BUILD_COMMAND ${CMAKE_COMMAND} --build ${firmware_build} --target firmware
  BUILD_ALWAYS ON
  BUILD_BYPRODUCTS ${DUO_FIRMWARE_FILES}
  INSTALL_COMMAND "")
