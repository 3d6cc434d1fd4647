# SPDX-License-Identifier: MIT
# The binaries for the nRF5340's cores. Included when cross-compiling; a host
# build gets here by way of cmake/firmware_host.cmake.
set(DUO_TRUST_KEY ${CMAKE_SOURCE_DIR}/test/keys/test-p256.pem CACHE STRING
  "PEM files with the keys that the boot loaders trust, separated by semicolons")
set(DUO_PORT_DIR ${CMAKE_SOURCE_DIR}/port/nrf5340)
find_program(DUO_PYTHON NAMES /usr/bin/python3 python3 REQUIRED)

# The trusted keys as C.
set(DUO_TRUST_DIR ${CMAKE_BINARY_DIR}/trust)
file(MAKE_DIRECTORY ${DUO_TRUST_DIR})
add_custom_command(
  OUTPUT ${DUO_TRUST_DIR}/duo_trust.c ${DUO_TRUST_DIR}/duo_trust.h
  COMMAND ${DUO_PYTHON} ${CMAKE_SOURCE_DIR}/scripts/trust_keys.py
    ${DUO_TRUST_KEY} --out ${DUO_TRUST_DIR}/duo_trust.c
  DEPENDS ${DUO_TRUST_KEY} ${CMAKE_SOURCE_DIR}/scripts/trust_keys.py
  COMMENT "Generating the table of trusted keys" VERBATIM)
add_library(duo_trust STATIC ${DUO_TRUST_DIR}/duo_trust.c
  ${DUO_TRUST_DIR}/duo_trust.h)
target_include_directories(duo_trust PUBLIC ${DUO_TRUST_DIR}
  ${CMAKE_SOURCE_DIR}/include)
target_link_libraries(duo_trust PRIVATE duo_warnings)
target_compile_options(duo_trust PRIVATE -fdata-sections)

# What is the same for all targets of a core. The network core has no DSP
# instructions, so the library is built for it once more.
set_source_files_properties(${DUO_PORT_DIR}/mem.c PROPERTIES COMPILE_OPTIONS
  -fno-tree-loop-distribute-patterns) # Or memcpy calls memcpy.
