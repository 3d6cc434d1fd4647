# SPDX-License-Identifier: MIT
# What the tests of `duoboot board run` share. Sourced; leaves an empty working
# directory with a board "dk" of the DK's layout, without images, and
# assembles small firmwares:
#   firmware NAME ADDR <assembly: a vector table at ADDR, then code
# Skipped where there is no assembler for ARM.
DUO_SOURCE_DIR=$(cd "$DUO_SOURCE_DIR" && pwd)
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
arm=arm-none-eabi
command -v $arm-as >/dev/null && command -v $arm-ld >/dev/null || exit 77

board() { "$DUOBOOT" board "$@"; }

# sums DIR: of all files of a board.
sums() { (cd "$1" && sha256sum ./*); }

# field PYTHON: an expression over the JSON of the last command, as d.
field() { /usr/bin/python3 -c 'import json, sys; d = json.load(open("out")); print(eval(sys.argv[1]))' "$1"; }

# is PYTHON VALUE
is() {
    local got
    got=$(field "$1")
    [ "$got" = "$2" ] || { cat out err >&2; fail "$1 is $got, not $2"; }
}

never_says() {
    if grep -qF -- "$2" "$1"; then
        cat "$1" >&2
        fail "'$1' says: $2"
    fi
}

# firmware NAME ADDRESS: the assembly on standard input, linked there as
# NAME.elf, and as NAME.hex and NAME.bin.
firmware() {
    $arm-as -mcpu=cortex-m33 -mthumb -g -o "$1.o" - &&
        $arm-ld -Ttext="$2" -e reset -o "$1.elf" "$1.o" &&
        $arm-objcopy -O ihex "$1.elf" "$1.hex" &&
        $arm-objcopy -O binary "$1.elf" "$1.bin" || fail "$1 was not built"
}

expect 0 "$DUOBOOT" keygen --type ed25519 --out release.pem
expect 0 "$DUOBOOT" keygen --public release.pem --out release.pub.pem
expect 0 board create dk --key release.pub.pem
