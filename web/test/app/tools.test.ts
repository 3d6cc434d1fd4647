// SPDX-License-Identifier: MIT
// What the tools make of what is typed and of what the board tells.
import { describe, expect, it } from "vitest";
import { fileNameOf } from "../../src/app/files";
import { valueText } from "../../src/app/settings";
import { splitLine } from "../../src/app/shell";
import { has, isUnsupported } from "../../src/app/support";
import { localDate } from "../../src/app/tools";
import { SmpError } from "../../src/smp/types";

describe("a line for the shell", () => {
  it("is split at blanks", () => {
    expect(splitLine("  led   on\t1 ")).toEqual(["led", "on", "1"]);
    expect(splitLine("")).toEqual([]);
    expect(splitLine("   ")).toEqual([]);
  });
  it("keeps together what quotes and backslashes hold together", () => {
    expect(splitLine(`echo "a b" 'c "d"' e\\ f`)).toEqual(["echo", "a b", 'c "d"', "e f"]);
    expect(splitLine(`say x"y z"w`)).toEqual(["say", "xy zw"]);
    expect(splitLine(`set name ""`)).toEqual(["set", "name", ""]);
    expect(splitLine(`a "b\\"c"`)).toEqual(["a", 'b"c']);
    expect(splitLine(`a 'b\\'`)).toEqual(["a", "b\\"]);
  });
  it("is refused while a quote is open, or nothing follows a backslash", () => {
    expect(splitLine(`echo "a b`)).toBeNull();
    expect(splitLine("it's")).toBeNull();
    expect(splitLine("a\\")).toBeNull();
  });
});

describe("a setting's value", () => {
  it("is text where it can be shown, without the zeros at its end", () => {
    expect(valueText(new TextEncoder().encode("115200"))).toEqual({ text: "115200", isText: true });
    expect(valueText(new Uint8Array([0x68, 0x69, 0]))).toEqual({ text: "hi", isText: true });
    expect(valueText(new Uint8Array(0))).toEqual({ text: "", isText: true });
  });
  it("is hex where it is no text", () => {
    expect(valueText(new Uint8Array([0xff, 0x00]))).toEqual({ text: "ff00", isText: false });
    expect(valueText(new Uint8Array([0x1b, 0x5b]))).toEqual({ text: "1b5b", isText: false });
  });
});

describe("the name of a downloaded file", () => {
  it("is the path's last part, without anything that means something elsewhere", () => {
    expect(fileNameOf("/boot/journal.txt")).toBe("journal.txt");
    expect(fileNameOf("a/../../..")).toBe("file.bin");
    expect(fileNameOf("/")).toBe("file.bin");
    expect(fileNameOf('x/a b"c\u202e.txt')).toBe("a_b_c_.txt");
  });
});

describe("the date for the board", () => {
  it("is local time, without a zone, with two digits everywhere", () => {
    expect(localDate(new Date(2026, 0, 2, 3, 4, 5))).toBe("2026-01-02T03:04:05");
  });
});

describe("what a server does not have", () => {
  it("is known by rc 8 alone", () => {
    expect(isUnsupported(new SmpError("refused", "x", -1, 8))).toBe(true);
    expect(isUnsupported(new SmpError("refused", "x", -1, 2))).toBe(false);
    expect(isUnsupported(new SmpError("refused", "x", 8, 8))).toBe(false);
    expect(isUnsupported(new SmpError("silent", "x", -1, 8))).toBe(false);
    expect(isUnsupported(new Error("x"))).toBe(false);
  });
  it("is taken to be there while the server has not told", () => {
    expect(has(9)).toBe(true);
  });
});
