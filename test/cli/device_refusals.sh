# SPDX-License-Identifier: MIT
# What is said when it goes wrong: each sentence names what and where, says what
# can be done, and ends with the exit code of docs and `duoboot help exit-codes'.
. "$(dirname "$0")/lib_device.sh"
d() { "$DUOBOOT" "$@"; }

# No device, or one that means nothing.
unset DUOBOOT_DEVICE
expect 2 d echo
says err "Name a device in one of three ways"
says err "DUOBOOT_DEVICE=udp:"
says err "duoboot device discover"
expect 2 d echo -d nosuchname
says err "nosuchname"
expect 2 d echo -d ftp:host
says err "serial:, raw:, udp:, ble: or board:"
expect 2 d echo -d serial:
says err "serial:/dev/ttyACM0"
expect 2 d echo -d 'serial:/dev/ttyACM0?baud=12345'
says err "12345 baud is no speed"
expect 2 d device nosuch
says err "there is no command 'nosuch'"
expect 2 d device
expect 0 d device --help
says out "udp:HOST:1337"
expect 2 d echo --timeout 0 -d udp:127.0.0.1
says err "seconds are wanted"

# Nobody there.
expect 4 d echo -d serial:/dev/nosuchport
says err "there is no such port; is it plugged in?"
says err "duoboot device discover"
expect 5 d echo --timeout 0.1 -d udp:127.0.0.1:9
says err "no answer within 0.1 s"
says err "firewall"
expect 5 d device list --json --timeout 0.1 -d udp:127.0.0.1:9
is 'd["error"]["exit_code"]' 5
expect 4 d echo -d board:nosuchdir
says err "nosuchdir"
if [ "$(id -u)" != 0 ]; then
    : >locked
    chmod 0 locked
    expect 4 d echo -d "serial:$PWD/locked"
    says err "dialout"
    says err "adduser"
fi
expect 4 d echo -d serial:/dev/null
says err "not a serial port"

# A port that another program holds, and one that is silent.
/usr/bin/python3 - "$DUOBOOT" <<'PY'
import fcntl, os, pty, subprocess, sys
try:
    master, slave = pty.openpty()
except OSError as error:
    print(f"skipped: no pseudo-terminals here: {error}")
    sys.exit()
path = os.ttyname(slave)
def echo(scheme):
    run = subprocess.run([sys.argv[1], "echo", "--timeout", "0.1", "-d", f"{scheme}:{path}"],
                         capture_output=True, text=True, timeout=120)
    return run.returncode, run.stderr
code, said = echo("serial")
assert code == 5 and "no answer" in said and "?baud=1000000" in said and "raw:" in said, said
code, said = echo("raw")
assert code == 5 and "that is serial:, not raw:" in said, said
fcntl.flock(slave, fcntl.LOCK_EX)
code, said = echo("serial")
assert code == 4 and "another program uses this port" in said and "fuser -v " + path in said, said
PY

# Files, before the device is asked.
export DUOBOOT_DEVICE=udp:127.0.0.1:9
expect 2 d upload
says err "FILE is needed"
expect 4 d upload nosuch.bin
says err "nosuch.bin"
echo "no image" >text.bin
expect 3 d upload text.bin
says err "text.bin: not an image"
head -c 30000 app-1.1.0.bin >cut.bin
expect 3 d upload cut.bin
says err "cut.bin"
/usr/bin/python3 -c 'b = bytearray(open("app-1.1.0.bin", "rb").read()); b[5000] ^= 1; open("bad.bin", "wb").write(b)'
expect 3 d upload bad.bin
says err "bad.bin: "
says err "digest"
printf 'PK\3\4' >bad.zip
expect 3 d upload bad.zip
expect 2 d upload --mode later app-1.1.0.bin
says err "test, confirm, test-and-confirm or none"
expect 2 d upload --image 0 app-1.1.0.bin net-1.1.0.bin
says err "--image is for one image"
expect 2 d confirm app net
expect 2 d revert app-1.1.0.bin
expect 2 d erase
says err "say what to erase"

# The device says no: a sentence, its group and its number.
serve
expect 1 d upload --image 0 --json net-1.1.0.bin
says err "(group "
is 'd["error"]["number"] > 0' True
expect 1 d test app
says err "its slot 1 is empty"
expect 1 d test ffffffff
says err "duoboot device list"
expect 2 d test someword
says err "'someword' is no image"
expect 1 d test app-1.1.0.bin
says err "app-1.1.0.bin: version 1.1.0 is not on the device"
expect 1 d revert both
says err "nothing to go back to"
expect 1 d erase --slot 0
says err "(group "
expect 1 d erase --slot 9
says err "there is no such slot (group 1"
expect 0 d upload --mode confirm app-1.2.0.bin
expect 1 d upload --only-upgrade app-1.1.0.bin
says err "(group "

# Sent and refused by the boot loader: the journal says why.
key=attacker.pem
"$DUOBOOT" inspect app-1.1.0.bin >/dev/null
"$DUO_SOURCE_DIR/scripts/demo_firmware.py" --core app --size 60K --seed 9 --output raw.bin <layout.json
expect 0 d sign --key "$key" --layout "$layout" --version 2.0.0 --pad-header raw.bin evil.bin
expect 1 d upload evil.bin
says err "key-unknown"
says err "the application core runs version 1.2.0 and not 2.0.0"
device_runs 1.2.0 1.0.0
