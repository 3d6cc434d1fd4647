# SPDX-License-Identifier: MIT
# `duoboot board run --control`: another program has the board by JSON lines.
# What it may do, what it is told, what happens if it is hostile, slow, or gone.
. "$(dirname "$0")/lib_run.sh"
firmware fw 0 <"$DUO_SOURCE_DIR/test/cli/board_run_firmware.s"
expect 0 board run dk --load fw.elf --time 1ms
export PYTHONPATH=$DUO_SOURCE_DIR/test/cli PYTHONDONTWRITEBYTECODE=1

# Options that would write to the same output, or end the run before its time.
for option in -i --raw --quiet --json --stats --until=x --cut-at=1s --power=maybe; do
    expect 2 board run dk --control $option
    [ ! -s out ] || fail "$option: something was printed"
done
says err "--power: 'maybe' is not on or off"
expect 2 board run dk --power off
says err "--power off goes with --control"
expect 2 board run dk --control --json
says err "--control and --json exclude each other"

/usr/bin/python3 - <<'PY'
import base64, json, os, re, socket, time
from lib_control import Rig, fill

PAGE = 0x80000 // 4096

# What the board is, and how it stands.
rig = Rig()
assert rig.hello["protocol"] == 1 and rig.hello["board"] == "dk"
assert rig.hello["memories"] == [
    {"name": "app", "base_addr": 0, "size_bytes": 1 << 20, "page_bytes": 4096},
    {"name": "net", "base_addr": 0x1000000, "size_bytes": 1 << 18, "page_bytes": 2048},
    {"name": "ext", "base_addr": 0, "size_bytes": 1 << 23, "page_bytes": 4096}]
roles = {row["role"]: row for row in rig.hello["partitions"]}
assert set(roles) == {"appboot", "counters", "app-active", "settings", "netboot", "net-active", "app-staged",
                      "net-staged", "net-mirror", "app-backup", "net-backup", "journal"}, roles
assert roles["net-active"] == {"name": "duoboot_net_primary", "role": "net-active", "memory": "net",
                               "off_bytes": 0x4000, "size_bytes": 0x3C000}
