# SPDX-License-Identifier: MIT
# The lines of README.md's section "Devices" run as they stand there.
. "$(dirname "$0")/lib_device.sh"
expect 0 "$DUOBOOT" package create --layout "$layout" --out dfu_application.zip app-1.2.0.bin net-1.2.0.bin
serve
PATH=$(dirname "$DUOBOOT"):$PATH
awk '/^## Devices/ {inside = 1} /^## Run/ {inside = 0} inside && /^duoboot /' "$DUO_SOURCE_DIR/README.md" >lines
[ "$(wc -l <lines)" -ge 8 ] || fail "the example is gone"
while IFS= read -r line <&3; do
    expect 0 bash -c "$line"
done 3<lines
is '[(i["version"], i["state"]) for i in d["images"]][:3]' \
    "[('1.2.0', 'runs'), ('1.0.0', 'waits'), ('1.1.0', 'runs')]"
