# SPDX-License-Identifier: MIT
# The virtual board with the real ARM binaries behind `duoboot web`: its events
# go to every page, commands of any page to the board, and nothing else does;
# at the end its flashes are saved. Without them: skipped.
. "$(dirname "$0")/lib_run.sh"
export PYTHONPATH=$DUO_SOURCE_DIR/test/cli PYTHONDONTWRITEBYTECODE=1
firmware=$DUO_BUILD_DIR/firmware
[ -e "$firmware/appdemo-manual.hex" ] && [ -e "$firmware/netdemo.hex" ] || exit 77
key=$DUO_SOURCE_DIR/test/keys/test-p256.pem
expect 0 "$DUOBOOT" keygen --public "$key" --out test.pub.pem
expect 0 "$DUOBOOT" sign --key "$key" --version 1.0.0 --pad-header "$firmware/appdemo-manual.hex" app.bin
expect 0 "$DUOBOOT" sign --key "$key" --version 1.0.0 --pad-header "$firmware/netdemo.hex" net.bin
expect 0 board create dk --force --key test.pub.pem --app app.bin --net net.bin
sums dk >before

/usr/bin/python3 - "$firmware" <<'PY'
import base64, json, os, re, signal, sys, time
from web_client import Closed, Server, echo, refused

firmware = sys.argv[1]
loads = ["--load", f"{firmware}/appboot.elf", "--load", f"{firmware}/netboot.elf"]

logs = {}

def until(page, want):
    """The first event that is wanted; those before, too."""
    seen, end = [], time.monotonic() + 120
    while time.monotonic() < end:
        seen.append(page.receive_json())
        logs.setdefault(page, []).append(seen[-1])
        if want(seen[-1]):
            return seen[-1], seen
    raise SystemExit(f"did not come: {seen[-20:]}")

def is_type(name):
    return lambda event: event["type"] == name

def printed(page, text, uart="app"):
    said = [b""]
    def want(event):
        if event["type"] == "uart" and event["uart"] == uart:
            said[0] += base64.b64decode(event["data"])
        return text in said[0]
    until(page, want)

def past(page):
    """What a page that comes later is told, too."""
    return [event for event in logs[page] if event["type"] in ("uart", "note", "power")]

def child(server):
    with open(f"/proc/{server.process.pid}/task/{server.process.pid}/children") as stream:
        return [int(word) for word in stream.read().split()]

