# SPDX-License-Identifier: MIT
# Over 400 lines: the exchanges of all groups, one below the other.
"""Writes the recorded exchanges beside this file (or into another folder).

    python3 make.py [FOLDER]

The requests are those that common clients were seen to send, and those of our
own client; the answers are what the protocol says. See README.md.
"""
import hashlib
import os
import sys
import zlib

from cryptography.hazmat.primitives import serialization

from smp_vectors import (READ, WRITE, Image, Open, Pieces, Vectors, Wide,
                         packet)

OS, IMG, STAT, SET, FS, SHELL, ENUM, BASIC, DUO = 0, 1, 2, 3, 8, 9, 10, 63, 77
HERE = os.path.dirname(os.path.abspath(__file__))


def answer_to(request, body, version=None, op=None):
    """The answer's header follows from the request's."""
    asked = request[0] >> 3 & 3
    return packet((request[0] & 7) + 1 if op is None else op,
                  request[4] << 8 | request[5], request[7], body,
                  min(asked, 1) if version is None else version, request[6])


def refusal(version, group, error, flat):
    return {"err": {"group": group, "rc": error}} if version else {"rc": flat}


def told_refusal(version, group, error, flat):
    return ("refused group %u error %u" % (group, error) if version else
            "refused smp %u" % flat)


class Sheet(Vectors):
    """With the packets made from their parts."""

    def ask(self, name, op, group, command, body, answer, **more):
        request = packet(op, group, command, body, more.pop("version", 1),
                         more.pop("seq", 0))
        self.exchange(name, request, [answer_to(request, answer)], **more)

    def both(self, name, op, group, command, body, answer, **more):
        """In both versions; told applies to version 2, as our client asks."""
        self.ask(name, op, group, command, body, answer, **more)
        more = {k: v for k, v in more.items()
                if k not in ("call", "then", "told")}
        self.ask(name + "-v1", op, group, command, body, answer, version=0,
                 **more)

    def refused(self, name, op, group, command, body, error, flat, **more):
        """By the group, in both versions."""
        for version, end in ((1, ""), (0, "-v1")):
            request = packet(op, group, command, body, version)
            extra = dict(more)
            call = extra.pop("call", None)
            if call:
                extra["call"] = call
                extra["told"] = told_refusal(version, group, error, flat)
            if call and not version:
                # Our client asks in version 2; an old server may say so.
                del extra["call"], extra["told"]
            self.exchange(name + end, request,
                          [answer_to(request,
                                     refusal(version, group, error, flat))],
                          **extra)

    def rejected(self, name, op, group, command, body, rc, **more):
        """By the protocol: the same in both versions."""
        for version, end in ((1, ""), (0, "-v1")):
            request = packet(op, group, command, body, version)
            extra = dict(more) if version else {}
            if "call" in extra:
                extra["told"] = "refused smp %u" % rc
            self.exchange(name + end, request,
                          [answer_to(request, {"rc": rc})], **extra)


# --- Group 0 and what belongs to no group ---

TASK = {"prio": 0, "tid": 1, "state": 2, "stkuse": 100, "stksiz": 300,
        "cswcnt": 70000, "runtime": 5, "last_checkin": 0, "next_checkin": 0}
TASK_TOLD = "main 0 1 2 100 300 70000 5"


def os_group():
    v = Sheet("os", "Group 0, on a device with tasks.")
    v.device("small")
    v.both("echo", WRITE, OS, 0, {"d": "hello"}, {"r": "hello"},
           call="echo hello", told="hello")
    v.ask("echo-read", READ, OS, 0, {"d": "hello"}, {"r": "hello"},
          by="mcumgrctl", seq=169)
    v.ask("echo-mcumgr", WRITE, OS, 0, {"d": "hello"}, {"r": "hello"},
          by="mcumgr", version=0, seq=190)
    v.both("echo-empty", WRITE, OS, 0, {"d": ""}, {"r": ""})
    v.ask("echo-open", WRITE, OS, 0, Open({"d": Pieces("he", "llo")}),
          {"r": "hello"}, note="An open map, a string in pieces.")
    v.rejected("echo-number", WRITE, OS, 0, {"d": 5}, 3)
    v.rejected("console-echo", WRITE, OS, 1, {"echo": 0}, 8,
               note="Old clients send it first; only Mynewt has it.")
    v.both("tasks", READ, OS, 2, {}, {"tasks": {"main": TASK}}, call="tasks",
           told=TASK_TOLD)
    pool = {"blksiz": 512, "nblks": 4, "nfree": 3, "min": 3}
    v.both("pools", READ, OS, 3, {}, {"mpools": {"smp": pool}},
           any=("nfree", "min"), call="pools", told="smp 512 4 3 3")
    v.refused("date-unset", READ, OS, 4, {}, 4, 5, call="date")
    v.ask("date-set-mcumgr", WRITE, OS, 4,
          {"datetime": "2026-01-02T03:04:05+00:00"}, {}, by="mcumgr",
          version=0, seq=43)
    v.both("date", READ, OS, 4, {}, {"datetime": "2026-01-02T03:04:05"},
           call="date", told="2026-01-02T03:04:05")
    v.both("date-set", WRITE, OS, 4, {"datetime": "2031-12-31T23:59:58"}, {},
           call="set-date 2031-12-31T23:59:58", told="done")
    v.rejected("date-bad", WRITE, OS, 4, {"datetime": "2026-13-02T03:04:05"},
               3, call="set-date 2026-13-02T03:04:05")
    v.rejected("date-wrong-type", WRITE, OS, 4, {"datetime": 20260102}, 3)
    v.both("parameters", READ, OS, 6, {}, {"buf_size": 512, "buf_count": 3},
           call="parameters", told="512 x 3")
    v.ask("parameters-android", READ, OS, 6, {},
          {"buf_size": 512, "buf_count": 3}, by="Device Manager", version=0,
          seq=255, note="Right after it has connected; matched by sequence.")
    v.both("info", READ, OS, 7, {}, {"output": "Duoboot"}, call="info",
           told="Duoboot")
    v.both("info-all", READ, OS, 7, {"format": "a"},
           {"output": "Duoboot board 1.2.3 abc now arm cortex-m33 nrf5340dk "
                      "none"}, call="info a",
           told="Duoboot board 1.2.3 abc now arm cortex-m33 nrf5340dk none")
    v.both("info-order", READ, OS, 7, {"format": "om"},
           {"output": "arm none"}, note="In the order of the protocol.",
           call="info om", told="arm none")
    v.refused("info-letter", READ, OS, 7, {"format": "sx"}, 2, 3,
              call="info sx")
    v.ask("bootloader", READ, OS, 8, {}, {"bootloader": "MCUboot"},
          call="bootloader")
    v.both("bootloader-mode", READ, OS, 8, {"query": "mode"}, {"mode": 3},
           then=True, told="MCUboot mode 3")
    v.refused("bootloader-query", READ, OS, 8, {"query": "nothing"}, 3, 5)
    v.refused("bootloader-b0", READ, OS, 8, {"query": "active_b0_slot"}, 3,
              5, note="Not asked of this boot loader.")
    v.both("reset", WRITE, OS, 5, {}, {}, call="reset", told="done")
    v.ask("reset-vouch", WRITE, OS, 5, None, {}, by="mcumgr-client")
    v.both("reset-force", WRITE, OS, 5, {"force": 1}, {}, call="reset force",
           told="done", by="smpclient: force is a number")
    v.ask("reset-mode", WRITE, OS, 5, {"force": True, "boot_mode": 1}, {},
          by="AuTerm: force is a bool")
    v.both("reset-to-recovery", WRITE, OS, 5, {"force": 1, "boot_mode": 1},
           {}, call="reset force recovery", told="done")
    v.rejected("reset-mode-unknown", WRITE, OS, 5, {"boot_mode": 200}, 3)
    v.device("busy")
    v.rejected("reset-busy", WRITE, OS, 5, {}, 10, call="reset")
    v.both("reset-busy-forced", WRITE, OS, 5, {"force": True}, {})
    return v


