# SPDX-License-Identifier: MIT
# The previous image is asked for without an upload, comes, and comes back.
. "$(dirname "$0")/lib_board.sh"

# Nothing was installed yet: what there is is refused, and that is told.
expect 0 board stage dk --previous --image app
says err "there is no previous application image"
expect 0 board boot dk
says out "[empty]"
runs 1.0.0 1.0.0

# The network core: tried and reverted; then there is no previous any more.
expect 0 board stage dk --permanent net-1.1.0.bin
expect 0 board boot dk
runs 1.0.0 1.1.0
expect 0 board state dk --json
is 'd["images"][1]["slots"][1]["place"]' previous
is 'd["images"][1]["slots"][1]["pending"]' False
expect 0 board stage dk --previous --image net
says out "previous network image, request: test"
expect 0 board state dk --json
is 'd["images"][1]["slots"][1]["place"]' previous
is 'd["images"][1]["slots"][1]["version"]' 1.0.0
is 'd["images"][1]["slots"][1]["pending"]' True
expect 0 board boot dk
says out "[previous-staged]"
says out "[installed-test]"
runs 1.0.0 '1.0.0?'
expect 0 board boot dk
says out "[reverted]"
runs 1.0.0 1.1.0
expect 0 board stage dk --previous --image net
says err "there is no previous network image"
expect 0 board boot dk
says out "[same-image]"
runs 1.0.0 1.1.0

# Both for good, in one boot; and once more, which is forth again.
new_board
expect 0 board stage dk --permanent net-1.1.0.bin
expect 0 board stage dk --permanent app-1.1.0.bin
expect 0 board boot dk
runs 1.1.0 1.1.0
for version in 1.0.0 1.1.0; do
    expect 0 board stage dk --previous --image app --permanent --json
    is 'd["request"]' permanent
    is 'd["previous"]' application
    expect 0 board stage dk --previous --image net --permanent
    expect 0 board boot dk
    runs "$version" "$version"
done

# The power fails while it is copied: the request is not lost.
expect 0 board stage dk --previous --image app --permanent
expect 8 board boot dk --cut-at 30
expect 0 board boot dk
says out "[previous-staged]"
runs 1.0.0 1.1.0

# An upload is not overwritten.
expect 0 board stage dk --no-request net-1.1.0.bin
expect 1 board stage dk --previous --image net
says err "erase it first"
expect 0 board erase dk --slot net
expect 0 board stage dk --previous --image net

expect 2 board stage dk --previous
says err "needs --image"
expect 2 board stage dk --previous --image auto
expect 2 board stage dk --previous --image app --no-request
expect 2 board stage dk --previous --image app app-1.1.0.bin
