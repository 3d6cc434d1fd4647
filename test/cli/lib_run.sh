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

# arm_board APPLICATION: app-1.0.0.bin, net-1.1.0.bin and so on from the ARM
# binaries of the build, signed with the key that its boot loaders trust, and the
# board dk with both cores at 1.0.0; sets firmware, the folder of those binaries,
# and key. Skipped where the build has none.
arm_board() {
    local version core
    firmware=$DUO_BUILD_DIR/firmware
    key=$DUO_SOURCE_DIR/test/keys/test-p256.pem
    [ -e "$firmware/$1.hex" ] && [ -e "$firmware/netdemo.hex" ] || exit 77
    for version in 1.0.0 1.1.0; do
        for core in "app $1" "net netdemo"; do
            expect 0 "$DUOBOOT" sign --key "$key" --version $version --pad-header \
                "$firmware/${core#* }.hex" "${core% *}-$version.bin"
        done
    done
    expect 0 "$DUOBOOT" keygen --public "$key" --out test.pub.pem
    expect 0 board create dk --force --key test.pub.pem --app app-1.0.0.bin --net net-1.0.0.bin
}

expect 0 "$DUOBOOT" keygen --type ed25519 --out release.pem
expect 0 "$DUOBOOT" keygen --public release.pem --out release.pub.pem
expect 0 board create dk --key release.pub.pem
