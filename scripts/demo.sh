#!/bin/bash
# SPDX-License-Identifier: MIT
# The main job: the ARM binaries of both boot loaders and both demo applications
# on the virtual nRF5340 DK. Update one core, the other, or both, try, revert,
# confirm, refuse, and lose power meanwhile. Every scene checks what it tells;
# the demo ends with 1 at the first that is not so.
# `./demo` calls it with the build directory, and `duoboot` in the path.
set -euo pipefail
cd "$(dirname "$0")/.."
firmware=${1:?usage: demo.sh BUILD-DIRECTORY}/firmware

bold='' dim='' green='' red='' cyan='' yellow='' plain=''
if [ -t 1 ]; then
    bold=$'\e[1m' dim=$'\e[2m' green=$'\e[32m' red=$'\e[31m'
    cyan=$'\e[36m' yellow=$'\e[33m' plain=$'\e[0m'
fi
python=/usr/bin/python3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
board=$work/dk
rows=$work/rows
key=test/keys/test-p256.pem
well='network core is well, version'
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

# power_on CODE UNTIL [OPTION...]: one power-up of the virtual board up to the
# text UNTIL on a console, both consoles shown side by side. What the boot
# loader did up to the start of the application becomes a row of the table.
power_on() {
    local want=$1 until=$2 got=0
    shift 2
    cp "$board/app.bin" "$work/app.before"
    cp "$board/net.bin" "$work/net.before"
    echo "${bold}\$ duoboot board run dk --until '$until' ${*//"$work/"/}${plain}"
    duoboot board run "$board" --until "$until" --time 120s --stats "$@" >"$work/out" 2>&1 || got=$?
    sed "s#$work/##g; /^\[.*\] board|/d; /^[a-z]* \(core\|flash\) /d
         s#^\(\[[^]]*\] app  |\)\(.*\)#$cyan\1$plain\2#; s#^\(\[[^]]*\] net  |\)\(.*\)#$yellow\1$plain\2#" "$work/out"
    [ "$got" = "$want" ] || fail "exit code $got instead of $want"
    "$python" scripts/demo_row.py "$scene" "$work" "$board" >>"$rows"
}

# logs NAME: the last boot told this reason or decision.
logs() {
    grep -qE ": $1(\$| \()" "$work/out" || fail "the boot did not tell '$1'"
}
# says TEXT: one of the consoles said so.
says() { grep -qF -- "$1" "$work/out" || fail "no console says '$1'"; }

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

scene "0 factory" "a product with both cores at 1.0.0, and its first power-up"
duoboot layout show --json >"$work/layout.json"

# image CORE VERSION SIZE SEED [SIGN-OPTION...]: a demo's code, and a filler up
# to SIZE, signed with the key that the boot loaders of this build trust.
# SEED:PATCH is the image of SEED with 4 KB changed.
image() {
    local core=$1 version=$2 size=$3 seed=$4 patch=0
    shift 4
    case $seed in *:*) patch=${seed#*:} seed=${seed%:*} ;; esac
    scripts/demo_firmware.py --core "$core" --size "$size" --seed "$seed" --patch "$patch" \
        --firmware "$work/$core.code" --output "$work/$core.raw" <"$work/layout.json"
    quiet duoboot sign --key "$key" --version "$version" --pad-header "$@" \
        "$work/$core.raw" "$work/$core-$version.bin"
    sed "s|$work/||; s|, digest.*||" "$work/out"
}
# The application that waits to be told: it confirms by its shell's command.
arm-none-eabi-objcopy -O binary "$firmware/appdemo-manual.elf" "$work/app.code"
arm-none-eabi-objcopy -O binary "$firmware/netdemo.elf" "$work/net.code"
quiet duoboot keygen --public "$key" --out "$work/public.pem"
image app 1.0.0 256K 1
image net 1.0.0 96K 2
image net 1.1.0 96K 3
image net 1.2.0 96K 11
image app 1.1.0 256K 4
image app 1.1.1 256K 4:5
image app 2.0.0 256K 6 --dependencies "(1, 2.0.0)"
image net 2.0.0 96K 7 --dependencies "(0, 2.0.0)"
image app 3.0.0 100K 10
image app 2.1.0 256K 8
image net 2.1.0 96K 9

