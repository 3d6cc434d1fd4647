# SPDX-License-Identifier: MIT
# `duoboot web` serves the built page, with headers that keep it to itself, and
# nothing else, to nobody who asks for another host.
. "$(dirname "$0")/lib.sh"
export PYTHONPATH=$DUO_SOURCE_DIR/test/cli PYTHONDONTWRITEBYTECODE=1

# Without a page it says where it was looked for and how to get it.
cp "$DUOBOOT" duoboot
expect 4 ./duoboot web --port 0
page=$(dirname "$PWD")/share/duoboot/web
says err "$page"
says err "scripts/web.sh build $page"
expect 4 "$DUOBOOT" web --port 0 --page nowhere
says err "nowhere"
mkdir page && echo '<!doctype html>' >page/index.html

# What cannot be is told before anything is served.
expect 2 "$DUOBOOT" web --port 65536 --page page
expect 2 "$DUOBOOT" web --port 0 --page page --device ble:thing
says err "only serial:, raw: and udp: are relayed"
expect 2 "$DUOBOOT" web --port 0 --page page --device serial:/dev/x?baud=7
says err "no speed of a serial port"
expect 2 "$DUOBOOT" web --port 0 --page page --device udp:
expect 2 "$DUOBOOT" web --port 0 --page page --load x.elf
says err "for the board of --board"
expect 4 "$DUOBOOT" web --port 0 --page page --board nowhere
says err "there is no virtual board here"

/usr/bin/python3 - <<'PY'
import os, re, socket, subprocess
from web_client import Server

os.makedirs("page/assets")
os.makedirs("page/.git")
os.makedirs("page/folder.js")
files = {
    "page/assets/main-1a2B_-3.js": os.urandom(200_000), "page/assets/main-4.css": b"a{}",
    "page/assets/main-1.js.map": b"{}", "page/icon.svg": b"<svg/>", "page/a.png": b"\x89PNG",
    "page/manifest.webmanifest": b"{}", "page/data.json": b"", "page/LICENSES.txt": b"MIT",
    "page/.env.json": b"secret", "page/.git/config.txt": b"secret", "page/key.pem": b"secret",
    "page/noend": b"secret", "outside.txt": b"secret",
}
for name, data in files.items():
    with open(name, "wb") as stream:
        stream.write(data)
os.symlink("../outside.txt", "page/link.txt")
os.symlink("..", "page/up")
os.symlink("/etc", "page/assets/etc")
os.mkfifo("page/fifo.txt")

