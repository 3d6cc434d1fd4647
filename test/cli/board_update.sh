# SPDX-License-Identifier: MIT
# The flows of the demo on a small board: one core, the other, both; tried,
# reverted, confirmed.
. "$(dirname "$0")/lib_board.sh"
runs 1.0.0 1.0.0

# A network image alone through the application's slot goes where it belongs,
# comes back if nobody confirms, and stays by the application's own confirm.
expect 0 board stage dk --slot app net-1.1.0.bin
runs 1.0.0 1.0.0
expect 0 board state dk
says out "network image, digest"
says out "next boot: install-test"
says out "pending"
expect 0 board boot dk
says out "decision for application: install-test"
says out "[routed-to-net]"
says out "starting network image 1.1.0"
runs 1.0.0 '1.1.0?'
is 'd["images"][1]["slots"][1]["version"]' 1.0.0 # What would come back:
is 'd["images"][1]["slots"][1]["place"]' previous
is 'd["images"][1]["slots"][1]["confirmed"]' True
is 'd["images"][1]["slots"][0]["confirmed"]' False
is 'd["images"][0]["slots"][0]["confirmed"]' True
expect 0 board reset dk
says out "[revert-not-confirmed]"
says out "[reverted]"
runs 1.0.0 1.0.0
expect 0 board stage dk --slot app net-1.1.0.bin
expect 0 board boot dk
expect 0 board confirm dk --core app
says out "application: confirmed"
expect 0 board reset dk
says out "[confirmed]"
expect 0 board boot dk
runs 1.0.0 1.1.0

# In its own slot, and confirmed there; twice is no harm.
new_board
expect 0 board stage dk net-1.1.0.bin
says out "staged slot of the network image, request: test"
expect 0 board boot dk
runs 1.0.0 '1.1.0?'
for _ in 1 2 3 4; do expect 0 board confirm dk; done
says out "network: nothing to confirm"
expect 0 board boot dk
runs 1.0.0 1.1.0

# The application alone, for good.
expect 0 board stage dk --permanent app-1.1.0.bin
expect 0 board state dk --json
is 'd["images"][0]["slots"][1]["permanent"]' True
expect 0 board boot dk
expect 0 board boot dk
runs 1.1.0 1.1.0

# Both, needing each other: half of it is refused.
image app 2.0.0 60K 5 --dependencies "(1, 2.0.0)"
image net 2.0.0 48K 6 --dependencies "(0, 2.0.0)"
expect 0 board stage dk app-2.0.0.bin
expect 0 board boot dk
says out "[dependency-missing]"
runs 1.1.0 1.1.0
expect 0 board stage dk app-2.0.0.bin
expect 0 board stage dk net-2.0.0.bin
expect 0 board boot dk
runs '2.0.0?' '2.0.0?'
expect 0 board confirm dk --core app # Half confirmed: together or not at all.
expect 0 board boot dk
says out "[revert-partner]"
runs 1.1.0 1.1.0
expect 0 board stage dk app-2.0.0.bin
expect 0 board stage dk net-2.0.0.bin
expect 0 board boot dk
expect 0 board confirm dk
expect 0 board boot dk
runs 2.0.0 2.0.0

# Upload only: nothing happens until somebody asks; erase forgets.
expect 0 board stage dk --no-request app-1.0.0.bin
says out "request: none"
expect 0 board boot dk
runs 2.0.0 2.0.0
expect 0 board state dk --json
is 'd["images"][0]["slots"][1]["place"]' staged
is 'd["images"][0]["slots"][1]["pending"]' False
expect 0 board erase dk --slot both
expect 0 board state dk --json
is 'd["images"][0]["slots"][1]["place"]' previous
is 'd["images"][0]["slots"][1]["version"]' 1.1.0

# Intel HEX is uploaded and programmed as well.
image app 3.0.0 60K 7
expect 0 "$DUOBOOT" sign --key release.pem --layout "$layout" -v 3.0.0 --pad-header raw.bin app.hex
expect 0 board stage dk app.hex
expect 0 board boot dk --crypto small --charge-cpu
runs '3.0.0?' 2.0.0
new_board
expect 0 board program dk app.hex
says out "programmed into the application core"
expect 0 board boot dk
runs 3.0.0 1.0.0

# The policy of the board is kept in it.
new_board --downgrade refuse --route refuse
expect 0 board program dk app-1.1.0.bin
expect 0 board stage dk app-1.0.0.bin
expect 0 board boot dk
says out "[downgrade]"
expect 0 board stage dk --slot app net-1.1.0.bin
expect 0 board boot dk
says out "[route-refused]"
runs 1.1.0 1.0.0
new_board --staged previous
expect 0 board stage dk app-1.1.0.bin
expect 0 board boot dk
expect 0 board state dk --json
is 'd["images"][0]["slots"][1]["version"]' 1.0.0
is 'd["images"][0]["slots"][1]["place"]' staged
new_board --backup none
expect 0 board stage dk app-1.1.0.bin
expect 0 board boot dk
runs 1.1.0 1.0.0
expect 0 board create dk --force --layout "$layout" --key release.pub.pem \
    --security-counter required --app app-1.0.0.bin --net net-1.0.0.bin
expect 7 board boot dk # The factory's images have none.
says out "[security-counter-missing]"
