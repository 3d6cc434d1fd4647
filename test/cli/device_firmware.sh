# SPDX-License-Identifier: MIT
# The ARM binaries of both cores on the virtual board, as a device: by the
# pseudo-terminal of its console, by UDP, and in this process by board:DIR.
. "$(dirname "$0")/lib_run.sh"
export XDG_CONFIG_HOME=$PWD/config
d() { "$DUOBOOT" "$@"; }
arm_board appdemo-manual
expect 0 board run dk --load "$firmware/appboot.elf" --load "$firmware/netboot.elf" \
    --until 'appdemo 1.0.0' --time 10s

# device_runs APP NET: the versions that run, with "?" while on trial.
device_runs() {
    expect 0 d device list --json
    is '" ".join(i["version"] + "?" * (i["state"] == "on-trial") for i in d["images"] if i["slot"] == 0)' "$1 $2"
}

# In this process: each command switches the board on and off.
export DUOBOOT_DEVICE=board:dk
expect 0 d echo hello
expect 0 d device list
says out "application  0     1.0.0"
expect 0 d info --json
is 'd["bootloader"]["name"]' MCUboot
is 'd["tasks"][0]["stack_bytes"] > d["tasks"][0]["stack_used_bytes"] > 0' True

# The trial ends with the command, because that cuts the power; so at once.
expect 0 d upload --mode test-and-confirm net-1.1.0.bin
says err "for the network core"
says err "the network core runs version 1.1.0, confirmed"
device_runs 1.0.0 1.1.0
expect 0 d revert net
says err "(installed-permanent"
device_runs 1.0.0 1.0.0

# A command that may not be asked twice waits until the board has booted; files.
expect 0 d shell version
says out "application 1.0.0"
expect 0 d fs get /boot/journal.txt -
says out "installed-permanent"
expect 0 d fs get /log/app.txt log.txt
grep -q "appdemo 1.0.0 runs" log.txt || fail "log.txt is not the log"
expect 0 d fs hash /crash/last.txt
says out "crc32"
expect 1 d fs put log.txt /log/new.txt
says err "read-only"

# By its UARTs.
/usr/bin/python3 -c 'import pty; pty.openpty()' || exit 77
"$DUOBOOT" board run dk --uart app=pty --uart link=udp:0 >run.out 2>run.err &
run_pid=$!
trap 'kill $run_pid 2>/dev/null || true' EXIT
for _ in $(seq 200); do grep -q 'UDP port' run.err && grep -q /dev/pts run.err && break; sleep 0.05; done
console=serial:$(grep -o '/dev/pts/[0-9]*' run.err)
network=udp:127.0.0.1:$(grep -oE 'UDP port [0-9]+' run.err | grep -oE '[0-9]+')

for url in "$console" "$network"; do
    export DUOBOOT_DEVICE=$url
    expect 0 d echo hello
    says out "hello"
    expect 0 d shell net
    says out "1.0.0"
    expect 0 d shell --json version
    is '"1.0.0" in d["output"], d["result"]' "(True, 0)"
    expect 1 d shell nosuch
    says err "nosuch: the command ended with"
    printf 'help\nversion\n' >typed
    d shell <typed >out 2>err || fail "$(cat err)"
    says out "confirm"
    says out "1.0.0"
    expect 0 d log
    says out "appdemo 1.0.0"
    expect 0 d log --json
    expect 0 d stat --json
    is 'd["smp"]["requests"] > 0' True
    expect 0 d stat smp
    says out "requests"
    expect 0 d settings set demo/name kitchen
    expect 0 d settings get demo/name
    says out "kitchen"
    expect 0 d fs put log.txt /ram/log.txt
    expect 0 d fs get /ram/log.txt back
    cmp log.txt back || fail "the file came back with other bytes"
    expect 0 d fs hash --type sha256 /ram/log.txt
    says out "$(sha256sum log.txt | cut -d" " -f1)"
    expect 0 d shell files
    says out "  /ram/log.txt"
    expect 0 d shell cat /ram/log.txt
    says out "appdemo 1.0.0 runs"
    expect 0 d shell rm /ram/log.txt
    expect 1 d fs stat /ram/log.txt
done

# The console carries log and shell beside an update; the monitor shows them.
export DUOBOOT_DEVICE=$console
expect 0 d upload net-1.1.0.bin
says err "the network core runs version 1.1.0, on trial"
expect 0 d confirm net
device_runs 1.0.0 1.1.0
export DUOBOOT_DEVICE=$network
"$DUOBOOT" monitor --json --interval 200 -d "$console" >watched &
monitor=$!
for _ in $(seq 100); do grep -q '"net"' watched && break; sleep 0.1; done
expect 0 d upload --mode test-and-confirm app-1.1.0.bin
device_runs 1.1.0 1.1.0
for _ in $(seq 100); do grep -q 'appdemo 1.1.0' watched && break; sleep 0.1; done
sleep 1
kill -INT $monitor
wait $monitor || fail "the monitor did not end well"
/usr/bin/python3 - <<'PY'
import json
events = [json.loads(line) for line in open("watched")]
assert any(e["event"] == "console" and "appdemo 1.1.0" in e["text"] for e in events), events
assert any(e["event"] == "image" and e["image"]["version"] == "1.1.0" for e in events), events
PY

# Into recovery and back: the boot loader's server lists and resets, no more.
export DUOBOOT_DEVICE=$console
expect 0 d reset --recovery --wait
expect 0 d device list
says out "application  0     1.1.0"
expect 1 d why
expect 0 d reset --wait
device_runs 1.1.0 1.1.0

# A shell for people: the prompt, a command, history, Ctrl-C drops the line,
# Ctrl-D ends.
/usr/bin/python3 - "$DUOBOOT" <<'PY'
import os, pty, select, subprocess, sys, time
master, slave = pty.openpty()
run = subprocess.Popen([sys.argv[1], "shell"], stdin=slave, stdout=slave, stderr=slave,
                       env={**os.environ, "TERM": "xterm"}, start_new_session=True,
                       preexec_fn=lambda: __import__("fcntl").ioctl(0, __import__("termios").TIOCSCTTY, 0))
os.close(slave)
said = b""
def until(text, count=1):
    global said
    end = time.monotonic() + 60
    while said.count(text) < count:
        assert select.select([master], [], [], end - time.monotonic())[0], said
        said += os.read(master, 4096)
until(b"device> ")
os.write(master, b"version\n")
until(b"device> ", 2)
assert said.count(b"1.1.0") == 2, said
said = b""
os.write(master, b"\x1b[A\n")          # The line before, again.
until(b"1.1.0", 2)
until(b"\ndevice> ")
said = b""
os.write(master, b"half a line\x03")
until(b"device> ")
said = b""
os.write(master, b"nosuch\n")
until(b"nosuch: the command ended with")
until(b"\ndevice> ")
os.write(master, b"\x04")
assert run.wait(60) == 0, said
PY
kill $run_pid
wait $run_pid || fail "$(cat run.err)"
trap - EXIT
