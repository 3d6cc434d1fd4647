# SPDX-License-Identifier: MIT
# Everything that can be wrong about a board's directory and a command line.
. "$(dirname "$0")/lib_board.sh"

# Usage.
expect 2 board
expect 2 board frobnicate dk
says err "there is no command 'frobnicate'"
expect 0 board --help
says out "Examples:"
for command in create stage boot reset state confirm erase log program read flip; do
    expect 0 board "$command" --help
    says out "Example"
    expect 2 board "$command"
    says err "DIR is needed"
    expect 2 board "$command" dk --no-such-option
done
expect 2 board state dk dk
expect 2 board create other
says err "--key is needed"
expect 2 board create other --key release.pub.pem --backup maybe
says err "--backup: 'maybe' is neither 'keep' nor 'none'"
expect 2 board boot dk --cut-at 0
expect 2 board boot dk --cut-at often
expect 2 board boot dk --cut-kind torn
expect 2 board boot dk --cut-at 1 --cut-kind bent
expect 2 board boot dk --net sleepy
expect 2 board stage dk --slot both app-1.1.0.bin
expect 2 board erase dk
says err "--slot is needed"
expect 2 board read dk --memory ram --addr 0 --output x
expect 2 board read dk --memory net --addr 0 --output x
says err "outside the net flash"
expect 2 board read dk --memory ext --addr 0x60000 --output x
expect 2 board read dk --memory ext --addr 0x5ffff --len 2 --output x
expect 2 board flip dk --memory app --addr 0 --xor 256
[ ! -e x ] || fail "a refused read left a file"

# A probe reads what is there.
expect 0 board read dk --memory app --addr 0xc000 --len "$(stat -c %s app-1.0.0.bin)" --output x
cmp x app-1.0.0.bin || fail "the application core holds something else"

# What is no board.
expect 4 board state nowhere
says err "nowhere: cannot open"
mkdir empty
expect 4 board state empty
says err "empty/board.json"
touch file
expect 4 board state file
expect 4 board stage dk nofile.bin
expect 4 board create other --key nokey.pem
expect 3 board create other --key release.pub.pem --layout raw.bin
expect 4 board create other --key release.pub.pem --layout none.yml
expect 4 board create other --key release.pub.pem --app nofile.bin
[ ! -e other ] || fail "a failed create left a directory"
head -c 100000 /dev/zero >big.bin
expect 1 board create other --key release.pub.pem --layout "$layout" --app big.bin
[ ! -e other ] || fail "a failed create left a directory"

# An existing board is safe without --force, and a new one starts afresh.
cp dk/board.json before.json
expect 4 board create dk --key release.pub.pem
says err "--force replaces it"
cmp dk/board.json before.json || fail "the board was changed"

# A create that does not come to its end leaves no board, not half of one.
cp -r dk good
mkdir dk/ext.bin.new
expect 4 board create dk --force --layout "$layout" --key release.pub.pem
says err "ext.bin: cannot be written"
expect 4 board state dk
says err "dk/board.json: cannot open"
rm -rf dk && cp -r good dk

# Each boot has a session of its own, over all runs of the program.
sessions=$(for _ in 1 2 3; do
    board boot dk >out
    sed -n 's/.*"session": \([0-9]*\).*/\1/p' dk/board.json
done | sort -u | wc -l)
[ "$sessions" = 3 ] || fail "three boots had $sessions sessions"
rm -rf dk && cp -r good dk

# broken FILE TEXT: with dk changed by the function change, every command says
# so and leaves it alone.
broken() {
    local command
    for command in state log boot confirm "stage dk app-1.1.0.bin"; do
        # shellcheck disable=SC2086 # Words.
        case $command in
        *' '*) expect 3 board $command ;;
        *) expect 3 board "$command" dk ;;
        esac
        says err "$1"
        says err "$2"
    done
    rm -rf dk && cp -r good dk
}
printf 'x' | dd of=dk/flash-state bs=1 seek=100 conv=notrunc status=none
broken dk/flash-state checksum
: >dk/flash-state
broken dk/flash-state "too short"
rm dk/flash-state
broken dk/flash-state "cannot be opened"
truncate -s -1 dk/ext.bin
broken dk/ext.bin "bytes, not"
echo '{' >dk/board.json
broken dk/board.json ":2:"
echo '[]' >dk/board.json
broken dk/board.json "no board"
# edit PYTHON: change board.json, d.
edit() {
    /usr/bin/python3 -c '
import json, sys
d = json.load(open("dk/board.json"))
exec(sys.argv[1])
json.dump(d, open("dk/board.json", "w"))' "$1"
}
edit 'd["version"] = 2'
broken dk/board.json "no board of this version"
edit 'd["keys"] = []'
broken dk/board.json '"keys"'
edit 'd["keys"][0]["public"] = d["keys"][0]["public"][2:]'
broken dk/board.json '"keys"'
edit 'd["keys"] = d["keys"] * 17'
broken dk/board.json '"keys"'
edit 'd["policy"]["route"] = "maybe"'
broken dk/board.json '"policy"'
edit 'd["session"] = -1'
broken dk/board.json "a member"
edit 'd["layout"]["partitions"]["net_active"]["size_bytes"] += 1'
broken dk/board.json '"layout" is not a layout'
edit 'd["layout"]["partitions"]["app_staged"]["address"] = 0xFFFFFFFF'
broken dk/board.json '"layout" is not a layout'
edit 'd["layout"]["external_flash_bytes"] = 1 << 40'
broken dk/board.json '"layout" is not a layout'
edit 'del d["layout"]["partitions"]["journal"]'
broken dk/board.json '"layout" is not a layout'

# The journal may hold anything: it only informs.
expect 0 board log dk
expect 0 board flip dk --memory ext --addr 0x5e004
expect 0 board log dk --json
is 'isinstance(d, list)' True
expect 0 board boot dk

# The external chip may hold anything: every command comes to an end, and what
# the cores have goes on running.
for seed in 1 2 3 4 5 6; do
    rm -rf dk && cp -r good dk
    /usr/bin/python3 - "$seed" <<'PYTHON'
import random, sys

draw = random.Random(int(sys.argv[1]))
data = bytearray(open("dk/ext.bin", "rb").read())
for _ in range(1 + draw.randrange(40)):
    at = draw.randrange(len(data) // 256) * 256
    kind = draw.randrange(3)
    length = min(draw.choice((256, 4096, 65536)), len(data) - at)
    data[at:at + length] = (draw.randbytes(length) if kind == 0 else
                            bytes(length) if kind == 1 else data[:length])
open("dk/ext.bin", "wb").write(data)
PYTHON
    expect 0 board log dk
    expect 0 board state dk --json
    expect 0 board stage dk net-1.1.0.bin
    expect 0 board boot dk
    says out "starting application image 1.0.0"
    expect 0 board boot dk
    runs 1.0.0 1.0.0
done