def concatenated(v):
    two = (packet(READ, OS, 6, {}, seq=1), packet(READ, ENUM, 0, {}, seq=2))
    v.exchange("two-in-one", b"".join(two),
               [answer_to(two[0], {"buf_size": 512, "buf_count": 3}),
                answer_to(two[1], {"count": 6})],
               note="Two requests in a packet: two answers.")
    two = (packet(READ, OS, 77, {}, seq=1), packet(READ, OS, 6, {}, seq=2))
    v.exchange("two-in-one-error", b"".join(two),
               [answer_to(two[0], {"rc": 8})],
               note="What follows an error is not trusted.")
    v.exchange("rest-too-short", packet(READ, OS, 6, {}) + b"\x08\x00\x00",
               [answer_to(packet(READ, OS, 6, {}),
                          {"buf_size": 512, "buf_count": 3})],
               note="Behind it no header is left: dropped.")


def protocol():
    v = Sheet("protocol", "Errors of the protocol itself, and legal CBOR of "
              "all kinds.")
    v.device("small")
    v.rejected("group-unknown", READ, 200, 0, {}, 8)
    v.rejected("command-unknown", READ, OS, 200, {}, 8)
    v.rejected("op-read-only", WRITE, OS, 6, {}, 8)
    v.rejected("op-write-only", READ, OS, 5, {}, 8)
    for name, group, command in (("log-list", 4, 5), ("crash", 5, 0),
                                 ("run-list", 7, 1), ("suit", 66, 0),
                                 ("memfault", 128, 0)):
        v.rejected(name, READ, group, command, {}, 8,
                   note="A group that Zephyr does not have either.")
    for version in (2, 3):
        request = packet(READ, OS, 6, {}, version)
        v.exchange("version-%u" % version, request,
                   [answer_to(request, {"rc": 13})])
    request = packet(READ, OS, 6, {})
    v.exchange("cut-off", request[:2] + b"\x00\x05" + request[4:],
               [answer_to(request, {"rc": 9})],
               note="The header promises more than there is.")
    v.rejected("cbor-not-a-map", READ, OS, 0, b"\x80", 3)
    v.rejected("cbor-cut", READ, OS, 0, b"\xa1\x61", 3)
    v.rejected("cbor-lone-break", READ, OS, 0, b"\xff", 3)
    v.rejected("cbor-reserved", READ, OS, 0, b"\xa1\x61d\x1c", 3)
    v.rejected("cbor-huge", READ, OS, 0, b"\xa1\x61d\x7b" + b"\xff" * 8, 3)
    for op in (1, 3):
        v.exchange("answer-op-%u" % op, packet(op, OS, 6, {}), [],
                   note="An answer is never answered.")
    v.exchange("op-reserved", packet(4, OS, 6, {}), [])
    v.exchange("header-cut", packet(READ, OS, 6, {})[:7], [])
    v.exchange("flags", b"\x08\xff" + packet(READ, OS, 6, {})[2:],
               [answer_to(packet(READ, OS, 6, {}),
                          {"buf_size": 512, "buf_count": 3})],
               note="Reserved bits are ignored and not sent back.")
    v.ask("no-payload", READ, OS, 6, None, {"buf_size": 512, "buf_count": 3},
          by="mcumgr-web", note="No payload is an empty map.")
    v.ask("null", WRITE, OS, 5, {"force": None}, {},
          note="null is as if it were not there.")
    v.ask("unknown-keys", READ, ENUM, 2,
          {"x": Open([1, {"y": b"z"}, -5]), "index": 1, "": None},
          {"group": STAT}, note="Skipped, of whatever kind.")
    v.ask("wide-number", READ, ENUM, 2, Open({"index": Wide(2)}),
          {"group": FS})
    v.rejected("negative", READ, ENUM, 2, {"index": -1}, 3)
    v.rejected("answer-too-large", READ, STAT, 0, {"name": "large"}, 7,
               call="stat large", note="It does not fit into a packet.")
    concatenated(v)
    return v


# --- Groups 2, 8, 9, 10 on the small device; 3, 63, 77 on the native board ---

JOURNAL = bytes(0x41 + i % 26 for i in range(700))


def fs_hashes(v):
    digest = hashlib.sha256(JOURNAL).digest()
    name = {"name": "/boot/journal.txt"}
    v.both("fs-hash", READ, FS, 2, name,
           {"type": "crc32", "len": 700, "output": zlib.crc32(JOURNAL)},
           call="fs-hash /boot/journal.txt",
           told="crc32 %u %u" % (zlib.crc32(JOURNAL), 700))
    v.both("fs-hash-sha256", READ, FS, 2, {**name, "type": "sha256"},
           {"type": "sha256", "len": 700, "output": digest},
           call="fs-hash /boot/journal.txt sha256",
           told="sha256 %s 700" % digest.hex())
    v.both("fs-hash-part", READ, FS, 2, {**name, "off": 100, "len": 50},
           {"type": "crc32", "off": 100, "len": 50,
            "output": zlib.crc32(JOURNAL[100:150])})
    v.refused("fs-hash-unknown", READ, FS, 2, {**name, "type": "md5"}, 13, 3,
              call="fs-hash /boot/journal.txt md5")
    v.refused("fs-hash-empty", READ, FS, 2, {"name": "/empty"}, 16, 1,
              call="fs-hash /empty")
    v.both("fs-types", READ, FS, 3, {},
           {"types": {"crc32": {"format": 0, "size": 4},
                      "sha256": {"format": 1, "size": 32}}})


NOTE = bytes(0x61 + i % 26 for i in range(480))


def wanted(off):
    """Refused because it does not continue the upload: version 2 says where
    it is to be continued, version 1 has no word for that."""
    return {"err": {"group": FS, "rc": 11}, "len": off}


