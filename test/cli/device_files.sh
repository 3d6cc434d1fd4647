# SPDX-License-Identifier: MIT
# Files that are written over SMP: put, measured, hashed, got back; what is
# refused; a reset forgets them, since they are in RAM.
. "$(dirname "$0")/lib_device.sh"
serve
d() { "$DUOBOOT" "$@"; }

# sums FILE: bytes, CRC-32 and SHA-256 as another program makes them.
sums() {
    /usr/bin/python3 -c 'import sys, zlib, hashlib
data = open(sys.argv[1], "rb").read()
print(len(data), "%08x" % zlib.crc32(data), hashlib.sha256(data).hexdigest())' "$1"
}

head -c 9000 /dev/urandom >log.bin
printf hello >short
: >empty
for file in log.bin short empty; do
    expect 0 d fs put $file /ram/$file
    expect 0 d fs stat --json /ram/$file
    is 'd["bytes"]' "$(stat -c %s $file)"
    expect 0 d fs get /ram/$file back
    cmp $file back || fail "$file came back with other bytes"
done
for file in log.bin short; do
    read -r _ crc sha < <(sums $file)
    expect 0 d fs hash --json /ram/$file
    is 'd["type"], d["hash"]' "('crc32', '$crc')"
    expect 0 d fs hash --json --type sha256 /ram/$file
    is 'd["type"], d["hash"]' "('sha256', '$sha')"
done
expect 1 d fs hash /ram/empty
says err "the file is empty (group 8"

# 16 KB are there for all, the file that will be replaced included; a file that
# has no room leaves the old one as it was.
head -c 7000 /dev/urandom >small.bin
head -c 8000 /dev/urandom >large.bin
expect 1 d fs put large.bin /ram/log.bin
says err "the file cannot be written: perhaps there is no room for it (group 8"
expect 0 d fs get /ram/log.bin back
cmp log.bin back || fail "the upload that was refused changed the file"
expect 0 d fs put --json small.bin /ram/log.bin
is 'd["bytes"]' 7000
expect 0 d fs get /ram/log.bin back
cmp small.bin back || fail "the file was not replaced"

# Eight files.
for name in 4 5 6 7 "eight with spaces.txt"; do
    expect 0 d fs put short "/ram/$name"
done
expect 1 d fs put short /ram/9
says err "perhaps there is no room"
expect 1 d fs stat /ram/9
says err "there is no such file (group 8"

# Names of 1 to 24 characters, without a folder; other places are read-only.
expect 1 d fs put short /ram/a-name-of-25-characters-x
says err "the file's name is not valid (group 8"
expect 1 d fs put short /ram/folder/file
says err "the file's name is not valid"
expect 1 d fs put short "/ram/$(printf 'caf\303\251')"
says err "the file's name is not valid"
expect 1 d fs put short /ram/
says err "this is a directory"
expect 1 d fs put short /boot/journal.txt
says err "the file system is read-only"

# In RAM: a reset forgets them.
expect 0 d fs stat /ram/short
expect 0 d reset --wait
expect 1 d fs stat /ram/short
says err "there is no such file"
expect 0 d fs put log.bin /ram/log.bin
