// SPDX-License-Identifier: MIT
// What a page shows of a console.
import { describe, expect, it } from "vitest";
import { CONSOLE_CHARS_MAX, ConsoleText } from "../../src/app/board-console";

function text(console: ConsoleText): string {
  return console.segments.map((segment) => segment.text).join("");
}

function all(console: ConsoleText): string {
  return console.segments.map((segment) => segment.all).join("");
}

function printed(...parts: string[]): ConsoleText {
  const console = new ConsoleText();
  for (const part of parts) {
    console.push(new TextEncoder().encode(part));
  }
  return console;
}

const FRAME = "\x06\x09AAoAAAABAAAHQiOA\n\x04\x14AAoAAAABAAAHQiOA=\n";

describe("text of a console", () => {
  it("has no escape sequences, wherever the bytes are cut", () => {
    const raw = "\x1b[1;32muart:~$ \x1b[m\x1b]0;title\x07help\x1b[8D\x1b[J\r\n\x1b(Bend\n";
    for (let cut = 0; cut <= raw.length; cut++) {
      expect(text(printed(raw.slice(0, cut), raw.slice(cut)))).toBe("uart:~$ help\nend\n");
    }
  });

  it("shows the text after a sequence that never ends", () => {
    expect(text(printed(`\x1b]0;${"x".repeat(300)} shown`))).toContain(" shown");
    expect(text(printed("\x1b[12\nshown"))).toBe("\nshown");
  });

  it("drops control characters and replaces those that reorder a text", () => {
    expect(text(printed("a\x00\x01\x07b\u0085c\u202ed"))).toBe("ab\ufffdc\ufffdd");
  });

  it("takes letters back with backspace, but no earlier line", () => {
    expect(text(printed("lines\nhelpo\b \b\n"))).toBe("lines\nhelp\n");
    expect(text(printed("a\n\b\b\bb"))).toBe("a\nb");
  });

  it("lets a lone carriage return begin the line anew, also across messages", () => {
    expect(text(printed("boot\r\nuart:~$ ", "\r", "[0.402] well\r\nuart:~$ "))).toBe(
      "boot\n[0.402] well\nuart:~$ ",
    );
  });

  it("keeps a character whose bytes come in two messages", () => {
    const bytes = new TextEncoder().encode("\u00b5s");
    const console = new ConsoleText();
    console.push(bytes.subarray(0, 1));
    console.push(bytes.subarray(1));
    expect(text(console)).toBe("\u00b5s");
  });

  it("keeps the last 64 KB and tells that older text is gone", () => {
    const console = printed("first\n");
    for (let i = 0; i < 3000; i++) {
      console.push(new TextEncoder().encode(`line ${i} ${"x".repeat(40)}\n`));
    }
    const kept = text(console);
    expect(kept.length).toBeLessThanOrEqual(CONSOLE_CHARS_MAX);
    expect(kept.length).toBeGreaterThan(CONSOLE_CHARS_MAX - 5000);
    expect(kept).toContain("line 2999");
    expect(kept).not.toContain("first");
    expect(console.lostChars).toBeGreaterThan(0);
  });
});

describe("SMP frames in a console", () => {
  it("are hidden and counted once, wherever the bytes are cut", () => {
    const raw = `log 1\n${FRAME}log 2\n`;
    for (let cut = 0; cut <= raw.length; cut++) {
      const console = printed(raw.slice(0, cut), raw.slice(cut));
      expect(text(console)).toBe("log 1\nlog 2\n");
      expect(console.frameCount).toBe(1);
      expect(all(console)).toContain("AAoAAAABAAAHQiOA=\n");
    }
  });

  it("hide nothing of what another task prints into them", () => {
    expect(text(printed("\x06\x09AAoAA[0.5] net: gone\nAAAB\n"))).toBe("[0.5] net: gone\nAAAB\n");
  });

  it("do not wash the log away", () => {
    const console = printed("kept\n");
    for (let i = 0; i < 5000; i++) {
      console.push(new TextEncoder().encode(FRAME));
    }
    expect(text(console)).toBe("kept\n");
    expect(console.frameCount).toBe(5000);
    const chars = console.segments.reduce((sum, segment) => sum + segment.all.length, 0);
    expect(chars).toBeLessThan(CONSOLE_CHARS_MAX + 8192);
    expect(console.segments.length).toBeLessThan(100);
  });

  it("leave the nodes of older text as they are", () => {
    const console = printed("a\n");
    const first = console.segments[0];
    console.push(new TextEncoder().encode(`${"b".repeat(5000)}\n`));
    expect(console.segments[0]).toBe(first);
    expect(new Set(console.segments.map((segment) => segment.id)).size).toBe(
      console.segments.length,
    );
  });
});
