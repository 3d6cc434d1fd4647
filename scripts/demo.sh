#!/bin/bash
# SPDX-License-Identifier: MIT
# The main job over SMP, from end to end: the ARM binaries of both boot loaders
# and both demo applications run on the virtual nRF5340 DK, and `duoboot` talks
# to them through the UART's pseudo-terminal. Update one core, the other, or
# both, try, revert, confirm, refuse, stop, lose power, and recover. Every scene
# checks what the device tells, then what its flashes hold; the demo ends with 1
# at the first that is not so.
# `./demo` calls it with the build directory, and `duoboot` in the path.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
firmware=$(realpath "${1:?usage: demo.sh BUILD-DIRECTORY}")/firmware

bold='' green='' red='' plain=''
if [ -t 1 ]; then bold=$'\e[1m' green=$'\e[32m' red=$'\e[31m' plain=$'\e[0m'; fi
python=/usr/bin/python3
work=$(mktemp -d)
rows=$work/rows
scene='' board_pid='' baud='' device=''
started=$SECONDS
# Neither a file of the user's nor a device that is named there.
export XDG_CONFIG_HOME=$work
unset DUOBOOT_DEVICE

end() {
    if [ -n "$board_pid" ]; then
        kill -KILL "$board_pid" 2>/dev/null || true
        wait "$board_pid" 2>/dev/null || true
    fi
    rm -rf "$work"
}
trap end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

fail() {
    echo "${red}demo: FAILED in scene '$scene': $*${plain}" >&2
    [ ! -s "$work/run" ] || { echo "The board said at last:"; tail -n 12 "$work/run" "$work/run.err"; } >&2
    exit 1
}
# scene NAME SENTENCE: the name is short, for the table.
scene() {
    scene=$1
    : >"$work/told"
    echo
    echo "${bold}== $1: $2${plain}"
}
ok() { echo "${green}ok: $*${plain}"; }

# run CODE COMMAND...: show the command and what it prints; it must end with this
# exit code.
show=()
run() {
    local want=$1 got=0
    shift
    echo "${bold}\$ ${*@Q}${plain}" | sed "s/'\([][A-Za-z0-9_.,:/?=-]*\)'/\1/g"
    "$root/scripts/demo_show.py" "${show[@]}" "$work/out" "$@" || got=$?
    cat "$work/out" >>"$work/told"
    [ "$got" = "$want" ] || fail "exit code $got instead of $want"
}
# smp CODE VERB...: the same for a verb of duoboot, and the board's device.
smp() {
    local want=$1
    shift
    run "$want" duoboot "$@" -d "$device"
}
# says TEXT: the last command said so.
says() { grep -qF -- "$1" "$work/out" || fail "it did not say '$1'"; }

# is EXPRESSION VALUE: of the JSON in $work/json, as Python's d.
is() {
    local got
    got=$("$python" -c '
import json, sys
d = json.load(open(sys.argv[1], encoding="utf-8"))
print(eval(sys.argv[2]))' "$work/json" "$1") || fail "$1 cannot be told"
    [ "$got" = "$2" ] || fail "$1 is '$got' and not '$2'"
}
# device_runs APP NET: the versions that the device tells, with "?" on trial.
device_runs() {
    duoboot device list --json -d "$device" >"$work/json" || fail "there is no list"
    is '" ".join(i["version"] + "?" * (not i["confirmed"]) for i in d["images"] if i["active"])' "$1 $2"
    ok "the device runs application $1, network $2$(trial "$1$2")"
}
trial() { case $1 in *\?*) echo ' (? = on trial)' ;; esac }

# Where there are no pseudo-terminals, as in a bare chroot: the link UART's
# gateway, and for recovery, which has the console only, a board in the command.
has_pty=true
"$python" -c 'import pty; pty.openpty()' 2>/dev/null || has_pty=false

# set_device: where the board told that its UART is.
set_device() {
    device=$(sed -n 's/.*UART of the app core: /serial:/p
        s/.*UART of the link: UDP port \([0-9]*\).*/udp:127.0.0.1:\1/p' "$work/run.err")
    case $device in serial:*) device+=$baud ;; esac
}
# power_on [OPTION...]: run the board in the background until its applications,
# or recovery, are there.
power_on() {
    local uart=app=pty
    $has_pty || uart=link=udp:0
    echo "${bold}\$ duoboot board run dk --uart $uart --speed 10 ${*//"$firmware/"/}&${plain}"
    : >"$work/run"
    duoboot board run "$work/dk" --uart "$uart" --speed 10 --trace "$work/trace" "$@" \
        >"$work/run" 2>"$work/run.err" </dev/null &
    board_pid=$!
    for _ in $(seq 600); do
        if grep -q 'netdemo .* runs\|LED1 blinks' "$work/run"; then
            set_device
            sed 's/^duoboot: //' "$work/run.err"
            return
        fi
        kill -0 "$board_pid" 2>/dev/null || fail "the board ended: $(cat "$work/run.err")"
        sleep 0.1
    done
    fail "the board does not start"
}
add_row() {
    "$root/scripts/demo_row.py" "$scene" "$work" >>"$rows"
    : >"$work/told"
}
# power_off APP NET: what the flashes hold then; a row of the table.
power_off() {
    kill -TERM "$board_pid"
    wait "$board_pid" || fail "the board ended with $?"
    board_pid=''
    add_row
    runs "$1" "$2"
}
# runs APP NET: as the flashes of the board that is off say.
runs() {
    duoboot board state "$work/dk" --json >"$work/json" || fail "no state"
    is '" ".join(i["slots"][0]["version"] + "?" * bool(i["on_trial"]) for i in d["images"])' "$1 $2"
    ok "power off; in the flashes: application $1, network $2$(trial "$1$2")"
}

