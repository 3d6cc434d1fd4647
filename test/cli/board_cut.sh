# SPDX-License-Identifier: MIT
# Power cuts by hand: wherever and however, the boots after it end with whole
# images, and what `state` foretells is what the next boot decides.
. "$(dirname "$0")/lib_board.sh"

expect 0 board stage dk app-1.1.0.bin
expect 0 board stage dk net-1.1.0.bin
cp -r dk staged
fresh() { rm -rf dk && cp -r staged dk; }

# How many operations there are; all of them are counted from 1.
expect 0 board boot dk --json --stats
operations=$(field 'd["operations"]')
[ "$operations" -gt 100 ] || fail "only $operations operations"
is 'd["cut"]' None
is 'd["outcome"]' started
is 'd["stats"]["external_mode"]' high-performance
is 'd["stats"]["cores"]["app"]["changed_pages"] > 10' True
is 'd["stats"]["bound_us"] == max(131532 * d["stats"]["cores"]["app"]["changed_pages"], 109516 * d["stats"]["cores"]["net"]["changed_pages"])' True
is 'd["stats"]["boot_us"] > d["stats"]["bound_us"]' True
is 'd["stats"]["devices"]["app"]["erases"] == d["stats"]["cores"]["app"]["changed_pages"] + 1' True
is 'd["stats"]["cores"]["net"]["installed_bytes"]' "$(stat -c %s net-1.1.0.bin)"

# Every tenth operation and one of the kinds in turn.
kinds=(before torn garbage partial-erase after)
for ((at = 1; at <= operations; at += 1 + operations / 12)); do
    kind=${kinds[$((at % 5))]}
    fresh
    expect 8 board boot dk --cut-at $at --cut-kind "$kind" --seed $at
    says out "*** power cut at operation $at ("
    says out ", $kind; seed $at) ***"
    expect 1 board reset dk # No power, no reset.
    says err "has no power"
    foretold
    runs '1.1.0?' '1.1.0?'
    foretold # Nobody confirmed.
    runs 1.0.0 1.0.0
done

# After the last operation the commit stands: a trial that was never confirmed.
fresh
expect 8 board boot dk --cut-at "$operations" --cut-kind after
runs '1.1.0?' '1.1.0?'
foretold
runs 1.0.0 1.0.0

# A number beyond the last one cuts nothing.
fresh
expect 0 board boot dk --cut-at $((operations + 1))
says err "before the cut at $((operations + 1))"

# At random: the seed is told and replays it, cut after cut.
fresh
expect 8 board boot dk --cut-at random --json
seed=$(field 'd["cut"]["seed"]')
field 'd["cut"]' >first
is 'd["outcome"]' power-cut
is 'd["app"]' None
fresh
expect 8 board boot dk --cut-at random --seed "$seed" --json
field 'd["cut"]' | cmp - first || fail "the seed does not replay the cut"
for _ in 1 2 3; do board boot dk --cut-at random >out 2>err || [ $? = 8 ] || [ $? = 2 ]; done
expect 0 board boot dk
expect 0 board boot dk
expect 0 board state dk --json
is 'sorted(set(i["slots"][0]["version"] for i in d["images"])) in (["1.0.0"], ["1.1.0"], ["1.0.0", "1.1.0"])' True
is 'all(i["slots"][0]["bootable"] for i in d["images"])' True

# A boot that writes nothing has nothing to cut.
new_board
expect 2 board boot dk --cut-at random
says err "there is nothing to cut"

# A reset keeps the mode of the external chip; the report is the same JSON.
expect 0 board reset dk --report report.json
says out "starting application image"
cp report.json out
is 'd["from"]' reset
is 'd["log"][-1]["event"]' start
