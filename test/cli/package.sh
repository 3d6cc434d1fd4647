# SPDX-License-Identifier: MIT
# Packages for the phone apps: made from signed images, checked, explained; and
# those that the vendor's build makes are read.
. "$(dirname "$0")/lib_image.sh"

expect 0 "$DUOBOOT" keygen --type p256 --out key.pem
expect 0 "$DUOBOOT" keygen --type p256 --out other.pem
expect 0 "$DUOBOOT" sign -k key.pem -v 2.0.0+7 --pad-header app.bin app.signed.bin
expect 0 "$DUOBOOT" sign -k key.pem -v 3.1.4 --pad-header net.bin net.signed.hex
expect 0 "$DUOBOOT" sign -k key.pem -v 3.1.4 --pad-header net.bin net.signed.bin

# Both cores; the cores are found from the images.
expect 0 "$DUOBOOT" package create --out both.zip --name hotfix --time 1763812345 app.signed.bin net.signed.hex
says out "both.zip: image 0, application core, version 2.0.0+7"
says out "both.zip: image 1, network core, version 3.1.4"
expect 0 "$DUOBOOT" package check --key key.pem both.zip
says out "2 images, 0 errors, 0 warnings; signatures checked"

# An independent reader finds each field that either app needs, of the right
# JSON type, and the images unchanged.
cat >fields.py <<'PYTHON'
import json, sys, zipfile
path, order, files = sys.argv[1], sys.argv[2], sys.argv[3:]
z = zipfile.ZipFile(path)
assert z.testzip() is None
assert all("/" not in i.filename and i.flag_bits == 0 for i in z.infolist())
m = json.loads(z.read("manifest.json"))
assert m["format-version"] == 1 and m["time"] == 1763812345, m
assert [f["image_index"] for f in m["files"]] == order.split(","), m
assert sorted(z.namelist()) == sorted(["manifest.json"] + [f["file"] for f in m["files"]])
for f, source in zip(m["files"], files):
    net = f["image_index"] == "1"
    assert all(type(f[k]) is int for k in ("size", "modtime", "load_address")), f
    assert all(type(f[k]) is str for k in (
        "file", "type", "board", "soc", "image_index", "slot_index_primary",
        "slot_index_secondary", "version_MCUBOOT")), f
    assert f["board"] == "nrf5340dk/nrf5340/" + ("cpunet" if net else "cpuapp"), f
    assert f["soc"] == "nrf5340" and f["type"] == "application", f
    assert (f["slot_index_primary"], f["slot_index_secondary"]) == (("3", "4") if net else ("1", "2")), f
    assert f["version_MCUBOOT"] == ("3.1.4+0" if net else "2.0.0+7"), f
    assert f["file"].endswith(".bin") and not set(f["file"]) & set(" \t"), f
    assert "slot" not in f, f
    if source.endswith(".bin"):
        assert z.read(f["file"]) == open(source, "rb").read()
    assert f["size"] == len(z.read(f["file"]))
PYTHON
expect 0 python3 fields.py both.zip 0,1 app.signed.bin net.signed.hex

# The order on the command line is the order of the package.
expect 0 "$DUOBOOT" package create -o turned.zip -t 1763812345 --net net.signed.bin --app app.signed.bin
expect 0 python3 fields.py turned.zip 1,0 net.signed.bin app.signed.bin
expect 0 "$DUOBOOT" package create -o turned2.zip -t 1763812345 --net net.signed.bin app.signed.bin
cmp turned.zip turned2.zip
expect 0 "$DUOBOOT" package create -o straight.zip -t 1763812345 app.signed.bin --net net.signed.bin
expect 0 python3 fields.py straight.zip 0,1 app.signed.bin net.signed.bin
expect 0 "$DUOBOOT" package show turned.zip
says out "Android app: uploads net.signed.bin to image 1, then app.signed.bin to image 0"
says out "iOS app: uploads net.signed.bin to image 1, then app.signed.bin to image 0"

# The same inputs make the same bytes, whatever the time zone and the files'
# times; without --time it is the newest file's time.
sleep 0.1
touch -d 2031-01-02 app.signed.bin
TZ=Asia/Kathmandu expect 0 "$DUOBOOT" package create -o again.zip --name hotfix -t 1763812345 app.signed.bin net.signed.hex
cmp both.zip again.zip
SOURCE_DATE_EPOCH=1763812345 expect 0 "$DUOBOOT" package create -o again.zip --name hotfix app.signed.bin net.signed.hex
cmp both.zip again.zip
touch -d @1700000000 app.signed.bin
touch -d @1700000123 net.signed.bin
expect 0 "$DUOBOOT" package create -o times.zip app.signed.bin net.signed.bin
expect 0 "$DUOBOOT" package show --json times.zip
says out '"time": 1700000123'

