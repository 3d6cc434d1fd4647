# SPDX-License-Identifier: MIT
# The device verbs over Bluetooth: a double of BlueZ (test/ble) on a bus of its
# own, with the real SMP server behind it.
. "$(dirname "$0")/lib.sh"
command -v dbus-daemon >/dev/null || { echo "skipped: no dbus-daemon"; exit 77; }
export XDG_CONFIG_HOME=$PWD/config

# The bus, then BlueZ; both end with this script.
mkfifo address ready
dbus-daemon --config-file="$DUO_SOURCE_DIR/test/ble/bus.conf" --nofork --print-address >address 2>bus.log &
bus_pid=$!
double_pid=
stop_double() {
    if [ -n "$double_pid" ]; then
        kill "$double_pid" 2>/dev/null || true
        wait "$double_pid" 2>/dev/null || true
        double_pid=
    fi
}
stop() {
    stop_double
    kill "$bus_pid" 2>/dev/null || true
    wait "$bus_pid" 2>/dev/null || true
}
trap stop EXIT
read -r DUOBOOT_BLE_BUS <address
export DUOBOOT_BLE_BUS

start_double() {
    local line
    "$DUO_BUILD_DIR/bluez_double" --images="$PWD" --boot=300 "$@" "$DUOBOOT_BLE_BUS" >ready &
    double_pid=$!
    read -r line <ready
    [ "$line" = ready ] || fail "the double is not ready: $line"
}

# Without BlueZ: what to do about it.
expect 4 "$DUOBOOT" device list -d "ble:Duo Demo"
says err "BlueZ is not running; start it: systemctl start bluetooth"

start_double
expect 0 "$DUOBOOT" device list -d "ble:Duo Demo"
says out 1.0.0
expect 0 "$DUOBOOT" device discover
says out "ble:Duo Demo"
says out "C0:FF:EE:00:53:40"

# Both cores, with two resets of the connection on the way.
export DUOBOOT_DEVICE=ble:C0:FF:EE:00:53:40
expect 0 "$DUOBOOT" device upload net.bin --mode test-and-confirm
expect 0 "$DUOBOOT" device upload app.bin --mode test-and-confirm
expect 0 "$DUOBOOT" device list --json
python3 - <<'END' || fail "not both cores run 2.0.0: $(cat out)"
import json
text = open("out").read()
assert text.count("2.0.0") >= 2, text
json.loads(text)
END

# A connection that is lost on the way is made again, or says how to go on.
stop_double
start_double --drop=4000
code=0
"$DUOBOOT" device upload app.bin --mode none >out 2>err || code=$?
if [ "$code" != 0 ]; then
    says err "the connection ended"
    expect 0 "$DUOBOOT" device upload app.bin --mode none
fi
expect 0 "$DUOBOOT" device list
says out 2.0.0

# A device that wants a bond.
stop_double
start_double --wants-bond --no-sockets
expect 5 "$DUOBOOT" device list
says err "bluetoothctl pair C0:FF:EE:00:53:40"