with Server() as server:
    own = f"127.0.0.1:{server.port}"
    types = {
        "/": "text/html; charset=utf-8", "/index.html": "text/html; charset=utf-8",
        "/assets/main-1a2B_-3.js": "text/javascript; charset=utf-8",
        "/assets/main-4.css": "text/css; charset=utf-8", "/icon.svg": "image/svg+xml",
        "/assets/main-1.js.map": "application/json; charset=utf-8", "/a.png": "image/png",
        "/manifest.webmanifest": "application/manifest+json",
        "/data.json": "application/json; charset=utf-8",
        "/LICENSES.txt": "text/plain; charset=utf-8",
    }
    # The policy is that of the page itself, and no frames.
    with open(os.path.join(os.environ["DUO_SOURCE_DIR"], "web/index.html"), encoding="utf-8") as stream:
        policy = re.search(r'Content-Security-Policy"\s+content="([^"]+)"', stream.read()).group(1)
    for path, kind in types.items():
        status, headers, body = server.http(f"GET {path}")
        assert (status, headers["content-type"]) == (200, kind), (path, status, headers)
        with open("page" + (path if path != "/" else "/index.html"), "rb") as stream:
            assert body == stream.read(), path
        assert headers["content-security-policy"] == policy + "; frame-ancestors 'none'", headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert "access-control-allow-origin" not in headers
        assert ("immutable" in headers["cache-control"]) == path.startswith("/assets/"), headers
        assert path.startswith("/assets/") or headers["cache-control"] == "no-cache", headers
        status, head, body = server.http(f"HEAD {path}")
        assert (status, body, head) == (200, b"", headers), path

    # Nothing but what lies there as a plain file of a known type.
    for path in (
            "/nothing.js", "/assets", "/assets/", "/folder.js", "/link.txt", "/up/outside.txt",
            "/up/page/icon.svg", "/assets/etc/host.conf", "/.env.json", "/.git/config.txt", "/key.pem",
            "/noend", "/fifo.txt", "/../outside.txt", "/..%2foutside.txt", "/%2e%2e/outside.txt",
            "/assets/../../outside.txt", "/assets/..%2f..%2foutside.txt", "/..%5coutside.txt",
            "/page/../../outside.txt", "/a.png%00.txt", "/a.png%20", "/%c0%ae%c0%ae/outside.txt",
            "/" + "a" * 300 + ".txt", "/" + "a/" * 500 + "b.txt", "/ws"):
        status, headers, body = server.http(f"GET {path}")
        assert status in (404, 403, None), (path, status)
        assert b"secret" not in body and b"root" not in body, path
        if status == 404:
            assert headers["content-security-policy"] == policy + "; frame-ancestors 'none'"

    # Only GET and HEAD.
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "PATCH"):
        status, headers, _ = server.http(f"{method} /")
        assert status in (405, 403, None), (method, status)
        assert status != 405 or headers["allow"] == "GET, HEAD"
    assert server.http(f"POST / HTTP/1.1\r\nHost: {own}\r\nContent-Length: 5\r\n\r\n".encode(),
                       b"hello")[0] == 405

    # Only for those who ask for this host.
    for host, want in ((own, 200), (f"localhost:{server.port}", 200), (f"LOCALHOST:{server.port}", 200),
                       ("127.0.0.1", 403), ("localhost", 403), (f"evil.example:{server.port}", 403),
                       (f"127.0.0.1:{server.port + 1}", 403), (f"{own}.evil.example", 403),
                       (f"[::1]:{server.port}", 403), ("", 403), ("x" * 300, 403)):
        assert server.http(f"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())[0] == want, host
    assert server.http(b"GET / HTTP/1.1\r\n\r\n")[0] == 403
    assert server.http(f"GET / HTTP/1.1\r\nHost: {own}\r\nHost: {own}\r\n\r\n".encode())[0] == 403

    # What is no HTTP does not disturb it.
    for junk in (b"\x00" * 100, b"GET\r\n\r\n", b"CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: x\r\n\r\nSSH",
                 b"GET / HTTP/1.1\r\n" + b"X: " + b"y" * 20000 + b"\r\n\r\n",
                 b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\x16\x03\x01\x02\x00\x01",
                 f"GET / HTTP/1.1\r\nHost: {own}\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n"
                 "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n".encode(),
                 f"GET / HTTP/1.1\r\nHost: {own}\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\n".encode()):
        try:
            with socket.create_connection(("127.0.0.1", server.port), timeout=60) as line:
                line.sendall(junk)
                line.shutdown(socket.SHUT_WR)
                answer = b""
                while piece := line.recv(65536):
                    answer += piece
                assert b" 200 " not in answer and b" 101 " not in answer, (junk[:60], answer)
        except OSError:  # It hung up at once.
            pass
    assert server.http("GET /")[0] == 200

    # One after the other on one connection.
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as line:
        line.sendall(f"GET /icon.svg HTTP/1.1\r\nHost: {own}\r\n\r\n".encode() * 2)
        got = b""
        while got.count(b"<svg/>") < 2:
            got += line.recv(65536)

    # It is nowhere but on the loopback interface.
    inode = {line.split()[1] for line in open(f"/proc/{server.process.pid}/net/tcp") if " 0A " in line}
    assert f"0100007F:{server.port:04X}" in inode and f"00000000:{server.port:04X}" not in inode

    # A second one on this port is told so.
    second = subprocess.run([os.environ["DUOBOOT"], "web", "--page", "page", "--port", str(server.port)],
                            capture_output=True, text=True, timeout=60)
    assert second.returncode == 4 and second.stdout == "", second
    assert f"port {server.port} of 127.0.0.1 is in use; --port names another" in second.stderr, second
    assert server.http("GET /")[0] == 200
    assert server.end() == 0 and server.said() == "", server.said()
PY
