# SPDX-License-Identifier: MIT
"""For the tests of `duoboot web`: the server in a child process, and a small
WebSocket client (RFC 6455) that can also do what a browser never does."""
import base64
import json
import os
import re
import signal
import socket
import struct
import subprocess
from urllib.parse import quote

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
WAIT_S = 60


class Refused(Exception):
    """The upgrade was answered with this HTTP status."""

    def __init__(self, status):
        super().__init__(status)
        self.status = status


class Closed(Exception):
    """The other side closed."""

    def __init__(self, code, reason):
        super().__init__(code, reason)
        self.code = code
        self.reason = reason


class Server:
    """`duoboot web`; its error stream is the file web.err."""

    def __init__(self, *options, page="page"):
        os.makedirs(page, exist_ok=True)
        index = os.path.join(page, "index.html")
        if not os.path.exists(index):
            with open(index, "w", encoding="utf-8") as stream:
                stream.write("<!doctype html><title>page</title>\n")
        with open("web.err", "w", encoding="utf-8") as err:
            self.process = subprocess.Popen(
                [os.environ["DUOBOOT"], "web", "--port", "0", "--page", page, "--no-discover",
                 *options], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=err, text=True)
        line = self.process.stdout.readline()
        match = re.fullmatch(r"duoboot: the page is at http://127\.0\.0\.1:(\d+)/"
                             r"#token=([0-9a-f]{32})\n", line)
        assert match, (line, self.said())
        self.port, self.token = int(match.group(1)), match.group(2)

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if kind is not None:
            print("web.err:", self.said())

    @staticmethod
    def said():
        with open("web.err", encoding="utf-8") as err:
            return err.read()

    def end(self, how=signal.SIGTERM):
        """Its exit code."""
        self.process.send_signal(how)
        return self.process.wait(WAIT_S)

    def http(self, request, body=b""):
        """Send `GET /x` or the like with a good Host, or whole bytes; the status, the
        headers with small names, and the body."""
        if isinstance(request, str):
            request = f"{request} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n\r\n".encode()
        with socket.create_connection(("127.0.0.1", self.port), timeout=WAIT_S) as line:
            line.sendall(request + body)
            return read_answer(line, request.startswith(b"HEAD"))

    def to(self, query, **options):
        return WebSocket(self, f"/ws?token={self.token}&{query}", **options)

    def link(self, url, **options):
        return self.to("to=link&url=" + quote(url, safe=""), **options)


def read_answer(line, is_head=False):
    data = b""
    while b"\r\n\r\n" not in data:
        piece = line.recv(65536)
        if not piece:
            return None, {}, data
        data += piece
    head, data = data.split(b"\r\n\r\n", 1)
    first, *rest = head.decode().split("\r\n")
    headers = {}
    for text in rest:
        name, value = text.split(":", 1)
        assert name.lower() not in headers, head
        headers[name.lower()] = value.strip()
    length = 0 if is_head else int(headers.get("content-length", 0))
    while len(data) < length:
        piece = line.recv(65536)
        assert piece, "the body is cut"
        data += piece
    return int(first.split()[1]), headers, data


class WebSocket:
    """One connection. origin: None sends none; host: None is the server's own."""

    def __init__(self, server, target, origin="own", host=None, receive_bytes=0, extra=""):
        where = ("127.0.0.1", server.port)
        if origin == "own":
            origin = f"http://127.0.0.1:{server.port}"
        self.line = socket.socket()
        if receive_bytes:
            self.line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        self.line.settimeout(WAIT_S)
        self.line.connect(where)
        self.data = b""
        self.line.sendall((
            f"GET {target} HTTP/1.1\r\nHost: {host or '%s:%d' % where}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}\r\n"
            + (f"Origin: {origin}\r\n" if origin is not None else "") + extra + "\r\n").encode())
        while b"\r\n\r\n" not in self.data:
            piece = self.line.recv(65536)
            if not piece:
                raise Refused(None)
            self.data += piece
        head, self.data = self.data.split(b"\r\n\r\n", 1)
        status = int(head.split()[1])
        if status != 101:
            self.line.close()
            raise Refused(status)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.line.close()

    def _need(self, count):
        while len(self.data) < count:
            piece = self.line.recv(65536)
            if not piece:
                raise Closed(None, "cut")
            self.data += piece
        taken, self.data = self.data[:count], self.data[count:]
        return taken

    def send(self, message, kind=None, is_final=True):
        if isinstance(message, str):
            message, kind = message.encode(), TEXT if kind is None else kind
        kind = BINARY if kind is None else kind
        size = len(message)
        head = bytes([kind | (0x80 if is_final else 0)])
        if size < 126:
            head += bytes([0x80 | size])
        elif size < 65536:
            head += bytes([0x80 | 126]) + struct.pack(">H", size)
        else:
            head += bytes([0x80 | 127]) + struct.pack(">Q", size)
        self.line.sendall(head + bytes(4) + message)  # A mask of zeros.

    def receive(self):
        """The next message: text as str, else bytes."""
        whole, kind = b"", None
        while True:
            first, second = self._need(2)
            size = second & 0x7f
            if size == 126:
                size, = struct.unpack(">H", self._need(2))
            elif size == 127:
                size, = struct.unpack(">Q", self._need(8))
            payload = self._need(size)
            if first & 0xf == CLOSE:
                code = struct.unpack(">H", payload[:2])[0] if len(payload) > 1 else None
                raise Closed(code, payload[2:].decode(errors="replace"))
            if first & 0xf == PING:
                self.send(payload, PONG)
            if first & 0xf >= CLOSE:
                continue
            kind = first & 0xf or kind
            whole += payload
            if first & 0x80:
                return whole.decode() if kind == TEXT else whole

    def receive_json(self):
        return json.loads(self.receive())

    def closed(self):
        """What it is closed with; messages before are dropped."""
        try:
            while True:
                self.receive()
        except Closed as closed:
            return closed

    def close(self):
        """As a page does: say so, and wait for the answer."""
        self.send(struct.pack(">H", 1000), CLOSE)
        self.closed()
        self.line.close()


def refused(connect, *args, **options):
    """The HTTP status, or None if it hung up."""
    try:
        connect(*args, **options)
    except Refused as no:
        return no.status
    raise AssertionError(f"not refused: {args} {options}")


def header(group, command, sequence, body_bytes, op=2):
    """Of an SMP packet."""
    return struct.pack(">BBHHBB", op | 1 << 3, 0, body_bytes, group, sequence, command)


def echo(text, sequence=7):
    """An SMP packet that asks for an echo: {"d": text} in CBOR."""
    assert len(text) < 24
    body = b"\xa1\x61d" + bytes([0x60 | len(text)]) + text.encode()
    return header(0, 0, sequence, len(body)) + body


def is_echo_of(packet, text, sequence=7):
    """{"r": text} in an answer."""
    op, _, length, group, seen, command = struct.unpack(">BBHHBB", packet[:8])
    assert (op & 7, group, command, seen) == (3, 0, 0, sequence), packet
    assert length == len(packet) - 8, packet
    assert b"\x61r" + bytes([0x60 | len(text)]) + text.encode() in packet[8:], packet
    return True