run 0 duoboot board create "$board" --key "$work/public.pem" \
    --app "$work/app-1.0.0.bin" --net "$work/net-1.0.0.bin"
power_on 0 "$well 1.0.0" --load "$firmware/appboot.elf" --load "$firmware/netboot.elf"
runs 1.0.0 1.0.0

scene "1 network, app slot" "a network image alone, through the application's slot"
echo "An uploader that knows one pair of slots only puts the network image there."
run 0 duoboot board stage "$board" --slot app "$work/net-1.1.0.bin"
power_on 0 "$well 1.1.0"
logs install-test
logs routed-to-net
runs 1.0.0 '1.1.0?'

scene "2 not confirmed" "the previous network image comes back"
power_on 0 "$well 1.0.0"
logs revert-not-confirmed
logs reverted
runs 1.0.0 1.0.0

scene "3 once more, confirmed" "the application's own confirm call counts for the network image"
run 0 duoboot board stage "$board" --slot app "$work/net-1.1.0.bin"
power_on 0 'image: confirmed' --input 'confirm app\n@20s'
power_on 0 "$well 1.1.0"
logs confirmed
runs 1.0.0 1.1.0

scene "4 network, own slot" "a network image alone, in its own slot: reverted, then confirmed in the shell"
run 0 duoboot board stage "$board" "$work/net-1.2.0.bin"
power_on 0 "$well 1.2.0"
runs 1.0.0 '1.2.0?'
power_on 0 "$well 1.1.0"
logs reverted
runs 1.0.0 1.1.0
run 0 duoboot board stage "$board" "$work/net-1.2.0.bin"
power_on 0 'network image: confirmed' --input 'confirm net\n@20s'
power_on 0 "$well 1.2.0"
runs 1.0.0 1.2.0

scene "5 application" "the application alone"
run 0 duoboot board stage "$board" "$work/app-1.1.0.bin"
power_on 0 'application image: confirmed' --input 'image\nconfirm app\n@40s'
logs installed-test
says 'image 0 active: 1.1.0 for application'
power_on 0 "$well 1.2.0"
runs 1.1.0 1.2.0

scene "6 small change" "an application of which 4 KB are new"
run 0 duoboot board stage "$board" --permanent "$work/app-1.1.1.bin"
power_on 0 "$well 1.2.0"
logs installed-permanent
runs 1.1.1 1.2.0

scene "7 pair" "two images that need each other: half of it is refused, both are installed"
run 0 duoboot board stage "$board" "$work/app-2.0.0.bin"
power_on 0 "$well 1.2.0"
logs dependency-missing
runs 1.1.1 1.2.0
run 0 duoboot board stage "$board" "$work/app-2.0.0.bin"
run 0 duoboot board stage "$board" "$work/net-2.0.0.bin"
power_on 0 'network image: confirmed' --input 'confirm all\n@40s'
power_on 0 "$well 2.0.0"
runs 2.0.0 2.0.0

scene "8 wrong core" "an application image in the network core's slot"
run 0 duoboot board stage "$board" --slot net "$work/app-3.0.0.bin"
power_on 0 "$well 2.0.0"
logs wrong-core
runs 2.0.0 2.0.0
run 0 duoboot board erase "$board" --slot net

scene "9 power cut" "while both cores are programmed; then power is back"
run 0 duoboot board stage "$board" "$work/app-2.1.0.bin"
run 0 duoboot board stage "$board" "$work/net-2.1.0.bin"
cut=$((2000 + RANDOM % 8000))
power_on 8 "$well" --cut-at "${cut}ms" --cut-kind garbage --seed "$RANDOM"
power_on 0 "$well 2.1.0"
runs '2.1.0?' '2.1.0?'

scene "10 why?" "the journal, and what image list would say"
duoboot board log "$board" >"$work/log"
run 0 tail -n 24 "$work/log"
run 0 duoboot board state "$board"

echo
"$python" scripts/demo_row.py --table "$rows"
echo "${green}demo: all scenes passed${plain} in $((SECONDS - started)) s"
