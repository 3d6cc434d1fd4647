# SPDX-License-Identifier: MIT
# Broken images can be uploaded, as any uploader can; the boot loader refuses
# them with sentence and name, in its log, in the journal and in the state.
. "$(dirname "$0")/lib_board.sh"

# refused REASON SLOT FILE
refused() {
    local reason=$1 sentence
    expect 0 board stage dk --slot "$2" "$3"
    expect 0 board state dk --json
    image=$([ "$2" = app ] && echo 0 || echo 1)
    is "d['images'][$image]['slots'][1]['bootable']" False
    is "d['images'][$image]['slots'][1]['reason_name']" "$reason"
    sentence=$(field "d['images'][$image]['slots'][1]['sentence']")
    expect 0 board boot dk
    says out "$sentence [$reason]"
    expect 0 board log dk
    tail -n 1 out | grep -qF "$sentence [$reason]" || fail "the journal does not end with $reason"
    expect 0 board log dk --json
    is 'd[-1]["reason_name"]' "$reason"
    is 'd[-1]["sentence"]' "$sentence"
    runs 1.0.0 1.0.0
    expect 0 board boot dk # Told once, not at every boot.
    never_says out "[$reason]"
}

refused wrong-core net app-1.1.0.bin

cp app-1.1.0.bin damaged.bin
printf 'X' | dd of=damaged.bin bs=1 seek=3000 conv=notrunc status=none
refused digest-mismatch app damaged.bin
expect 0 board stage dk damaged.bin
says err "note: damaged.bin: the boot loader will refuse it"
says err "[digest-mismatch]"
expect 0 board erase dk --slot app

expect 0 "$DUOBOOT" sign --key attacker.pem --layout "$layout" -v 9.0.0 --pad-header raw.bin alien.bin
refused key-unknown net alien.bin
head -c 20000 app-1.1.0.bin >short.bin
refused tlv-magic app short.bin
expect 0 board erase dk --slot app
echo "no image at all, but long enough to have a header" >text.bin
refused magic app text.bin
expect 0 board stage dk text.bin
says err "for which core it is cannot be told"
expect 0 board erase dk --slot both

# Only what does not fit is not uploaded at all; nothing has changed then.
head -c 70000 /dev/zero | tr '\0' 'x' >big.bin
expect 0 board boot dk
cp -r dk before
expect 1 board stage dk --slot net big.bin
says err "70000 bytes do not fit into the staged slot of the network image, which takes 69632"
expect 1 board program dk --core net big.bin
says err "do not fit into the network core"
for file in app.bin net.bin ext.bin board.json flash-state; do
    cmp "dk/$file" "before/$file" || fail "$file was changed"
done
expect 1 board program dk text.bin
says err "which core is it for?"

# A damaged core: the application comes back from the staged slot, or there is
# recovery, with an exit code of its own; and it is told why.
expect 0 board program dk app-1.1.0.bin
expect 0 board flip dk --memory app --addr 0xd000 --xor 0x81
expect 7 board boot dk
says out "[digest-mismatch]"
says out "[recovery-entered]"
expect 0 board state dk --json
is 'd["last_boot"]["outcome"]' recovery
is 'd["images"][0]["slots"][0]["bootable"]' False
is 'd["images"][0]["slots"][0]["reason_name"]' digest-mismatch
expect 0 board flip dk --memory app --addr 0xd000 --xor 0x81
expect 0 board boot dk
runs 1.1.0 1.0.0

# The network core is healed from its mirror.
expect 0 board flip dk --memory net --addr 0x1005000
expect 0 board boot dk
says out "[repaired-from-mirror]"
runs 1.1.0 1.0.0

# A network core that is silent or lies, and a chip that is not there: the
# application runs, and the log says what is wrong.
expect 0 board boot dk --net silent
says out "[net-no-answer]"
says out "starting application image 1.1.0"
expect 0 board boot dk --ext absent
says out "[ext-flash-absent]"
expect 0 board boot dk --net lies --seed 5
says out "starting application image 1.1.0"
expect 0 board boot dk
says out "starting network image 1.0.0"
