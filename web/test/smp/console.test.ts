// SPDX-License-Identifier: MIT
import { describe, expect, it, vi } from "vitest";
import { concat, fromHex, toHex, utf8 } from "../../src/lib/bytes";
import { ConsoleDecoder, crc16, encodeConsole } from "../../src/smp/console";

// No test waits for real time; a busy machine may take long all the same.
vi.setConfig({ testTimeout: 60_000 });

function bytesOf(length: number, seed = 7): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + seed + (i >> 8)) & 0xff);
}

class Decoded {
  readonly decoder = new ConsoleDecoder();
  packets: Uint8Array[] = [];
  text: Uint8Array = new Uint8Array();

  constructor() {
    this.decoder.onPacket = (packet) => this.packets.push(packet);
    this.decoder.onText = (text) => {
      this.text = concat(this.text, text);
    };
  }

  push(bytes: Uint8Array): void {
    this.decoder.push(bytes, 0);
  }
}

function decode(stream: Uint8Array, pieceBytes = stream.length): Decoded {
  const decoded = new Decoded();
  for (let at = 0; at < stream.length; at += Math.max(1, pieceBytes)) {
    decoded.push(stream.subarray(at, at + Math.max(1, pieceBytes)));
  }
  return decoded;
}

function linesOf(stream: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let at = 0; at < stream.length; ) {
    const end = stream.indexOf(0x0a, at) + 1;
    lines.push(stream.subarray(at, end));
    at = end;
  }
  return lines;
}

describe("encodeConsole", () => {
  it("is CRC-16/XMODEM, by its published check value", () => {
    expect(crc16(utf8.encode("123456789"))).toBe(0x31c3);
  });

  it("writes marker, length, packet and check as base64", () => {
    const packet = fromHex("0a00000900000000a161646568656c6c6f") ?? new Uint8Array();
    const check = crc16(packet);
    const raw = concat(
      Uint8Array.of(0, packet.length + 2),
      packet,
      Uint8Array.of(check >> 8, check & 0xff),
    );
    const base64 = Buffer.from(raw).toString("base64");
    expect(toHex(encodeConsole(packet))).toBe(toHex(utf8.encode(`\x06\x09${base64}\n`)));
  });

  it("has lines of at most 127 bytes, marked first and further, base64 each on its own", () => {
    for (let length = 8; length < 400; length++) {
      const lines = linesOf(encodeConsole(bytesOf(length)));
      lines.forEach((line, i) => {
        expect(line.length).toBeLessThanOrEqual(127);
        expect([line[0], line[1]]).toEqual(i === 0 ? [6, 9] : [4, 20]);
        expect((line.length - 3) % 4).toBe(0);
      });
    }
  });

  it("never cuts the check between two lines", () => {
    for (let length = 8; length < 600; length++) {
      const last = linesOf(encodeConsole(bytesOf(length))).at(-1) ?? new Uint8Array();
      const raw = Buffer.from(utf8.decode(last.subarray(2)), "base64");
      expect(raw.length).toBeGreaterThanOrEqual(2);
    }
  });
});

describe("ConsoleDecoder", () => {
  it("finds packets of any length, in pieces of any length", () => {
    for (const length of [8, 9, 10, 89, 90, 91, 92, 93, 180, 1000, 65533]) {
      const packet = bytesOf(length);
      for (const pieceBytes of [length > 5000 ? 4096 : 1, 7, 100000]) {
        const { packets, text } = decode(encodeConsole(packet), pieceBytes);
        expect(packets).toEqual([packet]);
        expect(text.length).toBe(0);
      }
    }
  });

  it("lets text through byte for byte, also between the lines of a frame", () => {
    const lines = linesOf(encodeConsole(bytesOf(300)));
    const text = utf8.encode("uart:~$ \x1b[32mlog\x06 \x04 line\r\n");
    const decoded = decode(concat(...lines.flatMap((line) => [text, line]), text), 1);
    expect(decoded.packets).toEqual([bytesOf(300)]);
    expect(decoded.text).toEqual(concat(...lines.map(() => text), text));
  });

  it("passes text on at once, without waiting for a line's end", () => {
    const decoded = decode(utf8.encode("uart:~$ "));
    expect(utf8.decode(decoded.text)).toBe("uart:~$ ");
  });

  it("takes lines that end in carriage return and line feed", () => {
    const crlf = utf8.encode(utf8.decode(encodeConsole(bytesOf(200))).replaceAll("\n", "\r\n"));
    expect(decode(crlf).packets).toEqual([bytesOf(200)]);
  });

  it("drops a frame that is changed at any byte, and finds the next one", () => {
    const packet = bytesOf(120);
    const next = bytesOf(20, 3);
    const frame = encodeConsole(packet);
    for (let at = 0; at < frame.length; at++) {
      for (const flip of [0x01, 0x04, 0x40, 0x80]) {
        const damaged = frame.slice();
        damaged[at] = (damaged[at] ?? 0) ^ flip;
        const { packets } = decode(concat(damaged, utf8.encode("\n"), encodeConsole(next)));
        expect(packets.at(-1)).toEqual(next);
        for (const found of packets.slice(0, -1)) {
          expect(found).toEqual(packet); // The change was in what no one looks at.
        }
      }
    }
  });

  it("drops a frame that is cut at any byte, and finds the next one", () => {
    const frame = encodeConsole(bytesOf(120));
    const next = bytesOf(20, 3);
    for (let at = 0; at < frame.length; at++) {
      const { packets } = decode(concat(frame.subarray(0, at), encodeConsole(next)));
      expect(packets).toEqual([next]);
    }
  });

  it("gives half a frame up after a second of silence", () => {
    const lines = linesOf(encodeConsole(bytesOf(200)));
    const first = lines[0] ?? new Uint8Array();
    const decoded = new Decoded();
    decoded.decoder.push(first, 0);
    decoded.decoder.push(concat(...lines.slice(1)), 1000);
    expect(decoded.packets).toEqual([]);
    expect(decoded.decoder.badCount).toBe(1);
    decoded.decoder.push(concat(...lines), 1500);
    expect(decoded.packets.length).toBe(1);
  });

  it("holds back half a marker, and gives it as text when it was none", () => {
    const decoded = decode(Uint8Array.of(6));
    expect(decoded.text.length).toBe(0);
    decoded.push(Uint8Array.of(65));
    expect(decoded.text).toEqual(Uint8Array.of(6, 65));
    decoded.push(Uint8Array.of(4));
    decoded.decoder.reset();
    expect(decoded.text).toEqual(Uint8Array.of(6, 65, 4));
  });

  it("keeps no more than a frame can hold of an endless one", () => {
    const line = utf8.encode(`\x06\x09${"//8A".repeat(30000)}\n`);
    const decoded = decode(line);
    expect(decoded.packets).toEqual([]);
    const more = concat(Uint8Array.of(4, 20), utf8.encode(`${"AAAA".repeat(30000)}\n`));
    for (let i = 0; i < 5; i++) {
      decoded.push(more);
    }
    expect(decoded.packets).toEqual([]);
    decoded.push(encodeConsole(bytesOf(9)));
    expect(decoded.packets).toEqual([bytesOf(9)]);
  });
});
