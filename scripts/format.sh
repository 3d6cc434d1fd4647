#!/bin/bash
# SPDX-License-Identifier: MIT
# Format all C files as .clang-format says, or with --check only say which
# are not. Another clang-format may be named at the end.
set -euo pipefail
cd "$(dirname "$0")/.."
mode=(-i)
if [ "${1:-}" = --check ]; then
    mode=(--dry-run -Werror)
    shift
fi
find . -path ./build -prune -o -path './.*' -prune -o -name '*.[ch]' -print0 |
    sort -z | xargs -0 -r -n 20 "${1:-clang-format}" "${mode[@]}"
