# SPDX-License-Identifier: MIT
# Zips that are damaged, hostile, or not packages: each is refused with the file
# and the field, and nothing is written.
. "$(dirname "$0")/lib_image.sh"

expect 0 "$DUOBOOT" keygen --type p256 --out key.pem
expect 0 "$DUOBOOT" sign -k key.pem -v 2.0.0 --pad-header app.bin a.bin
expect 0 "$DUOBOOT" package create -o good.zip -t 1763812345 a.bin

cat >make.py <<'PYTHON'
import json, os, struct, sys, zipfile, io

image = open("a.bin", "rb").read()

def manifest(**changes):
    entry = {"type": "application", "board": "nrf5340dk/nrf5340/cpuapp", "soc": "nrf5340",
             "size": len(image), "file": "a.bin", "modtime": 1, "image_index": "0"}
    entry.update(changes)
    return json.dumps({"format-version": 1, "time": 1, "files": [entry]})

def make(path, *files, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", method) as z:
        for name, data in files:
            z.writestr(name, data)

def flags(path, bit):
    """Set a flag in both headers of each file."""
    data = bytearray(open(path, "rb").read())
    at = 0
    while (at := data.find(b"PK", at)) >= 0:
        off = {b"PK\3\4": 6, b"PK\1\2": 8}.get(bytes(data[at:at + 4]))
        if off:
            data[at + off] |= bit
        at += 2
    open(path, "wb").write(data)

a, m = ("a.bin", image), ("manifest.json", manifest())
make("control.zip", a, m)
make("slash.zip", a, m, ("../evil.bin", b"x"))
make("absolute.zip", a, m, ("/etc/evil.bin", b"x"))
make("backslash.zip", a, m, ("..\\evil.bin", b"x"))
make("inner.zip", a, m, ("deep/b.bin", b"x"))
make("dots.zip", a, m, ("..", b"x"))
make("escape.zip", a, m, ("b\x1b[2J.bin", b"x"))
make("escape8.zip", a, m, ("\u009b2J.bin", b"x"))
make("extra.zip", a, m, ("b.bin", b"x"))
make("no_manifest.zip", a)
make("no_image.zip", m)
make("empty_image.zip", ("a.bin", b""), m)
make("size.zip", a, ("manifest.json", manifest(size=len(image) + 1)))
make("types.zip", a, ("manifest.json", manifest(image_index=["0"])))
make("suit.zip", ("root.suit", b"suit"), ("manifest.json", json.dumps(
    {"format-version": 1, "time": 1, "files": [{"type": "suit-envelope", "file": "root.suit"}]})))
make("big_manifest.zip", a, ("manifest.json", b" " * 10_000_000 + manifest().encode()))
make("deep.zip", a, ("manifest.json", b"[" * 60_000))
make("utf16.zip", a, ("manifest.json", manifest().encode("utf-16")))
make("lzma.zip", a, m, method=zipfile.ZIP_LZMA)
make("nothing.zip")
make("many.zip", a, m, *((f"{i}.bin", b"x") for i in range(40)))
make("bomb.zip", m, ("a.bin", bytes(70_000_000)))
make("bombs.zip", m, *((f"{i}.bin", bytes(30_000_000)) for i in range(3)))
with zipfile.ZipFile("directory.zip", "w") as z:
    z.writestr(*a)
    z.writestr(*m)
    z.writestr(zipfile.ZipInfo("folder/"), b"")
import warnings
warnings.simplefilter("ignore")
make("twice.zip", a, m, a)
make("encrypted.zip", a, m)
flags("encrypted.zip", 1)

stored = io.BytesIO()
with zipfile.ZipFile(stored, "w", zipfile.ZIP_STORED) as z:
    z.writestr(*a)
    z.writestr(*m)
stored = bytearray(stored.getvalue())
stored[stored.find(image) + 700] ^= 1
open("crc.zip", "wb").write(stored)

# The directory says less than there is: a bomb behind a small number.
make("liar.zip", a, m)
data = bytearray(open("liar.zip", "rb").read())
for magic, off in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
    at = data.find(magic)
    struct.pack_into("<I", data, at + off, 10)
open("liar.zip", "wb").write(data)
# The two directories name different files.
data = bytearray(open("good.zip", "rb").read())
at = data.rfind(b"a.bin")
data[at:at + 5] = b"b.bin"
open("two_names.zip", "wb").write(data)

# Written to a pipe: sizes behind the files. Deflated it can be streamed,
# stored it cannot.
class Pipe(io.RawIOBase):
    def __init__(self): self.data = b""
    def writable(self): return True
    def write(self, b): self.data += bytes(b); return len(b)
for name, method in (("pipe.zip", zipfile.ZIP_DEFLATED), ("stored_pipe.zip", zipfile.ZIP_STORED)):
    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", method) as z:
        z.writestr(*a)
        z.writestr(*m)
    open(name, "wb").write(pipe.data)
data = open("good.zip", "rb").read()
open("script.zip", "wb").write(b"#!/bin/sh\n" + data)
open("prefix.zip", "wb").write(b"#!/bin/sh\n")
with zipfile.ZipFile("prefix.zip", "a") as z:
    z.writestr(*a)
    z.writestr(*m)
open("cut.zip", "wb").write(data[:-30])
open("text.zip", "wb").write(b"this is no zip\n")
PYTHON
expect 0 python3 make.py

refused() { # CODE ZIP WORDS
    local command
    for command in show check; do
        expect "$1" "$DUOBOOT" package $command "$2"
        says err "$2: "
        says err "$3"
        [ ! -s out ] || fail "$command $2 printed something"
    done
}
expect 0 "$DUOBOOT" package check -k key.pem good.zip
expect 0 "$DUOBOOT" package check -k key.pem control.zip
expect 0 "$DUOBOOT" package check -k key.pem pipe.zip
refused 3 slash.zip "'../evil.bin' has a name that leaves the folder"
refused 3 absolute.zip "'/etc/evil.bin' has a name that leaves the folder"
refused 3 backslash.zip "evil.bin' has a name that leaves the folder"
refused 3 inner.zip "'deep/b.bin' lies in a directory"
refused 3 dots.zip "'..' has a name that leaves the folder"
refused 3 escape.zip "is in the zip, but manifest.json does not name it"
if LC_ALL=C grep -q $'\033' err; then fail "an escape reaches the terminal"; fi
refused 3 escape8.zip "'??2J.bin' has a control character in its name"
refused 3 directory.zip "'folder/' is a directory"
refused 3 extra.zip "'b.bin' is in the zip, but manifest.json does not name it"
refused 3 no_manifest.zip "there is no manifest.json in the zip"
refused 3 no_image.zip "files[0].file names 'a.bin', which is not in the zip"
refused 3 empty_image.zip "files[0].file names 'a.bin', which is empty"
refused 3 size.zip "files[0].size is $(($(stat -c %s a.bin) + 1)), but 'a.bin' has $(stat -c %s a.bin) bytes"
refused 3 types.zip "files[0].image_index must be a number"
refused 1 suit.zip "this is a SUIT package ('root.suit')"
refused 3 big_manifest.zip "'manifest.json' is larger than 64 KB"
refused 3 deep.zip "maximum parsing depth"
refused 3 utf16.zip "manifest.json:1:"
refused 3 lzma.zip "'a.bin' is packed with a method that the phone apps cannot read"
refused 3 many.zip "42 files in the zip"
refused 3 bomb.zip "'a.bin' would make more than 64 MB"
refused 3 bombs.zip "'2.bin' would make more than 64 MB"
refused 3 twice.zip "a file is in the zip twice"
refused 3 encrypted.zip "'a.bin' is encrypted"
refused 3 crc.zip "'a.bin' is damaged"
refused 3 liar.zip "liar.zip: "
refused 3 two_names.zip "its directory and its files disagree"
refused 3 nothing.zip "no manifest.json"
refused 3 cut.zip "not a zip, or its end is cut off"
refused 3 text.zip "not a zip"
refused 3 script.zip "not a zip"
refused 4 missing.zip "cannot open"
mkdir folder.zip
refused 4 folder.zip "cannot read"
: >empty.zip
refused 3 empty.zip "there is no manifest.json"

# Readable, but not on Android, which reads from the front.
for zip in stored_pipe.zip prefix.zip; do
    expect 1 "$DUOBOOT" package check $zip
    says out "the zip cannot be read front to back"
done

# Cut off at any place.
bytes=$(stat -c %s good.zip)
for at in 1 4 30 200 1000 5000 $((bytes - 23)) $((bytes - 22)) $((bytes - 1)); do
    head -c $at good.zip >part.zip
    refused 3 part.zip "part.zip: "
done
[ ! -e ../evil.bin ] && [ ! -e evil.bin ] || fail "a file was unpacked"
