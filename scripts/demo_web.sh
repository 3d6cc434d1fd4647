#!/bin/bash
# SPDX-License-Identifier: MIT
# A virtual board and the web page for it, until Ctrl-C: the ARM binaries of both
# boot loaders and both demo applications at 1.0.0, and files to drop on the page.
# `./demo --web` calls it with the build directory and a folder, and `duoboot` in
# the path. The board keeps what it has in that folder; --new makes a new one.
set -euo pipefail
root=$(realpath "$(dirname "$0")/..")
usage="usage: demo_web.sh BUILD-DIRECTORY FOLDER [--new] [OPTIONS OF duoboot web]"
firmware=$(realpath "${1:?$usage}")/firmware
folder=${2:?$usage}
shift 2
if [ "${1:-}" = --new ]; then
    shift
    rm -rf "$folder/dk"
fi

mkdir -p "$folder"
"$root/scripts/demo_images.sh" "$firmware" "$folder"
cd "$folder"
loads=(--load "$firmware/appboot.elf" --load "$firmware/netboot.elf")
if [ ! -d dk ]; then
    duoboot board create dk --key public.pem --app app-1.0.0.bin --net net-1.0.0.bin
fi
cat <<TEXT

Files to drop on the page, in $PWD:
  net-1.1.0.bin       the network core alone
  app-1.1.0.bin       the application alone
  both-2.0.0.zip      both, which need each other
  wrong-*.bin         refused: digest, signature, key, size
The flashes are in the folder dk; ./demo --web --new begins anew. Ctrl-C ends it.

TEXT
exec duoboot web --board dk "${loads[@]}" "$@"
