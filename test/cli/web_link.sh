# SPDX-License-Identifier: MIT
# What `duoboot web` carries between a page and a device: a serial port (here a
# pseudo-terminal) and UDP; each for one page at a time; none faster or longer
# than allowed; and none lost.
. "$(dirname "$0")/lib_device.sh"
export PYTHONPATH=$DUO_SOURCE_DIR/test/cli PYTHONDONTWRITEBYTECODE=1
/usr/bin/python3 -c 'import pty; pty.openpty()' || exit 77
serve
/usr/bin/python3 - "$DUOBOOT_DEVICE" <<'PY'
import fcntl, os, pty, select, socket, sys, termios, threading, time
from web_client import BINARY, Closed, Server, echo, is_echo_of

device = sys.argv[1]

def port():
    """A pseudo-terminal: our end, and where the other is. Not raw: the server makes it so."""
    master, slave = pty.openpty()
    os.set_blocking(master, False)
    return master, slave, os.ttyname(slave)

def take(master, count, seconds=60):
    got, end = b"", time.monotonic() + seconds
    while len(got) < count:
        assert select.select([master], [], [], end - time.monotonic())[0], (len(got), count)
        got += os.read(master, 65536)
    return got

def give(master, data):
    while data:
        assert select.select([], [master], [], 60)[1]
        data = data[os.write(master, data[:4096]):]

def open_when_free(server, url):
    """The page before may be on its way out."""
    end = time.monotonic() + 60
    while True:
        page = server.link(url)
        try:
            assert page.receive_json()["type"] == "open"
            return page
        except Closed as gone:
            assert gone.code == 4001 and time.monotonic() < end, gone
            time.sleep(0.05)

master, slave, path = port()
master2, slave2, path2 = port()
silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
silent.bind(("127.0.0.1", 0))
silent.settimeout(60)
deaf = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
deaf.bind(("127.0.0.1", 0))
deaf_url = "udp:127.0.0.1:%d" % deaf.getsockname()[1]
deaf.close()
console, raw = f"serial:{path}?baud=1000000", f"raw:{path2}"
silent_url = "udp:127.0.0.1:%d" % silent.getsockname()[1]
urls = [device, console, raw, f"raw:{path}", silent_url, deaf_url]