def fs_upload_ours(v):
    """By our client: as much in a packet of 512 bytes as it reckons with."""
    name = {"name": "/ram/note"}
    piece = 512 - 8 - 48 - len(name["name"])
    v.ask("fs-put-parameters", READ, OS, 6, {},
          {"buf_size": 512, "buf_count": 3},
          call="fs-put /ram/note " + NOTE.decode())
    v.ask("fs-put-1", WRITE, FS, 0,
          {"off": 0, "data": NOTE[:piece], **name, "len": 480},
          {"off": piece}, then=True)
    v.ask("fs-put-2", WRITE, FS, 0,
          {"off": piece, "data": NOTE[piece:], **name}, {"off": 480},
          then=True)
    v.ask("fs-put-close", WRITE, FS, 4, {}, {}, then=True, told="done")
    v.both("fs-put-stat", READ, FS, 1, name, {"len": 480},
           call="fs-stat /ram/note", told="480")
    v.both("fs-put-hash", READ, FS, 2, {**name, "type": "sha256"},
           {"type": "sha256", "len": 480,
            "output": hashlib.sha256(NOTE).digest()},
           call="fs-hash /ram/note sha256",
           told="sha256 %s 480" % hashlib.sha256(NOTE).hexdigest())
    v.ask("fs-put-back", READ, FS, 0, {"off": 300, **name},
          {"off": 300, "data": NOTE[300:]})


def fs_upload(v):
    name = {"name": "/ram/n.bin"}
    v.ask("fs-put-mcumgr", WRITE, FS, 0,
          {**name, "len": 50, "off": 0, "data": NOTE[:20]}, {"off": 20},
          by="mcumgr", version=0, seq=207)
    v.refused("fs-put-half", READ, FS, 1, name, 3, 5,
              note="It is not there until it is whole.")
    v.ask("fs-put-again", WRITE, FS, 0,
          {"off": 10, "data": NOTE[10:20], **name}, {"off": 20},
          note="It came twice: the answer was lost.")
    v.ask("fs-put-gap", WRITE, FS, 0, {"off": 21, "data": b"x", **name},
          wanted(20), note="As the reference: where to go on.")
    v.ask("fs-put-gap-v1", WRITE, FS, 0, {"off": 21, "data": b"x", **name},
          {"rc": 1}, version=0)
    v.ask("fs-put-last", WRITE, FS, 0,
          {"off": 20, "data": NOTE[20:50], **name}, {"off": 50})
    v.ask("fs-put-last-again", WRITE, FS, 0,
          {"off": 20, "data": NOTE[20:50], **name}, {"off": 50})
    v.both("fs-put-whole", READ, FS, 0, {"off": 0, **name},
           {"off": 0, "len": 50, "data": NOTE[:50]})
    v.ask("fs-put-replace", WRITE, FS, 0,
          {"off": 0, "data": b"new", **name, "len": 3}, {"off": 3})
    v.ask("fs-put-replaced", READ, FS, 0, {"off": 0, **name},
          {"off": 0, "len": 3, "data": b"new"})
    v.ask("fs-put-empty", WRITE, FS, 0,
          {"off": 0, "data": b"", "name": "/ram/none", "len": 0}, {"off": 0})
    v.both("fs-put-empty-stat", READ, FS, 1, {"name": "/ram/none"},
           {"len": 0})


def fs_upload_refused(v):
    def first(name, len_bytes=5):
        return {"off": 0, "data": b"hello", "name": name, "len": len_bytes}

    v.ask("fs-put-none-parameters", READ, OS, 6, {},
          {"buf_size": 512, "buf_count": 3}, call="fs-put /n hello")
    v.ask("fs-put-none", WRITE, FS, 0, first("/n"), refusal(1, FS, 15, 1),
          then=True, told=told_refusal(1, FS, 15, 1), note="On no disk.")
    v.refused("fs-put-journal", WRITE, FS, 0, first("/boot/journal.txt"), 15,
              1)
    v.refused("fs-put-room", WRITE, FS, 0, first("/ram/note", 318), 10, 1,
              note="The file that would be replaced counts, too.")
    v.refused("fs-put-huge", WRITE, FS, 0, first("/ram/x", 1 << 32), 10, 1)
    v.refused("fs-put-long-name", WRITE, FS, 0,
              first("/ram/1234567890123456789012345"), 2, 3)
    v.refused("fs-put-folder", WRITE, FS, 0, first("/ram/a/b"), 2, 3)
    v.refused("fs-put-directory", WRITE, FS, 0, first("/ram/"), 4, 1)
    v.rejected("fs-put-too-much", WRITE, FS, 0, first("/ram/x", 4), 3)
    v.rejected("fs-put-no-len", WRITE, FS, 0,
               {"off": 0, "data": b"hello", "name": "/ram/x"}, 3)
    v.rejected("fs-put-no-off", WRITE, FS, 0,
               {"data": b"hello", "name": "/ram/x", "len": 5}, 3)
    v.ask("fs-put-never-begun", WRITE, FS, 0,
          {"off": 5, "data": b"hello", "name": "/ram/x"}, wanted(0))
    v.ask("fs-put-broken-off", WRITE, FS, 0, first("/ram/x", 9), {"off": 5})
    v.ask("fs-put-give-up", WRITE, FS, 4, {}, {},
          note="Closed before it was whole: it is gone.")
    v.refused("fs-put-gone", READ, FS, 1, {"name": "/ram/x"}, 3, 5)
    v.ask("fs-put-kept", READ, FS, 1, {"name": "/ram/note"}, {"len": 480},
          note="What was refused changed nothing.")


def fs_group():
    v = Sheet("fs", "Group 8: files of the product, and a disk of 800 bytes.")
    v.device("small")
    # A packet of 512 bytes: what the keys leave of it.
    first = 512 - 8 - len("\xbf\xff") - len("coffx") - len("clenxxx") - 8
    name = {"name": "/boot/journal.txt"}
    v.ask("fs-get-1", READ, FS, 0, {"off": 0, **name},
          {"off": 0, "len": 700, "data": JOURNAL[:first]},
          call="fs-get /boot/journal.txt")
    rest = JOURNAL[first:]
    v.ask("fs-get-2", READ, FS, 0, {"off": first, **name},
          {"off": first, "data": rest}, then=True,
          told="700 bytes crc %u" % zlib.crc32(JOURNAL))
    v.ask("fs-get-vouch", READ, FS, 0, {**name, "off": 600},
          {"off": 600, "data": JOURNAL[600:]}, by="mcumgr-client")
    v.ask("fs-get-mcumgr", READ, FS, 0, {**name, "off": 680},
          {"off": 680, "data": JOURNAL[680:]}, by="mcumgr", version=0,
          seq=201)
    v.refused("fs-get-beyond", READ, FS, 0, {**name, "off": 701}, 12, 1)
    v.refused("fs-get-missing", READ, FS, 0, {"off": 0, "name": "/x"}, 3, 5,
              call="fs-get /x")
    v.refused("fs-get-no-name", READ, FS, 0, {"name": "", "off": 0}, 2, 3)
    v.rejected("fs-get-no-key", READ, FS, 0, {"off": 0}, 3)
    v.rejected("fs-get-no-off", READ, FS, 0, name, 3)
    v.both("fs-get-empty", READ, FS, 0, {"off": 0, "name": "/empty"},
           {"off": 0, "len": 0, "data": b""}, call="fs-get /empty",
           told="0 bytes crc 0")
    v.both("fs-stat", READ, FS, 1, name, {"len": 700},
           call="fs-stat /boot/journal.txt", told="700")
    v.refused("fs-stat-missing", READ, FS, 1, {"name": "/x"}, 3, 5,
              call="fs-stat /x")
    fs_hashes(v)
    fs_upload_ours(v)
    fs_upload(v)
    fs_upload_refused(v)
    v.both("fs-close", WRITE, FS, 4, {}, {})
    return v


