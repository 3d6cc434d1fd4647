// SPDX-License-Identifier: MIT
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { SteadySocket } from "../../src/links/steady";
import { socketMaker } from "./fakes";

const GONE = "The connection to `duoboot web` is gone: it has ended, or was stopped.";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function steady() {
  const sockets = socketMaker();
  const told: string[] = [];
  const one = new SteadySocket("ws://127.0.0.1:8077/ws", sockets.make, {
    begun: (why) => told.push(`begun ${why}`),
    opened: () => told.push("opened"),
    message: (data) => told.push(`message ${data}`),
    lost: (code, why) => told.push(`lost ${code} ${why}`),
  });
  return { sockets, told, one };
}

describe("SteadySocket", () => {
  test("tells each step, and makes another a second after a loss", async () => {
    const { sockets, told, one } = steady();
    one.start();
    sockets.last().accept();
    sockets.last().say("hello");
    sockets.last().end(1006, "");
    await vi.advanceTimersByTimeAsync(999);
    expect(sockets.all.length).toBe(1);
    expect(one.socket).toBeNull();
    await vi.advanceTimersByTimeAsync(1);
    expect(sockets.all.length).toBe(2);
    expect(told).toEqual([
      "begun ",
      "opened",
      "message hello",
      `lost 1006 ${GONE}`,
      `begun ${GONE}`,
    ]);
  });

  test("one that was never open was refused, not lost", () => {
    const { sockets, told, one } = steady();
    one.start();
    sockets.last().end(1006, "");
    expect(told[1]).toContain("another token");
  });

  test("start() twice makes one connection, also between two tries", async () => {
    const { sockets, one } = steady();
    one.start();
    one.start();
    expect(sockets.all.length).toBe(1);
    sockets.last().end(1006, "");
    one.start();
    await vi.advanceTimersByTimeAsync(1000);
    expect(sockets.all.length).toBe(2);
  });

  test("stop() between two tries makes no further one", async () => {
    const { sockets, one } = steady();
    one.start();
    sockets.last().end(1006, "");
    one.stop();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(sockets.all.length).toBe(1);
  });

  test("nothing of a socket that was let go is told, and start() begins anew", () => {
    const { sockets, told, one } = steady();
    one.start();
    const first = sockets.last();
    one.stop();
    first.accept();
    first.say("late");
    first.end(1000, "");
    one.start();
    expect(sockets.all.length).toBe(2);
    expect(told).toEqual(["begun ", "begun "]);
  });
});
