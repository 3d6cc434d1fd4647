#!/bin/bash
# SPDX-License-Identifier: MIT
# clang-tidy over src/, the virtual board, the native one and the page's server; or over the
# firmware's own code; each with the headers that it includes. The rules are in .clang-tidy of the root and of the folders.
#   scripts/clang_tidy.sh BUILD-DIR [FILE...]
#   scripts/clang_tidy.sh --firmware BUILD-DIR-OF-THE-FIRMWARE [FILE...]
set -euo pipefail
cd "$(dirname "$0")/.."
extra=()
if [ "$1" = --firmware ]; then
    shift
    # The compiler's options as far as clang knows them, and newlib's headers.
    mkdir -p "$1/clang-tidy"
    sed -E 's/ -(-param=|W|fno-|fstack)[^ "]*//g' "$1/compile_commands.json" \
        >"$1/clang-tidy/compile_commands.json"
    build=$1/clang-tidy
    mapfile -t newlib < <(echo '#include <string.h>' | arm-none-eabi-gcc -E - |
        sed -n 's/^# 1 "\(.*\)\/string\.h".*/\1/p')
    extra=(--extra-arg=-isystem"${newlib[0]}")
    default=(port/nrf5340 targets '!' -name 'native_*.c')
else
    build=$1
    default=(src board tools/web targets/native_*.c)
fi
shift
if [ $# -eq 0 ]; then
    mapfile -t files < <(find "${default[@]}" -name '*.c' ! -name '*_test.c' | sort)
else
    files=("$@")
fi
printf '%s\0' "${files[@]}" |
    xargs -0 -n 1 -P "${DUO_JOBS:-$(nproc)}" clang-tidy --quiet -p "$build" "${extra[@]}" 2>/dev/null
echo "clang-tidy: ${#files[@]} files, no findings"
