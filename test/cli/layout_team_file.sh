#!/bin/bash
# SPDX-License-Identifier: MIT
# A team's own pm_static.yml: containers with spans, YAML anchors, partitions
# and regions of the product, other ways to write the same numbers.
set -euo pipefail
cd "$(dirname "$0")/../.."
duoboot=${1:-${DUOBOOT:-duoboot}}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The partition manager splits the active slot of a TF-M build like this.
cat >"$work/parts.yml" <<'END'
app:
  address: 0x14200
  end_address: 0xfc000
  region: flash_primary
  size: 0xe7e00
mcuboot_pad:
  address: 0xc000
  end_address: 0xc200
  placement: {align: {start: 0x4000}, before: [mcuboot_primary_app]}
  region: flash_primary
  size: 0x200
tfm:
  address: 0xc200
  end_address: 0x14200
  inside: [mcuboot_primary_app]
  region: flash_primary
  size: 0x8000
mcuboot_primary_app:
  address: 0xc200
  end_address: 0xfc000
  orig_span: &id001 [app, tfm]
  region: flash_primary
  size: 0xefe00
  span: *id001
tfm_secure:
  address: 0xc000
  end_address: 0x14200
  orig_span: &id002 [mcuboot_pad, tfm]
  region: flash_primary
  size: 0x8200
  span: *id002
littlefs_storage:
  address: 2818048
  device: MX25R64
  size: 65536
  region: external_flash
rpmsg_nrf53_sram:
  address: 0x20070000
  end_address: 0x20080000
  placement: {before: [end]}
  region: sram_primary
  size: 0x10000
otp:
  address: 0xff8100
  end_address: 0xff83fc
  region: otp
  size: 0x2fc
colour:
  address: 0x0
  size: 0x10
  region: paintbox
END
{
    sed '/^mcuboot_primary:/,/ size:/ s/  region.*/&\n  orig_span: \&id009 [mcuboot_pad, mcuboot_primary_app]\n  span: *id009/;
         /^duoboot_journal:/,/ size:/ s/^  device.*/&\n  flavour: sweet/;
         /^mcuboot:/,/ size:/ {/region/d}
         /^external_flash:/,/ size:/ s/0x2b0000/0x2c0000/;
         /^external_flash:/,/ size:/ s/0x550000/0x540000/' \
        layouts/nrf5340dk.yml
    cat "$work/parts.yml"
} >"$work/pm_static.yml"

"$duoboot" layout check --layout "$work/pm_static.yml" >"$work/out" 2>"$work/err"
# Two warnings, each with its line, and no error.
test "$(wc -l <"$work/err")" = 2
grep -qE "pm_static.yml:[0-9]+: warning: duoboot_journal: key 'flavour' is not known and is ignored$" "$work/err"
grep -qE "pm_static.yml:[0-9]+: warning: colour: region 'paintbox' is not known; the entry is not checked$" "$work/err"

# The roles are the DK's, whatever else is in the file.
"$duoboot" layout ld --layout "$work/pm_static.yml" 2>/dev/null >"$work/team.ld"
"$duoboot" layout ld --layout layouts/nrf5340dk.yml | diff - "$work/team.ld"

# The product's own partition gets its place in the overlay; containers and
# what is inside a slot do not.
"$duoboot" layout dts --layout "$work/pm_static.yml" >"$work/team.dts" 2>/dev/null
grep -q 'littlefs_storage_partition: partition@2b0000 {' "$work/team.dts"
if grep -qE 'tfm|mcuboot_pad|[^_]app_partition' "$work/team.dts"; then
    echo "FAILED: parts of a slot became partitions"
    exit 1
fi
"$duoboot" layout md --layout "$work/pm_static.yml" 2>/dev/null |
    grep -qF '| 64 KB | `littlefs_storage` |'

# Containers excuse their own children only.
refused() {
    if "$duoboot" layout check --layout "$work/bad.yml" >/dev/null 2>"$work/err"; then
        echo "FAILED: accepted although: $1"
        exit 1
    fi
    grep -qF "$1" "$work/err" || { cat "$work/err"; exit 1; }
}
sed '/^littlefs_storage/,/ region/ s/2818048/2752512/' "$work/pm_static.yml" >"$work/bad.yml"
refused 'littlefs_storage (0x2a0000 to 0x2b0000) overlaps duoboot_journal (0x2a0000 to 0x2b0000'
sed '/^tfm:/,/ size/ { s/0x14200/0x14300/; s/0x8000/0x8100/ }' "$work/pm_static.yml" >"$work/bad.yml"
refused 'tfm (0xc200 to 0x14300) overlaps app (0x14200 to 0xfc000'
sed '/^app:/,/ size/ { s/0xfc000/0xfd000/; s/0xe7e00/0xe8e00/ }' "$work/pm_static.yml" >"$work/bad.yml"
refused 'app (0x14200 to 0xfd000) reaches out of mcuboot_primary (0xc000 to 0xfc000, line '
refused 'app (0x14200 to 0xfd000) overlaps settings_storage (0xfc000 to 0x100000'

# A container that lists itself, and anchors that multiply: they end.
sed 's/^  span: \*id001/  span: [app, tfm, mcuboot_primary_app, mcuboot_primary]/' \
    "$work/pm_static.yml" >"$work/bad.yml"
refused 'mcuboot_primary (0xc000 to 0xfc000) reaches out of mcuboot_primary_app (0xc200 to 0xfc000'
{
    echo 'a: &a [x, x, x, x, x, x, x, x]'
    previous=a
    for name in b c d e f g h i j k l m; do
        p="*$previous"
        echo "$name: &$name [$p, $p, $p, $p, $p, $p, $p, $p]"
        previous=$name
    done
    echo "end: {address: 0, size: 1, span: *$previous}"
} >"$work/bad.yml"
refused 'span holds something that is no partition name'
echo "layout_team_file: passed"
