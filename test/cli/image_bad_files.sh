# SPDX-License-Identifier: MIT
# Files that are not images, and images that are not whole: no verb crashes,
# and each says which file and what about it.
. "$(dirname "$0")/lib_image.sh"

expect 0 "$DUOBOOT" keygen -t ed25519 -o key.pem
expect 0 "$DUOBOOT" sign -k key.pem -v 1.0.0 --pad-header app.bin good.bin

# refused REASON FILE
refused() {
    expect 1 "$DUOBOOT" verify -k key.pem "$2"
    says out "($1)"
    expect 0 "$DUOBOOT" inspect -k key.pem "$2"
}

: >empty.bin
mkdir directory.bin
printf x >one.bin
for verb in verify inspect; do
    expect 3 "$DUOBOOT" $verb -k key.pem empty.bin
    says err "empty.bin: the file is empty"
    expect 4 "$DUOBOOT" $verb -k key.pem directory.bin
    says err "directory.bin"
    expect 4 "$DUOBOOT" $verb -k key.pem missing.bin
    says err "missing.bin: cannot open"
done
refused too-large one.bin
expect 3 "$DUOBOOT" sign -k key.pem -v 1.0.0 --pad-header empty.bin out.bin
expect 4 "$DUOBOOT" sign -k key.pem -v 1.0.0 --pad-header directory.bin out.bin
expect 1 "$DUOBOOT" sign -k key.pem -v 1.0.0 --pad-header one.bin out.bin
expect 4 "$DUOBOOT" sign -k key.pem -v 1.0.0 --pad-header app.bin no/such/dir.bin
says err "no/such/dir.bin: cannot write"

head -c 4096 /dev/zero | tr '\0' '\377' >erased.bin
refused empty erased.bin
head -c 4096 /dev/zero >zeros.bin
refused magic zeros.bin
cp "$DUOBOOT" program.bin
refused magic program.bin

# Huge numbers in the header.
cp good.bin huge.bin && poke huge.bin 12 ff ff ff ff && refused too-large huge.bin
cp good.bin huge.bin && poke huge.bin 12 00 fe ff ff && refused too-large huge.bin
cp good.bin huge.bin && poke huge.bin 8 fc ff && refused too-large huge.bin
cp good.bin huge.bin && poke huge.bin 10 ff ff && refused too-large huge.bin
cp good.bin odd.bin && poke odd.bin 8 02 02 && refused header-size odd.bin
cp good.bin flags.bin && poke flags.bin 16 04 && refused flags flags.bin

# Cut off at any place.
bytes=$(stat -c %s good.bin)
for at in 1 31 32 511 512 520 5000 5519 5520 5524 5531 5532 5536 5600 $((bytes - 1)); do
    head -c $at good.bin >cut.bin
    expect 1 "$DUOBOOT" verify -k key.pem cut.bin
    expect 0 "$DUOBOOT" inspect cut.bin
done

# Keys that are none.
for key in empty.bin app.bin good.bin; do
    expect 3 "$DUOBOOT" verify -k $key good.bin
    says err "$key: no PEM"
done
openssl genrsa -out rsa.pem 2048 2>/dev/null
expect 3 "$DUOBOOT" verify -k rsa.pem good.bin
says err "neither a P-256 nor an Ed25519 key"
openssl ecparam -name secp384r1 -genkey -noout -out p384.pem
expect 3 "$DUOBOOT" sign -k p384.pem -v 1.0.0 --pad-header app.bin out.bin
openssl pkey -in key.pem -aes256 -passout pass:secret -out locked.pem
expect 3 "$DUOBOOT" sign -k locked.pem -v 1.0.0 --pad-header app.bin out.bin
says err "passphrase"
# OpenSSL's own spellings of good keys.
openssl ecparam -name prime256v1 -genkey -out sec1.pem
expect 0 "$DUOBOOT" sign -k sec1.pem -v 1.0.0 --pad-header app.bin out.bin
openssl ec -in sec1.pem -pubout -conv_form compressed -out sec1.pub.pem 2>/dev/null
expect 0 "$DUOBOOT" verify -k sec1.pub.pem out.bin

# Intel HEX with each kind of fault; the line is named.
hex_refused() {
    printf "$2" >bad.hex
    expect 3 "$DUOBOOT" inspect bad.hex
    says err "$1"
}
hex_refused "bad.hex:1: a record must begin" 'hello\n'
hex_refused "bad.hex:1: the record is cut off" ':00000\n'
hex_refused "bad.hex:1: not a hexadecimal digit" ':0000000G00\n'
hex_refused "bad.hex:1: the checksum" ':0100000001FD\n'
hex_refused "bad.hex:1: the record's length" ':0200000001FD\n'
hex_refused "bad.hex:1: unknown record type" ':00000006FA\n'
hex_refused "bad.hex:1: an address record" ':0100000400FB\n'
hex_refused "no end-of-file record" ':0100000001FE\n'
hex_refused "holds no data" ':00000001FF\n'
hex_refused "bad.hex:2: a second value" ':0100000001FE\n:0100000001FE\n:00000001FF\n'
hex_refused "more than 16 MB" ':0100000001FE\n:02000004FFFFFC\n:0100000001FE\n:00000001FF\n'
hex_refused "beyond the 32-bit" ':02000004FFFFFC\n:02FFFF000102FD\n:00000001FF\n'
: >empty.hex
expect 3 "$DUOBOOT" inspect empty.hex
# Lower case, CR LF and empty lines are fine.
printf '\r\n:01000000aB54\r\n\n:00000001FF\r\n' >ok.hex
expect 0 "$DUOBOOT" inspect ok.hex
says out "1 bytes"
