# SPDX-License-Identifier: MIT
# Updates of a device over SMP by the command line: upload, test, confirm,
# revert, for either core and both, from images, a HEX file and a package.
. "$(dirname "$0")/lib_device.sh"
serve
d() { "$DUOBOOT" "$@"; }

# The list, for people and for scripts.
expect 0 d device list
says out "application  0     1.0.0"
says out "runs [active confirmed bootable]"
says out "no image"
says out "The network core is well: version 1.0.0"
expect 0 d inspect --json app-1.0.0.bin
digest=$(field 'd["digest"]["computed"]')
expect 0 d device list --full
says out "$digest"
expect 0 d device list --json
is 'sorted(d)' "['device', 'images', 'network_core', 'next_boot', 'slots', 'unfinished_upload']"
is '[(i["core"], i["slot"], i["state"]) for i in d["images"]]' "[('application', 0, 'runs'), ('network', 0, 'runs')]"
is 'd["images"][0]["digest"]' "$digest"
is '[s["image"] * 2 + s["slot"] for s in d["slots"]]' "[0, 1, 2, 3]"
is 'd["slots"][0]["used_bytes"] <= d["slots"][0]["size_bytes"]' True
is 'd["unfinished_upload"]' None
is 'd["next_boot"]' "{'ms': 0, 'installs': []}"

# The network core alone: sent, tested, reset, told; then kept.
expect 0 d upload net-1.1.0.bin
says err "net-1.1.0.bin: version 1.1.0"
says err "the device's digest agrees"
says err "the device expects to be back in"
says err "the network core runs version 1.1.0, on trial"
says err '`duoboot confirm'"'"' keeps what runs on trial'
[ "$(grep -c ' %  ' err)" -le 11 ] || fail "more than a line for each tenth"
device_runs 1.0.0 '1.1.0?'
expect 0 d confirm
says out "runs [active confirmed bootable]"
device_runs 1.0.0 1.1.0
expect 1 d confirm
says err "nothing runs on trial"

# The same again: nothing is sent, nothing is reset.
expect 0 d upload net-1.1.0.bin
says err "runs this version 1.1.0 already"
never_says err "reset"

# Not confirmed: a reset takes it back, and says why.
expect 0 d upload app-1.1.0.bin
device_runs '1.1.0?' 1.1.0
expect 0 d reset --wait
says err "revert-not-confirmed"
says out "application  0     1.0.0"
device_runs 1.0.0 1.1.0
expect 0 d why
says out "The image on trial was not confirmed"
expect 0 d why --all --json
is 'd["journal"][-1]["name"]' reverted
is 'd["journal"][-1]["core"]' application
is '[e["sequence"] for e in d["journal"]] == sorted(e["sequence"] for e in d["journal"])' True

# Step by step: only sent; then test by a word, by digits and by the file; the
# request is withdrawn.
expect 0 d upload --mode none app-1.1.0.bin
says err "nothing was asked for"
device_runs 1.0.0 1.1.0
expect 0 d device test app
says out "will be tried at the next reset [pending bootable]"
says err "to run on trial at the next reset"
expect 0 d device list --json
is 'd["next_boot"]["installs"][0]["image"]' 0
is 'd["next_boot"]["ms"] > 0' True
expect 0 d revert --json
is 'd["reverted"]' "[{'core': 'application', 'how': 'request-withdrawn'}]"
says err "waits for the reset: is erased from slot 1"
device_runs 1.0.0 1.1.0
expect 0 d upload --mode none --quiet app-1.1.0.bin
[ ! -s out ] && [ ! -s err ] || fail "--quiet says something"
expect 0 d test --json app-1.1.0.bin
is 'd["asked"][0]["version"]' 1.1.0
expect 0 d confirm "$(field 'd["asked"][0]["digest"][:6]')"
says out "will be installed for good at the next reset [pending permanent bootable]"
expect 0 d reset --wait --json
is '[e["name"] for e in d["journal"]][-1]' installed-permanent
is 'd["took_us"] > 0' True
device_runs 1.1.0 1.1.0

# Back to the previous image of both cores, which the board has kept.
expect 1 d revert
says err "name the core whose previous image is to come back"
expect 0 d device list
says out "the one before: "
expect 0 d revert both
says err "application 1.1.0 ("
says err "is asked for in its place"
device_runs 1.0.0 1.0.0

# On trial, `revert' is a reset.
expect 0 d upload --mode test net-1.1.0.bin
expect 0 d revert net
device_runs 1.0.0 1.0.0

# Both cores from a package, confirmed as soon as it answers.
expect 0 d package create --layout "$layout" --out both.zip app-1.2.0.bin net-1.2.0.bin
expect 0 d upload --mode test-and-confirm --json both.zip
is '[i["version"] for i in d["images"]]' "['1.2.0', '1.2.0']"
is '[i["image"] for i in d["after"] if i["state"] == "runs"]' "[0, 1]"
device_runs 1.2.0 1.2.0

# A HEX file, without a reset.
/usr/bin/python3 - app-1.1.0.bin app.hex <<'PY'
import sys
data = open(sys.argv[1], "rb").read()
with open(sys.argv[2], "w") as out:
    def record(kind, addr, payload):
        line = bytes([len(payload), addr >> 8, addr & 255, kind]) + payload
        out.write(":%s%02X\n" % (line.hex().upper(), -sum(line) & 255))
    for off in range(0, len(data), 16):
        if off % 65536 == 0:
            record(4, 0, (off >> 16).to_bytes(2, "big"))
        record(0, off & 65535, data[off:off + 16])
    record(1, 0, b"")
PY
expect 0 d upload --no-reset app.hex
says err "Not reset"
device_runs 1.2.0 1.2.0
expect 0 d erase app
expect 0 d device list --json
is '[i["version"] for i in d["images"] if i["image"] == 0]' "['1.2.0', '1.0.0']"

# What the verbs did is on the flashes.
unserve
runs 1.2.0 1.2.0
