# SPDX-License-Identifier: MIT
# What `state` shows is what is in the flashes, with MCUmgr's flags; and what
# it foretells is what the next boot decides.
. "$(dirname "$0")/lib_board.sh"

# flags IMAGE SLOT WANT
flags() {
    is '" ".join([str(d["images"]['"$1"']["slots"]['"$2"']["version"])] + [f for f in ("active", "confirmed", "pending", "permanent", "bootable") if d["images"]['"$1"']["slots"]['"$2"'][f]])' "$3"
}

# Each row of MCUmgr's table, on either core.
core_of() { [ "$1" = 0 ] && echo app || echo net; }
for image in 0 1; do
    core=$(core_of $image)
    new_board
    expect 0 board state dk --json
    flags $image 0 "1.0.0 active confirmed bootable"
    flags $image 1 "None"
    expect 0 board stage dk "$core-1.1.0.bin"
    expect 0 board state dk --json
    flags $image 0 "1.0.0 active confirmed bootable"
    flags $image 1 "1.1.0 pending bootable"
    foretold
    expect 0 board state dk --json
    flags $image 0 "1.1.0 active bootable"
    flags $image 1 "1.0.0 confirmed bootable"
    foretold
    expect 0 board state dk --json
    flags $image 0 "1.0.0 active confirmed bootable"
    flags $image 1 "None"
    expect 0 board stage dk --confirm "$core-1.1.0.bin"
    expect 0 board state dk --json
    flags $image 1 "1.1.0 pending permanent bootable"
    foretold
    expect 0 board state dk --json
    flags $image 0 "1.1.0 active confirmed bootable"
    flags $image 1 "1.0.0 bootable"
    expect 0 board stage dk "$core-1.0.0.bin"
    foretold
    expect 0 board confirm dk
    expect 0 board state dk --json
    flags $image 0 "1.0.0 active confirmed bootable"
    flags $image 1 "1.1.0 bootable"
    foretold
    expect 0 board state dk --json
    flags $image 0 "1.0.0 active confirmed bootable"
done

# The digest is that of the file, and the fill its size.
expect 0 "$DUOBOOT" inspect --json app-1.0.0.bin
digest=$(/usr/bin/python3 -c '
import json
d = json.load(open("out"))["digest"]
print(d if isinstance(d, str) else next(v for v in d.values() if isinstance(v, str) and len(v) == 64))')
expect 0 board state dk --json
is 'd["images"][0]["slots"][0]["digest"]' "$digest"
is 'd["images"][0]["slots"][0]["used_bytes"]' "$(stat -c %s app-1.0.0.bin)"
is 'd["images"][1]["slots"][0]["capacity_bytes"]' 65536
is 'd["mirror_true"]' True

# The one-pair flow: either trailer confirms.
new_board
for core in app net; do
    expect 0 board stage dk --slot app net-1.1.0.bin
    expect 0 board state dk --json
    is 'd["images"][0]["slots"][1]["core"]' network
    flags 0 1 "1.1.0 pending bootable"
    foretold
    expect 0 board state dk --json
    is '[i["on_trial"] for i in d["images"]]' "[False, True]"
    is 'd["progress"]["images"][0]["from_other_slot"]' True
    expect 0 board confirm dk --core $core
    expect 0 board state dk --json
    is '[i["next_boot"] for i in d["images"]]' "['none', 'confirm']"
    foretold
    runs 1.0.0 1.1.0
    expect 0 board stage dk --permanent net-1.0.0.bin
    foretold
done

# Trailers in any state: the state and the boot loader agree about each.
# The last 40 bytes of a slot: swap_info, copy_done, image_ok, magic.
expect 0 board boot dk
rm -rf settled trial && cp -r dk settled
expect 0 board stage dk app-1.1.0.bin
expect 0 board boot dk
cp -r dk trial
for seed in $(seq 1 24); do
    rm -rf dk
    [ $((seed % 2)) = 0 ] && cp -r settled dk || cp -r trial dk
    [ $((seed % 3)) = 0 ] && expect 0 board stage dk net-1.1.0.bin
    /usr/bin/python3 - "$seed" <<'PYTHON'
import random, sys

draw = random.Random(int(sys.argv[1]))
for _ in range(1 + draw.randrange(2)):
    # Ends of app staged, net staged, mirror; end of app active.
    name, end = draw.choice((("ext", 0x14000), ("ext", 0x26000), ("ext", 0x38000), ("app", 0x20000)))
    data = bytearray(open(f"dk/{name}.bin", "rb").read())
    field, length = draw.choice(((40, 1), (32, 1), (24, 1), (16, 16), (16, 16)))
    at = end - field + draw.randrange(length)
    data[at] = draw.choice((0xFF, 0x01, 0x00, data[at] & 0xFE, data[at] | 0x10, draw.randrange(256)))
    open(f"dk/{name}.bin", "wb").write(data)
PYTHON
    foretold
    is 'd["outcome"]' started
    foretold
done

# For people, too: a line for each slot.
expect 0 board state dk
says out "image 0  application core"
says out "image 1  network core"
