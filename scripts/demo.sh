#!/bin/bash
# SPDX-License-Identifier: MIT
# The main job, done with the command line alone: update one core, the other,
# or both, try, revert, confirm, refuse, and lose power meanwhile. Every scene
# checks what it tells; the demo ends with 1 at the first that is not so.
# `./demo` calls it with `duoboot` in the path.
set -euo pipefail
cd "$(dirname "$0")/.."

bold='' dim='' green='' red='' plain=''
if [ -t 1 ]; then
    bold=$'\e[1m' dim=$'\e[2m' green=$'\e[32m' red=$'\e[31m' plain=$'\e[0m'
fi
python=/usr/bin/python3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
board=$work/dk
rows=$work/rows
scene=''
started=$SECONDS

fail() {
    echo "${red}demo: FAILED in scene '$scene': $*${plain}" >&2
    exit 1
}
# scene NAME SENTENCE: the name is short, for the table.
scene() {
    scene=$1
    echo
    echo "${bold}== $1: $2${plain}"
}
ok() { echo "${green}ok: $*${plain}"; }

# run CODE COMMAND...: show the command, without the folder, and what it
# prints; it must end with this exit code.
run() {
    local want=$1 got=0
    shift
    echo "${bold}\$ ${*//"$work/"/}${plain}"
    "$@" >"$work/out" 2>&1 || got=$?
    sed "s|$work/||g; s|^\[|$dim[|; s|\$|$plain|" "$work/out"
    [ "$got" = "$want" ] || fail "exit code $got instead of $want"
}
# quiet COMMAND...: only its failure is shown.
quiet() { "$@" >"$work/out" 2>&1 || { cat "$work/out" >&2; fail "$*"; }; }

# field FILE PATH: one value of a JSON file, such as images.1.slots.0.version.
field() {
    "$python" -c '
import json, sys
value = json.load(open(sys.argv[1], encoding="utf-8"))
for key in sys.argv[2].split("."):
    value = value[int(key)] if key.isdigit() else value[key]
print(value)' "$1" "$2"
}

# boot CODE VERB [OPTION...]: one boot with its log; its figures become a row
# of the table at the end.
boot() {
    local want=$1 verb=$2
    shift 2
    run "$want" duoboot board "$verb" "$board" --crypto small --charge-cpu \
        --stats --report "$work/report" "$@"
    "$python" - "$scene" "$work/report" >>"$rows" <<'PYTHON'
import json
import sys

PAGE_US = {4096: 131532, 2048: 109516}  # Erase, and write every word, once.
name, path = sys.argv[1:]
report = json.load(open(path, encoding="utf-8"))
stats = report["stats"]
cores, devices = stats["cores"], stats["devices"]
bound_us = max(core["changed_pages"] * PAGE_US[core["page_bytes"]] for core in cores.values())
assert bound_us == stats["bound_us"], (bound_us, stats["bound_us"])
ratio = whole = "-"
if bound_us and report["outcome"] == "started":
    ratio = f"{(stats['boot_us'] - stats['processor_us']) / bound_us:.3f}"
    whole = f"{stats['boot_us'] / bound_us:.3f}"
if report["outcome"] != "started":
    name += " (cut here)"
print(name, sum(core["installed_bytes"] for core in cores.values()),
      devices["app"]["erases"] + devices["net"]["erases"],
      devices["app"]["words_written"] + devices["net"]["words_written"],
      devices["ext"]["erases"], f"{stats['boot_us'] / 1e6:.3f}",
      f"{stats['processor_us'] / 1e6:.3f}", f"{bound_us / 1e6:.3f}", ratio, whole, sep="\t")
PYTHON
}

# logs NAME: the last boot told this reason or decision.
logs() {
    grep -qE "(: |\[)$1(\]|\$)" "$work/out" || fail "the boot did not tell '$1'"
}

# runs APP NET: what both cores hold and whether it is on trial, as the flashes
# say: a version, or a version with "?" if it waits to be confirmed.
runs() {
    local want="$1 $2" got='' core mark
    duoboot board state "$board" --json >"$work/state" || fail "no state"
    for core in 0 1; do
        mark=''
        [ "$(field "$work/state" "images.$core.on_trial")" = False ] || mark='?'
        got+="$(field "$work/state" "images.$core.slots.0.version")$mark "
    done
    [ "${got% }" = "$want" ] || fail "application and network are $got, not $want"
    ok "application $1, network $2$(case "$1$2" in *\?*) echo " (? = on trial)" ;; esac)"
}

scene "0 factory" "a product with both cores at 1.0.0"
quiet duoboot keygen --type p256 --out "$work/release.pem"
quiet duoboot keygen --public "$work/release.pem" --out "$work/release.pub.pem"
duoboot layout show --json >"$work/layout.json"

# image CORE VERSION SIZE SEED [SIGN-OPTION...]: firmware, signed. SEED:PATCH
# is the firmware of SEED with 4 KB changed.
image() {
    local core=$1 version=$2 size=$3 seed=$4 patch=0
    shift 4
    case $seed in *:*) patch=${seed#*:} seed=${seed%:*} ;; esac
    scripts/demo_firmware.py --core "$core" --size "$size" --seed "$seed" --patch "$patch" \
        --output "$work/$core.raw" <"$work/layout.json"
    quiet duoboot sign --key "$work/release.pem" --version "$version" --pad-header "$@" \
        "$work/$core.raw" "$work/$core-$version.bin"
    cat "$work/out" | sed "s|$work/||; s|, digest.*||"
}
image app 1.0.0 900K 1
image net 1.0.0 240K 2
image net 1.1.0 240K 3
image net 1.2.0 240K 11
image app 1.1.0 900K 4
image app 1.1.1 900K 4:5
image app 2.0.0 900K 6 --dependencies "(1, 2.0.0)"
image net 2.0.0 240K 7 --dependencies "(0, 2.0.0)"
image app 3.0.0 200K 10
image app 2.1.0 900K 8
image net 2.1.0 240K 9

