# SPDX-License-Identifier: MIT
# The link of the virtual board: a second UART of the application core, at
# 1 Mbaud, as a stream of bytes on TCP or a pseudo-terminal, and as UDP. The
# firmware is that of test/arm/firmware, which sends back what comes.
. "$(dirname "$0")/lib_run.sh"
echo_elf=$DUO_BUILD_DIR/firmware/uarte_echo.elf
[ -e "$echo_elf" ] || exit 77
expect 0 board run dk --load "$echo_elf" --time 1ms

# Nobody has the link: what is sent there is lost, and shown nowhere.
expect 0 board run dk --time 50ms --input 'm\n@10ms'
says out "done"
never_says out "link"

expect 2 board run dk --uart link=stdio
expect 2 board run dk --uart app=udp:0
expect 2 board run dk --uart link=udp:65536
expect 2 board run dk --uart lnk=pty
says err "udp:PORT"
expect 2 board run dk --speed fast
says err "max"

expect 0 board run dk --uart link=file:said.bin --input 'm\n@10ms' --time 50ms
[ "$(head -c 10 said.bin | od -An -tx1 | tr -d ' ')" = c061db62c0c0636465c0 ] || fail "the link's bytes are others"

cat >rig.py <<'PY'
import json, os, re, signal, socket, subprocess, sys

class Board:
    """A run with its console on TCP; told: where the link is."""
    def __init__(self, link, *options):
        self.run = subprocess.Popen(
            [os.environ["DUOBOOT"], "board", "run", "dk", "--uart", "app=tcp:0",
             "--uart", "link=" + link, *options],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True)
        port = int(self.told(r"UART of the app core: TCP port (\d+)"))
        self.link = self.told(r"UART of the link: (?:TCP port |UDP port |)(\S+)")
        self.console = socket.create_connection(("127.0.0.1", port), timeout=120)
        self.wait(b"ready\n")

    def told(self, pattern):
        while line := self.run.stderr.readline():
            if match := re.search(pattern, line):
                return match.group(1)
        raise SystemExit(f"nothing like {pattern} was told")

    def wait(self, text):
        got = b""
        while not got.endswith(text):
            letter = self.console.recv(1)
            if not letter:
                raise SystemExit(f"the board is gone: {self.run.stderr.read()}")
            got += letter
        return got[:-len(text)]

    def command(self, line):
        self.console.sendall(line + b"\n")
        return self.wait(b" done\n")

    def end(self):
        self.run.send_signal(signal.SIGTERM)
        out, err = self.run.communicate(timeout=120)
        assert self.run.returncode == 0, err
        return out, err

    def udp(self):
        end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        end.settimeout(120)
        end.connect(("127.0.0.1", int(self.link)))
        return end
PY

# Streams: more than the board's queue, the ring and the socket hold together.
cat >stream.py <<'PY'
import pty, random, sys, termios, tty
from rig import *

data = random.Random(4).randbytes(100_000)

def exchange(write, read):
    sent, got = 0, b""
    while len(got) < len(data):
        if sent < len(data) and sent - len(got) < 8192:
            sent += write(data[sent:sent + 4096])
        got += read()
    assert got == data

speed = sys.argv[1]
board = Board("tcp:0", "--speed", speed)
assert board.command(b"b 1000000") == b"1000000"
assert board.command(b"b 9600") == b"no"
peer = socket.create_connection(("127.0.0.1", int(board.link)), timeout=120)
exchange(peer.send, lambda: peer.recv(4096))
assert board.command(b"l") == b"0"
assert board.end()[1] == ""

try:
    for fd in pty.openpty():
        os.close(fd)
except OSError as error:  # A bare chroot has no /dev/pts.
    print(f"no pseudo-terminals here: {error}")
    sys.exit()
board = Board("pty", "--speed", speed)
assert board.command(b"b 1000000") == b"1000000"
fd = os.open(board.link, os.O_RDWR | os.O_NOCTTY)
exchange(lambda piece: os.write(fd, piece[:1024]), lambda: os.read(fd, 4096))
assert board.command(b"l") == b"0"
board.end()
PY

# UDP: each peer gets its own answers; what the link cannot carry is counted.
cat >udp.py <<'PY'
import shutil, sys
from rig import *

def answer(peer, data):
    peer.send(data)
    assert peer.recv(2000) == data

board = Board("udp:0", "--stats", "--json", "--speed", sys.argv[1])
assert board.command(b"b 1000000") == b"1000000"
board.command(b"u")
first = board.udp()
for size in (1, 0, 100, 1471, 1472):
    answer(first, bytes([0xC0, 0xDB, 0xDC, 0xDD, 0x00] * 300)[:size])
first.send(bytes(1473))
first.send(bytes(60000))
answer(first, b"after what was too long")

# Sixteen are remembered, and speak at the same time.
peers = [board.udp() for _ in range(16)]
for number, peer in enumerate(peers):
    peer.send(b"peer %d" % number)
for number, peer in enumerate(peers):
    assert peer.recv(2000) == b"peer %d" % number
answer(first, b"forgotten, and known again")

board.command(b"m")
answer(first, b"after what was malformed")
udp = json.loads(board.end()[0])["stats"]["udp"]
assert udp == {"to_board": 24, "to_peers": 24, "too_long": 2, "malformed": 2,
               "undeliverable": 1}, udp

# Two that want the same port: the second is told.
board = Board("udp:0")
shutil.copytree("dk", "dk2", dirs_exist_ok=True)
second = subprocess.run([os.environ["DUOBOOT"], "board", "run", "dk2", "--uart",
                         "link=udp:" + board.link], capture_output=True, text=True)
assert second.returncode != 0 and f"UDP port {board.link}" in second.stderr
board.end()
PY
export DUOBOOT
for speed in 1 max; do
    /usr/bin/python3 udp.py $speed || fail "UDP at speed $speed"
    /usr/bin/python3 stream.py $speed || fail "streams at speed $speed"
done
expect 0 board run dk --uart link=udp:0 --time 1ms --stats
says out "0 datagrams to the board, 0 to peers; dropped: 0 too long, 0 malformed, 0 for nobody"
