# SPDX-License-Identifier: MIT
# The ARM binaries of both cores in the hands of another program: their
# consoles, the shell, an install whose power fails, and its end after that.
. "$(dirname "$0")/lib_run.sh"
export PYTHONPATH=$DUO_SOURCE_DIR/test/cli PYTHONDONTWRITEBYTECODE=1
arm_board appdemo
expect 0 board run dk --load "$firmware/appboot.elf" --load "$firmware/netboot.elf" \
    --until 'appdemo 1.0.0' --time 10s

# Nobody is in a hurry, and the clock is that of the wall.
/usr/bin/python3 - <<'PY'
from lib_control import Rig

rig = Rig()
rig.says("app", b"application image 1.0.0 verified")
rig.says("net", b"netboot")
rig.says("app", b"appdemo 1.0.0 runs")
rig.type(b"version\r")
rig.says("app", b"application 1.0.0")
rig.finish()
PY

# The power fails when the new application is being written.
expect 0 board stage dk app-1.1.0.bin
expect 0 board stage dk net-1.1.0.bin
/usr/bin/python3 - <<'PY'
from lib_control import Rig, fill

rig = Rig("--speed", "0.5")
active = next(row for row in rig.hello["partitions"] if row["role"] == "app-active")
rig.says("app", b"application 1.1.0: install-started")
rig.wait("flash", lambda event: any(
    op["memory"] == "app" and op["kind"] == "program" and op["off_bytes"] >= active["off_bytes"]
    for op in event["ops"]))
rig.power(False)
told = rig.text["app"]
assert b"starting application" not in told, told
state = rig.state()
rig.text.clear()

# What was told piece by piece is what there is.
model = {memory: bytearray(fill(rig.first, memory)) for memory in rig.first["fill"]}
for event in rig.seen:
    if event["type"] == "flash":
        for row in event["pages"]:
            model[row["memory"]][row["page"]] = row["fill"]
for memory in model:
    assert model[memory] == fill(state, memory), memory

rig.power(True)
rig.says("app", b"starting application image 1.1.0")
rig.says("app", b"appdemo 1.1.0 runs")
rig.finish()
PY
expect 0 board state dk --json
is '" ".join(i["slots"][0]["version"] + "?" * i["on_trial"] for i in d["images"])' "1.1.0? 1.1.0?"
expect 0 board log dk
says out "[install-started]"
says out "[install-resumed]"
