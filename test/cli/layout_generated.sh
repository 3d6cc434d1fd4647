#!/bin/bash
# SPDX-License-Identifier: MIT
# What is generated from a layout is accepted by those who read it: the C
# compiler, the ARM linker and the devicetree compiler.
set -euo pipefail
cd "$(dirname "$0")/../.."
duoboot=${1:-${DUOBOOT:-duoboot}}
layout=layouts/nrf5340dk.yml

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# C: the table compiles without a warning and says what the file says.
"$duoboot" layout c --layout "$layout" --output "$work/table.c"
cat >"$work/main.c" <<'END'
#include <stdio.h>
#include "duo/layout.h"
extern const struct duo_layout duo_layout_nrf5340dk;
int main(void)
{
    const struct duo_layout *layout = &duo_layout_nrf5340dk;
    for (unsigned i = 0; i < DUO_PARTITION_COUNT; i++) {
        const struct duo_partition *row = &layout->partitions[i];
        printf("%s %s %u %u\n", row->name, layout->memories[row->memory].name,
               (unsigned)row->addr, (unsigned)row->size_bytes);
    }
    return 0;
}
END
"${CC:-cc}" -std=c11 -Wall -Wextra -Wpedantic -Werror -Iinclude \
    "$work/table.c" "$work/main.c" -o "$work/print"
"$work/print" | sort >"$work/compiled"
"$duoboot" layout show --json --layout "$layout" |
    python3 -c '
import json, sys
for p in json.load(sys.stdin)["partitions"]:
    print(p["name"], p["memory"], p["address"], p["size_bytes"])
' | sort >"$work/shown"
diff "$work/shown" "$work/compiled"
test "$(wc -l <"$work/compiled")" = 13

# Linker symbols: the ARM linker takes the file, and an object that names a
# symbol gets the address.
"$duoboot" layout ld --layout "$layout" --output "$work/symbols.ld"
cat >"$work/board.ld" <<'END'
INCLUDE symbols.ld
ENTRY(start)
SECTIONS { .text __duo_net_active_addr : { *(.text) } }
END
cat >"$work/start.s" <<'END'
    .syntax unified
    .thumb
    .global start
start:
    .word __duo_app_active_addr, __duo_app_active_end_addr
    .word __duo_mailbox_addr, __duo_mailbox_size_bytes
END
(
    cd "$work"
    arm-none-eabi-as -mcpu=cortex-m33 start.s -o start.o
    arm-none-eabi-ld --fatal-warnings -T board.ld start.o -o start.elf
    arm-none-eabi-objcopy -O binary -j .text start.elf start.bin
    arm-none-eabi-nm start.elf | grep -q '^01004000 .* start$'
)
test "$(od -An -v -tx4 "$work/start.bin" | tr -d '\n')" = \
    " 0000c000 000fc000 2006e000 00002000"

# Devicetree: over a base like the board's, with partitions to be replaced.
"$duoboot" layout dts --layout "$layout" --output "$work/app.overlay"
"$duoboot" layout dts --core net --layout "$layout" >"$work/net.overlay"
if command -v dtc >/dev/null; then
    for core in app net; do
        cat - "$work/$core.overlay" >"$work/$core.dts" <<'END'
/dts-v1/;
/ {
    #address-cells = <1>;
    #size-cells = <1>;
    chosen { };
    flash0: flash@0 {
        reg = <0 0x100000>;
        partitions { old: partition@0 { reg = <0 4>; }; };
    };
    flash1: flash@1000000 { reg = <0x1000000 0x40000>; };
    spi@50000000 {
        reg = <0x50000000 0x1000>;
        #address-cells = <1>;
        #size-cells = <0>;
        mx25r64: flash@0 { reg = <0>; };
    };
};
END
        dtc -q -@ -I dts -O dtb -o "$work/$core.dtb" "$work/$core.dts"
    done
    at() { fdtget -t x "$work/$1.dtb" "$(fdtget "$work/$1.dtb" /__symbols__ "$2")" reg; }
    test "$(at app slot0_partition)" = "c000 f0000"
    test "$(at app slot3_partition)" = "f0000 40000"
    test "$(at app storage_partition)" = "fc000 4000"
    test "$(at app duoboot_journal_partition)" = "2a0000 10000"
    test "$(at net slot0_partition)" = "4000 3c000"
    test "$(at net boot_partition)" = "0 4000"
    if at app old 2>/dev/null; then
        echo "FAILED: the board's old partitions are still there"
        exit 1
    fi
else
    echo "layout_generated: dtc is not installed, devicetree not compiled"
fi

# An output that cannot be written whole is a failure.
if "$duoboot" layout c --layout "$layout" --output /dev/full 2>"$work/err"; then
    exit 1
fi
grep -q 'the output is not whole' "$work/err"
if "$duoboot" layout c --layout "$layout" --output "$work/none/x" 2>"$work/err"; then
    exit 1
fi
grep -q 'No such file or directory' "$work/err"
# And an unknown action or a misplaced option is the user's mistake.
for arguments in "" "paint" "show check" "check --json" "c --core net" "dts --core gpu"; do
    # shellcheck disable=SC2086 # Words are meant to be split.
    if "$duoboot" layout $arguments >/dev/null 2>"$work/err"; then
        echo "FAILED: 'layout $arguments' was accepted"
        exit 1
    fi
    test -s "$work/err"
done
echo "layout_generated: passed"
