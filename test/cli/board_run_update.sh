# SPDX-License-Identifier: MIT
# Updates on the virtual board with the ARM binaries of both cores: what the
# other commands stage is installed by `run`, what it leaves they can read, and
# cuts at times and flash operations are survived.
. "$(dirname "$0")/lib_run.sh"
arm_board appdemo

# runs APP NET: the versions in the cores, with "?" while on trial.
runs() {
    expect 0 board state dk --json
    is '" ".join(i["slots"][0]["version"] + "?" * i["on_trial"] for i in d["images"])' "$1 $2"
}
fresh() { rm -rf dk && cp -r staged dk; }

# The first start.
expect 0 board run dk --load "$firmware/appboot.elf" --load "$firmware/netboot.elf" \
    --until 'appdemo 1.0.0' --until 'netboot' --time 10s
runs 1.0.0 1.0.0

# Both images are staged by the native commands and installed on trial by the
# ARM binaries; `stats' and `trace' tell what it took.
expect 0 board stage dk app-1.1.0.bin
expect 0 board stage dk net-1.1.0.bin
cp -r dk staged
expect 0 board run dk --until 'appdemo 1.1.0' --time 30s --json --stats --trace trace.txt
is 'd["outcome"]' seen
is 'd["stats"]["devices"]["app"]["erases"] > 0 and d["stats"]["devices"]["net"]["erases"] > 0' True
is 'd["stats"]["devices"]["ext"]["written_bytes"] > 30000' True
operations=$(field 'd["operations"]')
[ "$operations" = "$(wc -l <trace.txt)" ] || fail "$operations operations, but $(wc -l <trace.txt) lines"
grep -qE '^[0-9]+ [0-9]+\.[0-9]{9} app erase 0x00c000 0x1000 (8[789]|9[0-9])[0-9]{3}\.[0-9]{3} us$' trace.txt || fail "$(head -n 5 trace.txt)"
runs '1.1.0?' '1.1.0?'
expect 0 board log dk
says out "[install-started]"

# Nobody has confirmed: the next start reverts both.
expect 0 board run dk --until 'appdemo 1.0.0' --time 30s
runs 1.0.0 1.0.0

# Confirmed by the native commands, it stays.
fresh
expect 0 board run dk --until 'appdemo 1.1.0' --time 30s --quiet
expect 0 board confirm dk --core app
expect 0 board confirm dk --core net
expect 0 board run dk --until 'appdemo 1.1.0' --time 30s --quiet
runs 1.1.0 1.1.0

# The power fails within flash operations; the run after it goes on. The same
# words cut the same.
kinds=(before torn garbage partial-erase after)
for ((i = 0; i < 5; i++)); do
    fresh
    at=$((1 + operations * (2 * i + 1) / 10))
    expect 8 board run dk --cut-at op:$at:${kinds[i]} --seed $i --time 30s --json
    is 'd["cut"]["operation"]' $at
    is 'd["cut"]["kind"]' "${kinds[i]}"
    is 'd["outcome"]' power-cut
    if [ $i = 1 ]; then
        cp -r dk cut
        fresh
        expect 8 board run dk --cut-at $at --cut-kind torn --seed $i --time 30s
        says out "*** power cut at operation $at ("
        diff -r dk cut || fail "the same cut left something else"
    fi
    expect 1 board reset dk
    expect 0 board run dk --until 'appdemo 1.1.0' --time 30s --quiet
    runs '1.1.0?' '1.1.0?'
done

# At a time, and at random; a cut that comes too late is told.
fresh
expect 8 board run dk --cut-at 700ms
says out "0.700000000 s, torn"
fresh
expect 8 board run dk --cut-at random --seed 3 --until 'appdemo 1.1.0' --quiet
expect 0 board run dk --until 'appdemo 1.1.0' --time 30s --quiet
expect 2 board run dk --cut-at op:999999 --time 3s
says err "before the cut at 999999"
expect 0 board run dk --cut-at 10s --until appdemo
says err "the run ended before the power was cut"

# Without the external chip the confirmed images start all the same.
fresh
expect 0 board run dk --remove-chip --until 'appdemo 1.0.0' --time 30s
