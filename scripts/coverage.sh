#!/bin/bash
# SPDX-License-Identifier: MIT
# Branch coverage of src/ by the unit tests (the sweeps, the soaks over bad lines
# and the tests labelled `long` are left out: they would hide what no test means
# to reach; those of the virtual board run no code of src/). Prints
# the lines whose branches no test takes, the count of branches file by file,
# and the total.
#   scripts/coverage.sh [--brief]     --brief: per file, without the lines
set -euo pipefail
cd "$(dirname "$0")/.."
build=${DUO_BUILD_ROOT:-build}/coverage
jobs=${DUO_JOBS:-$(nproc)}

cmake --preset coverage -B "$build" >/dev/null
ninja -C "$build" -j "$jobs" >"$build/build.log" || { tail -n 30 "$build/build.log"; exit 1; }
find "$build" -name '*.gcda' -delete
ctest --test-dir "$build" -j "$jobs" --output-on-failure -LE 'long|board' \
    -E '^(tidy|tidy_test|clang_format|install_times|power_.*|smp_soak_.*|smp_corpus_.*|cli_board_run.*)$' \
    >"$build/test.log" 2>&1 || { tail -n 30 "$build/test.log"; exit 1; }

# --exclude-unreachable-branches: gcc's own, of no source code. Lines with
# GCOVR_EXCL_BR_LINE are unreachable defence and say why.
gcovr --root . --filter 'src/' --exclude '.*_test\.c' --exclude '.*_rig\.[ch]' \
    --branches --exclude-unreachable-branches --gcov-ignore-parse-errors \
    --json-summary "$build/coverage.json" --txt "$build/coverage.txt" "$build" 2>"$build/gcovr.log" ||
    { tail -n 20 "$build/gcovr.log"; exit 1; }

python3 - "$build/coverage.json" "$build/coverage.txt" "${1:-}" <<'END'
import json
import sys

with open(sys.argv[1], encoding="utf-8") as stream:
    summary = json.load(stream)
if sys.argv[3] != "--brief":
    with open(sys.argv[2], encoding="utf-8") as stream:
        print(stream.read())
print("Branches taken by the tests, file by file:")
for entry in sorted(summary["files"], key=lambda e: e["branch_covered"] - e["branch_total"]):
    print(f"  {entry['branch_covered']:4} of {entry['branch_total']:4}  {entry['filename']}")
print(f"coverage: {summary['branch_percent']} % of {summary['branch_total']} branches, "
      f"{summary['line_percent']} % of {summary['line_total']} lines in src/")
END
