# SPDX-License-Identifier: MIT
# What the tests of `duoboot board` share. Sourced; leaves an empty working
# directory with keys, signed images for the small layout, and a board "dk"
# whose cores run 1.0.0.
DUO_SOURCE_DIR=$(cd "$DUO_SOURCE_DIR" && pwd)
layout=$DUO_SOURCE_DIR/test/layouts/small.yml
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

never_says() {
    if grep -qF -- "$2" "$1"; then
        cat "$1" >&2
        fail "'$1' says: $2"
    fi
}

board() { "$DUOBOOT" board "$@"; }

# field PYTHON: an expression over the JSON of the last command, as d.
field() { /usr/bin/python3 -c 'import json, sys; d = json.load(open("out")); print(eval(sys.argv[1]))' "$1"; }

# is PYTHON VALUE
is() {
    local got
    got=$(field "$1")
    [ "$got" = "$2" ] || { cat out >&2; fail "$1 is $got, not $2"; }
}

# runs APP NET: the versions in the cores, with "?" while on trial.
runs() {
    expect 0 board state dk --json
    is '" ".join(i["slots"][0]["version"] + "?" * i["on_trial"] for i in d["images"])' "$1 $2"
}

# foretold [OPTION...]: state, then a boot; its first decisions are those that
# the state foretells.
foretold() {
    local wants
    expect 0 board state dk --json
    wants=$(field '" ".join(i["core"] + ":" + i["next_boot"] for i in d["images"] if i["next_boot"] != "none")')
    expect 0 board boot dk --json "$@"
    is '" ".join(e["core"] + ":" + e["action"] for e in d["log"] if e["event"] == "decision")[:'"$((${#wants} + (${#wants} == 0)))"']' "$wants"
}

# image CORE VERSION SIZE SEED [SIGN-OPTION...]: makes CORE-VERSION.bin.
image() {
    local core=$1 version=$2 size=$3 seed=$4
    shift 4
    "$DUO_SOURCE_DIR/scripts/demo_firmware.py" --core "$core" --size "$size" \
        --seed "$seed" --output raw.bin <layout.json
    expect 0 "$DUOBOOT" sign --key release.pem --layout "$layout" --version "$version" \
        --pad-header "$@" raw.bin "$core-$version.bin"
}

# new_board [OPTION...]: the board dk anew, booted once.
new_board() {
    expect 0 board create dk --force --layout "$layout" --key release.pub.pem \
        --app app-1.0.0.bin --net net-1.0.0.bin "$@"
    expect 0 board boot dk
}

"$DUOBOOT" layout show --json --layout "$layout" >layout.json
expect 0 "$DUOBOOT" keygen --type ed25519 --out release.pem
expect 0 "$DUOBOOT" keygen --type ed25519 --out attacker.pem
expect 0 "$DUOBOOT" keygen --public release.pem --out release.pub.pem
image app 1.0.0 60K 1
image net 1.0.0 48K 2
image app 1.1.0 60K 3
image net 1.1.0 44K 4
new_board