scene '0 factory' 'a product with both cores at 1.0.0, and its first power-up'
"$root/scripts/demo_images.sh" "$firmware" "$work" || fail "no images"
cd "$work"
run 0 duoboot board create dk --key public.pem --app app-1.0.0.bin --net net-1.0.0.bin
power_on --load "$firmware/appboot.elf" --load "$firmware/netboot.elf"
$has_pty || echo "There are no pseudo-terminals here: SMP goes over the link UART as UDP, recovery by board:."
smp 0 echo 'hello, board'
smp 0 info
smp 0 device list
device_runs 1.0.0 1.0.0
power_off 1.0.0 1.0.0

scene '1 network' 'its image alone, step by step; the first chunk tells for which core it is'
power_on
show=(--whole) # All lines of progress, once.
smp 0 upload --mode none net-1.1.0.bin
show=()
smp 0 device list
smp 0 test net
smp 0 reset --wait
smp 0 device list
device_runs 1.0.0 '1.1.0?'
smp 0 confirm
smp 0 device list
device_runs 1.0.0 1.1.0
power_off 1.0.0 1.1.0

scene '2 not confirmed' 'a reset brings the previous network image back, and why tells'
power_on
device_runs 1.0.0 1.1.0
smp 0 upload net-1.2.0.bin
device_runs 1.0.0 '1.2.0?'
echo 'The next reset is also where a new rate of the UARTs begins:'
smp 0 settings set console/baud 1000000
smp 0 settings set link/baud 1000000
smp 0 reset --wait
faster='?baud=1000000'
baud=$faster
set_device
says 'not confirmed; the previous one comes back'
device_runs 1.0.0 1.1.0
smp 0 why
says revert-not-confirmed
power_off 1.0.0 1.1.0

scene '3 application' 'the application alone, at 1 Mbaud; confirmed in its shell'
power_on
smp 0 upload app-1.1.0.bin
device_runs '1.1.0?' 1.1.0
smp 0 shell confirm app
smp 0 device list
device_runs 1.1.0 1.1.0
power_off 1.1.0 1.1.0

scene '4 both' 'a package with both cores, which need each other'
run 0 duoboot package create --out dfu_application.zip app-2.0.0.bin net-2.0.0.bin
power_on
smp 0 upload --mode test-and-confirm dfu_application.zip
smp 0 device list
device_runs 2.0.0 2.0.0
power_off 2.0.0 2.0.0

scene '5 revert' 'the images that ran before both come back without an upload'
power_on
smp 0 revert both
device_runs 1.1.0 1.1.0
power_off 1.1.0 1.1.0

scene '6 refusals' 'each with its reason, at once or by the boot loader'
power_on
echo 'The network image, and the application asked for:'
smp 1 upload --image 0 net-1.2.0.bin
says 'for the other core'
echo 'Larger than its slot:'
smp 1 upload wrong-size.bin
says 'too large for its slot'
echo 'Older, where only newer ones are wanted:'
smp 1 upload --only-upgrade app-0.9.0.bin
says 'not older'
echo 'Damaged; the command looks before it sends:'
smp 3 upload wrong-digest.bin
says 'does not match its digest'
echo 'With a signature that was changed; only the boot loader has the keys:'
smp 1 upload wrong-signature.bin
says signature-bad
echo "Signed with a stranger's key:"
smp 1 upload wrong-key.bin
says key-unknown
echo 'Half of a pair:'
smp 1 upload net-3.0.0.bin
says dependency-missing
device_runs 1.1.0 1.1.0
power_off 1.1.0 1.1.0

scene '7 Ctrl-C' 'in the middle of an upload of which 4 KB are new; the same command goes on'
power_on
show=(--interrupt 40)
smp 130 upload --mode confirm app-1.1.1.bin
show=()
says 'The same command goes on from there'
smp 0 device list
says 'unfinished'
smp 0 upload --mode confirm app-1.1.1.bin
says 'already'
device_runs 1.1.1 1.1.0
power_off 1.1.1 1.1.0

scene '8 power cut' 'while both cores are programmed; then power is back'
power_on
smp 0 upload --no-reset --mode test app-2.1.0.bin net-2.1.0.bin
power_off 1.1.1 1.1.0
cut=$((1500 + RANDOM % 1300)) # The boot takes 3.3 s, the first second of it verifying.
run 8 duoboot board run dk --trace trace --cut-at ${cut}ms --cut-kind garbage --seed $RANDOM
cp out run
add_row
power_on
device_runs '2.1.0?' '2.1.0?'
smp 0 why
says installed-test
smp 0 confirm
device_runs 2.1.0 2.1.0
power_off 2.1.0 2.1.0

scene '9 recovery' 'the application and its backup are damaged: the boot loader takes a new one'
# address ROLE: 8 KB into that partition.
address() {
    "$python" -c '
import json, sys
print(next(hex(p["address"] + 8192) for p in json.load(open("layout.json"))["partitions"] if p["role"] == sys.argv[1]))' "$1"
}
run 0 duoboot board flip dk --memory app --addr "$(address app_active)"
run 0 duoboot board flip dk --memory ext --addr "$(address app_backup)"
baud='' # That of the boot loader.
if $has_pty; then power_on; else device=board:dk; fi
smp 0 device list
smp 0 upload app-2.2.0.bin
baud=$faster
if $has_pty; then set_device; fi
smp 0 why
says recovery-entered
smp 0 log
if $has_pty; then
    device_runs 2.2.0 2.1.0
    power_off 2.2.0 2.1.0
else
    runs 2.2.0 2.1.0
fi

echo
"$root/scripts/demo_row.py" --table "$rows"
echo "${green}demo: all scenes passed${plain} in $((SECONDS - started)) s"
