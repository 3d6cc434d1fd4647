// SPDX-License-Identifier: MIT
// Packets without marks, by the length in their header: raw serial lines, and
// notifications of Bluetooth. Noise before a header is passed over.
import { HEADER_BYTES, loadHeader } from "./packet";

/** Longer payloads nobody sends: what says so is noise. */
const PAYLOAD_BYTES_MAX = 16384;
const RESERVED_MASK = 0xe0;
const OP_MASK = 7;
const OP_READ_ANSWER = 1;
const OP_WRITE_ANSWER = 3;
/** Half a packet is given up after so long without a byte. */
const SILENCE_MS = 1000;

/** Puts answers together. */
export class Assembler {
  /** Times that something was dropped in search of a header. */
  badCount = 0;

  private data: Uint8Array<ArrayBuffer> = new Uint8Array(HEADER_BYTES);
  private dataBytes = 0;
  private lastMs = 0;

  /** @param maxBytes Packets that say they are longer are passed over as noise. */
  constructor(readonly maxBytes: number) {}

  /** Bytes of a packet that is not whole yet. */
  get pendingBytes(): number {
    return this.dataBytes;
  }

  reset(): void {
    this.data = new Uint8Array(HEADER_BYTES);
    this.dataBytes = 0;
  }

  /** The packets that are whole now. */
  push(bytes: Uint8Array, nowMs: number = performance.now()): Uint8Array[] {
    const packets: Uint8Array[] = [];
    if (nowMs - this.lastMs >= SILENCE_MS) {
      this.reset();
    }
    this.lastMs = nowMs;
    for (let at = 0; at < bytes.length; ) {
      if (this.dataBytes < HEADER_BYTES) {
        this.takeHeaderByte(bytes[at++] ?? 0);
      } else {
        const end = Math.min(bytes.length, at + this.data.length - this.dataBytes);
        this.data.set(bytes.subarray(at, end), this.dataBytes);
        this.dataBytes += end - at;
        at = end;
      }
      if (this.dataBytes >= HEADER_BYTES && this.dataBytes === this.data.length) {
        packets.push(this.data);
        this.reset();
      }
    }
    return packets;
  }

  /** Each byte may show that there is no header: then it begins later. */
  private takeHeaderByte(byte: number): void {
    this.data[this.dataBytes++] = byte;
    let wasBad = false;
    while (this.dataBytes > 0 && !this.isPlausible()) {
      wasBad = true;
      this.data.copyWithin(0, 1, this.dataBytes);
      this.dataBytes--;
    }
    this.badCount += wasBad ? 1 : 0;
    const header = this.dataBytes === HEADER_BYTES ? loadHeader(this.data) : null;
    if (header !== null && header.lenBytes > 0) {
      const whole = new Uint8Array(HEADER_BYTES + header.lenBytes);
      whole.set(this.data);
      this.data = whole;
    }
  }

  private isPlausible(): boolean {
    const first = this.data[0] ?? 0;
    const op = first & OP_MASK;
    if ((first & RESERVED_MASK) !== 0 || (op !== OP_READ_ANSWER && op !== OP_WRITE_ANSWER)) {
      return false;
    }
    if (this.dataBytes > 1 && this.data[1] !== 0) {
      return false; // Flags: none are defined.
    }
    const header = this.dataBytes === HEADER_BYTES ? loadHeader(this.data) : null;
    return (
      header === null ||
      (header.lenBytes <= PAYLOAD_BYTES_MAX && header.lenBytes + HEADER_BYTES <= this.maxBytes)
    );
  }
}
