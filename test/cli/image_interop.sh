# SPDX-License-Identifier: MIT
# MCUboot's own imgtool and ours understand one another, in both directions,
# and make the same bytes. Runs if DUO_IMGTOOL names an imgtool.py, for example
#   DUO_IMGTOOL=~/mcuboot/scripts/imgtool.py ctest -R interop
. "$(dirname "$0")/lib_image.sh"

[ -n "${DUO_IMGTOOL:-}" ] || { echo "skipped: DUO_IMGTOOL is not set"; exit 77; }
imgtool() { "${DUO_PYTHON:-/usr/bin/python3}" "$DUO_IMGTOOL" "$@"; }

# Keys of both origins.
expect 0 "$DUOBOOT" keygen --type p256 --out ours-p256.pem
expect 0 "$DUOBOOT" keygen --type ed25519 --out ours-ed25519.pem
expect 0 imgtool keygen -t ecdsa-p256 -k theirs-p256.pem
expect 0 imgtool keygen -t ed25519 -k theirs-ed25519.pem
expect 0 "$DUOBOOT" keygen --public theirs-p256.pem --out theirs-p256.pub.pem
expect 0 imgtool getpub -k ours-ed25519.pem -e pem -o ours-ed25519.pub.pem

common="-H 0x200 -S $APP_BYTES --align 4 -v 1.2.3+4"
count=0

# same OURS THEIRS KEY: both tools accept both files, and both files have the
# same bytes up to the unprotected TLVs and after the image.
same() {
    expect 0 imgtool verify -k "$3" "$1"
    expect 0 "$DUOBOOT" verify -k "$3" "$1"
    expect 0 "$DUOBOOT" verify -k "$3" "$2"
    "$DUO_PYTHON3" - "$1" "$2" <<'PYTHON' || fail "$1 and $2 differ"
import struct, sys
from intelhex import IntelHex

def load(path):
    if path.endswith(".hex"):
        h = IntelHex(path)
        return h.minaddr(), h.tobinstr()
    return None, open(path, "rb").read()

def split(b):
    hdr, prot, size = struct.unpack_from("<HHI", b, 8)
    signed = hdr + size + prot
    magic, total = struct.unpack_from("<HH", b, signed)
    assert magic == 0x6907
    # Digest and key hash are equal too; only the signature is drawn anew.
    return b[:signed + 4 + 36 + 36 + 2], b[signed + total:]

(addr1, one), (addr2, two) = map(load, sys.argv[1:])
head1, tail1 = split(one)
head2, tail2 = split(two)
info = len(head1) - 36 - 36 - 2 - 4
assert addr1 == addr2, (addr1, addr2)
assert head1[:info + 2] == head2[:info + 2]
assert head1[info + 4:] == head2[info + 4:]
# Erased bytes between image and trailer vary with the signature's length.
assert tail1.lstrip(b"\xff") == tail2.lstrip(b"\xff")
assert len(one) == len(two) or not tail1
PYTHON
    count=$((count + 1))
}
DUO_PYTHON3=${DUO_PYTHON:-/usr/bin/python3}

# Both key types from both tools, both cores; not every combination.
for pair in "ours-p256.pem app" "theirs-ed25519.pem net"; do
    for core in ${pair#* }; do
        key=${pair% *}
        for options in "" "-s 7" "-s auto" "--pad" "--confirm" "--test" \
            "-d (1,2.3.4+5)" "-s auto -d (0,1.0)(1,2.3)"; do
            set --
            for word in $options; do set -- "$@" "${word//)(/),(}"; done
            # Without our target TLV the images are the same...
            expect 0 "$DUOBOOT" sign -k $key $common --pad-header \
                --no-target-tlv "$@" $core.bin ours.bin
            expect 0 imgtool sign -k $key $common --pad-header "$@" \
                $core.bin theirs.bin
            same ours.bin theirs.bin $key
            # ... and imgtool can write that one as well.
            [ $core = app ] && tag=0x01000000 || tag=0x01010000
            expect 0 "$DUOBOOT" sign -k $key $common --pad-header "$@" \
                $core.bin ours.bin
            expect 0 imgtool sign -k $key $common --pad-header "$@" \
                --custom-tlv 0x4da0 $tag $core.bin theirs.bin
            same ours.bin theirs.bin $key
        done
        # Room for the header in the input, and Intel HEX in and out.
        expect 0 "$DUOBOOT" sign -k $key $common --no-target-tlv \
            $core.room.bin ours.bin
        expect 0 imgtool sign -k $key $common $core.room.bin theirs.bin
        same ours.bin theirs.bin $key
        [ $core = app ] && addr=$APP_ADDR || addr=$NET_ADDR
        "$DUO_PYTHON3" -c "
from intelhex import IntelHex
h = IntelHex(); h.loadbin('$core.bin', $addr + 0x200); h.tofile('in.hex', 'hex')"
        for options in "" "--pad" "--test" "--confirm"; do
            expect 0 "$DUOBOOT" sign -k $key $common --pad-header \
                --no-target-tlv $options in.hex ours.hex
            expect 0 imgtool sign -k $key $common --pad-header $options \
                in.hex theirs.hex
            same ours.hex theirs.hex $key
        done
    done
done

for key in ours-ed25519.pem theirs-p256.pem; do
    expect 0 "$DUOBOOT" sign -k $key $common --pad-header --no-target-tlv \
        net.bin ours.bin
    expect 0 imgtool sign -k $key $common --pad-header net.bin theirs.bin
    same ours.bin theirs.bin $key
done

# What a Zephyr build adds: boot record, UUIDs and vendor TLVs, all signed.
expect 0 imgtool sign -k theirs-p256.pem $common --pad-header --boot-record app \
    --vid example.com --cid board --custom-tlv 0x00a5 text \
    --custom-tlv 0xfffe 0xdeadbeef app.bin zephyr.bin
expect 0 "$DUOBOOT" verify --key theirs-p256.pub.pem zephyr.bin
expect 0 "$DUOBOOT" sign -k theirs-p256.pem $common --pad-header \
    --no-target-tlv --custom-tlv 0x00a5=text --custom-tlv 0xfffe=0xdeadbeef \
    app.bin ours.bin
expect 0 imgtool sign -k theirs-p256.pem $common --pad-header \
    --custom-tlv 0x00a5 text --custom-tlv 0xfffe 0xdeadbeef app.bin theirs.bin
same ours.bin theirs.bin theirs-p256.pem

# A slot address that is demanded, and is the slot's.
expect 0 imgtool sign -k theirs-p256.pem $common --pad-header \
    --rom-fixed "$APP_ADDR" app.bin theirs.bin
expect 0 "$DUOBOOT" sign -k theirs-p256.pem $common --pad-header \
    --no-target-tlv --rom-fixed "$APP_ADDR" app.bin ours.bin
same ours.bin theirs.bin theirs-p256.pem

# What our boot loader does not do is refused with the right words.
refused() {
    local reason=$1
    shift
    expect 0 imgtool sign -k theirs-ed25519.pem $common --pad-header "$@" \
        app.bin refused.bin
    expect 1 "$DUOBOOT" verify -k theirs-ed25519.pem refused.bin
    says out "($reason)"
}
refused flags --non-bootable
refused flags --load-addr 0x20000000
refused load-address --rom-fixed 0x100000
refused digest-type --sha 512
refused digest-type --pure
refused key-unknown --public-key-format full
expect 0 imgtool sign $common --pad-header app.bin unsigned.bin
expect 1 "$DUOBOOT" verify -k theirs-p256.pem unsigned.bin
says out "(signature-missing)"

echo "$count pairs of images are the same"
