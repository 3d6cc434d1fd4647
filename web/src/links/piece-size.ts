// SPDX-License-Identifier: MIT
// How many bytes one write to a Bluetooth characteristic may have. A page is
// not told the ATT MTU, and guessing is no way out: a write that is too long
// is refused by some systems and cut off without a word by others. But both
// sides have the same MTU, so a notification of n bytes proves that a write of
// n bytes fits. Hence: begin with what every device takes, ask once for a long
// answer, and follow the longest notification. A browser that tells the size
// (maxWriteWithoutResponseSize, a proposal in 2026) is believed instead.
import { decode } from "cborg";
import { concat, utf8 } from "../lib/bytes";
import { HEADER_BYTES, storeHeader } from "../smp/packet";

/** ATT_MTU is at least 23, and a write has a header of three bytes. */
export const PIECE_BYTES_MIN = 20;
/** No attribute is longer. */
export const PIECE_BYTES_MAX = 512;
/** Tried one after the other when a system refuses a write: the payloads of
 * usual MTUs. */
const STEPS = [495, 244, 182, 128, 64, PIECE_BYTES_MIN];

export class PieceSize {
  #bytes = PIECE_BYTES_MIN;
  #maxBytes = PIECE_BYTES_MAX;

  get bytes(): number {
    return this.#bytes;
  }

  /** A notification came: that much fits the other way, too. */
  learn(notificationBytes: number): void {
    this.#bytes = Math.max(this.#bytes, Math.min(notificationBytes, this.#maxBytes));
  }

  /** A write of so many bytes was refused; false: it cannot be shorter. */
  refuse(bytes: number): boolean {
    const next = STEPS.find((step) => step < bytes);
    if (next === undefined) {
      return false;
    }
    this.#maxBytes = Math.min(this.#maxBytes, next);
    this.#bytes = Math.min(this.#bytes, next);
    return true;
  }
}

const GROUP_OS = 0;
const COMMAND_ECHO = 0;
const COMMAND_PARAMS = 6;
/** No client begins with it: an answer that comes late is not mistaken. */
export const PROBE_SEQUENCE = 0xff;
/** Of an echo where the device does not tell its buffers. Every server that is
 * in use takes that much. */
const ECHO_BYTES_DEFAULT = 252;
/** The answer may be coded a little longer than the question. */
const SPARE_BYTES = 16;

/** Asks for the sizes of buffers. */
export function paramsRequest(): Uint8Array {
  const packet = concat(new Uint8Array(HEADER_BYTES), Uint8Array.of(0xa0));
  storeHeader(packet, { op: "read", group: GROUP_OS, command: COMMAND_PARAMS }, 0, PROBE_SEQUENCE);
  return packet;
}

/** Asks for an echo: a packet so long that it fills a notification if the
 * device's buffers allow it. `params` is the answer to paramsRequest(). */
export function echoRequest(params: Uint8Array | null): Uint8Array {
  const totalBytes = echoBytes(params);
  // {"d": text}, the text with a length of two bytes.
  const head = Uint8Array.of(0xa1, 0x61, 0x64, 0x79, 0, 0);
  const textBytes = totalBytes - HEADER_BYTES - head.length;
  new DataView(head.buffer).setUint16(4, textBytes);
  const packet = concat(new Uint8Array(HEADER_BYTES), head, utf8.encode("-".repeat(textBytes)));
  storeHeader(packet, { op: "write", group: GROUP_OS, command: COMMAND_ECHO }, 1, PROBE_SEQUENCE);
  return packet;
}

function echoBytes(params: Uint8Array | null): number {
  const bufBytes = params === null ? null : toldBufBytes(params.subarray(HEADER_BYTES));
  if (bufBytes === null) {
    return ECHO_BYTES_DEFAULT;
  }
  return Math.max(64, Math.min(bufBytes - SPARE_BYTES, PIECE_BYTES_MAX));
}

function toldBufBytes(payload: Uint8Array): number | null {
  try {
    const { buf_size: bufBytes } = decode(payload) as { buf_size?: unknown };
    return typeof bufBytes === "number" && Number.isInteger(bufBytes) ? bufBytes : null;
  } catch {
    return null;
  }
}

/** Whether it is the answer to one of the two. */
export function isProbeAnswer(packet: Uint8Array): boolean {
  return packet[4] === 0 && packet[5] === GROUP_OS && packet[6] === PROBE_SEQUENCE;
}
