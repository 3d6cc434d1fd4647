// SPDX-License-Identifier: MIT
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { ByteStream } from "../../src/links/link";
import { streamLink } from "../../src/links/stream";
import { encodeConsole } from "../../src/smp/console";
import { packet, settle } from "./fakes";

class FakeStream implements ByteStream {
  readonly label = "Port";
  readonly id = "port:1";
  isOpen = false;
  onBytes: ByteStream["onBytes"] = null;
  onClosed: ByteStream["onClosed"] = null;
  readonly written: Uint8Array[] = [];
  gates: (() => void)[] = [];
  isSlow = false;

  async open(): Promise<void> {
    this.isOpen = true;
  }

  async close(): Promise<void> {
    this.isOpen = false;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.written.push(bytes);
    if (this.isSlow) {
      await new Promise<void>((resolve) => this.gates.push(resolve));
    }
  }
}

function collect(coding: "console" | "raw") {
  const stream = new FakeStream();
  const link = streamLink(stream, coding);
  const packets: Uint8Array[] = [];
  const texts: number[] = [];
  link.onPacket = (one) => packets.push(one);
  link.onText = (text) => texts.push(...text);
  return { stream, link, packets, texts };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("console", () => {
  test("packets and the text around them come out in order, however the bytes are cut", async () => {
    const { stream, link, packets, texts } = collect("console");
    await link.open();
    const wire = [..."boot\n"].map((one) => one.charCodeAt(0));
    const bytes = Uint8Array.from([...wire, ...encodeConsole(packet(300, 7, 1)), ...wire]);
    for (const byte of bytes) {
      stream.onBytes?.(Uint8Array.of(byte));
    }
    expect(packets).toEqual([packet(300, 7, 1)]);
    expect(String.fromCharCode(...texts)).toBe("boot\nboot\n");
  });

  test("text for the shell is written as it is, and not into the middle of a packet", async () => {
    const { stream, link } = collect("console");
    stream.isSlow = true;
    await link.open();
    const sent = link.send(packet(300));
    const typed = link.writeText?.(Uint8Array.of(0x68, 0x69));
    await settle();
    expect(stream.written).toEqual([encodeConsole(packet(300))]);
    stream.gates[0]?.();
    await settle();
    expect(stream.written[1]).toEqual(Uint8Array.of(0x68, 0x69));
    stream.gates[1]?.();
    await Promise.all([sent, typed]);
  });

  test("half a frame from before is not continued after the link was opened again", async () => {
    const { stream, link, packets } = collect("console");
    await link.open();
    const wire = encodeConsole(packet(300, 7, 1));
    stream.onBytes?.(wire.slice(0, 150));
    stream.isOpen = false;
    stream.onClosed?.("Gone.");
    await link.open();
    stream.onBytes?.(wire.slice(150));
    expect(packets).toEqual([]);
    stream.onBytes?.(wire);
    expect(packets).toEqual([packet(300, 7, 1)]);
  });
});

describe("raw", () => {
  test("packets are told apart by their length", async () => {
    const { stream, link, packets } = collect("raw");
    await link.open();
    const two = Uint8Array.from([...packet(20, 1, 1), ...packet(0, 2, 1)]);
    stream.onBytes?.(two.slice(0, 5));
    stream.onBytes?.(two.slice(5));
    expect(packets).toEqual([packet(20, 1, 1), packet(0, 2, 1)]);
    expect(link.writeText).toBeNull();
  });

  test("half a packet is given up after a second of silence, not earlier", async () => {
    const { stream, link, packets } = collect("raw");
    await link.open();
    stream.onBytes?.(packet(20, 1, 1).slice(0, 12));
    vi.advanceTimersByTime(900);
    stream.onBytes?.(packet(20, 1, 1).slice(12));
    expect(packets.length).toBe(1);
    stream.onBytes?.(packet(20, 2, 1).slice(0, 12));
    vi.advanceTimersByTime(link.silenceMs);
    stream.onBytes?.(packet(20, 3, 1));
    expect(packets.at(1)).toEqual(packet(20, 3, 1));
  });

  test("a half packet is dropped when the link is opened again", async () => {
    const { stream, link, packets } = collect("raw");
    await link.open();
    stream.onBytes?.(packet(20, 1, 1).slice(0, 12));
    await link.close();
    await link.open();
    stream.onBytes?.(packet(20, 2, 1));
    expect(packets).toEqual([packet(20, 2, 1)]);
  });
});

test("the end of the stream is told with its reason; a failed write does not stop the next", async () => {
  const { stream, link } = collect("raw");
  const whys: string[] = [];
  link.onClosed = (why) => whys.push(why);
  await link.open();
  const write = vi.spyOn(stream, "write").mockRejectedValueOnce(new Error("no"));
  await expect(link.send(packet(1))).rejects.toThrow("no");
  await link.send(packet(1));
  expect(write).toHaveBeenCalledTimes(2);
  stream.onClosed?.("The cable was pulled.");
  expect(whys).toEqual(["The cable was pulled."]);
});