with Server("--board", "dk", *loads, "--uart", "link=udp:0", "--speed", "1") as server:
    offer = server.to("to=offer")
    assert offer.receive_json()["board"] == "dk"

    # A newcomer gets what the board is, and how it is now.
    first = server.to("to=board")
    hello, _ = until(first, is_type("hello"))
    assert hello["protocol"] == 1 and hello["led_count"] == 4, hello
    until(first, is_type("state"))
    printed(first, b"appdemo 1.0.0")
    # And all that was said before it came: who the board is before that, how it is now after.
    second = server.to("to=board")
    hello, seen = until(second, is_type("hello"))
    assert len(seen) == 1 and hello == logs[first][0], seen
    state, _ = until(second, is_type("state"))
    assert state["power"] is True and state["time_us"] > 0, state["time_us"]
    text = b"".join(base64.b64decode(e["data"]) for e in past(second) if e.get("uart") == "app")
    assert b"appboot " in text and b"appdemo 1.0.0" in text, text
    assert any(e["type"] == "note" and "network core: starts" in e["text"] for e in past(second))
    # The first one has the state once more, the very same, and heard the same till then.
    again, _ = until(first, lambda e: e["type"] == "state" and e["time_us"] == state["time_us"])
    assert again == state and past(first) == past(second), (past(first), past(second))

    # What one page does, both see.
    second.send(json.dumps({"type": "uart", "uart": "app",
                            "data": base64.b64encode(b"version\r").decode()}))
    printed(first, b"application 1.0.0")
    printed(second, b"application 1.0.0")
    first.send('{"type":"power","on":false}')
    for page in (first, second):
        until(page, lambda e: e["type"] == "power" and e["on"] is False)
    second.send('{"type":"power","on":true}')
    for page in (first, second):
        until(page, lambda e: e["type"] == "power" and e["on"] is True)
        printed(page, b"appdemo 1.0.0")

    # A third one hears of the cut, and nothing of others' packets.
    first.send(json.dumps({"type": "uart", "uart": "link",
                           "data": base64.b64encode(echo("past")).decode()}))
    printed(first, b"past\xff", "link") # To its last byte: what comes later is live.
    with server.to("to=board") as third:
        until(third, is_type("state"))
        assert [e["on"] for e in past(third) if e["type"] == "power"] == [False, True], past(third)
        assert not any(e.get("uart") == "link" for e in past(third)), past(third)

    # What is no command in one line does not reach the board; who sent it is told.
    for bad in ("", "x", "[]", "1", "null", '"text"', '{"type":"hello"', '{"type":"hello"}}',
                '{"type":"hello"}\n{"type":"power","on":false}', '{"type":\n"hello"}',
                '{"type":"hello"}\r', '{"a":1,"a":2}', "{\"a\":\"\0\"}", "[" * 60000):
        second.send(bad)
        error, _ = until(second, is_type("error"))
        assert "one JSON object in one line" in error["text"], error
    # One that the board does not know, it answers itself: to all.
    second.send('{"type":"nosuch"}')
    for page in (first, second):
        error, _ = until(page, is_type("error"))
        assert "one JSON object" not in error["text"], error
    assert not any(is_type("power")(e) for e in until(first, is_type("time"))[1])
    # Bytes, and what is too long, end that connection alone.
    for message, code in ((b"{}", 1003), ("{" + " " * 65535 + "}", 4003)):
        with server.to("to=board") as page:
            page.send(message)
            assert page.closed().code == code
    second.send('{"type":"state"}')
    until(second, is_type("state"))

    # A page that does not read harms none but itself.
    lazy = server.to("to=board", receive_bytes=4096)
    for _ in range(400):
        second.send('{"type":"state"}')
    until(second, is_type("state"))
    lazy.close()

    # Ctrl-C: the board saves; the pages are told by its own words.
    pids = child(server)
    assert len(pids) == 1, pids
    server.process.send_signal(signal.SIGINT)
    for page in (first, second):
        seen = []
        try:
            while True:
                seen.append(page.receive_json())
        except Closed as gone:
            assert gone.code == 4004 and seen[-1]["type"] == "end", (gone, seen[-1])
            assert gone.reason == seen[-1]["text"], gone
    assert offer.closed().code == 1001
    assert server.process.wait(60) == 0
    assert not os.path.exists(f"/proc/{pids[0]}")
    said = server.said()
    assert re.search(r"UDP port \d+", said) and "killed" not in said, said

# The board ends by itself: its pages and those that watch the offer are told, and
# the rest is served as before.
with Server("--board", "dk", "--speed", "1") as server:
    offer, page = server.to("to=offer"), server.to("to=board")
    assert offer.receive_json()["board"] == "dk"
    until(page, is_type("state"))
    os.kill(child(server)[0], signal.SIGTERM)
    assert page.closed().code == 4004
    assert offer.receive_json()["board"] is None
    assert refused(server.to, "to=board") == 404
    assert server.http("GET /")[0] == 200
    assert "the virtual board has ended" in server.said()
    assert server.end() == 0

# By violence, too.
with Server("--board", "dk", "--speed", "1") as server:
    page = server.to("to=board")
    until(page, is_type("state"))
    os.kill(child(server)[0], signal.SIGKILL)
    assert page.closed().code == 4004
    assert "was ended by signal 9" in server.said()
    # One that hangs is killed after a while.
    assert server.end() == 0
with Server("--board", "dk", "--speed", "1") as server:
    page = server.to("to=board")
    until(page, is_type("state"))
    os.kill(child(server)[0], signal.SIGSTOP)
    assert server.end() == 0
    assert "is killed; its flashes are as they were" in server.said(), server.said()

# Two signals at once are one request, as timeout and others send it.
with Server("--board", "dk", "--speed", "1") as server:
    page = server.to("to=board")
    until(page, is_type("state"))
    server.process.send_signal(signal.SIGTERM)
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(60) == 0
    assert "killed" not in server.said(), server.said()

# Options that the board does not like are told by it.
with Server("--board", "dk", "--speed", "fast") as server:
    for _ in range(200):
        if "the virtual board has ended with exit code 2" in server.said():
            break
        time.sleep(0.05)
    assert "exit code 2" in server.said(), server.said()
    assert server.end() == 0
PY
sums dk | cmp -s - before && fail "the flashes were not saved"
expect 0 board state dk
says out "1.0.0"
# In order: the flashes of the last good end start again.
expect 0 board run dk --until 'appdemo 1.0.0' --time 10s
