// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import { concat } from "../../src/lib/bytes";
import { Assembler } from "../../src/smp/assemble";

/** An answer with so many bytes of payload. */
function packetOf(payloadBytes: number): Uint8Array {
  const head = Uint8Array.of(0x0b, 0, payloadBytes >> 8, payloadBytes & 0xff, 0, 1, 9, 1);
  return concat(head, new Uint8Array(payloadBytes).fill(0xff));
}

function take(stream: Uint8Array, pieceBytes: number, maxBytes = 65543): Uint8Array[] {
  const assembler = new Assembler(maxBytes);
  const packets: Uint8Array[] = [];
  for (let at = 0; at < stream.length; at += pieceBytes) {
    packets.push(...assembler.push(stream.subarray(at, at + pieceBytes), 0));
  }
  expect(assembler.pendingBytes).toBe(0);
  return packets;
}

describe("Assembler", () => {
  it("finds packets by their own length, in pieces of any length", () => {
    const packets = [packetOf(0), packetOf(1), packetOf(300), packetOf(0), packetOf(16384)];
    for (const pieceBytes of [1, 7, 20, 244, 100000]) {
      expect(take(concat(...packets), pieceBytes)).toEqual(packets);
    }
  });

  it("passes over noise that begins as no answer does", () => {
    const noise = Uint8Array.of(0x0a, 0x00, 0xff, 0x20, 0x0b, 0x01, 0x75);
    const stream = concat(noise, packetOf(5), noise, packetOf(9));
    expect(take(stream, 3)).toEqual([packetOf(5), packetOf(9)]);
  });

  it("takes a header that is longer than its room for noise", () => {
    const stream = concat(packetOf(200).subarray(0, 8), packetOf(20));
    expect(take(stream, 1, 100)).toEqual([packetOf(20)]);
  });

  it("gives half a packet up after a second of silence", () => {
    const assembler = new Assembler(1000);
    expect(assembler.push(packetOf(100).subarray(0, 50), 0)).toEqual([]);
    expect(assembler.pendingBytes).toBe(50);
    expect(assembler.push(packetOf(7), 1000)).toEqual([packetOf(7)]);
  });

  it("begins anew after a reset", () => {
    const assembler = new Assembler(1000);
    assembler.push(packetOf(100).subarray(0, 50), 0);
    assembler.reset();
    expect(assembler.push(packetOf(7), 1)).toEqual([packetOf(7)]);
  });
});
