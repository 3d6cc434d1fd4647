# SPDX-License-Identifier: MIT
# What the tests of the device verbs share. Sourced; leaves an empty working
# directory with keys, signed images, the board "dk" (see lib_board.sh), and
# that board served on UDP as the device that $DUOBOOT_DEVICE names.
. "$(dirname "${BASH_SOURCE[0]}")/lib_board.sh"
export XDG_CONFIG_HOME=$PWD/config
unset NO_COLOR
serve_pid=
image app 1.2.0 60K 5
image net 1.2.0 44K 6

# serve: the board dk, booted, at $DUOBOOT_DEVICE.
serve() {
    "$DUOBOOT" board serve dk --udp 0 >served 2>&1 &
    serve_pid=$!
    for _ in $(seq 200); do
        if grep -q 'udp:' served; then
            DUOBOOT_DEVICE=$(grep -o 'udp:[0-9.]*:[0-9]*' served)
            export DUOBOOT_DEVICE
            return
        fi
        sleep 0.05
    done
    cat served >&2
    fail "the board is not served"
}

# unserve: power off; the flashes are in dk.
unserve() {
    if [ -n "$serve_pid" ]; then
        kill "$serve_pid" 2>/dev/null || true
        wait "$serve_pid" 2>/dev/null || true
        serve_pid=
    fi
}
trap unserve EXIT

# device_runs APP NET: the versions that run, with "?" while on trial.
device_runs() {
    expect 0 "$DUOBOOT" device list --json
    is '" ".join(i["version"] + "?" * (i["state"] == "on-trial") for i in d["images"] if i["slot"] == 0)' "$1 $2"
}
