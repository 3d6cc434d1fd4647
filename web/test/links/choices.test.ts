// SPDX-License-Identifier: MIT
import { describe, expect, test, vi } from "vitest";
import { BoardSession } from "../../src/board/session";
import { type BrowserLinks, type ChoiceContext, choices, linkById } from "../../src/links/choices";
import { FakePeripheral, FakePort, socketMaker } from "./fakes";

const ADDRESS = { url: "ws://127.0.0.1:8077/ws", token: "00112233445566778899aabbccddeeff" };
const LINKS = [
  { url: "serial:/dev/ttyACM0?baud=115200", coding: "console" as const, title: "nRF5340 DK" },
  { url: "udp:192.0.2.2:1337", coding: "datagram" as const, title: "Board" },
];
const OFFER = { type: "offer" as const, version: "1", board: "dk", links: LINKS };
const NO_BROWSER: BrowserLinks = { isSecure: true };

function context(change: Partial<ChoiceContext> = {}): ChoiceContext {
  return { address: null, offer: null, session: null, browser: NO_BROWSER, ...change };
}

function running(): BoardSession {
  const session = new BoardSession(ADDRESS, socketMaker().make);
  session.start();
  return session;
}

describe("choices", () => {
  test("the virtual board comes first, relayed links last", () => {
    const all = choices(context({ address: ADDRESS, offer: OFFER, session: running() }));
    expect(all.map((one) => one.id)).toEqual([
      "board:app",
      "board:link",
      "bluetooth",
      "bluetooth:any",
      "serial",
      "relay:serial:/dev/ttyACM0?baud=115200",
      "relay:udp:192.0.2.2:1337",
    ]);
  });

  test("what the browser has not is listed, with the reason", () => {
    const all = choices(context());
    expect(all.map((one) => [one.kind, one.isAvailable])).toEqual([
      ["bluetooth", false],
      ["bluetooth", false],
      ["serial", false],
    ]);
    expect(all[0]?.whyNot).toMatch(/^This browser has no Web Bluetooth; Chrome and Edge have it/);
    expect(all[2]?.whyNot).toMatch(/^This browser has no Web Serial; Chrome and Edge/);
  });

  test("on a page without https the reason is that", () => {
    const [first] = choices(context({ browser: { isSecure: false } }));
    expect(first?.whyNot).toContain("https");
  });

  test("a virtual board that does not run cannot be chosen", () => {
    const session = new BoardSession(ADDRESS, socketMaker().make);
    const [first] = choices(context({ session }));
    expect([first?.isAvailable, first?.whyNot]).toEqual([
      false,
      "The virtual board is not running.",
    ]);
  });

  test("a choice opens what the person chose in the browser's list, with the setup", async () => {
    const port = new FakePort();
    const serial = { requestPort: vi.fn(async () => port) } as unknown as Serial;
    const all = choices(context({ browser: { serial, isSecure: true } }));
    const link = await all
      .find((one) => one.kind === "serial")
      ?.connect({ baudRate: 921600, coding: "raw" });
    expect(link?.isOpen).toBe(true);
    expect(link?.silenceMs).toBe(1000);
    expect(port.openOptions).toMatchObject([{ baudRate: 921600 }]);
  });
});

describe("a link by its id", () => {
  test("links of the board and the relay are there without a click", async () => {
    const session = running();
    const all = context({ address: ADDRESS, offer: OFFER, session });
    for (const id of ["board:app", "board:link", ...LINKS.map((link) => `relay:${link.url}`)]) {
      expect((await linkById(id, all))?.id).toBe(id);
    }
    expect((await linkById("relay:udp:192.0.2.2:1337", all))?.packetBytesMax).toBe(1472);
  });

  test("a relayed link that is not offered any more is none", async () => {
    expect(
      await linkById("relay:udp:192.0.2.9:1337", context({ address: ADDRESS, offer: OFFER })),
    ).toBeNull();
    expect(await linkById("board:app", context())).toBeNull();
  });

  test("a serial port is there if the browser kept the right", async () => {
    const serial = { getPorts: async () => [new FakePort()] } as unknown as Serial;
    const browser = { serial, isSecure: true };
    const id = "serial:1366:1059:460800:raw";
    expect((await linkById(id, context({ browser })))?.id).toBe(id);
    expect(await linkById("serial:1366:1051:460800:raw", context({ browser }))).toBeNull();
    expect(await linkById(id, context())).toBeNull();
  });

  test("a Bluetooth device is there if the browser can tell which were allowed", async () => {
    const device = new FakePeripheral().asDevice();
    const bluetooth = { getDevices: async () => [device] } as unknown as Bluetooth;
    const browser = { bluetooth, isSecure: true };
    expect((await linkById("bluetooth:thing-1", context({ browser })))?.label).toBe(
      "Thing (Bluetooth)",
    );
    expect(await linkById("bluetooth:thing-2", context({ browser }))).toBeNull();
    const old = { bluetooth: {} as Bluetooth, isSecure: true };
    expect(await linkById("bluetooth:thing-1", context({ browser: old }))).toBeNull();
  });

  test.each(["", "serial:", "serial:1366:1059:300:raw", "serial:1366:1059:115200:morse", "tcp:1"])(
    "%s in saved state is no link",
    async (id) => {
      const serial = { getPorts: async () => [new FakePort()] } as unknown as Serial;
      const all = context({ address: ADDRESS, offer: OFFER, browser: { serial, isSecure: true } });
      expect(await linkById(id, all)).toBeNull();
    },
  );
});
