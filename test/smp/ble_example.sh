#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The glue in docs/BLE.md is code that compiles, with the warnings on.
# ble_example.sh SOURCE_DIR COMPILER
set -euo pipefail
root=$1
compiler=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Zephyr's headers are not here: the declarations stand in for them.
sed -n '/^```c$/,/^```$/p' "$root/docs/BLE.md" |
    sed -e '/^```/d' -e '/#include <zephyr/d' >"$work/glue.c"
lines=$(wc -l <"$work/glue.c")
if [ "$lines" -lt 30 ]; then
    echo "docs/BLE.md has no glue: $lines lines" >&2
    exit 1
fi
# Callbacks leave parameters unused, and the stack calls smp_loop().
"$compiler" -std=c11 -fsyntax-only -Wall -Wextra -Wconversion -Wshadow \
    -Wno-unused-parameter -Werror -I"$root/include" \
    -include "$root/test/smp/zephyr_decls.h" "$work/glue.c"
