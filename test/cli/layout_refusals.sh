#!/bin/bash
# SPDX-License-Identifier: MIT
# Each mistake in a layout file is refused with a message that names file,
# line, both partitions and addresses; and then nothing is generated.
set -euo pipefail
cd "$(dirname "$0")/../.."
duoboot=${1:-${DUOBOOT:-duoboot}}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
board=$work/board.yml
failures=0

# refused SED-PROGRAM LINE MESSAGE: the DK's file, changed so, has exactly the
# errors given (one per line of MESSAGE, the line number before each).
refused() {
    local program=$1 want=$2
    sed "$program" layouts/nrf5340dk.yml >"$board"
    if cmp -s layouts/nrf5340dk.yml "$board"; then
        echo "FAILED: '$program' changes nothing"
        failures=$((failures + 1))
    fi
    if "$duoboot" layout c --layout "$board" >"$work/out" 2>"$work/err"; then
        echo "FAILED: '$program' was accepted"
        failures=$((failures + 1))
    fi
    if [ -s "$work/out" ]; then
        echo "FAILED: '$program' generated something"
        failures=$((failures + 1))
    fi
    if ! diff <(printf '%s\n' "$want" | sed "s|^|$board:|") "$work/err"; then
        echo "FAILED: '$program' is told otherwise"
        failures=$((failures + 1))
    fi
}
# Line number of the partition's name in the DK's file.
line() { grep -n "^$1:" layouts/nrf5340dk.yml | cut -d: -f1; }
# A sed address: this partition's block.
block() { echo "/^$1:/,/ size:/"; }

# Overlap: both partitions, both ranges, both lines.
refused "$(block duoboot_journal) { s/0x2a0000/0x29f000/; s/size: 0x10000/size: 0x11000/ }" \
    "$(line duoboot_journal): error: duoboot_journal (0x29f000 to 0x2b0000) overlaps duoboot_backup_1 (0x260000 to 0x2a0000, line $(line duoboot_backup_1)) in external_flash"

# Not on a page: 4 KB in the application core, 2 KB in the network core.
refused "$(block settings_storage) { s/0xfc000/0xfc800/; s/0x4000/0x3800/ }" \
    "$(line settings_storage): error: settings_storage: address 0xfc800 is not aligned to the flash_primary page of 0x1000 bytes"
refused "$(block duoboot_net_primary) { s/0x1040000/0x103fc00/; s/0x3c000/0x3bc00/ }" \
    "$(line duoboot_net_primary): error: duoboot_net_primary: end 0x103fc00 is not aligned to the flash_network page of 0x800 bytes"

# Beyond the device; an external_flash entry may make the device smaller.
refused "$(block settings_storage) { s/0x100000/0x101000/; s/0x4000/0x5000/ }" \
    "$(line settings_storage): error: settings_storage (0xfc000 to 0x101000) reaches beyond its device: flash_primary is 0x0 to 0x100000"
refused "$(block external_flash) { s/0x2b0000/0/; s/0x800000/0x200000/; s/0x550000/0x200000/ }" \
    "$(line duoboot_backup): error: duoboot_backup (0x170000 to 0x260000) reaches beyond its device: external_flash is 0x0 to 0x200000
$(line duoboot_backup_1): error: duoboot_backup_1 (0x260000 to 0x2a0000) reaches beyond its device: external_flash is 0x0 to 0x200000
$(line duoboot_journal): error: duoboot_journal (0x2a0000 to 0x2b0000) reaches beyond its device: external_flash is 0x0 to 0x200000"
refused "$(block duoboot_netboot) { s/0x1000000/0xfff000/; s/0x4000/0x5000/ }" \
    "$(line duoboot_netboot): error: duoboot_netboot (0xfff000 to 0x1004000) reaches beyond its device: flash_network is 0x1000000 to 0x1040000
$(line duoboot_netboot): error: duoboot_netboot at 0xfff000 must stand at 0x1000000, where its core starts"

# Missing, or in the wrong memory.
refused "$(block duoboot_backup_1)d" \
    "1: error: duoboot_backup_1 is missing: the backup of the network image (B1), in external_flash"
