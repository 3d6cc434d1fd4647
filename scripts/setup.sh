#!/bin/bash
# SPDX-License-Identifier: MIT
# Install by name, with apt, what the project is built and tested with. On a
# minimal Debian 12 that has only bash and apt; as root, or with sudo. Does
# nothing if all of it is there. The reasons are in docs/DEPENDENCIES.md.
#   scripts/setup.sh          for the programs, the firmware and their tests
#   scripts/setup.sh --web    also Node.js, npm and Chromium, for the web page
set -euo pipefail

is_web=false
case "$*" in
"") ;;
--web) is_web=true ;;
*) sed -n 's/^# \{0,1\}//; 6,7p' "$0" >&2; exit 2 ;;
esac

packages=(
    # Build.
    gcc libc6-dev cmake ninja-build pkgconf clang
    gcc-arm-none-eabi libnewlib-arm-none-eabi
    # Host libraries: crypto, YAML, JSON, CBOR, D-Bus, the processors of the virtual board.
    libssl-dev openssl libyaml-dev libjansson-dev libzip-dev libcbor-dev libedit-dev libunicorn-dev
    libsystemd-dev libwebsockets-dev
    # Tests and checks.
    libcmocka-dev dbus-daemon libclang-rt-14-dev valgrind gcovr clang-format clang-tidy
    python3 python3-yaml python3-cryptography python3-cryptography-vectors
    device-tree-compiler git gdb-multiarch
)

# Whoever has newer ones, from elsewhere, keeps them.
if $is_web; then
    command -v node >/dev/null || packages+=(nodejs)
    command -v npm >/dev/null || packages+=(npm)
    command -v chromium >/dev/null || packages+=(chromium fonts-dejavu-core)
fi

missing=()
for package in "${packages[@]}"; do
    status=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
    if [ "$status" != installed ]; then
        missing+=("$package")
    fi
done
if [ "${#missing[@]}" -eq 0 ]; then
    echo "setup: all ${#packages[@]} packages are installed"
    exit 0
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "setup: these packages are missing, and this is neither root nor is there sudo:" >&2
        echo "  ${missing[*]}" >&2
        exit 1
    fi
    as_root=(sudo)
fi

echo "setup: installing ${#missing[@]} of ${#packages[@]} packages: ${missing[*]}"
echo "setup: 1/2 apt-get update"
"${as_root[@]}" apt-get update --quiet=2
echo "setup: 2/2 apt-get install (on a fresh system about 1.5 GB unpacked; some minutes)"
# One line for each package that is unpacked, so that it is seen to move.
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install --yes --no-install-recommends --quiet=1 "${missing[@]}" </dev/null 2>&1 |
    sed --unbuffered --quiet --expression='s/^Unpacking \([^ ]*\).*/setup:   \1/p' --expression='/^[EW]: /p'
echo "setup: done"