run 0 duoboot board create "$board" --key "$work/release.pub.pem" \
    --app "$work/app-1.0.0.bin" --net "$work/net-1.0.0.bin"
quiet duoboot board boot "$board" # The factory's first: the mirror is made.
runs 1.0.0 1.0.0

scene "1 network, app slot" "a network image alone, through the application's slot"
echo "An uploader that knows one pair of slots only puts the network image there."
run 0 duoboot board stage "$board" --slot app "$work/net-1.1.0.bin"
boot 0 boot
logs install-test
logs routed-to-net
runs 1.0.0 '1.1.0?'

scene "2 not confirmed" "the previous network image comes back"
boot 0 reset
logs revert-not-confirmed
logs reverted
runs 1.0.0 1.0.0

scene "3 once more, confirmed" "the application's own confirm call counts for the network image"
run 0 duoboot board stage "$board" --slot app "$work/net-1.1.0.bin"
boot 0 boot
runs 1.0.0 '1.1.0?'
run 0 duoboot board confirm "$board" --core app
run 0 duoboot board reset "$board"
logs confirmed
runs 1.0.0 1.1.0

scene "4 network, own slot" "a network image alone, in its own slot: reverted, then confirmed"
run 0 duoboot board stage "$board" "$work/net-1.2.0.bin"
boot 0 boot
runs 1.0.0 '1.2.0?'
run 0 duoboot board reset "$board"
logs reverted
runs 1.0.0 1.1.0
run 0 duoboot board stage "$board" "$work/net-1.2.0.bin"
quiet duoboot board boot "$board"
run 0 duoboot board confirm "$board" --core net
quiet duoboot board reset "$board"
runs 1.0.0 1.2.0

scene "5 application" "the application alone"
run 0 duoboot board stage "$board" "$work/app-1.1.0.bin"
boot 0 boot
logs installed-test
runs '1.1.0?' 1.2.0
run 0 duoboot board confirm "$board"
quiet duoboot board reset "$board"
runs 1.1.0 1.2.0

scene "6 small change" "an application of which 4 KB are new"
run 0 duoboot board stage "$board" --permanent "$work/app-1.1.1.bin"
boot 0 boot
logs installed-permanent
runs 1.1.1 1.2.0

scene "7 pair" "two images that need each other: half of it is refused, both are installed"
run 0 duoboot board stage "$board" "$work/app-2.0.0.bin"
run 0 duoboot board boot "$board"
logs dependency-missing
runs 1.1.1 1.2.0
run 0 duoboot board stage "$board" "$work/app-2.0.0.bin"
run 0 duoboot board stage "$board" "$work/net-2.0.0.bin"
boot 0 boot
runs '2.0.0?' '2.0.0?'
run 0 duoboot board confirm "$board"
quiet duoboot board reset "$board"
runs 2.0.0 2.0.0

scene "8 wrong core" "an application image in the network core's slot"
run 0 duoboot board stage "$board" --slot net "$work/app-3.0.0.bin"
run 0 duoboot board boot "$board"
logs wrong-core
runs 2.0.0 2.0.0
run 0 duoboot board erase "$board" --slot net

scene "9 power cut" "at random, while both cores are programmed; then power is back"
run 0 duoboot board stage "$board" "$work/app-2.1.0.bin"
run 0 duoboot board stage "$board" "$work/net-2.1.0.bin"
boot 8 boot --cut-at random
boot 0 boot
duoboot board state "$board" --json >"$work/state"
case "$(field "$work/state" images.0.slots.0.version) $(field "$work/state" images.1.slots.0.version)" in
'2.1.0 2.1.0')
    runs '2.1.0?' '2.1.0?'
    run 0 duoboot board confirm "$board"
    quiet duoboot board reset "$board"
    runs 2.1.0 2.1.0
    ;;
'2.0.0 2.0.0') # Cut after the last write: a trial that nobody confirmed.
    runs 2.0.0 2.0.0
    ;;
*) fail "the cores hold a mixture" ;;
esac

scene "10 why?" "the journal, and what image list would say"
run 0 duoboot board log "$board"
run 0 duoboot board state "$board"

echo
"$python" - "$rows" <<'PYTHON'
import sys

HEAD = ("scene", "bytes\ninstalled", "internal\nerases", "words\nwritten",
        "external\nerases", "virtual\nseconds", "processor\nseconds", "bound\nseconds",
        "flash\nratio", "whole\nratio")
rows = [line.rstrip("\n").split("\t") for line in open(sys.argv[1], encoding="utf-8")]
head = [[(cell.split("\n") + [""])[i] for cell in HEAD] for i in (0, 1)]
widths = [max(len(row[i]) for row in head + rows) for i in range(len(HEAD))]
for index, row in enumerate(head + rows):
    print("  ".join(cell.ljust(width) if i == 0 else cell.rjust(width)
                    for i, (cell, width) in enumerate(zip(row, widths))).rstrip())
    if index == 1:
        print("  ".join("-" * width for width in widths))
print("""
Virtual seconds are those of the whole boot, verifying before and after the copy included. Processor seconds
are the part of them that hashing and signatures take (estimates, docs/TESTING.md). The bound is what the
internal flashes alone need: 131.532 ms for each changed 4 KB page of the application core, 109.516 ms for each
changed 2 KB page of the network core, both cores at once. The flash ratio is without the processor's part.
Where little changes, the copy of the running image into the backup is what takes the time.""")
PYTHON
echo "${green}demo: all scenes passed${plain} in $((SECONDS - started)) s"
