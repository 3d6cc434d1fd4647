// SPDX-License-Identifier: MIT
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { BoardSession, CONSOLE_BYTES_MAX, type SessionChange } from "../../src/board/session";
import { fromBase64, utf8 } from "../../src/lib/bytes";
import { boardLink } from "../../src/links/board";
import { encodeConsole } from "../../src/smp/console";
import { packet, settle, socketMaker } from "../links/fakes";
import { flash, HELLO, op, state, uart } from "./events";

const ADDRESS = { url: "ws://127.0.0.1:8077/ws", token: "00112233445566778899aabbccddeeff" };

function started() {
  const sockets = socketMaker();
  const session = new BoardSession(ADDRESS, sockets.make);
  const changes: SessionChange[] = [];
  session.subscribeStatus((change) => changes.push(change));
  session.start();
  return { sockets, session, changes };
}

function ready() {
  const one = started();
  one.sockets.last().accept();
  one.sockets.last().say(HELLO);
  one.sockets.last().say(state());
  one.sockets.last().sent.length = 0;
  return one;
}

function sent(one: ReturnType<typeof started>): Record<string, unknown>[] {
  return one.sockets.last().sent.map((text) => JSON.parse(String(text)));
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("connection", () => {
  test("asks for hello and state, and is ready when the board has told both", () => {
    const one = started();
    expect(Object.fromEntries(one.sockets.last().query)).toEqual({
      token: ADDRESS.token,
      to: "board",
    });
    one.sockets.last().accept();
    expect(sent(one)).toEqual([{ type: "hello" }, { type: "state" }]);
    expect(one.session.status).toBe("connecting");
    one.sockets.last().say(HELLO);
    expect(one.session.status).toBe("connecting");
    one.sockets.last().say(state());
    expect(one.session.status).toBe("ready");
    expect(one.session.hello?.board).toBe("dk");
  });

  test("that is lost is made again every second, and told with its reason", async () => {
    const { sockets, session, changes } = ready();
    sockets.last().end(1006, "");
    expect(changes.at(-1)?.status).toBe("connecting");
    expect(changes.at(-1)?.why).toContain("is gone");
    await vi.advanceTimersByTimeAsync(1000);
    expect(sockets.all.length).toBe(2);
    sockets.last().accept();
    sockets.last().say(HELLO);
    sockets.last().say(state());
    expect(changes.at(-1)).toEqual({ status: "ready", why: "" });
    expect(session.consoleBytes("app").length).toBe(0);
  });

  test("a run that is over is told with the board's words; a new one is found", async () => {
    const { sockets, session, changes } = ready();
    sockets.last().say({ type: "end", text: "Nothing would ever happen again." });
    sockets.last().end(4004, "");
    expect(session.why).toBe("Nothing would ever happen again.");
    for (let i = 0; i < 3; i++) {
      await vi.advanceTimersByTimeAsync(1000);
      sockets.last().end(1006, "");
    }
    expect(changes.map((change) => change.status)).toEqual(["connecting", "ready", "ended"]);
    await vi.advanceTimersByTimeAsync(1000);
    sockets.last().accept();
    sockets.last().say(HELLO);
    sockets.last().say(state());
    expect(session.status).toBe("ready");
  });

  test("stop() is the end of it", async () => {
    const { sockets, session } = ready();
    session.stop();
    sockets.last().say(uart("app", "late"));
    await vi.advanceTimersByTimeAsync(5000);
    expect(sockets.all.length).toBe(1);
    expect(session.status).toBe("off");
    expect(session.consoleBytes("app").length).toBe(0);
  });
});

describe("state", () => {
  test("follows the events: LEDs, power, time, flash", () => {
    const { sockets, session } = ready();
    expect(session.leds).toEqual([false, true, false, false]);
    expect(session.buttons).toEqual([false, false, false, true]);
    sockets.last().say({ type: "led", time_us: 7000, led: 0, on: true });
    sockets.last().say({ type: "power", time_us: 8000, on: false });
    sockets.last().say(flash([op("erase", 0, 4096)]));
    sockets.last().say({ type: "time", time_us: 9000 });
    expect(session.leds).toEqual([true, true, false, false]);
    expect([session.power, session.timeUs]).toEqual([false, 9000]);
    expect(session.flash.memory("app")?.erases).toBe(1);
  });

  test("has as many LEDs and buttons as the board, whatever a state says", () => {
    const { sockets, session } = ready();
    sockets.last().say(state({ leds: [true], buttons: Array(30).fill(true) }));
    sockets.last().say({ type: "led", time_us: 1, led: 31, on: true });
    expect(session.leds).toEqual([true, false, false, false]);
    expect(session.buttons).toEqual([true, true, true, true]);
  });

  test("does not change by messages that are wrong, or that come before the hello", () => {
    const { sockets, session } = started();
    sockets.last().accept();
    sockets.last().say({ type: "power", time_us: 1, on: true });
    sockets.last().say("{");
    sockets.last().bytes(1, 2, 3);
    sockets.last().say(HELLO);
    sockets.last().say({ type: "uart", time_us: 1, uart: "app", data: "%%%" });
    sockets.last().say({ type: "state", time_us: 1 });
    expect(session.power).toBeNull();
    expect(session.strangeCount).toBe(4);
    expect(session.status).toBe("connecting");
    sockets.last().say(state());
    expect([session.power, session.status, session.strangeCount]).toEqual([true, "ready", 5]);
  });

  test("is told to several listeners; one that throws does not stop the others", () => {
    const { sockets, session } = ready();
    const thrown = vi.spyOn(globalThis, "queueMicrotask").mockImplementation(() => undefined);
    const seen: string[] = [];
    session.subscribe(() => {
      throw new Error("a view's mistake");
    });
    const off = session.subscribe((event) => seen.push(event.type));
    sockets.last().say({ type: "time", time_us: 1 });
    off();
    sockets.last().say({ type: "time", time_us: 2 });
    expect(seen).toEqual(["time"]);
    expect(thrown).toHaveBeenCalledTimes(2);
    thrown.mockRestore();
  });
});

describe("consoles", () => {
  test("the last 64 KB of each UART are kept for views that come later", () => {
    const { sockets, session } = ready();
    for (let i = 0; i < 200; i++) {
      sockets.last().say(uart("app", `${i}:${"x".repeat(1000)}\n`));
    }
    sockets.last().say(uart("net", "other"));
    const text = utf8.decode(session.consoleBytes("app"));
    expect(text.length).toBe(CONSOLE_BYTES_MAX);
    expect(text.endsWith(`199:${"x".repeat(1000)}\n`)).toBe(true);
    expect(utf8.decode(session.consoleBytes("net"))).toBe("other");
  });

  test("many short pieces come out whole and in order", () => {
    const { sockets, session } = ready();
    let expected = "";
    for (let i = 0; i < 3000; i++) {
      sockets.last().say(uart("app", `${i},`));
      expected += `${i},`;
    }
    expect(utf8.decode(session.consoleBytes("app"))).toBe(expected);
  });
});

describe("commands", () => {
  test("go out as messages", async () => {
    const one = ready();
    one.session.setPower(false);
    one.session.setButton(2, true);
    one.session.reset();
    await one.session.writeText("app", "help\n");
    expect(sent(one)).toEqual([
      { type: "power", on: false },
      { type: "button", button: 2, pressed: true },
      { type: "reset" },
      { type: "uart", uart: "app", data: "aGVscAo=" },
    ]);
  });

  test("fail with a sentence while there is no board", async () => {
    const { sockets, session } = ready();
    sockets.last().end(1006, "");
    expect(() => session.setPower(true)).toThrow("is gone");
    await expect(session.writeText("app", "x")).rejects.toThrow("is gone");
  });

  test("long input is cut into messages, and waits while the browser holds much", async () => {
    const one = ready();
    const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => i & 255);
    one.sockets.last().keepsBytes = true;
    let isDone = false;
    const written = one.session.writeBytes("link", bytes).then(() => {
      isDone = true;
    });
    await vi.advanceTimersByTimeAsync(100);
    expect(isDone).toBe(false);
    one.sockets.last().keepsBytes = false;
    one.sockets.last().bufferedAmount = 0;
    await vi.advanceTimersByTimeAsync(100);
    await written;
    const parts = sent(one).map((command) => fromBase64(String(command.data)) ?? []);
    expect(parts.every((part) => part.length <= 2048)).toBe(true);
    expect(parts.flatMap((part) => [...part])).toEqual([...bytes]);
  });
});

