#!/bin/bash
# SPDX-License-Identifier: MIT
# The DK's layout is what the design says, written here a second time by hand.
set -euo pipefail
cd "$(dirname "$0")/../.."
duoboot=${1:-${DUOBOOT:-duoboot}}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# role, memory, address, end: sorted as `show --json` prints them.
cat >"$work/want" <<'END'
appboot flash_primary 0x0 0xb000
counters flash_primary 0xb000 0xc000
app_active flash_primary 0xc000 0xfc000
settings flash_primary 0xfc000 0x100000
netboot flash_network 0x1000000 0x1004000
net_active flash_network 0x1004000 0x1040000
app_staged external_flash 0x0 0xf0000
net_staged external_flash 0xf0000 0x130000
net_mirror external_flash 0x130000 0x170000
app_backup external_flash 0x170000 0x260000
net_backup external_flash 0x260000 0x2a0000
journal external_flash 0x2a0000 0x2b0000
mailbox sram_primary 0x2006e000 0x20070000
END
"$duoboot" layout show --json --layout layouts/nrf5340dk.yml |
    python3 -c '
import json, sys
for p in json.load(sys.stdin)["partitions"]:
    print(p["role"], p["memory"], hex(p["address"]), hex(p["end_address"]))
' >"$work/got"
diff "$work/want" "$work/got"

# The table for people has a row for each, and tells what is free.
"$duoboot" layout md --layout layouts/nrf5340dk.yml >"$work/table.md"
grep -qF '|  | 0x0000C000 – 0x000FC000 | 960 KB | `mcuboot_primary` | application image, active (A0) |' "$work/table.md"
grep -qF '|  | 0x002B0000 – 0x00800000 | 5440 KB | `-` | free for the product |' "$work/table.md"
test "$(grep -c '^|' "$work/table.md")" = 16

# The small board of the sweeps keeps its promises: 64 KB of image and the
# trailer's page fit, and an external chip without waste.
"$duoboot" layout show --json --layout test/layouts/small.yml |
    python3 -c '
import json, sys
layout = json.load(sys.stdin)
size = {p["role"]: p["size_bytes"] for p in layout["partitions"]}
memory = {m["name"]: m for m in layout["memories"]}
assert size["app_active"] == 80 * 1024
assert size["net_active"] == 64 * 1024
assert size["net_staged"] == size["net_mirror"] == size["net_backup"] == 72 * 1024
assert size["settings"] == size["journal"] == 8 * 1024
external = [p for p in layout["partitions"] if p["memory"] == "external_flash"]
assert memory["external_flash"]["size_bytes"] == max(p["end_address"] for p in external)
assert len(layout["partitions"]) == 13
'
echo "layout_facts: passed"
