# SPDX-License-Identifier: MIT
# Bad input to `duoboot board run`: each is refused with file and address (or
# offset), and the board's directory stays as it is, byte by byte.
. "$(dirname "$0")/lib_run.sh"
firmware fw 0 <"$DUO_SOURCE_DIR/test/cli/board_run_firmware.s"
firmware high 0x200000 <"$DUO_SOURCE_DIR/test/cli/board_run_firmware.s"
firmware edge 0xFFF00 <"$DUO_SOURCE_DIR/test/cli/board_run_firmware.s"
expect 0 board run dk --load fw.elf --time 5ms
sums dk >before

# refused CODE TEXT OPTION...
refused() {
    local code=$1 text=$2
    shift 2
    expect "$code" board run dk --time 5ms "$@"
    says err "$text"
    sums dk | cmp -s - before || fail "the board was changed by: $*"
}

# Files: missing, cut off, foreign, outside.
refused 4 missing.elf --load missing.elf
refused 4 "$PWD" --load "$PWD"
head -c 30 fw.elf >short.elf
refused 3 short.elf --load short.elf
head -c 5000 fw.elf >half.elf
refused 3 half.elf --load half.elf
refused 3 /bin/true --load /bin/true
head -n 5 fw.hex | head -c -8 >short.hex
refused 3 short.hex: --load short.hex
sed 's/^\(:10.\{20\}\)./\1F/;2q' fw.hex >sum.hex
refused 3 sum.hex: --load sum.hex
refused 3 fw.bin --load fw.bin # An address is needed.
: >empty.bin
refused 3 empty.bin --load empty.bin@0
refused 3 0x00200000 --load high.elf
refused 3 0x00200000 --load high.hex
refused 3 high.bin --load high.bin@0x30000000
says err 0x30000000
refused 3 edge.elf --load edge.elf
says err 0x00100000

# Good ones do not help a bad one; two may not want the same bytes.
refused 4 missing.hex --load fw.elf --load missing.hex
refused 3 "address 0x00000000 is given by fw.elf, too" --load fw.elf --load fw.hex
refused 3 "address 0x00000100" --load fw.elf --load fw.bin@0x100

# Words.
for word in '--time=5' '--time=5h' '--time=' '--time=1e9s' '--time=99999999999999999999s' \
    '--until=' '--uart=app=serial' '--uart=app' '--uart=net=tcp:70000' '--uart=app=file:' \
    '--input=text' '--input=text@' '--input=te\qxt@1s' '--input=\x1@1s' \
    '--press=5@1s' '--press=1' '--press=0@1s' '--press=1@1s:x' \
    '--cut-at=0' '--cut-at=op:x' '--cut-at=1s:gently' '--cut-kind=torn' \
    '--speed=fast' '--speed=-1' '--gdb=70000' '--gdb-wait' '--seed=x' '--no-such-option'; do
    refused 2 board "$word"
done
refused 2 "what is 'fw.elf' for?" fw.elf
expect 2 board run
says err "DIR is needed"
refused 4 "$PWD" --trace "$PWD"
refused 4 nowhere --uart app=file:nowhere/uart.txt

# No board, or one of another layout than the firmware was linked for, which
# its symbols tell.
expect 4 board run nowhere
says err nowhere
mkdir nothing
expect 4 board run nothing
says err board.json
cp -r dk damaged
sed -i 's/duoboot-board/duoboot-bread/' damaged/board.json
expect 3 board run damaged
says err damaged/board.json
cp -r dk short
head -c 1000 dk/net.bin >short/net.bin
expect 3 board run short
says err short/net.bin
{
    echo '.global __duo_app_active_addr, __duo_app_active_size_bytes'
    echo '__duo_app_active_addr = 0xD000'
    echo '__duo_app_active_size_bytes = 0xE0000'
    cat "$DUO_SOURCE_DIR/test/cli/board_run_firmware.s"
} | firmware linked 0
refused 3 "linked.elf: linked for another layout: mcuboot_primary is 0xe0000 bytes at 0xd000" --load linked.elf
says err dk/board.json
expect 0 board create small --layout "$DUO_SOURCE_DIR/test/layouts/small.yml" --key release.pub.pem
sums small >small.before
for elf in "$DUO_BUILD_DIR"/firmware/appboot.elf; do
    [ -e "$elf" ] || continue
    expect 3 board run small --load "$elf"
    says err "linked for another layout"
    says err small/board.json
done
expect 3 board run small --load fw.elf --load fw.bin@0x10070000
says err "the external flash of small has 0x60000 bytes"
sums small | cmp - small.before || fail "the small board was changed"

# Locked by another run: it waits; the first one ends in order.
"$DUOBOOT" board run dk --time 100000s --speed 1 >running 2>&1 &
first=$!
until grep -q ready running; do sleep 0.05; done
code=0
timeout 1 "$DUOBOOT" board state dk >/dev/null 2>&1 || code=$?
kill -TERM $first
wait $first || fail "the first run failed"
[ $code = 124 ] || fail "a board that runs is free for others"
