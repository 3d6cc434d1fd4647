# SPDX-License-Identifier: MIT
# The UARTs of the virtual board on a pseudo-terminal, on TCP, and on the
# user's own terminal; peers that come late, go away, or never read.
. "$(dirname "$0")/lib_run.sh"
firmware fw 0 <"$DUO_SOURCE_DIR/test/cli/board_run_firmware.s"
expect 0 board run dk --load fw.elf --time 1ms

/usr/bin/python3 - "$DUOBOOT" <<'PY'
import fcntl, os, pty, re, select, signal, socket, struct, subprocess, sys, termios, time

DUOBOOT = sys.argv[1]

try:
    for fd in pty.openpty():
        os.close(fd)
except OSError as error:  # A bare chroot has no /dev/pts.
    print(f"skipped: no pseudo-terminals here: {error}")
    sys.exit(77)

def start(*options, **streams):
    return subprocess.Popen([DUOBOOT, "board", "run", "dk", *options],
                            stdin=streams.get("stdin", subprocess.DEVNULL),
                            stdout=streams.get("stdout", subprocess.DEVNULL),
                            stderr=subprocess.PIPE, text=True)

def told(run, pattern):
    """The first line of the error stream that matches."""
    while line := run.stderr.readline():
        if match := re.search(pattern, line):
            return match.group(1)
    raise SystemExit(f"nothing like {pattern} was told")

def receive(read, text, seconds=120):
    got, end = b"", time.monotonic() + seconds
    while text not in got:
        if time.monotonic() > end:
            raise SystemExit(f"{text} did not come, but {got}")
        got += read()
    return got

def finish(run, code=0):
    run.send_signal(signal.SIGTERM)
    rest = run.communicate(timeout=120)[1]
    assert run.returncode == code, (run.returncode, rest)
    return rest

# A pseudo-terminal. A peer that comes late sees the start; it is raw, so what
# is typed is not echoed and CR stays CR. The next peer can come.
run = start("--uart", "app=pty")
path = told(run, r"UART of the app core: (/dev/pts/\d+)")
time.sleep(0.3)
for first in (True, False):
    fd = os.open(path, os.O_RDWR | os.O_NOCTTY)
    read = lambda: os.read(fd, 100)
    if first:
        assert receive(read, b"\n") == b"ready\r\n"
    os.write(fd, b"h")
    assert receive(read, b"\n") == b"hi\r\n"
    os.close(fd)
    time.sleep(0.2)
assert finish(run) == ""

# TCP on the loopback interface only, for one peer at a time.
run = start("--uart", "app=tcp:0", "--uart", "net=tcp:0")
port = int(told(run, r"app core: TCP port (\d+) on 127\.0\.0\.1"))
peer = socket.create_connection(("127.0.0.1", port), timeout=120)
read = lambda: peer.recv(100)
receive(read, b"ready\r\n")
second = socket.create_connection(("127.0.0.1", port), timeout=120)
assert second.recv(1) == b""
peer.sendall(b"h")
receive(read, b"hi\r\n")
peer.close()
time.sleep(0.2)
peer = socket.create_connection(("127.0.0.1", port), timeout=120)
peer.sendall(b"h")
receive(read, b"hi\r\n")
peer.close()
finish(run)

# The time is that of the wall clock, unless told otherwise.
begin = time.monotonic()
assert start("--uart", "app=tcp:0", "--time", "1s").wait(120) == 0
assert time.monotonic() - begin >= 1
begin = time.monotonic()
assert start("--uart", "app=tcp:0", "--time", "1s", "--speed", "4").wait(120) == 0
assert 0.25 <= time.monotonic() - begin

# A peer that sends without end and never reads does not stop the board.
run = start("--uart", "app=tcp:0", "--speed", "0", "--time", "10s")
port = int(told(run, r"TCP port (\d+)"))
peer = socket.create_connection(("127.0.0.1", port), timeout=120)
peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
peer.setblocking(False)
while run.poll() is None:
    select.select([], [peer], [], 0.1)
    try:
        peer.send(b"h" * 4096)
    except (BlockingIOError, ConnectionError):
        time.sleep(0.02)
assert run.returncode == 0

# The user's terminal: keys reach the board one by one, Ctrl-C too; Ctrl-] ends
# and the terminal is as it was.
master, slave = pty.openpty()
fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
before = termios.tcgetattr(slave)
run = start(stdin=slave, stdout=slave)
told(run, r"(Ctrl-\]) ends")
read = lambda: os.read(master, 100)
receive(read, b"ready")
assert not termios.tcgetattr(slave)[3] & (termios.ICANON | termios.ECHO | termios.ISIG)
os.write(master, b"h")
receive(read, b"hi")
os.write(master, b"\x03h")
receive(read, b"hi")
os.write(master, b"\x1d")
assert run.wait(120) == 0
assert termios.tcgetattr(slave) == before

# A pipe may type, too; its end does not end the run.
run = start("--interactive", "--time", "2s", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
while "ready" not in run.stdout.readline():
    pass
run.stdin.write("h")
run.stdin.close()
assert "hi" in run.stdout.read()
assert run.wait(120) == 0

# Whoever reads the output goes away: the run ends, and the board is saved.
run = start("--speed", "1", "--input", "h@1s", stdout=subprocess.PIPE)
while "ready" not in run.stdout.readline():
    pass
run.stdout.close()
assert run.wait(120) == 4
PY
expect 0 board state dk
says out "last boot: ended"
