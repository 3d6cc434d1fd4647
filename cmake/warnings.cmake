# SPDX-License-Identifier: MIT
# Warnings are errors; the list is the same for all our code.
add_library(duo_warnings INTERFACE)
target_compile_options(duo_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Werror -Wconversion -Wsign-conversion -Wshadow
  -Wundef -Wvla -Walloca -Wstrict-prototypes -Wmissing-prototypes
  -Wold-style-definition -Wcast-qual -Wpointer-arith -Wwrite-strings
  -Wformat=2 -Wnull-dereference -Wswitch-enum -Wenum-conversion
  -Wunused-macros -Wimplicit-fallthrough)
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
  target_compile_options(duo_warnings INTERFACE
    -Warith-conversion -Wcast-align=strict -Wlogical-op -Wduplicated-cond
    -Wduplicated-branches -Wjump-misses-init -Wimplicit-fallthrough=5)
endif()