def shell_group():
    v = Sheet("shell", "Group 9.")
    v.device("small")
    v.both("shell", WRITE, SHELL, 0, {"argv": ["kernel", "version"]},
           {"o": "ran kernel version\n", "ret": 0},
           call="shell kernel version", told="0 ran kernel version\\n")
    v.ask("shell-open", WRITE, SHELL, 0,
          Open({"argv": Open([Pieces("ker", "nel")])}),
          {"o": "ran kernel\n", "ret": 0})
    v.both("shell-fails", WRITE, SHELL, 0, {"argv": ["fail"]},
           {"o": "ran fail\n", "ret": -22}, call="shell fail",
           told="-22 ran fail\\n")
    v.refused("shell-long", WRITE, SHELL, 0, {"argv": ["x" * 64]}, 2, 3,
              call="shell " + "x" * 64)
    v.refused("shell-empty", WRITE, SHELL, 0, {"argv": []}, 3, 3,
              call="shell")
    v.rejected("shell-no-argv", WRITE, SHELL, 0, {}, 3)
    v.rejected("shell-not-text", WRITE, SHELL, 0, {"argv": [5]}, 3)
    return v


def small_groups():
    v = Sheet("stat_enum", "Groups 2 and 10.")
    v.device("small")
    v.both("stat-list", READ, STAT, 1, {},
           {"stat_list": ["smp_svr_stats", "large"]}, call="stats",
           told="smp_svr_stats large")
    v.both("stat", READ, STAT, 0, {"name": "smp_svr_stats"},
           {"name": "smp_svr_stats", "fields": {"ticks": 7, "frames": 70000}},
           call="stat smp_svr_stats", told="ticks=7 frames=70000")
    v.refused("stat-missing", READ, STAT, 0, {"name": "x"}, 2, 5,
              call="stat x")
    v.rejected("stat-no-name", READ, STAT, 0, {}, 3)
    names = {OS: "os mgmt", STAT: "stat mgmt", FS: "fs mgmt",
             SHELL: "shell mgmt", ENUM: "enum mgmt", 64: "bare"}
    counts = {OS: 8, STAT: 2, FS: 5, SHELL: 1, ENUM: 4, 64: 0}
    groups = list(names)
    v.both("enum-count", READ, ENUM, 0, {}, {"count": len(groups)})
    v.ask("enum-list-v1", READ, ENUM, 1, {}, {"groups": groups}, version=0)
    v.ask("enum-list", READ, ENUM, 1, {}, {"groups": groups}, call="groups")
    v.both("enum-details", READ, ENUM, 3, {},
           {"groups": [{"group": g, "name": names[g], "handlers": counts[g]}
                       for g in groups]}, then=True,
           told="0 os mgmt, 2 stat mgmt, 8 fs mgmt, 9 shell mgmt, "
                "10 enum mgmt, 64 bare")
    v.both("enum-single", READ, ENUM, 2, {"index": 2}, {"group": FS})
    v.both("enum-single-last", READ, ENUM, 2, {"index": 5},
           {"group": 64, "end": True})
    v.both("enum-single-default", READ, ENUM, 2, {}, {"group": OS})
    v.refused("enum-index", READ, ENUM, 2, {"index": 6}, 4, 1)
    v.both("enum-details-some", READ, ENUM, 3, {"groups": [9, 9, 77]},
           {"groups": [{"group": 9, "name": "shell mgmt", "handlers": 1}]})
    v.rejected("enum-details-bad", READ, ENUM, 3, {"groups": ["x"]}, 3)
    return v


def settings_group():
    v = Sheet("settings", "Groups 3 and 63, with a store in flash.")
    v.device("native")
    serial = {"name": "id/serial"}
    v.refused("settings-missing", READ, SET, 0, serial, 3, 5,
              call="setting id/serial")
    v.ask("settings-write-mcumgr", WRITE, SET, 0, {**serial, "val": "0002"},
          {}, by="mcumgr: the value is a text", version=0, seq=135)
    v.both("settings-read", READ, SET, 0, serial, {"val": b"0002"},
           call="setting id/serial", told="0002")
    v.ask("settings-write-save", WRITE, SET, 0,
          {**serial, "val": "0003", "save": True}, {}, by="mcumgr",
          version=0)
    v.both("settings-write", WRITE, SET, 0, {**serial, "val": b"0004"}, {},
           call="set id/serial 0004", told="done")
    v.both("settings-read-some", READ, SET, 0, {**serial, "max_size": 2},
           {"val": b"00"})
    v.both("settings-read-more", READ, SET, 0, {**serial, "max_size": 5000},
           {"val": b"0004", "max_size": 128}, any=("max_size",))
    long = {"name": "x" * 200}
    v.refused("settings-long", READ, SET, 0, long, 2, 3,
              call="setting " + "x" * 200)
    v.rejected("settings-no-name", READ, SET, 0, {}, 3)
    v.rejected("settings-no-value", WRITE, SET, 0, serial, 3)
    v.both("settings-commit", WRITE, SET, 2, {}, {}, call="settings commit",
           told="done")
    v.both("settings-load", READ, SET, 3, {}, {}, call="settings load",
           told="done")
    v.both("settings-save", WRITE, SET, 3, {}, {}, call="settings save",
           told="done")
    v.ask("settings-delete", WRITE, SET, 1, serial, {}, call="unset id/serial",
          told="done")
    v.refused("settings-delete-missing", WRITE, SET, 1, serial, 3, 5,
              call="unset id/serial")
    v.ask("settings-write-again", WRITE, SET, 0, {**serial, "val": b"1"}, {})
    v.both("basic-erase", WRITE, BASIC, 0, {}, {}, call="erase-storage",
           told="done")
    v.refused("settings-gone", READ, SET, 0, serial, 3, 5)
    v.rejected("basic-read", READ, BASIC, 0, {}, 8)
    return v


# --- Group 1 ---


def state(image, slot, core, flags):
    told = {"image": core, "slot": slot, "version": image.version,
            "hash": image.hash}
    for flag, letter in (("bootable", "b"), ("pending", "p"),
                         ("confirmed", "c"), ("active", "a"),
                         ("permanent", "P")):
        told[flag] = letter in flags
    return told


def listed(*rows):
    return {"images": [state(*row) for row in rows]}


def listed_told(*rows):
    return ", ".join("%u.%u %s %s %s" % (core, slot, image.version,
                                         image.hash.hex()[:8], flags)
                     for image, slot, core, flags in rows)


