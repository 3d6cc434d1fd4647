// SPDX-License-Identifier: MIT
// The header of SMP packets.

export const HEADER_BYTES = 8;
export const PAYLOAD_BYTES_MAX = 65535;

export type Op = "read" | "write";

/** On the wire: reads 0, their answers 1, writes 2, their answers 3. */
const OP_NUMBERS: Readonly<Record<Op, number>> = { read: 0, write: 2 };

/** Version 2 is 1 on the wire, version 1 is 0. */
export type WireVersion = 0 | 1;

export interface Header {
  /** As on the wire. */
  op: number;
  version: number;
  flags: number;
  lenBytes: number;
  group: number;
  sequence: number;
  command: number;
}

export interface Question {
  readonly op: Op;
  readonly group: number;
  readonly command: number;
}

/** null: it is shorter than a header. */
export function loadHeader(packet: Uint8Array): Header | null {
  if (packet.length < HEADER_BYTES) {
    return null;
  }
  const view = new DataView(packet.buffer, packet.byteOffset, HEADER_BYTES);
  const first = view.getUint8(0);
  return {
    op: first & 7,
    version: (first >> 3) & 3,
    flags: view.getUint8(1),
    lenBytes: view.getUint16(2),
    group: view.getUint16(4),
    sequence: view.getUint8(6),
    command: view.getUint8(7),
  };
}

/** Write the header into a packet whose payload is in place. */
export function storeHeader(
  packet: Uint8Array,
  question: Question,
  version: WireVersion,
  sequence: number,
): void {
  const view = new DataView(packet.buffer, packet.byteOffset, HEADER_BYTES);
  view.setUint8(0, OP_NUMBERS[question.op] | (version << 3));
  view.setUint8(1, 0);
  view.setUint16(2, packet.length - HEADER_BYTES);
  view.setUint16(4, question.group);
  view.setUint8(6, sequence);
  view.setUint8(7, question.command);
}

export function isAnswerTo(question: Question, header: Header): boolean {
  return (
    header.group === question.group &&
    header.command === question.command &&
    header.op === OP_NUMBERS[question.op] + 1
  );
}
