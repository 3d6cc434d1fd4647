#!/bin/bash
# SPDX-License-Identifier: MIT
# The images that the demos and the page's tests play with: the code of the
# demo applications, with a filler, signed with the key that the boot loaders
# of this build trust; and some that are wrong in one way each.
#   scripts/demo_images.sh FIRMWARE-DIRECTORY FOLDER    needs duoboot in the path
# In FOLDER then: app-VERSION.bin, net-VERSION.bin, both-VERSION.zip, wrong-*.bin,
# public.pem, layout.json (see scripts/demo_row.py).
set -euo pipefail
root=$(realpath "$(dirname "$0")/..")
firmware=$(realpath "${1:?usage: demo_images.sh FIRMWARE-DIRECTORY FOLDER}")
work=$(realpath "${2:?usage: demo_images.sh FIRMWARE-DIRECTORY FOLDER}")
key=$root/test/keys/test-p256.pem
time=1764000000 # Of the package, so that it has the same bytes each time.

quiet() { "$@" >"$work/out" 2>&1 || { cat "$work/out" >&2; echo "demo_images: failed: $*" >&2; exit 1; }; }

# image NAME CORE VERSION SIZE SEED[:PATCH] [SIGN-OPTION...]: up to SIZE. SEED:PATCH
# is the image of SEED with 4 KB changed.
image() {
    local name=$1 core=$2 version=$3 size=$4 seed=$5 patch=0
    shift 5
    case $seed in *:*) patch=${seed#*:} seed=${seed%:*} ;; esac
    "$root/scripts/demo_firmware.py" --core "$core" --size "$size" --seed "$seed" --patch "$patch" \
        --firmware "$work/$core.code" --output "$work/raw" <"$work/layout.json"
    quiet duoboot sign --key "$key" --version "$version" --pad-header "$@" "$work/raw" "$work/$name.bin"
}
app() { image "app-$1" app "$1" "$app_size" "${@:2}"; }
net() { image "net-$1" net "$1" 32K "${@:2}"; }

duoboot layout show --json --layout "$root/layouts/nrf5340dk.yml" >"$work/layout.json"
# The application that waits to be told: it confirms by command only.
arm-none-eabi-objcopy -O binary "$firmware/appdemo-manual.elf" "$work/app.code"
arm-none-eabi-objcopy -O binary "$firmware/netdemo.elf" "$work/net.code"
rm -f "$work/public.pem" "$work/stranger.pem" # Of a run before: keygen overwrites nothing.
quiet duoboot keygen --public "$key" --out "$work/public.pem"
app_size=$(($(stat -c %s "$work/app.code") / 1024 + 8))K

app 1.0.0 1
app 1.1.0 4
app 1.1.1 4:5
app 2.0.0 6 --dependencies '(1, 2.0.0)'
app 2.1.0 8
app 2.2.0 14
app 0.9.0 9
net 1.0.0 2
net 1.1.0 3
net 1.2.0 11
net 2.0.0 7 --dependencies '(0, 2.0.0)'
net 2.1.0 10
net 3.0.0 15 --dependencies '(0, 3.0.0)'
quiet duoboot package create --time "$time" --out "$work/both-2.0.0.zip" "$work/app-2.0.0.bin" "$work/net-2.0.0.bin"

image wrong-size net 9.0.0 250K 12
quiet duoboot keygen --type p256 --out "$work/stranger.pem"
key=$work/stranger.pem image wrong-key net 6.6.6 32K 13
# Damaged in a page of its code; and in its signature, which only keys can tell.
/usr/bin/python3 - "$work" <<'PY'
import sys
for path, at, name in (("app-1.1.0", 5000, "wrong-digest"), ("net-2.1.0", -8, "wrong-signature")):
    data = bytearray(open(f"{sys.argv[1]}/{path}.bin", "rb").read())
    data[at] ^= 1
    open(f"{sys.argv[1]}/{name}.bin", "wb").write(data)
PY
rm -f "$work/raw" "$work/out" "$work/app.code" "$work/net.code" "$work/stranger.pem"
