# SPDX-License-Identifier: MIT
# Ctrl-C in the middle of an upload leaves the device as it was and tells where
# it stands; the same command goes on from there. On a terminal there is a bar
# that moves, colours, and none of both elsewhere.
. "$(dirname "$0")/lib_device.sh"
serve
cat >slow.py <<'PY'
"""A slow line to the device: each packet takes its time."""
import socket, sys, threading, time
device = ("127.0.0.1", int(sys.argv[1]))
near = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
near.bind(("127.0.0.1", 0))
far = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
far.connect(device)
print(near.getsockname()[1], flush=True)
peer = [None]
def back():
    while True:
        packet = far.recv(65536)
        if peer[0]:
            near.sendto(packet, peer[0])
threading.Thread(target=back, daemon=True).start()
while True:
    packet, peer[0] = near.recvfrom(65536)
    time.sleep(0.005)
    far.send(packet)
PY
/usr/bin/python3 slow.py "${DUOBOOT_DEVICE##*:}" >port &
slow_pid=$!
trap 'kill $slow_pid; unserve' EXIT
for _ in $(seq 100); do [ -s port ] && break; sleep 0.05; done
fast=$DUOBOOT_DEVICE
export DUOBOOT_DEVICE=udp:127.0.0.1:$(cat port)

/usr/bin/python3 - "$DUOBOOT" <<'PY'
import os, pty, re, signal, subprocess, sys, time
command = [sys.argv[1], "upload", "--window", "1", "--packet", "300", "app-1.1.0.bin"]

run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
said = ""
while not re.search(r" [56]\d %", said):
    line = run.stderr.readline()
    assert line, said
    said += line
run.send_signal(signal.SIGINT)
rest = run.communicate(timeout=60)[1]
assert run.returncode == -signal.SIGINT, (run.returncode, rest)
stands = re.search(r"the device holds ([\d,]+) of ([\d,]+) bytes; what runs is untouched. "
                   r"The same command goes on from there", rest)
assert stands, rest
off = int(stands.group(1).replace(",", ""))
assert 0 < off < int(stands.group(2).replace(",", ""))
open("off", "w").write(str(off))
PY
expect 0 "$DUOBOOT" device list --json -d "$fast"
is 'd["unfinished_upload"]["off_bytes"]' "$(cat off)"
expect 0 "$DUOBOOT" device list -d "$fast"
says out "An upload for the application core is unfinished"
device_runs 1.0.0 1.0.0

# The board is switched off, too: it has marked what it holds in steps of 16 KB.
# Then the same command, on a terminal.
unserve
port=${fast##*:}
"$DUOBOOT" board serve dk --udp "$port" >served 2>&1 &
serve_pid=$!
/usr/bin/python3 - "$DUOBOOT" "$(cat off)" <<'PY'
import fcntl, os, pty, re, struct, subprocess, sys, termios
try:
    master, slave = pty.openpty()
except OSError as error:
    print(f"no pseudo-terminals here ({error}): goes on without a terminal")
    sys.exit(subprocess.call([sys.argv[1], "upload", "app-1.1.0.bin"]))
fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
run = subprocess.Popen([sys.argv[1], "upload", "app-1.1.0.bin"], stdin=slave, stdout=slave,
                       stderr=slave, env={**os.environ, "TERM": "xterm"})
os.close(slave)
said = b""
while True:
    try:
        piece = os.read(master, 4096)
    except OSError:
        break
    if not piece:
        break
    said += piece
assert run.wait(60) == 0, said
said = said.decode()
assert re.search(r"The device holds [\d,]+ bytes of it already", said), said
bars = re.findall(r"\rapplication \[([#.]+)\] +(\d+) %  [\d,]+ / [\d,]+ bytes", said)
assert len(bars) > 3 and len({bar.count("#") for bar, _ in bars}) > 3, bars
assert int(bars[1][1]) > 20 and bars[-1][1] == "100", bars
# A sentence may be longer: the terminal folds it. A bar must fit, colours aside.
drawn = [line for line in said.replace("\n", "\r").split("\r") if " %  " in line]
assert drawn and all(len(line) < 100 + 20 for line in drawn), drawn
assert "\033[3" in said
PY
device_runs '1.1.0?' 1.0.0
expect 0 "$DUOBOOT" device list
never_says out "$(printf '\033')"
expect 0 "$DUOBOOT" confirm
device_runs 1.1.0 1.0.0
