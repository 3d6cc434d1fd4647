// SPDX-License-Identifier: MIT
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { parseOffer, RelayOffers, relayLink, relayStream } from "../../src/links/relay";
import type { RelayLinkOffer } from "../../src/links/relay-protocol";
import { packet, settle, socketMaker } from "./fakes";

const ADDRESS = { url: "ws://127.0.0.1:8077/ws", token: "00112233445566778899aabbccddeeff" };
const SERIAL: RelayLinkOffer = {
  url: "raw:/dev/ttyACM0?baud=115200",
  coding: "raw",
  title: "nRF5340 DK",
};
const UDP: RelayLinkOffer = { url: "udp:192.0.2.2:1337", coding: "datagram", title: "Board" };
const OFFER = { type: "offer", version: "1.0", board: null, links: [SERIAL, UDP] };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("offers", () => {
  function watched() {
    const sockets = socketMaker();
    const offers = new RelayOffers(ADDRESS, sockets.make);
    const seen: number[] = [];
    const whys: string[] = [];
    offers.onOffer = (offer) => seen.push(offer.links.length);
    offers.onGone = (why) => whys.push(why);
    offers.start();
    return { sockets, offers, seen, whys };
  }

  test("each offer is told; the token goes along", () => {
    const { sockets, offers, seen } = watched();
    sockets.last().accept();
    sockets.last().say(OFFER);
    sockets.last().say({ ...OFFER, links: [] });
    expect(Object.fromEntries(sockets.last().query)).toEqual({
      token: ADDRESS.token,
      to: "offer",
    });
    expect(seen).toEqual([2, 0]);
    expect(offers.offer?.version).toBe("1.0");
  });

  test("a lost connection is told once and made again every second", async () => {
    const { sockets, offers, seen, whys } = watched();
    sockets.last().accept();
    sockets.last().say(OFFER);
    sockets.last().end(1006, "");
    expect(offers.offer).toBeNull();
    for (let i = 0; i < 3; i++) {
      await vi.advanceTimersByTimeAsync(1000);
      sockets.last().end(1006, "");
    }
    expect(whys).toEqual([
      "The connection to `duoboot web` is gone: it has ended, or was stopped.",
    ]);
    expect(sockets.all.length).toBe(4);
    await vi.advanceTimersByTimeAsync(1000);
    sockets.last().accept();
    sockets.last().say(OFFER);
    expect(seen).toEqual([2, 2]);
  });

  test("a refused connection tells what it may be", () => {
    const { sockets, whys } = watched();
    sockets.last().end(1006, "");
    expect(whys[0]).toContain("another token");
  });

  test("nothing is tried or told after stop()", async () => {
    const { sockets, offers, seen, whys } = watched();
    const first = sockets.last();
    first.accept();
    offers.stop();
    first.say(OFFER);
    first.end(1006, "");
    await vi.advanceTimersByTimeAsync(10_000);
    expect([sockets.all.length, seen.length, whys.length]).toEqual([1, 0, 0]);
  });

  test.each([
    ["bytes", new ArrayBuffer(3)],
    ["no JSON", "{"],
    ["a list", "[]"],
    ["null", "null"],
    ["another type", '{"type":"hello"}'],
    ["links that are no list", '{"type":"offer","links":{"length":3}}'],
  ])("%s as an offer is dropped", (_, data) => {
    expect(parseOffer(data)).toBeNull();
  });

  test("links with wrong parts are left out, and names are made fit to be shown", () => {
    const offer = parseOffer(
      JSON.stringify({
        type: "offer",
        version: 3,
        board: "dk\u202e\u0007",
        links: [
          { url: 1, coding: "raw", title: "x" },
          { url: "a", coding: "morse", title: "x" },
          { url: "x".repeat(5000), coding: "raw", title: "x" },
          null,
          { url: "udp:1", coding: "datagram", title: "A\nB" },
        ],
      }),
    );
    expect(offer).toEqual({
      type: "offer",
      version: "",
      board: "dk??",
      links: [{ url: "udp:1", coding: "datagram", title: "A?B" }],
    });
  });

  test("no more than 256 links are taken", () => {
    const links = Array.from({ length: 5000 }, (_, i) => ({ ...UDP, url: `udp:${i}` }));
    expect(parseOffer(JSON.stringify({ ...OFFER, links }))?.links.length).toBe(256);
  });
});