function(duo_firmware_core core cpu)
  add_library(duo_core_${core} INTERFACE)
  target_compile_options(duo_core_${core} INTERFACE -mcpu=${cpu} ${ARGN}
    -ffunction-sections -fdata-sections -fno-common -fstack-usage
    -fno-jump-tables
    --param=max-completely-peel-times=0) # Loops of two turns stay loops.
  target_compile_definitions(duo_core_${core} INTERFACE
    DUO_VERSION="${PROJECT_VERSION}"
    DUO_VERSION_MAJOR=${PROJECT_VERSION_MAJOR}
    DUO_VERSION_MINOR=${PROJECT_VERSION_MINOR}
    DUO_VERSION_PATCH=${PROJECT_VERSION_PATCH})
  target_include_directories(duo_core_${core} INTERFACE
    ${CMAKE_SOURCE_DIR}/include ${DUO_PORT_DIR} ${DUO_LAYOUT_DIR}
    ${DUO_TRUST_DIR} ${CMAKE_SOURCE_DIR}/targets)

  add_library(duo_lib_${core} STATIC ${DUO_SRC})
  target_include_directories(duo_lib_${core} PRIVATE ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(duo_lib_${core} PRIVATE duo_warnings duo_core_${core})

  file(GLOB port_src CONFIGURE_DEPENDS ${DUO_PORT_DIR}/*.c)
  list(FILTER port_src EXCLUDE REGEX "/((system|vectors)_[a-z]+|crc32_small)\\.c$")
  add_library(duo_port_${core} STATIC ${port_src}
    ${DUO_PORT_DIR}/system_${core}.c)
  target_link_libraries(duo_port_${core} PRIVATE duo_warnings duo_core_${core})
endfunction()
duo_firmware_core(app cortex-m33 -fno-inline-small-functions # 40 bytes.
  -fno-tree-loop-im -fno-move-loop-invariants) # 140 more.
duo_firmware_core(net cortex-m33+nodsp)

# duo_firmware(NAME app|net SCRIPT.ld SOURCES...) makes NAME.elf and NAME.hex.
function(duo_firmware name core script)
  add_executable(${name} ${ARGN})
  set_target_properties(${name} PROPERTIES SUFFIX .elf
    LINK_DEPENDS "${DUO_PORT_DIR}/${script};${DUO_PORT_DIR}/sections.ld;${DUO_LAYOUT_DIR}/nrf5340dk.ld")
  add_dependencies(${name} duo_layout duo_trust)
  target_link_libraries(${name} PRIVATE duo_warnings duo_core_${core}
    duo_port_${core} duo_lib_${core} duo_layout duo_trust
    duo_port_${core}) # Again: startup.c is wanted by the linker script only.
  target_link_options(${name} PRIVATE -mcpu=cortex-m33
    -nostartfiles --specs=nano.specs -Wl,--gc-sections
    -Wl,--fatal-warnings -Wl,-Map=${name}.map -Wl,-undefined=duo_reset_entry
    -L${DUO_LAYOUT_DIR} -L${DUO_PORT_DIR} -T${script})
  set_property(DIRECTORY APPEND PROPERTY DUO_FIRMWARE_TARGETS ${name})
  add_custom_command(TARGET ${name} POST_BUILD
    COMMAND ${CMAKE_OBJCOPY} -O ihex ${name}.elf ${name}.hex VERBATIM)
endfunction()

# The boot loaders have small variants of some files: as their own files they
# come before the libraries. duo_small(SOURCE AFTER) sets small_<name>.
function(duo_small source after)
  get_filename_component(name ${source} NAME_WE)
  set(small ${CMAKE_BINARY_DIR}/${name}_small.c)
  add_custom_command(OUTPUT ${small}
    COMMAND ${DUO_PYTHON} ${CMAKE_SOURCE_DIR}/scripts/small_source.py
      ${source} ${after} --out ${small}
    DEPENDS ${source} ${CMAKE_SOURCE_DIR}/scripts/small_source.py
    COMMENT "Generating ${name}_small.c" VERBATIM)
  set(small_${name} ${small} PARENT_SCOPE)
endfunction()
set(small_reason ${CMAKE_BINARY_DIR}/reason_small.c)
set(reason_files ${CMAKE_SOURCE_DIR}/include/duo/reason.h
  ${CMAKE_SOURCE_DIR}/src/base/reason.c)
add_custom_command(OUTPUT ${small_reason}
  COMMAND ${DUO_PYTHON} ${CMAKE_SOURCE_DIR}/scripts/reason_names.py
    ${reason_files} --out ${small_reason}
  DEPENDS ${reason_files} ${CMAKE_SOURCE_DIR}/scripts/reason_names.py
  COMMENT "Generating reason_small.c" VERBATIM)
duo_small(${DUO_LAYOUT_DIR}/duo_layouts.c "\\.name = ")

set(targets ${CMAKE_SOURCE_DIR}/targets)
file(GLOB appboot_src CONFIGURE_DEPENDS ${targets}/appboot*.c)
# A stand-in for two files of the library: it needs their private headers.
set_source_files_properties(${targets}/appboot_upload.c PROPERTIES
  INCLUDE_DIRECTORIES ${CMAKE_SOURCE_DIR}/src)
duo_firmware(appboot app appboot.ld ${appboot_src}
  ${DUO_PORT_DIR}/crc32_small.c ${small_reason} ${small_duo_layouts})
duo_firmware(netboot net netboot.ld ${targets}/netboot.c
  ${DUO_PORT_DIR}/crc32_small.c ${small_duo_layouts})

include(demo_firmware)

# For test/arm/uarte_echo_test.c: it stands where appboot does.
duo_firmware(uarte_echo app appboot.ld
  ${CMAKE_SOURCE_DIR}/test/arm/firmware/uarte_echo.c ${DUO_PORT_DIR}/vectors_app.c)

# All of them, for the build that cmake/firmware_host.cmake starts.
get_property(firmware_targets DIRECTORY PROPERTY DUO_FIRMWARE_TARGETS)
add_custom_target(firmware DEPENDS ${firmware_targets})
