// SPDX-License-Identifier: MIT
import { describe, expect, test } from "vitest";
import { parseBoardEvent } from "../../src/board/check";
import { flash, HELLO, op, state, uart } from "./events";

const GOOD: Record<string, unknown>[] = [
  { ...HELLO },
  { ...state() },
  uart("link", "x"),
  { type: "led", time_us: 1, led: 3, on: true },
  { type: "power", time_us: 1, on: false },
  { ...flash([op("erase", 0, 4096)], [{ memory: "net", page: 3, fill: 255 }]) },
  { type: "note", time_us: 1, text: "The application core was reset." },
  { type: "time", time_us: 123456789012 },
  { type: "end", text: "The run is over." },
  { type: "error", text: "A command was not understood." },
];

function parse(value: unknown): unknown {
  return parseBoardEvent(JSON.stringify(value));
}

test.each(GOOD.map((event) => [event.type, event]))("a %s is taken as it is", (_, event) => {
  expect(parse(event)).toEqual(event);
});

test.each(GOOD.map((event) => [event.type, event]))(
  "a %s without one of its parts, or with a wrong one, is dropped",
  (type, event) => {
    for (const key of Object.keys(event)) {
      const rest = { ...event };
      delete rest[key];
      expect(parse(rest), `${type} without ${key}`).toBeNull();
      for (const wrong of [null, [[]], { a: 1 }, -1, 0.5, 1e300]) {
        expect(parse({ ...event, [key]: wrong }), `${type}: ${key} = ${wrong}`).toBeNull();
      }
    }
  },
);

test("parts that are not of the protocol do not come along", () => {
  expect(parse({ ...GOOD[3], __proto__: { a: 1 }, more: "x" })).toEqual(GOOD[3]);
});

test.each([
  new ArrayBuffer(4),
  undefined,
  3,
  "",
  "{",
  "null",
  "[]",
  '"hello"',
  "{}",
  '{"type":"constructor"}',
  '{"type":"__proto__"}',
  '{"type":"toString","text":"x"}',
])("%s is no message", (data) => {
  expect(parseBoardEvent(data)).toBeNull();
});

describe("a hello", () => {
  const memory = { name: "app", base_addr: 0, size_bytes: 65536, page_bytes: 4096 };
  const part = { name: "a", role: "", memory: "app", off_bytes: 0, size_bytes: 4096 };

  test.each([
    ["another protocol", { protocol: 2 }],
    ["a memory twice", { memories: [memory, memory] }],
    ["an unknown memory", { memories: [{ ...memory, name: "ram" }] }],
    ["pages of no size", { memories: [{ ...memory, page_bytes: 0 }] }],
    ["millions of pages", { memories: [{ ...memory, size_bytes: 2 ** 32, page_bytes: 16 }] }],
    ["millions of LEDs", { led_count: 1e9 }],
    ["a partition beyond its memory", { partitions: [{ ...part, off_bytes: 1048576 }] }],
    ["a partition of no size", { partitions: [{ ...part, size_bytes: 0 }] }],
    ["too many partitions", { partitions: Array(1000).fill(part) }],
    ["a partition of a memory that is not there", { memories: [], partitions: [part] }],
  ])("with %s is dropped", (_, change) => {
    expect(parse({ ...HELLO, ...change })).toBeNull();
  });

  test("has names that can be shown", () => {
    const hello = parse({
      ...HELLO,
      board: `a\n\u202e${"b".repeat(1000)}`,
      partitions: [{ ...part, name: "\u001b[2J" }],
    });
    expect(hello).toMatchObject({ board: `a??${"b".repeat(61)}`, partitions: [{ name: "?[2J" }] });
  });
});

test("long texts are cut, and control characters replaced", () => {
  const event = parse({ type: "note", time_us: 1, text: `\u0000${"x".repeat(10_000)}` });
  expect(event).toEqual({ type: "note", time_us: 1, text: `?${"x".repeat(4095)}` });
});

test("flash operations beyond any bound are dropped", () => {
  const wrong = [
    { ...op("erase", 0, 1), memory: "ram" },
    { ...op("erase", 0, 1), kind: "read" },
    { ...op("erase", 0, 1), off_bytes: 2 ** 40 },
  ];
  for (const one of wrong) {
    expect(parse(flash([one as never]))).toBeNull();
  }
  expect(parse(flash([], [{ memory: "app", page: 0, fill: 256 }]))).toBeNull();
  expect(parse(flash([], [{ memory: "app", page: -1, fill: 1 }]))).toBeNull();
});
