// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import {
  concat,
  equal,
  fromBase64,
  fromHex,
  printable,
  printableLines,
  toBase64,
  toHex,
  utf8,
} from "../../src/lib/bytes";

const ALL = Uint8Array.from({ length: 256 }, (_, byte) => byte);

describe("bytes", () => {
  it("come back from hex, in either case", () => {
    expect(fromHex(toHex(ALL))).toEqual(ALL);
    expect(fromHex(toHex(ALL).toUpperCase())).toEqual(ALL);
    expect(toHex(Uint8Array.of(0, 10, 255))).toBe("000aff");
  });

  it.each(["0", "0g", "-1", " 00", "0x00"])("no hex: '%s'", (text) => {
    expect(fromHex(text)).toBeNull();
  });

  it("come back from base64, also many of them", () => {
    const many = new Uint8Array(100_000).map((_, i) => i % 251);
    expect(fromBase64(toBase64(many))).toEqual(many);
    expect(toBase64(ALL)).toBe(Buffer.from(ALL).toString("base64"));
    expect(fromBase64("*")).toBeNull();
  });

  it("are joined and compared", () => {
    expect(concat(ALL.subarray(0, 2), new Uint8Array(), ALL.subarray(2, 3))).toEqual(
      Uint8Array.of(0, 1, 2),
    );
    expect(equal(ALL, ALL.slice())).toBe(true);
    expect(equal(ALL, ALL.subarray(1))).toBe(false);
    expect(equal(Uint8Array.of(1), Uint8Array.of(2))).toBe(false);
  });

  it("become text, whatever they are", () => {
    expect(utf8.decode(utf8.encode("ä€"))).toBe("ä€");
    expect(utf8.decode(Uint8Array.of(0x61, 0xff))).toBe("a\ufffd");
  });
});

describe("text from strangers", () => {
  it("has no control characters and turns no text around it", () => {
    expect(printable("a\0\x1b\x7f\u0085\u2028\u202e\u2066b ü")).toBe("a???????b ü");
  });

  it("keeps its lines where lines are wanted", () => {
    expect(printableLines("a\r\n\tb\r\x07\n")).toBe("a\n\tb??\n");
  });
});