# One core alone.
expect 0 "$DUOBOOT" package create -o net.zip net.signed.bin
expect 0 "$DUOBOOT" package check -k key.pem net.zip
says out "1 images, 0 errors"
expect 0 "$DUOBOOT" package show net.zip
says out "goes to  network core (image 1), slot 1"
says out "version  3.1.4"

# Two files of the same name, and a name that iOS would not find.
mkdir app net
cp app.signed.bin "app/zephyr signed.bin"
cp net.signed.bin "net/zephyr signed.bin"
expect 0 "$DUOBOOT" package create -o names.zip "app/zephyr signed.bin" "net/zephyr signed.bin"
expect 0 "$DUOBOOT" package check names.zip
says out "2 images, 0 errors, 0 warnings; signatures not checked"
expect 0 "$DUOBOOT" package show names.zip
says out "app_zephyr_signed.bin"
says out "net_zephyr_signed.bin"

# An image that is padded to its slot is taken without the padding.
expect 0 "$DUOBOOT" sign -k key.pem -v 2.0.0+7 --pad-header --pad --slot-size "$APP_BYTES" app.bin padded.bin
expect 0 "$DUOBOOT" package create -o padded.zip padded.bin
says out "bytes of padding left out"
expect 0 "$DUOBOOT" package check -k key.pem padded.zip
says out "0 errors, 0 warnings"

# Refused, and nothing is written.
not_made() {
    local code=$1 words=$2
    shift 2
    expect "$code" "$DUOBOOT" package create -o none.zip "$@"
    says err "$words"
    [ ! -e none.zip ] || fail "none.zip was written"
}
not_made 1 "net.signed.bin: was given as the application core's image, but is linked for the network core" --app net.signed.bin
not_made 1 "app.signed.bin: was given as the network core's image" --net app.signed.bin
not_made 1 "app.bin: the boot loader would refuse it" app.bin
not_made 2 "are both for the network core" net.signed.bin net.signed.hex
not_made 1 "app.signed.bin: the boot loader would refuse it" -k other.pem app.signed.bin
not_made 2 "--name" --name "two words" app.signed.bin
not_made 2 "BOARD/SOC" --board nrf5340dk app.signed.bin
not_made 2 "BOARD/SOC" --board nrf5340dk/nrf5340/cpuapp app.signed.bin
not_made 2 "--time" --time yesterday app.signed.bin
not_made 2 "at most one image for each core" app.signed.bin net.signed.bin app.signed.bin
not_made 2 "at least one image" --name x
not_made 4 "missing.bin" missing.bin
cp app.signed.bin torn.bin && poke torn.bin 600 ee && not_made 1 "torn.bin: the boot loader would refuse it" torn.bin
SOURCE_DATE_EPOCH=soon not_made 2 "SOURCE_DATE_EPOCH" app.signed.bin
expect 4 "$DUOBOOT" package create -o no/such/dir.zip app.signed.bin

# The two images depend on one another: met, not met, and not in the package.
expect 0 "$DUOBOOT" sign -k key.pem -v 2.1.0 --pad-header -d "(1, 3.1.0)" app.bin needs.bin
expect 0 "$DUOBOOT" package create -o needs.zip needs.bin net.signed.bin
expect 0 "$DUOBOOT" package show needs.zip
says out "needs    the network image at 3.1.0 or newer"
expect 0 "$DUOBOOT" package create -o needs.zip needs.bin
says err "needs the network image at 3.1.0 or newer, which is not in the package"
expect 0 "$DUOBOOT" sign -k key.pem -v 2.1.0 --pad-header -d "(1, 3.2.0)" app.bin needs.bin
not_made 1 "needs the network image at 3.2.0 or newer, but the package has 3.1.4" needs.bin net.signed.bin

# As the vendor's build makes them.
cat >vendor.py <<'PYTHON'
import json, sys, zipfile
path, manifest, *files = sys.argv[1:]
with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
    for f in files:
        name, source = f.split("=")
        z.write(source, name)
    z.writestr("manifest.json", manifest)
