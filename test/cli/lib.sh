# SPDX-License-Identifier: MIT
# What all tests of the command line share. Sourced; leaves an empty working
# directory.
set -eu

rm -rf "$DUO_TEST_DIR"
mkdir -p "$DUO_TEST_DIR"
cd "$DUO_TEST_DIR"

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

# expect CODE COMMAND...: the command must end with this exit code. Its output
# is left in the files out and err.
expect() {
    local want=$1 got=0
    shift
    "$@" >out 2>err || got=$?
    if [ "$got" != "$want" ]; then
        cat out err >&2
        fail "exit code $got instead of $want: $*"
    fi
}

# says FILE TEXT: the file contains the text.
says() {
    grep -qF -- "$2" "$1" || { cat "$1" >&2; fail "'$1' does not say: $2"; }
}
