# SPDX-License-Identifier: MIT
# What the tests of the image verbs share. Sourced; leaves an empty working
# directory, $DUOBOOT to call, and small firmware files:
#   app.bin, net.bin            as a linker makes them, without a header
#   app.room.bin, net.room.bin  with 0x200 zero bytes where the header goes
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Little-endian bytes of the numbers, 4 bytes each.
words() {
    local word
    for word in "$@"; do
        printf "\\x$(printf %02x $((word & 255)))"
        printf "\\x$(printf %02x $((word >> 8 & 255)))"
        printf "\\x$(printf %02x $((word >> 16 & 255)))"
        printf "\\x$(printf %02x $((word >> 24 & 255)))"
    done
}

# poke FILE OFFSET HEX...: overwrite bytes.
poke() {
    local file=$1 off=$2 byte
    shift 2
    for byte in "$@"; do printf "\\x$byte"; done |
        dd of="$file" bs=1 seek=$((off)) conv=notrunc status=none
}

# symbol NAME: a number of the layout that the verbs use by default.
symbol() {
    sed -n "s/^$1 = \(.*\);/\1/p" "$DUO_BUILD_DIR/layout/nrf5340dk.ld"
}
APP_ADDR=$(symbol __duo_app_active_addr)
APP_BYTES=$(symbol __duo_app_active_size_bytes)
NET_ADDR=$(symbol __duo_net_active_addr)
NET_BYTES=$(symbol __duo_net_active_size_bytes)

# firmware FILE SLOT_ADDRESS STACK BYTES
firmware() {
    words $(($3)) $(($2 + 0x200 + 0x41)) >"$1"
    awk -v n="$4" 'BEGIN { for (i = 0; i < n; i++) printf "%c", 33 + (i * 7) % 90 }' >>"$1"
}

firmware app.bin "$APP_ADDR" 0x20080000 5000
firmware net.bin "$NET_ADDR" 0x21010000 3001
{ head -c 512 /dev/zero; cat app.bin; } >app.room.bin
{ head -c 512 /dev/zero; cat net.bin; } >net.room.bin