PYTHON
app_size=$(stat -c %s app.signed.bin)
net_size=$(stat -c %s net.signed.bin)
entry() { # FILE CORE SIZE MORE
    echo "{\"type\": \"application\", \"board\": \"nrf5340dk/nrf5340/$2\", \"soc\": \"nrf5340\", \"size\": $3, \"file\": \"$1\", \"modtime\": 1763812345, $4}"
}
vendor() { # PATH FORMAT ENTRY,ENTRY FILES
    local path=$1 format=$2 entries=$3
    shift 3
    expect 0 python3 vendor.py "$path" "{\"format-version\": $format, \"time\": 1763812345, \"files\": [$entries]}" "$@"
}
# Format 1, with the load addresses of this layout and its two slot numbers.
vendor v1.zip 1 "$(entry a.signed.bin cpuapp "$app_size" '"image_index": "0", "slot_index_primary": "1", "slot_index_secondary": "2", "load_address": 49664, "version_MCUBOOT": "2.0.0+7"'), $(entry hci_ipc.bin cpunet "$net_size" '"image_index": "1", "slot_index_primary": "3", "slot_index_secondary": "4", "version": "3"')" a.signed.bin=app.signed.bin hci_ipc.bin=net.signed.bin
expect 0 "$DUOBOOT" package check -k key.pem v1.zip
says out "2 images, 0 errors, 0 warnings"
# Format 0: a number instead of a text, which iOS takes for image 0; a key that
# nobody knows; a raw hexadecimal address.
vendor v0.zip 0 "$(entry app_update.bin cpuapp "$app_size" '"image_index": 0, "colour": {"red": [1]}, "load_address": 0xc200'), $(entry net_core_app_update.bin cpunet "$net_size" '"image_index": 1')" app_update.bin=app.signed.bin net_core_app_update.bin=net.signed.bin
expect 0 "$DUOBOOT" package show v0.zip
says out "format-version 0"
says out "goes to  network core (image 1), slot 1"
says out "Android app: uploads app_update.bin to image 0, then net_core_app_update.bin to image 1"
says out "iOS app: refuses or misreads it"
expect 1 "$DUOBOOT" package check v0.zip
says out "net_core_app_update.bin: image_index: the app takes it for image 0 and not 1"
# Direct XIP: one image, two slots; readable, but not for boards that install.
vendor xip.zip 1 "$(entry p.bin cpuapp "$app_size" '"image_index": "0", "slot": "0", "version_MCUBOOT+XIP": "2.0.0"'), $(entry s.bin cpuapp "$app_size" '"image_index": "0", "slot": "1", "version_MCUBOOT+XIP": "2.0.0"')" p.bin=app.signed.bin s.bin=app.signed.bin
expect 0 "$DUOBOOT" package show xip.zip
says out "goes to  application core (image 0), slot 0"
says out "where it is uploaded to (direct XIP)"
expect 1 "$DUOBOOT" package check xip.zip
says out "p.bin: slot: is 0, for a boot loader that runs an image where it was uploaded to"
# The two images the wrong way round, by a hand that edited the manifest.
vendor swapped.zip 1 "$(entry a.bin cpuapp "$app_size" '"image_index": "1"'), $(entry n.bin cpunet "$net_size" '"image_index": "0"')" a.bin=app.signed.bin n.bin=net.signed.bin
expect 1 "$DUOBOOT" package check --json swapped.zip
says out "is 1 (network core), but the image is linked for the application core"
says out "is 0 (application core), but the image is linked for the network core"
expect 1 "$DUOBOOT" package check -k other.pem v1.zip
says out "a.signed.bin: "

# Usage.
expect 2 "$DUOBOOT" package
expect 2 "$DUOBOOT" package unpack both.zip
expect 0 "$DUOBOOT" package --help
says out "create"
expect 2 "$DUOBOOT" package check
expect 2 "$DUOBOOT" package show both.zip net.zip

# The lines of README.md, as they stand there.
grep '^duoboot package ' "$DUO_SOURCE_DIR/README.md" >lines
[ "$(wc -l <lines)" -ge 3 ] || fail "the example in README.md is gone"
cp app.signed.bin app-1.1.0.bin
cp net.signed.bin net-1.1.0.bin
expect 0 "$DUOBOOT" keygen --public key.pem --out release.pub.pem
while IFS= read -r line <&3; do
    PATH="$(dirname "$DUOBOOT"):$PATH" expect 0 bash -c "$line"
done 3<lines
