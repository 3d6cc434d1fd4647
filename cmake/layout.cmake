# SPDX-License-Identifier: MIT
# Layouts are data (layouts/*.yml). From them this makes at build time:
#   duo_layouts.c/.h   tables, in the static library duo_layout;
#   <name>.ld          linker symbols, in DUO_LAYOUT_DIR.
set(DUO_LAYOUT_DIR ${CMAKE_BINARY_DIR}/layout)
set(DUO_LAYOUT_FILES ${CMAKE_SOURCE_DIR}/layouts/nrf5340dk.yml
  ${CMAKE_SOURCE_DIR}/test/layouts/small.yml)
file(MAKE_DIRECTORY ${DUO_LAYOUT_DIR})
file(GLOB DUO_LAYOUT_SRC CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tools/layout*.c)
list(FILTER DUO_LAYOUT_SRC EXCLUDE REGEX "_json\\.c$") # Needs libyaml only.
list(APPEND DUO_LAYOUT_SRC ${CMAKE_SOURCE_DIR}/tools/layout_gen/main.c)

if(CMAKE_CROSSCOMPILING)
  # The generator runs here, not on the device.
  find_program(DUO_HOST_CC NAMES cc gcc clang REQUIRED)
  set(DUO_LAYOUT_GEN ${DUO_LAYOUT_DIR}/duo-layout)
  file(GLOB DUO_LAYOUT_HDR CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tools/layout*.h
    ${CMAKE_SOURCE_DIR}/include/duo/layout.h)
  add_custom_command(OUTPUT ${DUO_LAYOUT_GEN}
    COMMAND ${DUO_HOST_CC} -std=c11 -D_DEFAULT_SOURCE -O1
      -I${CMAKE_SOURCE_DIR}/include
      -o ${DUO_LAYOUT_GEN} ${DUO_LAYOUT_SRC} -lyaml
    DEPENDS ${DUO_LAYOUT_SRC} ${DUO_LAYOUT_HDR}
    COMMENT "Building the layout generator with ${DUO_HOST_CC}" VERBATIM)
else()
  find_package(PkgConfig REQUIRED)
  pkg_check_modules(YAML REQUIRED IMPORTED_TARGET yaml-0.1)
  add_executable(duo-layout ${DUO_LAYOUT_SRC})
  target_include_directories(duo-layout PRIVATE include)
  target_link_libraries(duo-layout PRIVATE duo_warnings PkgConfig::YAML)
  set(DUO_LAYOUT_GEN duo-layout)
endif()

add_custom_command(
  OUTPUT ${DUO_LAYOUT_DIR}/duo_layouts.c ${DUO_LAYOUT_DIR}/duo_layouts.h
    ${DUO_LAYOUT_DIR}/nrf5340dk.ld ${DUO_LAYOUT_DIR}/small.ld
  COMMAND ${DUO_LAYOUT_GEN} ${DUO_LAYOUT_DIR} ${DUO_LAYOUT_FILES}
  DEPENDS ${DUO_LAYOUT_GEN} ${DUO_LAYOUT_FILES}
  COMMENT "Generating the tables of the layouts" VERBATIM)
add_library(duo_layout STATIC ${DUO_LAYOUT_DIR}/duo_layouts.c
  ${DUO_LAYOUT_DIR}/duo_layouts.h)
target_include_directories(duo_layout PUBLIC ${DUO_LAYOUT_DIR}
  ${CMAKE_SOURCE_DIR}/include)
target_link_libraries(duo_layout PRIVATE duo_warnings)
target_compile_options(duo_layout PRIVATE -ffunction-sections -fdata-sections)
