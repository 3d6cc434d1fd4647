# SPDX-License-Identifier: MIT
# The example in README.md runs as it stands there, line by line; a comment
# "ends with N" tells an exit code other than 0.
set -eu
DUO_SOURCE_DIR=$(cd "$DUO_SOURCE_DIR" && pwd)
PATH=$(dirname "$DUOBOOT"):$PATH
rm -rf "$DUO_TEST_DIR"
mkdir -p "$DUO_TEST_DIR"
cd "$DUO_TEST_DIR"

duoboot layout show --json --layout "$DUO_SOURCE_DIR/layouts/nrf5340dk.yml" >layout.json
firmware() { "$DUO_SOURCE_DIR/scripts/demo_firmware.py" "$@" <layout.json; }
firmware --core app --size 300K --seed 1 --output app.bin
firmware --core net --size 240K --seed 2 --output net.bin
firmware --core net --size 240K --seed 3 --output net-new.bin

sed -n '/^<!-- example:/,/^<!-- end of example/p' "$DUO_SOURCE_DIR/README.md" |
    grep '^duoboot ' >lines
[ "$(wc -l <lines)" -ge 15 ] || { echo "FAILED: the example is gone"; exit 1; }
while IFS= read -r line <&3; do
    want=0
    case $line in *"# ends with "*) want=${line##*# ends with } want=${want%%:*} ;; esac
    got=0
    bash -c "$line" </dev/null >out 2>&1 || got=$?
    cat out >>all
    [ "$got" = "$want" ] || { cat out; echo "FAILED: $got instead of $want: $line"; exit 1; }
done 3<lines

# It tells the story that the comments promise.
for promise in "*** power cut at operation 200" "decision for network: resume-install" \
    "[install-resumed]" "network: confirmed" "[confirmed]" "starting network image 1.1.0" "[same-image]"; do
    grep -qF -- "$promise" all || { cat all; echo "FAILED: nothing says '$promise'"; exit 1; }
done
