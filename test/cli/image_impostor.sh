# SPDX-License-Identifier: MIT
# Images that pretend: each is refused, and the words say what is wrong.
. "$(dirname "$0")/lib_image.sh"

expect 0 "$DUOBOOT" keygen -t p256 -o release.pem
expect 0 "$DUOBOOT" keygen -t ed25519 -o attacker.pem
expect 0 "$DUOBOOT" sign -k release.pem -v 1.4.0 --pad-header app.bin good.bin
expect 0 "$DUOBOOT" verify -k release.pem good.bin
signed_bytes=$((512 + 5008))

# refused REASON FILE [OPTION...]
refused() {
    local reason=$1 file=$2
    shift 2
    expect 1 "$DUOBOOT" verify -k release.pem "$@" "$file"
    says out "($reason)"
    # inspect does not give up on any of them.
    expect 0 "$DUOBOOT" inspect -k release.pem "$file"
}

# Another payload under the old signature.
cp good.bin swapped.bin
poke swapped.bin 0x400 de ad be ef
refused digest-mismatch swapped.bin

# And the digest put right: now the signature is wrong.
digest=$(head -c $((signed_bytes + 12)) swapped.bin | sha256sum | cut -c 1-64)
poke swapped.bin $((signed_bytes + 12 + 8)) $(echo "$digest" | sed 's/../& /g')
refused signature-bad swapped.bin

# The attacker's own key, and the attacker's signature under our key's name.
expect 0 "$DUOBOOT" sign -k attacker.pem -v 9.9.9 --pad-header app.bin theirs.bin
refused key-unknown theirs.bin
expect 0 "$DUOBOOT" keygen -t p256 -o attacker2.pem
expect 0 "$DUOBOOT" sign -k attacker2.pem -v 1.4.0 --pad-header app.bin theirs.bin
keyhash_off=$((signed_bytes + 12 + 4 + 36))
dd if=good.bin of=theirs.bin bs=1 skip=$keyhash_off seek=$keyhash_off count=36 \
    conv=notrunc status=none
refused signature-bad theirs.bin

# A genuine but old image, and a genuine one for the other core.
refused downgrade good.bin --newer-than 1.4.1
expect 0 "$DUOBOOT" verify -k release.pem --newer-than 1.4.0 good.bin
refused wrong-core good.bin --core net

# A newer version number in the header of the old image.
cp good.bin newer.bin
poke newer.bin 20 09
refused digest-mismatch newer.bin

# The target TLV changed to the network core; then taken out of the signed part.
cp good.bin target.bin
poke target.bin $((signed_bytes + 4 + 4 + 1)) 01
refused core-mismatch target.bin

# A security counter smuggled in behind the signed part.
expect 0 "$DUOBOOT" sign -k release.pem -v 1.4.0 --pad-header --no-target-tlv \
    app.bin plain.bin
cp plain.bin counter.bin
words $((0x00040050)) 7 >tlv
total=$(($(stat -c %s plain.bin) - signed_bytes + 8))
poke counter.bin $((signed_bytes + 2)) $(printf '%02x' $total)
cat tlv >>counter.bin
refused tlv-not-allowed counter.bin

# Reset vector into the boot loader.
cp good.bin vector.bin
poke vector.bin 0x204 01 01 00 00
refused core-unknown vector.bin
