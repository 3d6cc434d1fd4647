# SPDX-License-Identifier: MIT
# Help, wrong command lines, and exit codes.
. "$(dirname "$0")/lib_image.sh"

expect 2 "$DUOBOOT"
says err "duoboot help"
expect 0 "$DUOBOOT" help
for verb in $(sed -n '/^Verbs:/,/^$/s/^  \([a-z-]*\) .*/\1/p' out); do
    verbs="${verbs:-} $verb"
done
case "$verbs" in *help*inspect*keygen*sign*verify*version*) ;; *) fail "verbs: $verbs" ;; esac

# Every verb explains itself, in both spellings; ours with examples.
for verb in $verbs; do
    expect 0 "$DUOBOOT" $verb --help
    says out "Usage: duoboot $verb"
    case $verb in
    help | inspect | keygen | sign | verify | version) says out "Examples:" ;;
    esac
    cp out help.txt
    expect 0 "$DUOBOOT" help $verb
    cmp out help.txt || fail "help $verb differs from $verb --help"
    expect 2 "$DUOBOOT" $verb --no-such-option
    says err "no-such-option"
done

expect 0 "$DUOBOOT" --help
expect 0 "$DUOBOOT" --version
expect 0 "$DUOBOOT" version --json
says out '"version"'
expect 2 "$DUOBOOT" dance
says err "there is no verb 'dance'"
expect 2 "$DUOBOOT" help dance

expect 0 "$DUOBOOT" help exit-codes
for line in "0  ok" "1  refused" "2  usage" "3  input" "4  io" "5  device" "6  internal"; do
    says out "$line"
done

# wrong TEXT ARGUMENT...: exit code 2 and a message with this text.
wrong() {
    local text=$1
    shift
    expect 2 "$DUOBOOT" "$@"
    says err "$text"
}
wrong "either --type or --public" keygen
wrong "neither p256 nor ed25519" keygen -t rsa -o key.pem
wrong "--type needs --out" keygen -t p256
expect 0 "$DUOBOOT" keygen -t p256 -o key.pem
wrong "FILE is needed" inspect
wrong "FILE and --key are needed" verify app.bin
wrong "one file only" verify -k key.pem a b
wrong "neither 'app' nor 'net'" verify -k key.pem -c both app.bin
sign="sign -k key.pem"
wrong "INPUT and OUTPUT" $sign -v 1.0.0 app.bin
wrong "too many files" $sign -v 1.0.0 a b c
wrong "--version is needed" $sign app.bin out.bin
wrong "--key is needed" sign -v 1.0.0 app.bin out.bin
for version in "" x 1. 1.2.3.4 256 1.256 1.2.65536 01.2 1.2.3+4294967296 "1.2.3 "; do
    wrong "is not a version" $sign -v "$version" app.bin out.bin
done
sign="$sign -v 1.0.0 --pad-header"
wrong "is not a number" $sign -s 4294967296 app.bin out.bin
wrong "is not a number" $sign -s -1 app.bin out.bin
wrong "is not a number" $sign -H 0x app.bin out.bin
wrong "header size must be" $sign -H 16 app.bin out.bin
wrong "must be 1, 2, 4 or 8" $sign --align 3 app.bin out.bin
wrong "need --slot-size" $sign --pad app.bin out.bin
wrong "is not like" $sign -d "1, 1.0" app.bin out.bin
wrong "is not like" $sign -d "(2, 1.0)" app.bin out.bin
wrong "is not like" $sign -d "(1, 1.0),(0, )" app.bin out.bin
wrong "what is" $sign -d "(1, 1.0) extra" app.bin out.bin
wrong "at most 4" $sign -d "(1,1),(1,1),(1,1),(1,1),(1,1)" app.bin out.bin
wrong "is not TYPE=VALUE" $sign --custom-tlv 0xa5 app.bin out.bin
wrong "is not free" $sign --custom-tlv 0x50=1 app.bin out.bin
wrong "is not free" $sign --custom-tlv 0x4da0=0x01000000 app.bin out.bin
wrong "hexadecimal" $sign --custom-tlv 0xa5=0x012 app.bin out.bin

# A full disk is an error, not a short file.
if [ -w /dev/full ]; then
    got=0
    "$DUOBOOT" help >/dev/full 2>err || got=$?
    [ $got = 4 ] || fail "exit code $got for a full disk"
fi