with Server(*[word for url in urls for word in ("--device", url)]) as server:
    # UDP: a whole packet in each message, both ways, to a real SMP server.
    with server.link(device) as page:
        assert page.receive_json() == {"type": "open", "url": device, "coding": "datagram"}
        for i in range(20):
            page.send(echo(f"hello {i}", i))
            assert is_echo_of(page.receive(), f"hello {i}", i)
        page.send(echo("in two pieces")[:9], is_final=False)
        page.send(echo("in two pieces")[9:], 0)
        assert is_echo_of(page.receive(), "in two pieces")
        # Another page is told that it is busy, and this one goes on.
        with server.link(device) as second:
            busy = second.closed()
            assert busy.code == 4001 and "another page" in busy.reason.lower(), busy
        page.send(echo("still here"))
        assert is_echo_of(page.receive(), "still here")
        page.close()
    # At once free for the next, as after a reload.
    for _ in range(10):
        with server.link(device) as page:
            assert page.receive_json()["type"] == "open"
            page.send(echo("again"))
            assert is_echo_of(page.receive(), "again")
            page.close()

    # A datagram arrives as it is, up to the longest; longer is told.
    with server.link(silent_url) as page:
        page.receive()
        for size in (1, 1472, 9000, 65507):
            page.send(os.urandom(size))
            packet, where = silent.recvfrom(65536)
            assert len(packet) == size
            silent.sendto(packet[::-1], where)
            assert page.receive() == packet[::-1]
        # A stranger's datagram is none of the device.
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            stranger.sendto(b"stranger", where)
        silent.sendto(b"device", where)
        assert page.receive() == b"device"
        page.send(b"x" * 65508)
        assert page.closed().code == 4003
    # Nobody there: no more than a lost datagram; the server does not spin.
    with server.link(deaf_url) as page:
        page.receive()
        before = os.times()
        with open(f"/proc/{server.process.pid}/stat") as stat:
            ticks = sum(map(int, stat.read().rsplit(")", 1)[1].split()[11:13]))
        for _ in range(5):
            page.send(echo("anybody"))
            time.sleep(0.2)
        with open(f"/proc/{server.process.pid}/stat") as stat:
            ticks = sum(map(int, stat.read().rsplit(")", 1)[1].split()[11:13])) - ticks
        assert ticks < 0.5 * os.sysconf("SC_CLK_TCK"), ticks
        page.close()

    # A serial port: bytes as they are, raw whatever it was before.
    with server.link(console) as page:
        assert page.receive_json() == {"type": "open", "url": console, "coding": "console"}
        every = bytes(range(256))
        page.send(every)
        assert take(master, 256) == every
        give(master, every)
        got = b""
        while len(got) < 256:
            got += page.receive()
        assert got == every
        # The same port by its other name is the same port.
        assert server.link(f"raw:{path}").closed().code == 4001
        # Text does not belong there; oversized messages end the connection.
        page.send("text")
        assert page.closed().code == 1003
    for is_whole in (True, False):
        with server.link(console) as page:
            page.receive()
            page.send(b"x" * 65536)
            assert take(master, 65536) == b"x" * 65536
            if is_whole:
                page.send(b"y" * 65537)
            else:
                for _ in range(3):
                    page.send(b"y" * 30000, BINARY if _ == 0 else 0, is_final=False)
            gone = page.closed()
            assert gone.code == 4003 and "64 KB" in gone.reason, gone
        assert not select.select([master], [], [], 0.2)[0]

    # Another program has the port: told so. It is the page's alone, too.
    other = os.open(path2, os.O_RDWR | os.O_NOCTTY)
    fcntl.flock(other, fcntl.LOCK_EX)
    gone = server.link(raw).closed()
    assert gone.code == 4002 and "another program uses this port" in gone.reason, gone
    fcntl.flock(other, fcntl.LOCK_UN)
    os.close(other)

    # A port that takes nothing: the page is not read, and nothing is lost.
    with server.link(raw) as page:
        page.receive()
        sent, block = bytearray(), os.urandom(16384)
        page.line.settimeout(2)
        head = bytes([0x82, 0x80 | 126]) + len(block).to_bytes(2, "big") + bytes(4)
        try:
            while len(sent) < 64 * 2**20:
                frame = head + block
                while frame:
                    done = page.line.send(frame)
                    frame = frame[done:]
                sent += block
        except TimeoutError:
            pass
        assert 2**15 < len(sent) < 32 * 2**20, len(sent)
        page.line.settimeout(60)
        rest = threading.Thread(target=lambda: page.line.sendall(frame))
        rest.start()
        sent += block
        begin = time.monotonic()
        got = take(master2, len(sent), 120)
        took_s = time.monotonic() - begin
        rest.join()
        assert got == bytes(sent)
        # Not faster than 1 MB/s; what had come and was paid for before is not counted.
        # At most 1 MB/s; what had come before, and a burst of 128 KB, is not counted.
        assert took_s > (len(got) - 300_000) / 2**20 * 0.95, (len(got), took_s)
        # The other way it went on all the time.
        give(master2, b"back")
        assert page.receive() == b"back"
        page.close()

    # A page that does not read is closed when 1 MB waits for it; the server goes on.
    with server.link(raw, receive_bytes=4096) as page, server.to("to=offer") as offer:
        given = 0
        while given < 16 * 2**20 and select.select([], [master2], [], 1)[1]:
            try:
                given += os.write(master2, b"z" * 4096)
            except BlockingIOError:
                pass
        assert offer.receive_json()["type"] == "offer"
        gone = page.closed()
        assert gone.code in (4003, None), gone
    termios.tcflush(slave2, termios.TCIOFLUSH)
    open_when_free(server, raw).close()

    # The port goes: told so.
    with server.link(console) as page:
        page.receive()
        os.close(slave)
        os.close(master)
        gone = page.closed()
        assert gone.code == 4002 and "the port is gone" in gone.reason, gone
    gone = server.link(console).closed()
    assert gone.code == 4002 and "there is no such port" in gone.reason, gone

    # The page goes without a word: the port is free again.
    page = server.link(raw)
    page.receive()
    page.line.close()
    open_when_free(server, raw).close()
    assert server.end() == 0 and server.said() == "", server.said()
PY