assert (rig.hello["led_count"], rig.hello["button_count"]) == (4, 4)
assert rig.first["power"] and rig.first["leds"] == rig.first["buttons"] == [False] * 4
assert [len(fill(rig.first, name)) for name in ("app", "net", "ext")] == [256, 128, 2048]
content = open("dk/app.bin", "rb").read()[:4096]
want = -(-sum(byte != 0xFF for byte in content) * 255 // 4096)
assert fill(rig.first, "app") == bytes([want]) + bytes(255) and want > 0

# UARTs, lights, buttons, resets.
rig.says("app", b"ready\r\n")
assert rig.state()["leds"] == [True, False, False, False]
assert [event["on"] for event in rig.seen if event["type"] == "led" and event["led"] == 0] == [True]
rig.type(b"h")
rig.says("app", b"hi\r\n")
rig.send("button", button=0, pressed=True)
rig.type(b"b")
rig.says("app", b"down")
assert rig.state()["buttons"] == [True, False, False, False]
rig.send("button", button=0, pressed=False)
rig.type(b"b")
rig.says("app", b"up")
rig.send("reset")
rig.wait("note", lambda event: "reset" in event["text"])
rig.says("app", b"ready\r\n")

# The flash: operations, and pages as they are.
rig.type(b"e")
ops, pages = [], {}
while len(ops) < 2:
    event = rig.wait("flash")
    ops += event["ops"]
    pages |= {(row["memory"], row["page"]): row["fill"] for row in event["pages"]}
assert [(op["memory"], op["kind"], op["off_bytes"]) for op in ops] == [
    ("app", "erase", 0x80000), ("app", "program", 0x80000)], ops
assert 4 * 43 <= ops[1]["end_us"] - ops[0]["end_us"] < 5000  # Four words.
assert pages == {("app", PAGE): 1}  # 16 bytes, rounded up.
assert fill(rig.state(), "app")[PAGE] == 1

# The clock. Who asks who we are is told.
times = [rig.wait("time")["time_us"] for _ in range(3)]
assert times == sorted(set(times)), times
rig.send("hello")
assert rig.wait("hello") == rig.hello

# Without power it waits; what was is saved already. Bytes and keys for a board
# without power are lost; a button stays pressed.
rig.power(False)
assert open("dk/app.bin", "rb").read()[0x80000:0x80010] == bytes.fromhex("11223344") * 4
state = rig.state()
assert not state["power"] and state["leds"] == [False] * 4
rig.type(b"h")
rig.send("reset")
rig.send("button", button=0, pressed=True)
time.sleep(0.3)
assert rig.state()["time_us"] == state["time_us"]
rig.power(False)
rig.power(True)
rig.says("app", b"ready\r\n")
rig.type(b"b")
rig.says("app", b"down")
assert "hi" not in str(rig.text)
assert "saved" in rig.finish()

# It may begin without power, and goes on from what was saved.
rig = Rig("--power", "off")
assert not rig.first["power"] and fill(rig.first, "app")[PAGE] == 1
time.sleep(0.3)
rig.power(True)
assert [event["type"] for event in rig.seen[2:]] == ["power"]
rig.says("app", b"ready\r\n")
rig.finish(how="term")

# A process that is killed loses what came after the power was last off.
rig = Rig()
rig.says("app", b"ready\r\n")
rig.power(False)
rig.run.kill()
rig.run.wait()
rig = Rig()
rig.says("app", b"ready\r\n")

# Bad commands are answered with a sentence that names the field.
bad = {
    b"{": "JSON", b"[[[[": "JSON", b"[" * 100000: "JSON", b"\xff\xfe": "JSON", b'{"type":"\\u0000"}': "JSON",
    b'{"type":"state","type":"state"}': "JSON", b'{"type":"state"} x': "JSON", b"1e999": "JSON",
    b"[]": "object", b"7": "JSON", b"{}": '"type"', b'{"type":null}': '"type"', b'{"type":"STATE"}': '"type"',
    b'{"type":"uart"}': '"uart"', b'{"type":"uart","uart":"usb","data":""}': '"uart"',
    b'{"type":"uart","uart":0,"data":""}': '"uart"', b'{"type":"uart","uart":"app"}': '"data"',
    b'{"type":"uart","uart":"app","data":7}': '"data"', b'{"type":"uart","uart":"app","data":"aGk"}': '"data"',
    b'{"type":"uart","uart":"app","data":"aGk\\n"}': '"data"', b'{"type":"uart","uart":"app","data":"a==="}': '"data"',
    b'{"type":"uart","uart":"app","data":"=aGk"}': '"data"', b'{"type":"uart","uart":"app","data":"aG=k"}': '"data"',
    b'{"type":"uart","uart":"app","data":"a_-k"}': '"data"', b'{"type":"button"}': '"button"',
    b'{"type":"button","button":4,"pressed":true}': '"button"', b'{"type":"button","button":-1,"pressed":true}': '"button"',
    b'{"type":"button","button":0.5,"pressed":true}': '"button"', b'{"type":"button","button":"0","pressed":true}': '"button"',
    b'{"type":"button","button":99999999999,"pressed":true}': '"button"',
    b'{"type":"button","button":0}': '"pressed"', b'{"type":"button","button":0,"pressed":1}': '"pressed"',
    b'{"type":"power"}': '"on"', b'{"type":"power","on":"off"}': '"on"',
}
for line, word in bad.items():
    rig.raw(line + b"\n")
    text = rig.wait("error")["text"]
    assert word in text and text.endswith("."), (line[:60], text)
rig.raw(b"\n\r\n" + b"x" * 400000 + b"\n")
assert "131072" in rig.wait("error")["text"]
rig.raw(b'{"type":"hello", "other": [1, 2, {"x": null}]}\r\n')  # In pieces, with more than we know.
rig.wait("hello")
assert len([event for event in rig.seen if event["type"] == "error"]) == len(bad) + 1
rig.type(b"")
rig.type(b"h")
rig.says("app", b"hi")

# More than the UART's queue: the rest is dropped, and told.
rig.type(b"." * 90000)
assert f"last {90000 - 65536} bytes" in rig.wait("error")["text"]
rig.power(False)
rig.power(True)
rig.says("app", b"ready\r\n")
rig.type(b"h")
rig.says("app", b"hi")
# The last command may have no newline, and is obeyed before the end.
rig.raw(b'{"type":"hello"}')
count = len(rig.seen)
rig.finish()
assert "hello" in [event["type"] for event in rig.seen[count:]]

# Somebody else may use the same UART.
rig = Rig("--uart", "app=tcp:0")
port = int(re.search(rb"TCP port (\d+)", rig.run.stderr.readline()).group(1))
peer = socket.create_connection(("127.0.0.1", port), timeout=100)
stream = peer.makefile("rb")
assert stream.readline() == b"ready\r\n"
rig.says("app", b"ready\r\n")
for typed in (peer.sendall, rig.type):
    typed(b"h")
    rig.says("app", b"hi\r\n")
    assert stream.readline() == b"hi\r\n"
peer.close()
rig.finish()

# Nobody reads: messages are left out and a state follows; the board runs on.
rig = Rig("--uart", "app=tcp:0", reads=False)
port = int(re.search(rb"TCP port (\d+)", rig.run.stderr.readline()).group(1))
for _ in range(40):
    rig.raw(b'{"type":"hello"}\n' * 100)
peer = socket.create_connection(("127.0.0.1", port), timeout=100)
stream = peer.makefile("rb")
assert stream.readline() == b"ready\r\n"
rig.type(b"h")
assert stream.readline() == b"hi\r\n"  # So all commands were obeyed.
rig.wait("note", lambda event: "were left out" in event["text"])
assert rig.read()["type"] == "state"
hellos = [event for event in rig.seen if event["type"] == "hello"]
assert 0 < len(hellos) < 4000 and all(event == hellos[0] for event in hellos)
assert 4 << 20 < sum(len(json.dumps(event, separators=(",", ":"))) + 1 for event in rig.seen) < 5 << 20
rig.type(b"h")
assert stream.readline() == b"hi\r\n"
rig.finish()

# The reader goes away.
rig = Rig()
rig.says("app", b"ready\r\n")
rig.run.stdout.close()
assert rig.run.wait() == 0
rig = Rig("--power", "off")
rig.run.stdout.close()
assert rig.run.wait() == 0

# The end of a time, and what the model does not know.
rig = Rig("--time", "200ms", "--speed", "max")
assert "--time" in rig.finish(how="itself")
rig = Rig()
rig.says("app", b"ready\r\n")
rig.type(b"u")
note = rig.wait("note")["text"]
assert "is not modelled" in note
assert rig.finish(code=10, how="itself") == note
assert note in rig.err
PY
expect 0 board state dk
says out "last boot: unmodelled"

# Standard input that is no pipe.
expect 0 board run dk --control </dev/null
head -n 1 out | grep -q '^{"type":"hello",' || fail "$(cut -c1-200 out)"
tail -n 1 out | grep -q '^{"type":"end",' || fail "$(cut -c1-200 out)"
