# SPDX-License-Identifier: MIT
# The verbs beside the update: echo, info, stat, settings, erase --storage,
# monitor, discover; their JSON is JSON.
. "$(dirname "$0")/lib_device.sh"
serve
d() { "$DUOBOOT" "$@"; }

expect 0 d echo does it answer
says out "does it answer"
says err "answered in"
expect 0 d device echo --json --quiet
is 'd["sent"] == d["reply"] and d["took_us"] > 0' True
[ ! -s err ] || fail "--quiet says something"

expect 0 d info
says out "boot loader     MCUboot"
says out "SMP             version 2, "
expect 0 d info --json
is 'd["bootloader"]["name"], d["smp_version"], d["buffers"]["told"]' "('MCUboot', 2, True)"
is '{g["id"] for g in d["groups"]} >= {0, 1, 77}' True

expect 0 d stat --json
is 'd' "{}"
says err "The device has no statistics"
expect 1 d stat nosuch
says err "there is no such group of statistics (group 2"

expect 0 d settings set app/name kitchen
expect 0 d settings get app/name
[ "$(cat out)" = kitchen ] || fail "the setting is $(cat out)"
expect 0 d settings set --hex app/key 00ff10
expect 0 d settings get app/key
[ "$(cat out)" = 00ff10 ] || fail "the setting is $(cat out)"
expect 0 d settings get --json app/key
is 'd["hex"], d["text"]' "('00ff10', None)"
expect 0 d settings save
expect 0 d settings delete app/name
expect 1 d settings get app/name
says err "there is no such setting (group 3"
expect 2 d settings list
says err "SMP has no command that lists settings"
expect 2 d settings set app/name
says err "set NAME VALUE"
expect 2 d settings set --hex app/key 0g
expect 0 d erase --storage
expect 1 d settings get app/key

# This board has no shell, and no log; what is missing is said in a sentence.
expect 1 d shell help
says err "has no shell"
expect 1 d fs stat /lfs/x
says err "(group 8"
expect 1 d log
says err "keeps no log"
expect 2 d fs get
says err "put FILE NAME"

# Changes are seen: a line each, and the device goes and comes back.
"$DUOBOOT" monitor --json --interval 100 --timeout 0.3 >watched &
monitor=$!
for _ in $(seq 100); do grep -q '"net"' watched && break; sleep 0.1; done
expect 0 d upload --mode none net-1.1.0.bin
for _ in $(seq 100); do grep -q '"state": *"waits"' watched && break; sleep 0.1; done
expect 0 d test net
for _ in $(seq 100); do grep -q '"state": *"test"' watched && break; sleep 0.1; done
unserve
for _ in $(seq 100); do grep -q '"event": *"lost"' watched && break; sleep 0.1; done
port=${DUOBOOT_DEVICE##*:}
"$DUOBOOT" board serve dk --udp "$port" >served 2>&1 &
serve_pid=$!
for _ in $(seq 100); do grep -q '"on-trial"' watched && break; sleep 0.1; done
kill -INT $monitor
wait $monitor || fail "the monitor did not end well"
/usr/bin/python3 - <<'PY'
import json
events = [json.loads(line) for line in open("watched")]
kinds = [e["event"] for e in events]
assert kinds[:2] == ["image", "image"], kinds
assert kinds.index("lost") < kinds.index("back"), kinds
states = [(e["image"]["core"], e["image"]["state"]) for e in events if e["event"] == "image"]
assert ("network", "waits") in states and ("network", "on-trial") in states, states
assert any(e["event"] == "journal" and e["entry"]["name"] == "installed-test" for e in events)
PY

# What is there: boards below, and names of the config file.
mkdir -p config/duoboot
printf 'device: bench\ndevices:\n  bench: %s\n' "$DUOBOOT_DEVICE" >config/duoboot/config.yml
mkdir -p sys dev
expect 0 d device discover --json --no-ble --sysfs-root sys --dev-root dev
is '[x["url"] for x in d["devices"]]' "['board:dk']"
is '[(n["name"], n["is_default"]) for n in d["names"]]' "[('bench', True)]"
expect 0 d device discover --no-ble --sysfs-root sys --dev-root dev
says out "board:dk"
says out "bench"
unset DUOBOOT_DEVICE
expect 0 d echo by the config file
expect 0 d echo -d bench by its name