class Images:
    def __init__(self, key):
        self.app1 = Image("app-1", 0, (1, 0, 0), 300, key)
        self.net1 = Image("net-1", 1, (1, 0, 0), 200, key)
        self.app2 = Image("app-2", 0, (1, 1, 0), 700, key)
        self.net2 = Image("net-2", 1, (1, 1, 0), 640, key)

    def all(self):
        return (self.app1, self.net1, self.app2, self.net2)

    def factory(self):
        return ((self.app1, 0, 0, "bca"), (self.net1, 0, 1, "bca"))


def chunks(v, name, image, sizes, first, every=(), **more):
    """An upload: @p first orders the keys of the first packet; @p every are
    sent with each. Sizes: of the data, the last one over and over."""
    values = {"len": len(image.data), "sha": image.sha, "image": None}
    values.update(more.pop("values", {}))
    off, number = 0, 0
    seq = more.pop("seq", 0)
    while off < len(image.data):
        data = image.data[off:off + sizes[min(number, len(sizes) - 1)]]
        at = {"off": off, "data": data}
        keys = first if off == 0 else [k for k in first
                                       if k in ("off", "data") or k in every]
        body = {k: at[k] if k in at else values[k] for k in keys}
        off += len(data)
        answer = {"off": off}
        if off == len(image.data) and "sha" in first:
            answer["match"] = True
        v.ask("%s-%u" % (name, number), WRITE, IMG, 1, body, answer,
              seq=(seq + number) % 256, **more)
        number += 1


def install_net(v, images):
    """Upload, test, reset, list, confirm, as mcumgr does."""
    net1, net2 = images.net1, images.net2
    more = {"version": 0, "by": "mcumgr"}
    chunks(v, "mcumgr-upload", net2, [512],
           ["image", "off", "len", "sha", "data"], ("image",), seq=133,
           values={"image": 1}, **more)
    v.ask("mcumgr-list", READ, IMG, 0, {},
          listed(*images.factory(), (net2, 1, 1, "b")), **more)
    v.ask("mcumgr-test", WRITE, IMG, 0,
          {"hash": net2.hash, "confirm": False},
          listed(*images.factory(), (net2, 1, 1, "bp")), seq=75, **more)
    v.ask("mcumgr-reset", WRITE, OS, 5, {}, {}, **more)
    v.step("wait", 15000)
    v.ask("mcumgr-list-trial", READ, IMG, 0, {},
          listed(images.factory()[0], (net2, 0, 1, "ba"),
                 (net1, 1, 1, "bc")), **more)
    v.ask("mcumgr-confirm", WRITE, IMG, 0, {"hash": None, "confirm": True},
          listed(images.factory()[0], (net2, 0, 1, "bca"), (net1, 1, 1, "b")),
          seq=105, note="hash: null is what runs, on both cores.", **more)
    v.step("power")
    v.ask("mcumgr-list-confirmed", READ, IMG, 0, {},
          listed(images.factory()[0], (net2, 0, 1, "bca"), (net1, 1, 1, "b")),
          **more)


def phone(v, images):
    """Test and confirm of a package with both cores."""
    app1, net1, app2, net2 = images.all()
    more = {"by": "Device Manager"}
    v.device("native")
    v.ask("android-parameters", READ, OS, 6, {},
          {"buf_size": 2475, "buf_count": 5}, version=0, seq=255, **more)
    v.ask("android-bootloader", READ, OS, 8, {}, {"bootloader": "MCUboot"},
          **more)
    v.ask("android-mode", READ, OS, 8, {"query": "mode"}, {"mode": 3}, seq=1,
          **more)
    v.ask("android-list", READ, IMG, 0, {}, listed(*images.factory()), seq=2,
          **more)
    chunks(v, "android-app", app2, [400], ["data", "len", "sha", "off"],
           seq=3, **more)
    chunks(v, "android-net", net2, [400],
           ["image", "data", "len", "sha", "off"], values={"image": 1},
           seq=12, **more)
    v.ask("android-erase", WRITE, BASIC, 0, {}, {}, seq=16, **more)
    v.ask("android-test-app", WRITE, IMG, 0,
          {"confirm": False, "hash": app2.hash},
          listed((app1, 0, 0, "bca"), (app2, 1, 0, "bp"),
                 (net1, 0, 1, "bca"), (net2, 1, 1, "b")), seq=17, **more)
    v.ask("android-test-net", WRITE, IMG, 0,
          {"confirm": False, "hash": net2.hash},
          listed((app1, 0, 0, "bca"), (app2, 1, 0, "bp"),
                 (net1, 0, 1, "bca"), (net2, 1, 1, "bp")), seq=18, **more)
    v.ask("android-reset", WRITE, OS, 5, {}, {}, seq=19, **more)
    v.step("wait", 20000)
    v.ask("android-confirm-app", WRITE, IMG, 0,
          {"confirm": True, "hash": app2.hash},
          listed((app2, 0, 0, "bca"), (app1, 1, 0, "b"), (net2, 0, 1, "ba"),
                 (net1, 1, 1, "bc")), seq=20, **more)
    v.ask("android-confirm-net", WRITE, IMG, 0,
          {"confirm": True, "hash": net2.hash},
          listed((app2, 0, 0, "bca"), (app1, 1, 0, "b"),
                 (net2, 0, 1, "bca"), (net1, 1, 1, "b")), seq=21, **more)
    # Back to what ran before: slot 1, by its digest.
    rows = ((app2, 0, 0, "bca"), (app1, 1, 0, "bpP"), (net2, 0, 1, "bca"),
            (net1, 1, 1, "b"))
    v.ask("previous-asked", WRITE, IMG, 0,
          {"hash": app1.hash, "confirm": True}, listed(*rows),
          call="confirm " + app1.hash.hex(), told=listed_told(*rows))
    v.ask("previous-reset", WRITE, OS, 5, {}, {})
    v.step("wait", 15000)
    v.ask("previous-runs", READ, IMG, 0, {},
          listed((app1, 0, 0, "bca"), (app2, 1, 0, "b"),
                 (net2, 0, 1, "bca"), (net1, 1, 1, "b")))


def dialects(v, images):
    app2, net2 = images.app2, images.net2
    v.device("native")
    v.ask("web-list", READ, IMG, 0, None, listed(*images.factory()),
          by="mcumgr-web: no payload", version=0)
    chunks(v, "web-upload", net2, [128], ["data", "off", "len", "sha"],
           by="mcumgr-web: no image number", version=0, seq=2,
           note="The image itself tells the core.")
    v.ask("web-list-after", READ, IMG, 0, None,
          listed(*images.factory(), (net2, 1, 1, "b")), by="mcumgr-web",
          version=0)
    v.device("native")
    chunks(v, "auterm-upload", net2, [177, 228, 227],
           ["image", "len", "sha", "off", "data"], values={"image": 1},
           by="AuTerm: packets of 250 bytes")
    v.ask("auterm-erase", WRITE, IMG, 5, {"slot": 3}, {}, by="AuTerm")
    chunks(v, "smpclient-upload", app2, [450],
           ["len", "off", "sha", "data", "image", "upgrade"], by="smpclient",
           values={"image": 0, "upgrade": False})
    chunks(v, "vouch-upload", net2, [512],
           ["data", "image", "len", "off", "sha"], ("image",),
           by="mcumgr-client: image is 1 unless told",
           values={"image": 1})
    request = packet(WRITE, IMG, 1,
                     {"data": app2.data[:512], "image": 1,
                      "len": len(app2.data), "off": 0, "sha": bytes(32)})
    v.exchange("vouch-upload-app", request,
               [answer_to(request, refusal(1, DUO, 23, 1))],
               by="mcumgr-client: the same with an application",
               note="Our reason 23: the image is for the other core.")
    request = packet(WRITE, IMG, 1,
                     {"data": net2.data[:512], "image": 0,
                      "len": len(net2.data), "off": 0, "sha": bytes(32)}, 0)
    v.exchange("wrong-core-v1", request,
               [answer_to(request, {"rc": 1, "rsn": "wrong-core"})])


