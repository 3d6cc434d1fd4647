# SPDX-License-Identifier: MIT
# The examples in README.md run as they stand there, line by line; a comment
# "ends with N" tells an exit code other than 0. Without firmware only the first
# one runs.
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

# example N: the lines of the Nth example.
example() {
    awk -v wanted="$1" '/^<!-- example:/ {count++; inside = 1} /^<!-- end of example/ {inside = 0}
        inside && count == wanted && /^duoboot /' "$DUO_SOURCE_DIR/README.md"
}
# play LINES_MIN N: their output is collected in the file all.
play() {
    local line want got
    example "$2" >lines
    [ "$(wc -l <lines)" -ge "$1" ] || { echo "FAILED: example $2 is gone"; exit 1; }
    : >all
    while IFS= read -r line <&3; do
        want=0
        case $line in *"# ends with "*) want=${line##*# ends with } want=${want%%:*} ;; esac
        got=0
        bash -c "$line" </dev/null >out 2>&1 || got=$?
        cat out >>all
        [ "$got" = "$want" ] || { cat out; echo "FAILED: $got instead of $want: $line"; exit 1; }
    done 3<lines
}
promises() {
    local promise
    for promise in "$@"; do
        grep -qF -- "$promise" all || { cat all; echo "FAILED: nothing says '$promise'"; exit 1; }
    done
}

play 15 1
# It tells the story that the comments promise.
promises "*** power cut at operation 200" "decision for network: resume-install" \
    "[install-resumed]" "network: confirmed" "[confirmed]" "starting network image 1.1.0" "[same-image]"

firmware=$DUO_BUILD_DIR/firmware
[ -e "$firmware/appdemo-manual.hex" ] && [ -e "$firmware/netdemo.hex" ] || exit 0
cp "$firmware"/{appboot,netboot}.elf "$firmware"/{appdemo-manual,netdemo}.hex \
    "$DUO_SOURCE_DIR/test/keys/test-p256.pem" .
play 10 2
promises "*** power cut at operation 30 (" "decision for network: resume-install" \
    "on trial: watchdog started" "network image: confirmed" "[install-resumed]" "[confirmed]" \
    "network core is well, version 1.1.0" "virtual seconds in"
