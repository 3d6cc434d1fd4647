# SPDX-License-Identifier: MIT
# The committed exchanges are those that make.py writes.
# Usage: vectors_up_to_date.sh SOURCE PYTHON
set -eu
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
cd "$1"
"$2" -B test/vectors/smp/make.py "$made"
for file in test/vectors/smp/*.txt; do
    cmp "$file" "$made/${file##*/}"
done
test "$(ls "$made" | wc -l)" = "$(ls test/vectors/smp/*.txt | wc -l)"