refused "$(block mcuboot_primary_1) { s/external_flash/ram_flash/ }" \
    "$(line mcuboot_primary_1): error: mcuboot_primary_1 must lie in external_flash"

# Unequal slots.
refused "$(block mcuboot_secondary) { s/0xf0000/0xef000/ }" \
    "$(line mcuboot_secondary): error: mcuboot_secondary (0x0 to 0xef000, 0xef000 bytes) and mcuboot_primary (0xc000 to 0xfc000, 0xf0000 bytes, line $(line mcuboot_primary)) must have equal sizes"
refused "$(block duoboot_backup) { s/0x170000/0x171000/; s/0xf0000/0xef000/ }" \
    "$(line duoboot_backup): error: duoboot_backup (0x171000 to 0x260000, 0xef000 bytes) and mcuboot_primary (0xc000 to 0xfc000, 0xf0000 bytes, line $(line mcuboot_primary)) must have equal sizes"
refused "$(block mcuboot_secondary_1) { s/0x130000/0x12f000/; s/0x40000/0x3f000/ }" \
    "$(line mcuboot_secondary_1): error: mcuboot_secondary_1 (0xf0000 to 0x12f000, 0x3f000 bytes) and mcuboot_primary_1 (0x130000 to 0x170000, 0x40000 bytes, line $(line mcuboot_primary_1)) must have equal sizes"
refused "$(block duoboot_backup_1) { s/0x260000/0x261000/; s/0x40000/0x3f000/ }" \
    "$(line duoboot_backup_1): error: duoboot_backup_1 (0x261000 to 0x2a0000, 0x3f000 bytes) and mcuboot_primary_1 (0x130000 to 0x170000, 0x40000 bytes, line $(line mcuboot_primary_1)) must have equal sizes"
refused "/^mcuboot_secondary_1:/,/^duoboot_backup:/ { s/0x130000\$/0x12c000/; s/0x170000\$/0x168000/; s/0x40000\$/0x3c000/; /^duoboot_backup:/,\$ s/0x168000/0x170000/ }
    $(block duoboot_backup_1) { s/0x2a0000/0x29c000/; s/0x40000/0x3c000/ }" \
    "$(line mcuboot_primary_1): error: mcuboot_primary_1 (0x3c000 bytes at 0x12c000) must be at least 0x1000 bytes larger than duoboot_net_primary (0x3c000 bytes at 0x1004000, line $(line duoboot_net_primary)): its last sector is not for the image"

# More pages than the progress record has marks for: 245 pages each.
refused "$(block mcuboot_primary) { s/0xfc000/0x101000/; s/0xf0000/0xf5000/ }
    $(block settings_storage) { s/0xfc000/0xfb000/; s/0x100000/0xfb000/; s/size: 0x4000/size: 0x0/ }" \
    "$(line mcuboot_primary): error: mcuboot_primary (0xc000 to 0x101000) reaches beyond its device: flash_primary is 0x0 to 0x100000
$(line settings_storage): error: settings_storage at 0xfb000 is empty
$(line mcuboot_secondary): error: mcuboot_secondary (0x0 to 0xf0000, 0xf0000 bytes) and mcuboot_primary (0xc000 to 0x101000, 0xf5000 bytes, line $(line mcuboot_primary)) must have equal sizes
$(line duoboot_backup): error: duoboot_backup (0x170000 to 0x260000, 0xf0000 bytes) and mcuboot_primary (0xc000 to 0x101000, 0xf5000 bytes, line $(line mcuboot_primary)) must have equal sizes
$(line mcuboot_primary): error: mcuboot_primary (0xc000 to 0x101000) has 245 pages of 0x1000 bytes; the progress record of a slot has room for 240"

# Numbers that disagree, or are no numbers: only what cannot be read is told.
refused "$(block duoboot_journal) { s/size: 0x10000/size: 65535/ }" \
    "$(($(line duoboot_journal) + 3)): error: duoboot_journal: address 0x2a0000 and end_address 0x2b0000 make 0x10000 bytes, but size says 0xffff"
