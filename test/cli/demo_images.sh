# SPDX-License-Identifier: MIT
# `./demo --web` keeps its folder: each run makes the images anew, also after one
# that was broken off.
. "$(dirname "$0")/lib.sh"
firmware=$DUO_BUILD_DIR/firmware
[ -e "$firmware/netdemo.hex" ] || exit 77
PATH=$(dirname "$DUOBOOT"):$PATH
make_images() { bash "$DUO_SOURCE_DIR/scripts/demo_images.sh" "$firmware" "$PWD"; }

expect 0 make_images
rm both-2.0.0.zip
echo "of a run that was broken off" >stranger.pem
expect 0 make_images
expect 0 duoboot inspect both-2.0.0.zip
[ ! -e stranger.pem ] || fail "the stranger's key is still there"
