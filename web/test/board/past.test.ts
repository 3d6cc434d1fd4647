// SPDX-License-Identifier: MIT
// What the board said before the page came, or while it was away.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { BoardSession } from "../../src/board/session";
import { toBase64, utf8 } from "../../src/lib/bytes";
import { boardLink } from "../../src/links/board";
import { encodeConsole } from "../../src/smp/console";
import { packet, settle, socketMaker } from "../links/fakes";
import { HELLO, state } from "./events";

const ADDRESS = { url: "ws://127.0.0.1:8077/ws", token: "00112233445566778899aabbccddeeff" };

function uart(timeUs: number, text: string, name = "app") {
  return { type: "uart", time_us: timeUs, uart: name, data: toBase64(utf8.encode(text)) };
}

function note(timeUs: number, text: string) {
  return { type: "note", time_us: timeUs, text };
}

const BOOT = [uart(100, "appboot\n"), note(200, "network core: starts"), uart(300, "appdemo\n")];

function started() {
  const sockets = socketMaker();
  const session = new BoardSession(ADDRESS, sockets.make);
  const seen: string[] = [];
  session.subscribe((event) => {
    const what = event.type === "note" ? event.text : event.type;
    seen.push(`${"time_us" in event ? event.time_us : "-"} ${what}`);
  });
  session.start();
  return { sockets, session, seen };
}

/** As a server tells it: who the board is, the past, and how things stand. */
function tell(one: ReturnType<typeof started>, past: unknown[], stateUs: number): void {
  const socket = one.sockets.last();
  socket.accept();
  for (const event of [HELLO, ...past, HELLO, state({ time_us: stateUs })]) {
    socket.say(event);
  }
}

async function lose(one: ReturnType<typeof started>, code = 1006): Promise<void> {
  one.sockets.last().end(code, "");
  await vi.advanceTimersByTimeAsync(1000);
}

function printed({ session }: ReturnType<typeof started>): string {
  return utf8.decode(session.consoleBytes("app"));
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("the past", () => {
  test("is told to a page that comes later, in its order, before how things stand", () => {
    const one = started();
    tell(one, BOOT, 1000);
    expect(printed(one)).toBe("appboot\nappdemo\n");
    expect(one.seen).toEqual([
      "- hello",
      "- hello",
      "100 uart",
      "200 network core: starts",
      "300 uart",
      "1000 state",
    ]);
    expect(one.session.timeUs).toBe(1000);
  });

  test("comes while the session is not ready: it can be told from what happens now", () => {
    const one = started();
    const statuses: string[] = [];
    one.session.subscribe((event) => statuses.push(`${event.type} ${one.session.status}`));
    tell(one, [{ type: "power", time_us: 1, on: false }], 1000);
    one.sockets.last().say({ type: "power", time_us: 1001, on: false });
    expect(statuses.slice(2)).toEqual(["power connecting", "state connecting", "power ready"]);
  });

  test("two of a kind at the same time are both told", () => {
    const one = started();
    tell(one, [note(5, "first"), note(5, "second")], 1000);
    one.sockets.last().say(note(1000, "third"));
    one.sockets.last().say(note(1000, "fourth"));
    expect(one.seen.filter((what) => !/hello|state/.test(what))).toEqual([
      "5 first",
      "5 second",
      "1000 third",
      "1000 fourth",
    ]);
  });

  test("is not given to a link: its answers are to others' requests", async () => {
    const one = started();
    const link = boardLink(one.session, "app");
    const onPacket = vi.fn();
    link.onPacket = onPacket;
    const opening = link.open();
    const answer = utf8.decode(encodeConsole(packet(20, 7, 1)));
    one.sockets.last().accept();
    for (const event of [HELLO, uart(5, answer), HELLO]) {
      one.sockets.last().say(event);
      await settle();
    }
    one.sockets.last().say(state());
    await opening;
    expect(onPacket).not.toHaveBeenCalled();
    one.sockets.last().say(uart(6, answer));
    expect(onPacket).toHaveBeenCalledTimes(1);
  });

  test("that never ends fills no memory: the oldest are left out", () => {
    const one = started();
    one.sockets.last().accept();
    one.sockets.last().say(HELLO);
    for (let i = 0; i < 20_010; i++) {
      one.sockets.last().say(note(i, "flood"));
    }
    one.sockets.last().say(state({ time_us: 30_000 }));
    expect(one.seen.length).toBe(20_002);
    expect(one.seen[1]).toBe("10 flood");
  });
});

describe("a connection that was lost", () => {
  test("to the same run: what was seen is not told twice, what was missed is", async () => {
    const one = started();
    tell(one, BOOT, 1000);
    one.sockets.last().say(uart(1500, "tick\n"));
    await lose(one);
    tell(
      one,
      [...BOOT, uart(1500, "tick\n"), note(1600, "reset"), uart(1700, "net\n", "net")],
      2000,
    );
    expect(printed(one)).toBe("appboot\nappdemo\ntick\n");
    expect(utf8.decode(one.session.consoleBytes("net"))).toBe("net\n");
    expect(one.seen.filter((what) => /network core|reset/.test(what))).toEqual([
      "200 network core: starts",
      "1600 reset",
    ]);
    one.sockets.last().say(uart(2100, "tock\n"));
    expect(printed(one)).toBe("appboot\nappdemo\ntick\ntock\n");
  });

  test("to the same run without power, whose clock stands: nothing is told twice", async () => {
    const one = started();
    tell(one, BOOT, 1000);
    const off = { type: "power", time_us: 1200, on: false };
    one.sockets.last().say(off);
    await lose(one);
    tell(one, [...BOOT, off], 1200);
    expect(printed(one)).toBe("appboot\nappdemo\n");
    expect(one.seen.filter((what) => what.endsWith("power"))).toEqual(["1200 power"]);
  });

  test("to another run, whose clock began anew: all of it is told", async () => {
    const one = started();
    tell(one, BOOT, 1000);
    one.sockets.last().say({ type: "time", time_us: 5000 });
    await lose(one);
    tell(one, BOOT, 4000);
    expect(printed(one)).toBe("appboot\nappdemo\nappboot\nappdemo\n");
  });

  test("after an end, which another run follows: all of it is told, however long it runs", async () => {
    for (const hasWords of [true, false]) {
      const one = started();
      tell(one, BOOT, 1000);
      if (hasWords) {
        one.sockets.last().say({ type: "end", text: "The time is over." });
      }
      await lose(one, 4004);
      tell(one, BOOT, 9000);
      expect(printed(one)).toBe("appboot\nappdemo\nappboot\nappdemo\n");
    }
  });
});
