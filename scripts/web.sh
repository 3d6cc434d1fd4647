#!/bin/bash
# SPDX-License-Identifier: MIT
# The web page (web/): build it and test it.
#   scripts/web.sh build OUT       the page's files, into the folder OUT
#   scripts/web.sh check           types, lint and format
#   scripts/web.sh unit            unit tests; DUOBOOT: also agreement with that program
#   scripts/web.sh e2e [FILE...]   in Chromium; needs DUOBOOT and DUO_FIRMWARE
# Packages come with npm, by web/package-lock.json, the first time and when
# that file has changed; what installs npm is scripts/setup.sh --web.
set -euo pipefail
cd "$(dirname "$0")/../web"

usage() {
    sed -n 's/^# \{0,1\}//; 3,7p' ../scripts/web.sh >&2
    exit 2
}

# npm's own output is long and says little; it is shown if it fails.
packages() {
    local want have=node_modules/.duoboot-installed log
    want="$(node --version) $(sha256sum <package-lock.json)"
    if [ "$(cat "$have" 2>/dev/null || true)" = "$want" ]; then
        return
    fi
    echo "web: installing the packages of web/package-lock.json"
    log=$(mktemp)
    if ! npm ci --ignore-scripts --no-progress >"$log" 2>&1; then
        head -n 40 "$log" >&2 # The reason; after it npm tells its options.
        rm -f "$log"
        echo "web: npm ci failed" >&2
        exit 1
    fi
    rm -f "$log"
    echo "$want" >"$have"
}

command -v node >/dev/null && command -v npm >/dev/null || {
    echo "web: node or npm is missing; scripts/setup.sh --web installs them" >&2
    exit 1
}
command=${1:-}
shift || usage
case $command in
build)
    [ $# -eq 1 ] || usage
    out=$(realpath -m "$OLDPWD/$1")
    case $1 in /*) out=$1 ;; esac
    packages
    npx vite build --outDir "$out" --emptyOutDir --logLevel warn
    echo "web: the page is in $out: $(cat "$out"/assets/* "$out"/index.html | wc -c) bytes"
    ;;
check)
    packages
    npx tsc --noEmit
    npx biome check --error-on-warnings .
    ;;
unit)
    packages
    npx vitest run "$@"
    ;;
e2e)
    packages
    npx vitest run --config vitest.e2e.config.ts "$@"
    ;;
*) usage ;;
esac
