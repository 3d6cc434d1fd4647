# SPDX-License-Identifier: MIT
# Who may connect to `duoboot web`: pages of its own address, or of one that was
# allowed, that know the token; to what was offered, and not too many of them.
. "$(dirname "$0")/lib.sh"
export PYTHONPATH=$DUO_SOURCE_DIR/test/cli PYTHONDONTWRITEBYTECODE=1
version=$("$DUOBOOT" version | cut -d' ' -f2)
/usr/bin/python3 - "$version" <<'PY'
import os, signal, socket, sys
from web_client import Closed, Server, WebSocket, refused

named = ["udp:127.0.0.1:9", "serial:/dev/nosuch?baud=1000000&line=100", "raw:/dev/nosuch2"]
options = [word for url in named for word in ("--device", url)]
with Server(*options, "--allow-origin", "https://pages.example") as server:
    own, token = f"127.0.0.1:{server.port}", server.token
    good = f"/ws?token={token}&to=offer"

    # The offer.
    with server.to("to=offer") as page:
        assert page.receive_json() == {
            "type": "offer", "version": sys.argv[1], "board": None, "links": [
                {"url": named[0], "coding": "datagram", "title": "UDP 127.0.0.1:9"},
                {"url": named[1], "coding": "console", "title": "Serial port /dev/nosuch"},
                {"url": named[2], "coding": "raw", "title": "Serial port for SMP alone, /dev/nosuch2"}]}
        page.close()

    # Origins.
    for origin in (f"http://{own}", f"http://localhost:{server.port}", "https://pages.example"):
        WebSocket(server, good, origin=origin).close()
    for origin in (None, "null", "", f"https://{own}", "http://127.0.0.1", "http://evil.example",
                   f"http://{own}.evil.example", f"http://{own}/", f"http://127.0.0.1:{server.port + 1}",
                   "https://pages.example.evil.example", "http://pages.example", "x" * 400):
        assert refused(WebSocket, server, good, origin=origin) == 403, origin
    assert refused(WebSocket, server, good, host="evil.example") == 403
    assert refused(WebSocket, server, good, host="localhost") == 403

    # The token, to its last letter.
    last = "1" if token[-1] == "0" else "0"
    for query in (f"token={token[:-1]}{last}&to=offer",
                  "to=offer", "token=&to=offer", f"token={token[:-1]}&to=offer",
                  f"token={token}0&to=offer", f"token={token.upper()}!&to=offer",
                  f"token={'0' * 32}&to=offer", f"Token={token}&to=offer",
                  f"to=offer&xtoken={token}", f"token={'a' * 3000}&to=offer"):
        assert refused(WebSocket, server, "/ws?" + query) in (403, None), query
    assert refused(WebSocket, server, "/ws") == 403

    # Only what is there.
    for query in ("", "to=", "to=nothing", "to=board", "to=link", "to=link&url=",
                  "to=link&url=serial%3A%2Fdev%2FttyS0", "to=link&url=udp%3A127.0.0.1",
                  "to=link&url=udp%3A127.0.0.1%3A9%00", "to=link&url=" + "a" * 1500):
        assert refused(server.to, query) in (404, None), query
    assert refused(server.link, "serial:/dev/nosuch") == 404
    for path in ("/", "/ws/", "/wss", "/index.html"):
        assert refused(WebSocket, server, f"{path}?token={token}&to=offer") == 404, path

    # A port that is not there: told with the reason.
    for url in named[1:]:
        with server.link(url) as page:
            gone = page.closed()
            assert gone.code == 4002 and "there is no such port" in gone.reason, gone

    # Another protocol than the one there is.
    for name in ("duoboot-files", "nothing"):
        try:
            with WebSocket(server, good, extra=f"Sec-WebSocket-Protocol: {name}\r\n") as page:
                page.receive()
            raise AssertionError(name)
        except Exception as no:
            assert not isinstance(no, AssertionError), no

    # Nothing is taken from a page that is to listen; nor too much.
    with server.to("to=offer") as page:
        page.receive()
        page.send("hello")
        assert page.closed().code == 1003
    with server.to("to=offer") as page:
        page.receive()
        page.send(b"x" * 65537)
        assert page.closed().code == 4003

    # Frames that no browser sends: the connection ends, the server stays.
    mask = b"\1\2\3\4"
    for junk in (b"\x81\x01a", b"\xf1\x81" + mask + b"a", b"\x83\x80" + mask, b"\x80\x80" + mask,
                 b"\x89\xfe\x00\x80" + mask + b"a" * 128, b"\x09\x81" + mask + b"a",
                 b"\x88\x81" + mask + b"a", b"\x88\x82" + bytes(4) + b"\x00\x01",
                 b"\x82\xff" + b"\xff" * 8 + mask, b"\x82\xff" + b"\x7f" + b"\xff" * 7 + mask + b"a" * 70000,
                 b"\x88\x85" + bytes(4) + b"\x03\xe8\xff\xff\xff", os.urandom(5000)):
        with server.to("to=offer") as page:
            try:
                page.line.sendall(junk)
                page.line.shutdown(socket.SHUT_WR)
                page.closed()
            except OSError:
                pass  # It hung up.
    assert server.http("GET /")[0] == 200

    # At most 16; one that leaves makes room.
    pages = [server.to("to=offer") for _ in range(16)]
    assert refused(server.to, "to=offer") == 503
    assert server.http("GET /")[0] == 200
    pages.pop().close()
    for _ in range(100):
        try:
            pages.append(server.to("to=offer"))
            break
        except Exception:
            pass
    assert len(pages) == 16

    # They hear of the end.
    server.process.send_signal(signal.SIGINT)
    for page in pages:
        assert page.closed().code == 1001
    assert server.process.wait(60) == 0 and server.said() == "", server.said()

# Two runs, two tokens.
with Server() as server:
    assert server.token != token
    server.end()
PY
