// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import { fromHex, utf8 } from "../../src/lib/bytes";
import { flag, int, parseBody, text, u32, uint } from "../../src/smp/body";

function parse(hex: string): Record<string, unknown> | null {
  const body = parseBody(fromHex(hex) ?? new Uint8Array());
  return body === null ? null : { ...body };
}

describe("parseBody", () => {
  it("takes no bytes for an empty map", () => {
    expect(parse("")).toEqual({});
  });

  it("reads maps without a length and strings in pieces", () => {
    expect(parse("bf61617f6161626263ff61625f41014102ffff")).toEqual({
      a: "abc",
      b: Uint8Array.of(1, 2),
    });
    expect(parse("bf7f6161ff01ff")).toEqual({ a: 1 });
  });

  it("drops tags and keeps what they are on", () => {
    expect(parse("a16161d9d9f7c105")).toEqual({ a: 5 });
  });

  it("reads a number that is not whole as none", () => {
    expect(parse("a16161f93c00")).toEqual({ a: null });
  });

  it("knows no key that means something to JavaScript", () => {
    const body = parseBody(fromHex("a2695f5f70726f746f5f5fa1616101617801") ?? new Uint8Array());
    expect(body === null ? null : Object.keys(body)).toEqual(["__proto__", "x"]);
    expect(uint(body, "a")).toBeNull();
    expect(uint(body, "toString")).toBeNull();
  });

  it.each([
    ["not a map", "01"],
    ["a list", "8101"],
    ["two items", "a0a0"],
    ["cut", "a161"],
    ["a break too many", "a16161ff"],
    ["a key without its value", "bf6161ff"],
    ["a break in a list with a length", "a1616182ff01"],
    ["a break alone", "ff"],
    ["a tag on a break", "bf6161c1ff"],
    ["a piece of another kind", "a161617f4101ff"],
    ["a piece in pieces", "a161617f7f6161ffff"],
    ["an endless piece", "a161617f6161"],
    ["the same key twice", "a2616101616102"],
    ["a list with more items than bytes", "a161619affffffff01"],
    ["a string with more bytes than there are", "a161617affffffff01"],
    ["a tag on nothing", "a16161c1"],
  ])("refuses %s", (_, hex) => {
    expect(parse(hex)).toBeNull();
  });

  it("refuses what is nested deeper than 16, before it costs a stack", () => {
    expect(parse(`a16161${"81".repeat(15)}01`)).not.toBeNull();
    expect(parse(`a16161${"81".repeat(16)}01`)).toBeNull();
    expect(parse(`a16161${"9f".repeat(60000)}`)).toBeNull();
    expect(parse(`a16161${"c1".repeat(60000)}01`)).toEqual({ a: 1 });
  });
});

describe("fields", () => {
  it("are nothing where the type is another", () => {
    const body = { text: "x", number: -1, big: 2n ** 63n, list: [1], bytes: Uint8Array.of(65) };
    expect(uint(body, "text")).toBeNull();
    expect(uint(body, "number")).toBeNull();
    expect(int(body, "number")).toBe(-1);
    expect(uint(body, "big")).toBe(2 ** 63);
    expect(u32(body, "big")).toBeNull();
    expect(u32(body, "list")).toBeNull();
    expect(uint(body.list, "0")).toBeNull();
    expect(text(body, "bytes", 10)).toBe("A");
    expect(text(body, "list", 10)).toBeNull();
    expect(uint(null, "a")).toBeNull();
    expect(flag({ a: 1, b: 0 }, "a")).toBe(true);
    expect(flag({ a: 1, b: 0 }, "b")).toBe(false);
  });

  it("have texts that can be shown: cut, without control characters", () => {
    const hostile = { t: "a\x1b[2J\u202eb\u0085\n", long: "\u{1f600}".repeat(10) };
    expect(text(hostile, "t", 20)).toBe("a?[2J?b??");
    expect(text(hostile, "long", 5)).toBe("\u{1f600}\u{1f600}");
    expect(text({ t: utf8.encode("\xff") }, "t", 5)).toBe("\xff");
  });
});