def own_client(v, images):
    """Our own client's upload, with the packets of a device with 256 bytes."""
    net2 = images.net2
    v.device("other")
    v.ask("upload-parameters", READ, OS, 6, {},
          {"buf_size": 256, "buf_count": 2},
          call="upload net-2 1", note="A device with small buffers.")
    off, number = 0, 0
    while off < len(net2.data):
        start = {} if off else {"image": 1, "len": len(net2.data),
                                "sha": net2.sha}
        size = len(net2.data) - off
        while len(packet(WRITE, IMG, 1, {
                **start, "off": off,
                "data": net2.data[off:off + size]})) > 256:
            size -= 1
        body = {**start, "off": off, "data": net2.data[off:off + size]}
        off += size
        done = off == len(net2.data)
        more = {"told": "%u bytes, match" % off} if done else {}
        v.ask("upload-%u" % number, WRITE, IMG, 1, body,
              {"off": off, "match": True} if done else {"off": off},
              then=True, **more)
        number += 1
    body = {"image": 1, "len": len(net2.data), "sha": net2.sha, "off": 0,
            "data": net2.data}
    for name, answer, told in (
            ("match", {"off": len(net2.data), "match": True},
             "%u bytes, match" % len(net2.data)),
            ("plain", {"off": len(net2.data)}, "%u bytes" % len(net2.data)),
            ("rc-0", {"rc": 0, "off": len(net2.data)},
             "%u bytes" % len(net2.data)),
            ("mismatch", {"off": len(net2.data), "match": False},
             "malformed"),
            ("wrong-core", refusal(1, DUO, 23, 1),
             "refused group 77 error 23"),
            ("no-slot", {"rc": 6}, "refused smp 6"),
            ("too-large", refusal(1, IMG, 30, 1),
             "refused group 1 error 30")):
        v.ask("upload-%s-parameters" % name, READ, OS, 6, {},
              {"buf_size": 2475, "buf_count": 5}, call="upload net-2 1")
        v.ask("upload-%s" % name, WRITE, IMG, 1, body, answer, then=True,
              told=told)


def image_state(v, images):
    app1, _, app2, _ = images.all()
    v.device("native")
    v.both("list", READ, IMG, 0, {}, listed(*images.factory()), call="list",
           told=listed_told(*images.factory()))
    slots = [{"image": 0, "slots": [{"slot": 0, "size": 983040},
                                    {"slot": 1, "size": 983040,
                                     "upload_image_id": 2}],
              "max_image_size": 978944},
             {"image": 1, "slots": [{"slot": 0, "size": 245760},
                                    {"slot": 1, "size": 262144,
                                     "upload_image_id": 4}],
              "max_image_size": 245760}]
    v.both("slots", READ, IMG, 6, {}, {"images": slots},
           any=("max_image_size",), call="slots",
           told="0.0 983040, 0.1 983040 id 2, 1.0 245760, 1.1 262144 id 4")
    v.refused("state-no-hash", WRITE, IMG, 0, {"confirm": False}, 24, 3,
              call="test")
    v.refused("state-hash-length", WRITE, IMG, 0,
              {"hash": bytes(31), "confirm": False}, 24, 3,
              call="test " + "00" * 31)
    v.refused("state-hash-unknown", WRITE, IMG, 0,
              {"hash": bytes(32), "confirm": False}, 8, 1,
              call="test " + "00" * 32)
    v.refused("state-test-active", WRITE, IMG, 0,
              {"hash": app1.hash, "confirm": False}, 33, 1,
              call="test " + app1.hash.hex())
    v.both("state-confirm-running", WRITE, IMG, 0, {"confirm": True},
           listed(*images.factory()), call="confirm",
           told=listed_told(*images.factory()))
    chunks(v, "state-upload", app2, [900], ["len", "sha", "off", "data"])
    rows = (images.factory()[0], (app2, 1, 0, "bp"), images.factory()[1])
    v.ask("state-test", WRITE, IMG, 0, {"hash": app2.hash, "confirm": False},
          listed(*rows), call="test " + app2.hash.hex(),
          told=listed_told(*rows))
    v.ask("state-test-vouch", WRITE, IMG, 0, {"hash": app2.hash},
          listed(*rows), by="mcumgr-client: no confirm at all")
    rows = (images.factory()[0], (app2, 1, 0, "bpP"), images.factory()[1])
    v.both("state-permanent", WRITE, IMG, 0,
           {"hash": app2.hash, "confirm": True}, listed(*rows),
           call="confirm " + app2.hash.hex(), told=listed_told(*rows))
    v.refused("state-pending", WRITE, IMG, 0,
              {"hash": app2.hash, "confirm": False}, 28, 6,
              call="test " + app2.hash.hex())
    v.both("erase", WRITE, IMG, 5, {}, {}, call="erase", told="done")
    v.both("erase-slot", WRITE, IMG, 5, {"slot": 3}, {}, call="erase 3",
           told="done")
    v.both("list-erased", READ, IMG, 0, {}, listed(*images.factory()))
    for slot in (0, 2, 4):
        v.refused("erase-slot-%u" % slot, WRITE, IMG, 5, {"slot": slot}, 14,
                  3, call="erase %u" % slot)
    v.rejected("image-file", READ, IMG, 2, {}, 8)
    v.rejected("image-corelist", READ, IMG, 3, {}, 8)


