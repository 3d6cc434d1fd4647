# SPDX-License-Identifier: MIT
# From a key to a verified image, as in the manual.
. "$(dirname "$0")/lib_image.sh"

# A release key and its public part for everyone who checks.
expect 0 "$DUOBOOT" keygen --type p256 --out release.pem
[ "$(stat -c %a release.pem)" = 600 ] || fail "others can read the private key"
expect 0 "$DUOBOOT" keygen --public release.pem --out release.pub.pem
expect 0 "$DUOBOOT" keygen --type ed25519 --out other.pem

# A key is never overwritten by mistake.
cp release.pem before.pem
expect 4 "$DUOBOOT" keygen --type p256 --out release.pem
cmp release.pem before.pem || fail "the key was overwritten"
expect 0 "$DUOBOOT" keygen --type p256 --out before.pem --force

# The public key as a row of the boot loader's table: the same key each time.
expect 0 "$DUOBOOT" keygen --public release.pem --format c
cp out from-private
expect 0 "$DUOBOOT" keygen --public release.pub.pem --format c
cmp out from-private || fail "private and public file give different keys"
says out ".type = DUO_KEY_P256"

# Sign and verify. The tool finds out for which core the firmware is.
expect 0 "$DUOBOOT" sign --key release.pem --version 1.2.3+4 --pad-header \
    app.bin app.signed.bin
says out "application core, version 1.2.3+4"
expect 0 "$DUOBOOT" verify --key release.pub.pem app.signed.bin
says out "accepted: application core, version 1.2.3+4"
expect 0 "$DUOBOOT" sign -k release.pem -v 2.0.0 net.room.bin net.signed.bin
expect 0 "$DUOBOOT" verify -k release.pub.pem --core net net.signed.bin
expect 0 "$DUOBOOT" verify -k other.pem -k release.pem net.signed.bin

# All options at once, and what inspect tells about them.
expect 0 "$DUOBOOT" sign -k other.pem -v 1.2.3 --security-counter auto \
    --dependencies "(1, 1.5.0), (0, 1.0)" --core app --align 4 \
    --slot-size "$APP_BYTES" --confirm --header-size 0x200 --pad-header \
    --custom-tlv 0x00a5=hello --custom-tlv 0x00a6=0x0102 app.bin full.bin
[ "$(stat -c %s full.bin)" = $((APP_BYTES)) ] || fail "not padded to the slot"
expect 0 "$DUOBOOT" inspect --key other.pem full.bin
says out "version        1.2.3"
says out "security counter 16908291"
says out "needs the network image at 1.5.0 or newer"
says out "needs the application image at 1.0.0 or newer"
says out "for the application core"
says out "68656c6c6f"
says out "installs for good"
says out "matches"
says out "verdict: accepted"

# Intel HEX in and out: the tool knows where the slots are.
expect 0 "$DUOBOOT" sign -k release.pem -v 1.0.0 --pad-header app.bin app.hex
expect 0 "$DUOBOOT" verify -k release.pem app.hex
expect 0 "$DUOBOOT" inspect app.hex
says out "core           application"

# JSON for scripts.
expect 0 "$DUOBOOT" verify --json -k release.pem app.signed.bin
says out '"accepted": true'
says out '"version": "1.2.3+4"'
expect 1 "$DUOBOOT" verify --json -k other.pem app.signed.bin
says out '"reason_name": "key-unknown"'
expect 0 "$DUOBOOT" inspect --json app.signed.bin
says out '"name": "ECDSASIG"'
says out '"verdict": null'

# Signing what cannot run is refused before it reaches a board.
expect 1 "$DUOBOOT" sign -k release.pem -v 1.0.0 --pad-header --core net \
    app.bin wrong.bin
says err "application"
head -c 4000 /dev/zero >zeros.bin
expect 1 "$DUOBOOT" sign -k release.pem -v 1.0.0 --pad-header zeros.bin wrong.bin
says err "reset vector"
expect 1 "$DUOBOOT" sign -k release.pem -v 1.0.0 --pad-header \
    --header-size 0x400 app.bin wrong.bin # Linked for another header size.
expect 1 "$DUOBOOT" sign -k release.pem -v 1.0.0 --pad-header --rom-fixed 0x100 \
    app.bin wrong.bin
says err "flash address"
expect 3 "$DUOBOOT" sign -k release.pem -v 1.0.0 app.bin wrong.bin
says err "--pad-header"
expect 3 "$DUOBOOT" sign -k release.pem -v 1.0.0 --pad-header -S 0x1000 \
    app.bin wrong.bin
says err "do not fit"
expect 3 "$DUOBOOT" sign -k release.pub.pem -v 1.0.0 --pad-header app.bin wrong.bin
says err "private key"
[ ! -e wrong.bin ] || fail "a refused signing left a file"