refused "$(block duoboot_journal) { s/end_address: 0x2b0000/end_address: 0x1000/ }" \
    "$(($(line duoboot_journal) + 3)): error: duoboot_journal: end_address 0x1000 is below address 0x2a0000"
for number in 010 -1 0x 0xg 1e3 0x100000001 0x10000000000000000 "' 1'" '[1]' '""' 18446744073709551617; do
    refused "$(block pcd_sram) { s/size: 0x2000/size: $number/; /end_address/d }" \
        "$(($(line pcd_sram) + 3)): error: pcd_sram: size is not a number from 0 to 0x100000000 (hexadecimal with 0x, or decimal)"
done
refused "$(block pcd_sram) { /size/d; /end_address/d }" \
    "$(line pcd_sram): error: pcd_sram has neither end_address nor size"
refused "$(block pcd_sram) { /  address/d }" \
    "$(line pcd_sram): error: pcd_sram has no address"
refused "$(block pcd_sram) { s/0x2006e000/0x100000000/; /end_address/d }" \
    "$(line pcd_sram): error: pcd_sram (0x100000000 to 0x100002000) reaches beyond its device: sram_primary is 0x20000000 to 0x20080000"
refused "s/^pcd_sram:/'pcd sram':/" \
    "$(line pcd_sram): error: a partition name must be letters, digits and _, at most 63 of them"
refused "s/^pcd_sram:/pcd_sram: 7\n7x:/" \
    "$(line pcd_sram): error: pcd_sram is not a mapping with address and size
$(($(line pcd_sram) + 1)): error: a partition name must be letters, digits and _, at most 63 of them"

# Twice the same name: the second one is not used.
refused '$ a mcuboot: {address: 0x0, size: 0x1000}' \
    "$(($(wc -l <layouts/nrf5340dk.yml) + 1)): error: mcuboot stands here a second time; first at line $(line mcuboot)"

# The mailbox is one SPU region.
refused "$(block pcd_sram) { s/0x20070000/0x2006f000/; s/size: 0x2000/size: 0x1000/ }" \
    "$(line pcd_sram): error: pcd_sram (0x2006e000 to 0x2006f000) must be one SPU region: 0x2000 bytes, aligned to 0x2000"
refused "$(block pcd_sram) { s/0x2006e000/0x2006f000/; s/0x20070000/0x20071000/ }" \
    "$(line pcd_sram): error: pcd_sram (0x2006f000 to 0x20071000) must be one SPU region: 0x2000 bytes, aligned to 0x2000"

# One page of counters, two sectors of journal.
refused "$(block mcuboot) { s/0xb000/0xa000/g }
    $(block duoboot_counters) { s/ address: 0xb000/ address: 0xa000/; s/size: 0x1000/size: 0x2000/ }" \
    "$(line duoboot_counters): error: duoboot_counters at 0xa000 has 0x2000 bytes; it must be one page of 0x1000"
refused "$(block duoboot_journal) { s/0x2b0000/0x2a1000/; s/size: 0x10000/size: 0x1000/ }" \
    "$(line duoboot_journal): error: duoboot_journal at 0x2a0000 has 0x1000 bytes; it must be two sectors, 0x2000, or more"

# Not a layout at all.
printf -- '- a\n' >"$board"
if "$duoboot" layout check --layout "$board" 2>"$work/err"; then exit 1; fi
head -n 1 "$work/err" | grep -qxF "$board:1: error: the file is not a mapping of partition names"
printf 'mcuboot: {address: [\n' >"$board"
if "$duoboot" layout check --layout "$board" 2>"$work/err"; then exit 1; fi
head -n 1 "$work/err" | grep -q ": error: not valid YAML: "
if "$duoboot" layout check --layout "$work/none.yml" 2>"$work/err"; then exit 1; fi
head -n 1 "$work/err" | grep -qxF "$work/none.yml:1: error: cannot be opened: No such file or directory"

if [ "$failures" -gt 0 ]; then
    echo "layout_refusals: $failures failures"
    exit 1
fi
echo "layout_refusals: passed"