def image_refusals(v, images):
    app1, _, app2, net2 = images.all()
    whole = {"len": len(app2.data), "sha": app2.sha}
    data = app2.data[:200]
    v.device("native")
    v.refused("upload-no-off", WRITE, IMG, 1, {**whole, "data": data}, 20, 3)
    v.refused("upload-no-len", WRITE, IMG, 1,
              {"off": 0, "sha": app2.sha, "data": data}, 21, 3)
    v.refused("upload-short", WRITE, IMG, 1,
              {**whole, "off": 0, "data": data[:31]}, 22, 3)
    v.refused("upload-no-data", WRITE, IMG, 1, {**whole, "off": 0}, 22, 3)
    v.refused("upload-magic", WRITE, IMG, 1,
              {**whole, "off": 0, "data": b"\0" + data[1:]}, 23, 1)
    v.refused("upload-sha-long", WRITE, IMG, 1,
              {**whole, "sha": bytes(33), "off": 0, "data": data}, 24, 3)
    v.refused("upload-large", WRITE, IMG, 1,
              {**whole, "len": 983040, "off": 0, "data": data}, 30, 1)
    v.refused("upload-larger", WRITE, IMG, 1,
              {**whole, "len": Wide(1 << 40), "off": 0, "data": data}, 30, 1)
    v.refused("upload-overrun-first", WRITE, IMG, 1,
              {"len": 100, "off": 0, "data": data}, 31, 1)
    v.refused("upload-image-number", WRITE, IMG, 1,
              {**whole, "image": 9, "off": 0, "data": data}, 14, 3)
    v.refused("upload-older", WRITE, IMG, 1,
              {"image": 0, "len": len(app1.data), "off": 0,
               "data": app1.data[:200], "upgrade": True}, 27, 6)
    v.rejected("upload-data-text", WRITE, IMG, 1,
               {**whole, "off": 0, "data": "text"}, 3)
    v.both("upload-none-under-way", WRITE, IMG, 1,
           {"off": 200, "data": app2.data[200:300]}, {"off": 0},
           note="Without an upload the expected offset is 0.")
    first = {**whole, "off": 0, "data": data}
    v.ask("upload-begun", WRITE, IMG, 1, first, {"off": 200})
    v.ask("upload-begun-again", WRITE, IMG, 1, first, {"off": 200},
          note="The same chunk twice: resumed.")
    for off in (100, 300):
        v.both("upload-off-%u" % off, WRITE, IMG, 1,
               {"off": off, "data": app2.data[off:off + 50]}, {"off": 200},
               note="Not where it is: dropped, and told where.")
    v.refused("upload-overrun", WRITE, IMG, 1,
              {"off": 200, "data": app2.data[200:] + b"x"}, 31, 1)
    v.ask("upload-unfinished", READ, DUO, 5, {},
          {"image": 0, "len": len(app2.data), "off": 200, "sha": app2.sha},
          call="unfinished",
          told="image 0, 200 of %u, %s" % (len(app2.data),
                                           app2.sha.hex()[:8]))
    end = {"off": len(app2.data), "match": True}
    v.ask("upload-ends", WRITE, IMG, 1,
          {"off": 200, "data": app2.data[200:]}, end)
    v.ask("upload-is-there", WRITE, IMG, 1, first, end,
          note="All of it is there: nothing more is wanted.")
    chunks(v, "upload-without-sha", net2, [500], ["len", "off", "data"])
    begin = {"len": len(app2.data), "sha": app1.sha, "off": 0,
             "data": app2.data[:600]}
    v.ask("upload-other-sha", WRITE, IMG, 1, begin, {"off": 600})
    v.ask("upload-no-match", WRITE, IMG, 1,
          {"off": 600, "data": app2.data[600:]},
          {"off": len(app2.data), "match": False},
          note="The digest is not that of the sha: it is not kept.")
    v.ask("upload-no-match-list", READ, IMG, 0, {},
          listed(*images.factory(), (net2, 1, 1, "b")))
    v.ask("upload-newer", WRITE, IMG, 1,
          {**first, "image": 0, "upgrade": 1}, {"off": 200},
          by="smpclient: a flag may be a number")


def own_group(v, images):
    v.device("native")
    v.ask("unfinished-none", READ, DUO, 5, {}, {}, call="unfinished",
          told="none")
    v.ask("net", READ, DUO, 3, {},
          {"held": False, "well": True, "seen": True, "version": "1.0.0",
           "beats": 0, "uptime": 0}, any=("beats", "uptime"), call="net",
          told="well 1.0.0")
    v.ask("install-nothing", READ, DUO, 2, {}, {"pending": [], "ms": 0},
          any=("ms",), call="install", told="0 pending")
    v.ask("journal-end", READ, DUO, 0, {"from": 1000000},
          {"next": 1000000, "entries": []}, any=("next",))
    v.rejected("log-none", READ, DUO, 4, {"from": 0}, 8, call="log",
               note="This board keeps no log.")
    v.rejected("journal-write", WRITE, DUO, 0, {}, 8)
    chunks(v, "install-upload", images.net2, [900],
           ["len", "sha", "off", "data"])
    v.ask("install-test", WRITE, IMG, 0,
          {"hash": images.net2.hash, "confirm": True},
          listed(*images.factory(), (images.net2, 1, 1, "bpP")))
    v.ask("install", READ, DUO, 2, {},
          {"pending": [{"image": 1, "changed": 1, "ms": 200}], "ms": 300},
          any=("ms",), call="install", told="1 pending, image 1, 1 units")


# --- What other servers answer: for our client ---


def other_lists(v, images):
    app1, net1 = images.app1, images.net1
    rows = images.factory()
    full = listed(*rows)
    frugal = {"images": [{k: x for k, x in row.items() if x is not False}
                         for row in full["images"]]}
    one = {k: x for k, x in full["images"][0].items() if k != "image"}
    told = listed_told(*rows)
    for name, body, want in (
            ("definite", {**full, "splitStatus": 0}, told),
            ("open", Open({"images": Open([Open(row) for row in
                                           full["images"]])}), told),
            ("frugal", frugal, told),
            ("rc-0", {"rc": 0, **full}, told),
            ("wide", {"images": [dict(row, slot=Wide(0))
                                 for row in full["images"]]}, told),
            ("pieces", {"images": [dict(row, version=Pieces("1.", "0.0"))
                                   for row in full["images"]]}, told),
            ("one-image", {"images": [one], "splitStatus": 0},
             listed_told(rows[0])),
            ("none", {"images": []}, ""),
            ("mcuboot-recovery",
             {"images": [{"image": core, "slot": 0, "hash": image.hash,
                          "version": image.version}
                         for core, image in enumerate((app1, net1))]},
             listed_told((app1, 0, 0, ""), (net1, 0, 1, ""))),
            ("mcuboot-without-hash",
             {"images": [{"slot": 0, "version": "1.0.0"}]},
             "0.0 1.0.0 - "),
            ("rc-error", {"rc": 1, "rsn": "flash"}, "refused smp 1"),
            ("missing", {}, "malformed"),
            ("not-a-list", {"images": 5}, "malformed"),
            ("without-slot", {"images": [{"image": 0}]}, "malformed")):
        v.ask("list-" + name, READ, IMG, 0, {}, body, call="list", told=want)


def other_duoboot(v):
    """Pages of what does not fit into one answer."""
    event = {"seq": 5, "boot": 2, "ms": 70, "core": 1, "reason": 23,
             "name": "wrong-core", "text": "Told.", "version": "1.0.0",
             "detail": 9}
    v.ask("journal-1", READ, DUO, 0, {"from": 0},
          {"entries": [event], "next": 6}, call="journal")
    v.ask("journal-2", READ, DUO, 0, {"from": 6}, {"entries": [], "next": 6},
          then=True, told="5 2 70 core 1 wrong-core Told. 1.0.0 9")
    part = {"name": "app_active", "memory": "app", "addr": 49152,
            "size": 983040}
    v.ask("map-1", READ, DUO, 1, {"from": 0},
          {"partitions": [part, dict(part, name="b", used=5)], "next": 2},
          call="map")
    v.ask("map-2", READ, DUO, 1, {"from": 2}, {"partitions": [], "next": 2},
          then=True,
          told="app_active app 49152 983040 -, b app 49152 983040 5")
    v.ask("log", READ, DUO, 4, {"from": 0},
          {"first": 10, "text": b"boot", "next": 14}, call="log",
          told="10 14 lost 10 boot")
    v.ask("journal-foreign", READ, DUO, 0, {"from": 0}, {"rc": 8},
          call="journal", told="refused smp 8")


