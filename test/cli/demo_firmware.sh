#!/bin/bash
# SPDX-License-Identifier: MIT
# The reference product on the virtual board, from the ARM binaries: the shell
# answers, healthy images confirm themselves, and bad ones are reverted with
# their reason.
. "$(dirname "$0")/lib.sh"

firmware=$DUO_BUILD_DIR/firmware
[ -f "$firmware/appdemo.hex" ] || { echo "no firmware in this build"; exit 77; }
key=$DUO_SOURCE_DIR/test/keys/test-p256.pem

# signed DEMO VERSION: makes DEMO-VERSION.bin.
signed() {
    expect 0 "$DUOBOOT" sign --key "$key" --version "$2" --pad-header "$firmware/$1.hex" "$1-$2.bin"
}

# new_board: dk, with version 1.0.0 of both demos.
new_board() {
    rm -rf dk
    expect 0 "$DUOBOOT" board create dk --key "$key" --app appdemo-1.0.0.bin --net netdemo-1.0.0.bin
}

# run ARGUMENT...: one power-up.
run() {
    expect 0 "$DUOBOOT" board run dk --quiet --load "$firmware/appboot.elf" --load "$firmware/netboot.elf" "$@"
}

# reverts CORE IMAGE WORDS: the staged image is tried, WORDS are said, and it goes
# again.
reverts() {
    new_board
    expect 0 "$DUOBOOT" board stage dk "$2"
    run --time 30s --until "$3" --until "$1 1.0.0: reverted" --until "network core is well, version 1.0.0"
    says out "$1 2.0.0: installed-test"
    says out "$1 2.0.0: revert-not-confirmed"
}

for demo in appdemo netdemo; do
    signed $demo 1.0.0
    signed $demo 2.0.0
done
for demo in appdemo-hang appdemo-manual netdemo-silent; do
    signed $demo 2.0.0
done

# The shell.
new_board
run --time 9s --input 'help\n@2s' --input 'version\n@3s' --input 'image\n@4s' --input 'net\n@5s' \
    --input 'journal\n@6s' --input 'nonsense\n@7s' --input 'led purple\n@7500ms' --input 'reset reasons\n@8s'
says out "uart:~\$ "
says out "confirm   [app|net|all]: keep what is on trial"
says out "application 1.0.0"
says out "network 1.0.0"
says out "image 0 active: 1.0.0 for application"
says out "image 1 active: 1.0.0 for network"
says out "well, version 1.0.0, beat "
says out "network 1.0.0: mirror-rebuilt"
says out "nonsense: command not found"
says out "wrong argument; use: led on|off"
says out "power-on"

# Both are updated, both are well, both are confirmed, and stay so.
expect 0 "$DUOBOOT" board stage dk appdemo-2.0.0.bin
expect 0 "$DUOBOOT" board stage dk netdemo-2.0.0.bin
run --time 20s --until "application image: confirmed" --until "network image: confirmed"
says out "appdemo 2.0.0 runs"
says out "netdemo 2.0.0 runs and was invited"
says out "both cores are well: confirm what is on trial"
run --time 3s
says out "appdemo 2.0.0 runs"
says out "network core is well, version 2.0.0"

# An uploader that knows one pair of slots put the network image there; the
# application's confirm, by its own trailer, counts for it.
new_board
expect 0 "$DUOBOOT" board stage dk --slot app netdemo-2.0.0.bin
run --time 20s --until "network image: confirmed"
says out ": routed-to-net"
says out "network 2.0.0: installed-test"
run --time 3s
says out "appdemo 1.0.0 runs"
says out "network core is well, version 2.0.0"

# An application image in the network core's slot is refused.
new_board
expect 0 "$DUOBOOT" board stage dk --slot net appdemo-2.0.0.bin
run --time 20s --until "network core is well, version 1.0.0"
says out "wrong-core"

# A network image that never beats, and an application that hangs.
reverts network netdemo-silent-2.0.0.bin "network core does not get well: reset"
reverts application appdemo-hang-2.0.0.bin "reset: watchdog"

# Manual: nothing is confirmed before somebody says so.
new_board
expect 0 "$DUOBOOT" board stage dk appdemo-manual-2.0.0.bin
run --time 15s --input 'image\n@6s' --input 'confirm\n@7s' --until "application image: confirmed"
says out "running, on trial"
