# SPDX-License-Identifier: MIT
# A run of the virtual board, as a person and as a script see it: consoles,
# typing, buttons, lights, the end and its exit code; a copy runs alike.
. "$(dirname "$0")/lib_run.sh"
firmware fw 0 <"$DUO_SOURCE_DIR/test/cli/board_run_firmware.s"
run() { board run "$@"; }

# Nothing to start: told, and nothing is changed.
sums dk >before
expect 1 run dk
says err "blank at 0x0"
sums dk | cmp - before || fail "a refused run changed the board"

# The first run programs; what it prints has virtual times and who said it.
expect 0 run dk --load fw.elf --time 50ms
says out "app  | ready"
says out "led  | LED1 on"
grep -qE '^\[00000\.000[0-9]{3}\] app  \| ready$' out || fail "no time: $(cat out)"

# The flashes keep it; HEX and raw files are the same bytes.
expect 0 board read dk --memory app --addr 0 --len 380 --output elf.bin
for file in fw.hex fw.bin@0x0; do
    rm -rf dk && expect 0 board create dk --key release.pub.pem
    expect 0 run dk --load $file --time 1ms
    expect 0 board read dk --memory app --addr 0 --len 380 --output other.bin
    cmp elf.bin other.bin || fail "$file is not the same"
done

# Typing at virtual times; a run on a copy of the directory is the same.
cp -r dk copy
typed=(--input 'h@10ms' --input 'b@20ms' --press '1@30ms:20ms' --input 'b@40ms' --input 'b@60ms' --time 100ms)
expect 0 run dk "${typed[@]}"
[ "$(sed -n 's/.*app  | //p' out | tr '\n' ' ')" = "ready hi up down up " ] || fail "$(cat out)"
cp out first
expect 0 run copy "${typed[@]}"
cmp out first || fail "a copy runs otherwise"
diff -r dk copy >/dev/null || fail "a copy ends otherwise"

# Until a text is seen, partial lines included; or not.
expect 0 run dk --until read --time 1s
expect 0 run dk --until ready --until hi --input 'h@30ms' --json
is 'd["outcome"]' seen
is '30000 < d["time_us"] < 40000' True
is '[l["text"] for l in d["lines"] if l["from"] == "app"]' "['ready', 'hi']"
is 'd["stop"]' None
expect 9 run dk --until never --until ready --time 20ms
says err "no UART printed 'never' in 0.020000 s"
never_says err "'ready'"
expect 0 board state dk
says out "last boot: timeout"

# As it is, for other programs; and without the board's own lines.
expect 0 run dk --raw --time 20ms
printf 'ready\r\n' | cmp - out || fail "--raw is not raw"
expect 0 run dk --quiet --time 20ms
never_says out "LED"
expect 0 run dk --time 20ms --uart app=none
never_says out "ready"
expect 0 run dk --time 20ms --uart app=file:uart.txt
never_says out "ready"
printf 'ready\r\n' | cmp - uart.txt || fail "the file has something else"

# What the model does not know ends the run, with place and name, unless
# lenient. The board is saved: it can be looked at.
expect 10 run dk --input 'u@10ms' --time 50ms
says err "application core, pc 0x"
says err "at 0x50001000"
expect 10 run dk --input 'u@10ms' --time 50ms --json
is 'd["outcome"]' unmodelled
is 'd["stop"]["address"] == 0x50001000 and d["stop"]["core"] == "application"' True
expect 0 run dk --input 'u@10ms' --input 'h@20ms' --time 50ms --lenient
says out "at 0x50001000"
says out "app  | hi"

# Asleep for ever: there is nothing to wait for.
expect 0 run dk --input 'w@10ms' --time 1000s --json
is 'd["outcome"]' idle
is 'd["time_us"] < 1000000' True
expect 0 run dk --input 'w@10ms' --press 1@2s --time 1000s --json
is '2000000 < d["time_us"] < 2200000' True
expect 9 run dk --input 'w@10ms' --until hi
says err "nothing would happen any more"

# Resets, by the firmware, the button, the switch.
expect 0 run dk --input 'r@10ms' --reset-at 20ms --power-cycle-at 30ms --time 50ms
[ "$(grep -c 'app  | ready' out)" = 4 ] || fail "not four starts: $(cat out)"

# What it cost.
expect 0 run dk --time 20ms --json --stats
is 'd["stats"]["virtual_s"]' 0.02
is 'd["stats"]["cores"]["app"]["instructions"] > 10000' True
is 'd["stats"]["cores"]["net"]["held_us"] > 19000' True
is 'd["stats"]["host_s"] > 0 and d["stats"]["instructions_per_host_s"] > 0' True
expect 0 run dk --time 20ms --stats
says out "0.020 virtual seconds"

# The age of the board goes on.
expect 0 run dk --time 5s --quiet
/usr/bin/python3 -c 'import json; assert json.load(open("dk/board.json"))["time_ns"] > 5e9' ||
    fail "no time has passed"

# Somebody ends it: in order, and saved. The output of before must be gone, or
# the signal comes before the program has asked for it.
rm out
"$DUOBOOT" board run dk --time 100000s --speed 1 >out 2>err &
until grep -qs ready out; do sleep 0.05; done
kill -INT $!
wait $! || fail "a signal is no failure: $(cat err)"
says out "ready"
expect 0 board state dk
says out "last boot: ended"