describe("a stream", () => {
  function stream() {
    const sockets = socketMaker();
    const port = relayStream(ADDRESS, SERIAL, sockets.make);
    const bytes: number[] = [];
    const whys: string[] = [];
    port.onBytes = (some) => bytes.push(...some);
    port.onClosed = (why) => whys.push(why);
    return { sockets, port, bytes, whys };
  }

  async function open(one: ReturnType<typeof stream>): Promise<void> {
    const opening = one.port.open();
    await settle();
    one.sockets.last().accept();
    one.sockets.last().say({ type: "open", url: SERIAL.url, coding: "raw" });
    await opening;
  }

  test("is open when the port is, not when the socket is", async () => {
    const one = stream();
    const opening = one.port.open();
    await settle();
    one.sockets.last().accept();
    await settle();
    expect(one.port.isOpen).toBe(false);
    one.sockets.last().say({ type: "open" });
    await opening;
    expect(one.port.isOpen).toBe(true);
    expect(one.sockets.last().query.get("url")).toBe(SERIAL.url);
  });

  test("gives bytes, and drops what is not of the protocol", async () => {
    const one = stream();
    const opening = one.port.open();
    await settle();
    const socket = one.sockets.last();
    socket.accept();
    socket.bytes(9);
    socket.say("nonsense");
    socket.say({ type: "open" });
    await opening;
    socket.say({ type: "open" });
    socket.say("more nonsense");
    socket.bytes(1, 2);
    expect(one.bytes).toEqual([1, 2]);
  });

  test("cuts long writes and waits while the browser still holds much", async () => {
    const one = stream();
    await open(one);
    const socket = one.sockets.last();
    socket.keepsBytes = true;
    let isDone = false;
    const written = one.port.write(new Uint8Array(100_000)).then(() => {
      isDone = true;
    });
    await vi.advanceTimersByTimeAsync(1000);
    const sentBefore = socket.sent.length;
    expect(isDone).toBe(false);
    expect(socket.bufferedAmount).toBeLessThan(65536 + 16385);
    socket.bufferedAmount = 0;
    socket.keepsBytes = false;
    await vi.advanceTimersByTimeAsync(1000);
    await written;
    expect(socket.sent.length).toBeGreaterThan(sentBefore);
    expect(socket.sent.map((part) => part.length).reduce((sum, n) => sum + n)).toBe(100_000);
  });

  test("that ends in the middle of a write rejects it, and is told once", async () => {
    const one = stream();
    await open(one);
    const socket = one.sockets.last();
    socket.keepsBytes = true;
    const written = expect(one.port.write(new Uint8Array(100_000))).rejects.toThrow("closed while");
    await vi.advanceTimersByTimeAsync(10);
    socket.end(4002, "The adapter was pulled out");
    await vi.advanceTimersByTimeAsync(10);
    await written;
    expect(one.whys).toEqual(["The adapter was pulled out."]);
    await expect(one.port.write(Uint8Array.of(1))).rejects.toThrow("not connected");
  });

  test("opens again after it was lost; the old socket is not heard any more", async () => {
    const one = stream();
    await open(one);
    const old = one.sockets.last();
    old.end(1006, "");
    await open(one);
    old.bytes(7);
    old.end(1006, "");
    one.sockets.last().bytes(8);
    expect(one.bytes).toEqual([8]);
    expect(one.whys.length).toBe(1);
    expect(one.port.isOpen).toBe(true);
  });

  test("that is busy is tried again for a moment: the page before a reload may have it", async () => {
    const one = stream();
    const opening = one.port.open();
    await settle();
    one.sockets.last().accept();
    one.sockets.last().end(4001, "");
    await vi.advanceTimersByTimeAsync(600);
    one.sockets.last().accept();
    one.sockets.last().say({ type: "open" });
    await opening;
    expect(one.sockets.all.length).toBe(2);
  });

  test("that stays busy says so", async () => {
    const one = stream();
    const refused = expect(one.port.open()).rejects.toThrow("Somebody else uses this link");
    for (let i = 0; i < 4; i++) {
      await settle();
      one.sockets.last().accept();
      one.sockets.last().end(4001, "");
      await vi.advanceTimersByTimeAsync(500);
    }
    await refused;
  });

  test("that does not get its port is given up", async () => {
    const one = stream();
    const refused = expect(one.port.open()).rejects.toThrow("not opened in time");
    await settle();
    one.sockets.last().accept();
    await vi.advanceTimersByTimeAsync(10_000);
    await refused;
    expect(one.port.isOpen).toBe(false);
  });

  test("that is closed while it opens stays closed, and tells nobody", async () => {
    const one = stream();
    const refused = expect(one.port.open()).rejects.toThrow("closed while it was being opened");
    await settle();
    const socket = one.sockets.last();
    await one.port.close();
    await refused;
    socket.say({ type: "open" });
    await vi.advanceTimersByTimeAsync(10);
    expect(one.port.isOpen).toBe(false);
    expect(one.whys).toEqual([]);
  });
});

describe("datagrams", () => {
  test("each message is a packet, in both directions, up to 1472 bytes", async () => {
    const sockets = socketMaker();
    const link = relayLink(ADDRESS, UDP, sockets.make);
    const packets: Uint8Array[] = [];
    link.onPacket = (one) => packets.push(one);
    const opening = link.open();
    await settle();
    sockets.last().accept();
    sockets.last().say({ type: "open" });
    await opening;
    await link.send(packet(1464));
    expect(sockets.last().sent).toEqual([packet(1464)]);
    await expect(link.send(packet(1465))).rejects.toThrow("does not fit into a datagram");
    expect(sockets.last().sent.length).toBe(1);
    sockets.last().bytes(...packet(4, 1, 1));
    expect(packets).toEqual([packet(4, 1, 1)]);
    expect([link.packetBytesMax, link.silenceMs, link.endsWithDevice]).toEqual([1472, 0, false]);
  });
});