describe("links to the board", () => {
  test("the console link and a view read the same UART", async () => {
    const one = ready();
    const link = boardLink(one.session, "app");
    const packets: Uint8Array[] = [];
    const text: number[] = [];
    const view: number[] = [];
    link.onPacket = (received) => packets.push(received);
    link.onText = (bytes) => text.push(...bytes);
    one.session.subscribeUart("app", (bytes) => view.push(...bytes));
    await link.open();
    const wire = encodeConsole(packet(200, 7, 1));
    one.sockets.last().say(uart("app", `log\n${utf8.decode(wire)}`));
    one.sockets.last().say(uart("link", "not here"));
    expect(packets).toEqual([packet(200, 7, 1)]);
    expect(utf8.decode(Uint8Array.from(text))).toBe("log\n");
    expect(view.length).toBe(4 + wire.length);
  });

  test("the other UART carries packets as they are", async () => {
    const one = ready();
    const link = boardLink(one.session, "link");
    await link.open();
    await link.send(packet(20));
    expect(sent(one)).toMatchObject([{ type: "uart", uart: "link" }]);
    expect(fromBase64(String(sent(one)[0]?.data))).toEqual(packet(20));
    expect([link.id, link.silenceMs, link.endsWithDevice]).toEqual(["board:link", 1000, false]);
  });

  test("a board without power is told when the link is opened", async () => {
    const { sockets, session } = ready();
    sockets.last().say({ type: "power", time_us: 1, on: false });
    const link = boardLink(session, "app");
    await expect(link.open()).rejects.toThrow("has no power. Switch it on");
    sockets.last().say({ type: "power", time_us: 2, on: true });
    await link.open();
    expect(link.isOpen).toBe(true);
  });

  test("an open link stays when the power is cut, and works when it is back", async () => {
    const one = ready();
    const link = boardLink(one.session, "link");
    const whys: string[] = [];
    const packets: Uint8Array[] = [];
    link.onClosed = (why) => whys.push(why);
    link.onPacket = (received) => packets.push(received);
    await link.open();
    one.sockets.last().say({ type: "power", time_us: 1, on: false });
    await link.send(packet(1));
    one.sockets.last().say({ type: "power", time_us: 2, on: true });
    one.sockets.last().say({ type: "uart", time_us: 3, uart: "link", data: "CQAAAQABBwBV" });
    expect(whys).toEqual([]);
    expect(packets).toEqual([packet(1, 7, 1)]);
  });

  test("a link ends with the connection, told once, and opens again with it", async () => {
    const { sockets, session } = ready();
    const link = boardLink(session, "app");
    const whys: string[] = [];
    link.onClosed = (why) => whys.push(why);
    await link.open();
    sockets.last().end(1006, "");
    expect(link.isOpen).toBe(false);
    expect(whys.length).toBe(1);
    await expect(link.send(packet(1))).rejects.toThrow("not connected");
    const opening = link.open();
    await vi.advanceTimersByTimeAsync(1000);
    sockets.last().accept();
    sockets.last().say(HELLO);
    sockets.last().say(state());
    await opening;
    expect(link.isOpen).toBe(true);
    expect(whys.length).toBe(1);
  });

  test("a link to a board that does not answer is given up after some seconds", async () => {
    const { session } = started();
    const refused = expect(boardLink(session, "app").open()).rejects.toThrow("does not answer");
    await vi.advanceTimersByTimeAsync(6000);
    await refused;
  });

  test("close() is silent, and the session goes on", async () => {
    const { session } = ready();
    const link = boardLink(session, "app");
    const closed = vi.fn();
    link.onClosed = closed;
    await link.open();
    await link.close();
    await settle();
    expect(closed).not.toHaveBeenCalled();
    expect(session.status).toBe("ready");
  });
});