def others(images):
    v = Sheet("others", "Answers as other servers form them, for the client "
              "alone.")
    v.device("other")
    other_lists(v, images)
    v.ask("echo-definite", WRITE, OS, 0, {"d": "hello"}, {"r": "hello"},
          call="echo hello", told="hello")
    v.ask("echo-rc-0", WRITE, OS, 0, {"d": "hello"}, {"rc": 0, "r": "hello"},
          call="echo hello", told="hello")
    v.ask("echo-nothing", WRITE, OS, 0, {"d": "hello"}, {}, call="echo hello",
          told="malformed")
    pool = {"nblks": 4, "nfree": 2, "min": 1}
    v.ask("pools-mynewt", READ, OS, 3, {},
          {"rc": 0, "mpools": {"msys": {"blksiz": 292, **pool}}},
          call="pools", told="msys 292 4 2 1")
    v.ask("pools-zephyr", READ, OS, 3, {}, {"msys": {"blksiz": 292, **pool}},
          call="pools", told="msys 292 4 2 1")
    v.ask("pools-smpclient", READ, OS, 3, {},
          {"msys": {"blksize": 292, **pool}}, call="pools",
          told="msys 292 4 2 1")
    v.ask("tasks-frugal", READ, OS, 2, {},
          {"tasks": {"idle": {"prio": 15, "tid": 1, "state": 2}}},
          call="tasks", told="idle 15 1 2 - - - -")
    v.ask("shell-legacy", WRITE, SHELL, 0, {"argv": ["fail"]},
          {"o": "no\n", "rc": -22}, call="shell fail", told="-22 no\\n",
          note="rc is the command's result, not an error.")
    v.ask("bootloader-name-only", READ, OS, 8, {}, {"bootloader": "SUIT"},
          call="bootloader")
    v.ask("bootloader-no-query", READ, OS, 8, {"query": "mode"}, {"rc": 8},
          then=True, told="SUIT")
    v.ask("bootloader-other", READ, OS, 8, {}, {"bootloader": "MCUboot"},
          call="bootloader")
    v.ask("bootloader-unknown-mode", READ, OS, 8, {"query": "mode"},
          {"mode": -1, "no-downgrade": True}, then=True,
          told="MCUboot mode -1 no-downgrade")
    v.ask("parameters-small", READ, OS, 6, {}, {"buf_size": 384},
          call="parameters", told="384 x 1")
    v.ask("parameters-none", READ, OS, 6, {}, {"rc": 8}, call="parameters")
    v.ask("parameters-no-echo", WRITE, OS, 1, {"echo": 0}, {"rc": 8},
          then=True, told="384 x 1")
    v.ask("parameters-recovery", READ, OS, 6, {}, {"rc": 8},
          call="parameters")
    v.ask("parameters-mcuboot", WRITE, OS, 1, {"echo": 0}, {"rc": 0},
          then=True, told="1024 x 1", note="MCUboot's recovery.")
    v.ask("reset-rc-0", WRITE, OS, 5, {}, {"rc": 0}, call="reset",
          told="done")
    v.ask("erase-rc-0", WRITE, IMG, 5, {}, {"rc": 0}, call="erase",
          told="done")
    v.ask("erase-no-payload", WRITE, IMG, 5, {}, None, call="erase",
          told="done")
    v.ask("slots-rc", READ, IMG, 6, {},
          {"images": [{"image": 0, "slots": [{"slot": 0, "size": 100},
                                             {"slot": 1, "rc": 11}]}]},
          call="slots", told="0.0 100, 0.1 error 11")
    v.ask("user-error", WRITE, OS, 5, {}, {"rc": 300}, call="reset",
          told="refused smp 300")
    v.ask("group-error-unknown", WRITE, OS, 5, {},
          {"err": {"group": 500, "rc": 7}}, call="reset",
          told="refused group 500 error 7")
    v.ask("group-error-0", WRITE, OS, 5, {}, {"err": {"group": 0, "rc": 0}},
          call="reset", told="done", note="No error, in a group's form.")
    v.ask("enum-no-details", READ, ENUM, 1, {}, {"groups": [0, 1, 300]},
          call="groups")
    v.ask("enum-details-refused", READ, ENUM, 3, {}, {"rc": 8}, then=True,
          told="0 OS, 1 image, 300 ")
    v.ask("stat-mynewt", READ, STAT, 0, {"name": "x"},
          {"rc": 0, "name": "x", "group": "sys", "fields": {"a": 1}},
          call="stat x", told="a=1")
    v.ask("setting-text", READ, SET, 0, {"name": "a"}, {"val": "text"},
          call="setting a", told="text")
    other_duoboot(v)
    old = packet(WRITE, OS, 0, {"d": "hello"})
    v.exchange("echo-by-version-1", old,
               [answer_to(old, {"r": "hello"}, version=0)],
               call="echo hello", told="hello",
               note="An old server answers in its own version.")
    v.exchange("echo-too-new", old, [answer_to(old, {"rc": 13}, version=0)],
               call="echo hello")
    older = packet(WRITE, OS, 0, {"d": "hello"}, version=0)
    v.exchange("echo-too-new-again", older,
               [answer_to(older, {"r": "hello"})], then=True, told="hello",
               note="It is asked again as it wants.")
    v.exchange("stale", old,
               [packet(3, OS, 0, {"r": "late"}, seq=200),
                packet(1, IMG, 0, {"images": []}),
                answer_to(old, {"r": "hello"})], call="echo hello",
               told="hello", note="Late answers to others come first.")
    v.exchange("malformed", old,
               [answer_to(old, b"\xa1\x61"), answer_to(old, b"\x80")],
               call="echo hello", told="malformed")
    v.exchange("silence", old, [], call="echo hello", told="no answer")
    return v


def image_group(images):
    v = Sheet("image", "Group 1 and our own group 77, on the native board "
              "with app-1 and net-1.")
    image_state(v, images)
    image_refusals(v, images)
    v.device("native")
    install_net(v, images)
    phone(v, images)
    dialects(v, images)
    own_client(v, images)
    own_group(v, images)
    return v


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else HERE
    with open(os.path.join(HERE, "../../keys/test-ed25519.pem"), "rb") as file:
        key = serialization.load_pem_private_key(file.read(), None)
    images = Images(key)
    with open(os.path.join(folder, "images.txt"), "w",
              encoding="ascii") as file:
        file.write("# The images of the exchanges, signed with a test key.\n")
        for image in images.all():
            file.write("image %s %s\n" % (image.name, image.data.hex()))
    for vectors in (os_group(), protocol(), fs_group(), shell_group(),
                    small_groups(), settings_group(), image_group(images),
                    others(images)):
        vectors.write(folder)


main()
