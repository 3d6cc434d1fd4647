# SPDX-License-Identifier: MIT
# GDB from the distribution debugs both cores of the virtual board at once: it
# breaks in the boot loader, steps, and shows registers and memory.
. "$(dirname "$0")/lib_run.sh"
command -v gdb-multiarch >/dev/null || exit 77
boot=$DUO_BUILD_DIR/firmware
run=
trap '[ -z "$run" ] || kill "$run"' EXIT

# gdb CORE COMMAND...: in batch mode, connected to that core of the board that
# runs with --gdb 0 and its error stream in the file run.err.
port() { sed -n "s/.*debugger of the $1 core: .*127.0.0.1:\([0-9]*\)$/\1/p" run.err; }
gdb() {
    local core=$1 word
    shift
    local words=(-ex 'set confirm off' -ex 'set pagination off' -ex "target remote 127.0.0.1:$(port "$core")")
    for word in "$@"; do words+=(-ex "$word"); done
    timeout 60 gdb-multiarch -nx -batch ${elf:+"$elf"} "${words[@]}" >"$core.log" 2>&1 ||
        { cat "$core.log" run.err; fail "gdb failed"; }
}
# start OPTION...: the board, waiting for a debugger.
start() {
    : >run.err
    "$DUOBOOT" board run dk --gdb 0 --gdb-wait "$@" >run.out 2>run.err &
    run=$!
    until [ -n "$(port network)" ]; do
        kill -0 "$run" || { cat run.err; fail "the run has ended"; }
        sleep 0.05
    done
}
# ended CODE: the run must end with this code.
ended() {
    local got=0
    wait "$run" || got=$?
    run=
    [ $got = "$1" ] || { cat run.out run.err; fail "the run ended with $got"; }
}

# A small firmware: the registers of the core at reset, a breakpoint, steps, a
# watch of memory that is written, and a change of it.
firmware fw 0 <"$DUO_SOURCE_DIR/test/cli/board_run_firmware.s"
elf=fw.elf
start --load fw.elf --until hi --input 'h@1ms'
gdb application 'info registers pc sp msp' 'break loop' 'continue' 'info registers pc' 'stepi' 'x/s 0x20000000' \
    'set var *(char *)0x20000000 = 82' 'x/s 0x20000000' 'p/x $primask' 'set var $r0 = 0x1234' 'p/x $r0' \
    'monitor state' 'monitor help' 'monitor fly' 'info threads' 'x/wx 0x50008500' \
    'p *(int *)0xA0000000' 'delete' 'detach'
for text in 'pc             0x8' 'sp             0x20010000' 'Breakpoint 1, loop' '"ready' '"Ready' '= 0x1234' \
    'power on' 'monitor reset' 'There is no such command' 'application core' '0x00000008' \
    'Cannot access memory at address 0xa0000000'; do
    says application.log "$text"
done
ended 0
says run.out "app  | hi"

# Ctrl-C stops a core that sleeps for ever; `kill' ends the run, and the board
# is saved.
start --load fw.elf --input 'w@1ms'
/usr/bin/python3 - "$(port application)" <<'PY'
import socket, sys, time
peer = socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=30)
def receive(end):
    got = b""
    while not got.endswith(end):
        got += peer.recv(1)
peer.sendall(b"$c#63")
time.sleep(0.5)
peer.sendall(b"\x03")
receive(b"$T02thread:1;#d4")
peer.sendall(b"+$D#44")
receive(b"$OK#9a")
PY
gdb application 'backtrace' 'kill'
says application.log '#0  sleep ()'
ended 0
expect 0 board state dk
says out "last boot: ended"

# What ends a run is first shown to the debugger.
start --load fw.elf --input 'u@1ms'
gdb application 'continue' 'p/x $r0' 'continue'
says application.log 'SIGABRT'
says run.err 'at 0x50001000'
ended 10

# Peers that are no debuggers: the run lives on.
start --load fw.elf
/usr/bin/python3 - "$(port application)" "$(port network)" <<'PY'
import os, random, socket, sys
random.seed(1)
for port in sys.argv[1:] * 8:
    peer = socket.create_connection(("127.0.0.1", int(port)))
    letters = b"$#+-\x03}:;,0123456789abcdefmMXGPpzZvCsqQ"
    peer.sendall(bytes(random.choice(letters) for _ in range(20000)))
    peer.sendall(b"$" + b"0" * 100000 + b"#00$m0,ffffffff#00" + bytes(range(256)))
    peer.close()
PY
gdb network 'p/x $pc' 'detach'
gdb application 'p/x $pc' 'kill'
ended 0

# The boot loaders of both cores at once, with two debuggers: the network
# core's stands in its main() while the application core's steps.
[ -e "$boot/appboot.elf" ] && [ -e "$boot/netboot.elf" ] || exit 0
elf=
start --load "$boot/appboot.elf" --load "$boot/netboot.elf" --time 100ms
cat >both.gdb <<GDB
set confirm off
set pagination off
file $boot/appboot.elf
target remote 127.0.0.1:$(port application)
break main
continue
stepi
info registers
x/2wx 0x0
add-inferior -exec $boot/netboot.elf -no-connection
inferior 2
target remote 127.0.0.1:$(port network)
info registers pc
break main
continue
info registers
x/2wx 0x01000000
p/x \$msplim
inferior 1
info registers pc
detach
inferior 2
delete
detach
GDB
timeout 60 gdb-multiarch -nx -batch -x both.gdb >both.log 2>&1 || { cat both.log run.err; fail "gdb failed"; }
[ "$(grep -c 'in main ()' both.log)" -ge 2 ] || { cat both.log; fail "not both stopped in main()"; }
says both.log '0x1000000'
grep -qE 'pc +0x10[0-9a-f]{5} ' both.log || { cat both.log; fail "no pc of the network core"; }
ended 0
says run.out "netboot"
