// SPDX-License-Identifier: MIT
// Console frames: packets as lines of base64 on a UART that log and shell
// share. A frame is the length, the packet and its CRC-16/XMODEM in base64, cut
// into lines; the first begins with 06 09, the others with 04 14. What is no
// frame is text, and comes out byte for byte.

const FIRST_0 = 0x06;
const FIRST_1 = 0x09;
const MORE_0 = 0x04;
const MORE_1 = 0x14;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const PAD = 0x3d;

const LINE_BYTES_MAX = 127;
const MARK_BYTES = 2;
const LENGTH_BYTES = 2;
const CRC_BYTES = 2;
/** As many groups of three bytes as a line takes, with its line feed. */
const LINE_RAW_BYTES = Math.floor((LINE_BYTES_MAX - MARK_BYTES - 1) / 4) * 3;
/** A frame's length field has no more. */
const PACKET_BYTES_MAX = 65535;
/** Half a frame is given up after so long without a byte. */
const SILENCE_MS = 1000;

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const NO_SEXTET = 64;

const characters = Uint8Array.from(ALPHABET, (character) => character.charCodeAt(0));
const sextets = new Uint8Array(256).fill(NO_SEXTET);
characters.forEach((character, sextet) => {
  sextets[character] = sextet;
});

const crcs = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) {
    crc = (crc & 0x8000) !== 0 ? (crc << 1) ^ 0x1021 : crc << 1;
  }
  return crc;
});

function crcOf(crc: number, byte: number): number {
  return ((crc << 8) & 0xffff) ^ (crcs[((crc >> 8) ^ byte) & 0xff] ?? 0);
}

/** CRC-16/XMODEM. */
export function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc = crcOf(crc, byte);
  }
  return crc;
}

function putQuads(frame: Uint8Array, from: number, to: number, line: Uint8Array): void {
  let at = MARK_BYTES;
  for (let i = from; i < to; i += 3) {
    const bits = ((frame[i] ?? 0) << 16) | ((frame[i + 1] ?? 0) << 8) | (frame[i + 2] ?? 0);
    for (let j = 0; j < 4; j++) {
      const character = characters[(bits >> (18 - 6 * j)) & 0x3f] ?? PAD;
      line[at++] = i + j > to ? PAD : character;
    }
  }
  line[at] = LINE_FEED;
}

/** The packet as console lines. It is at most 65533 bytes long. */
export function encodeConsole(packet: Uint8Array): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(LENGTH_BYTES + packet.length + CRC_BYTES);
  const view = new DataView(frame.buffer);
  view.setUint16(0, packet.length + CRC_BYTES);
  frame.set(packet, LENGTH_BYTES);
  view.setUint16(LENGTH_BYTES + packet.length, crc16(packet));

  const lineCountMax = Math.ceil(frame.length / LINE_RAW_BYTES) + 1;
  const wire = new Uint8Array(lineCountMax * LINE_BYTES_MAX);
  let wireBytes = 0;
  for (let at = 0; at < frame.length; ) {
    let stop = at + LINE_RAW_BYTES;
    if (stop + 1 === frame.length) {
      stop -= 3; // Some receivers want the whole check in one line.
    }
    stop = Math.min(stop, frame.length);
    const lineBytes = MARK_BYTES + Math.ceil((stop - at) / 3) * 4 + 1;
    const line = wire.subarray(wireBytes, wireBytes + lineBytes);
    line.set(at === 0 ? [FIRST_0, FIRST_1] : [MORE_0, MORE_1]);
    putQuads(frame, at, stop, line);
    wireBytes += lineBytes;
    at = stop;
  }
  return wire.slice(0, wireBytes);
}

/** Where the stream is: outside of frames, in a line of the open frame, or in
 * a line that is dropped up to its line feed. */
type Mode = "text" | "line" | "skip";
/** A byte that is held back until the next one tells what it was. */
type Held = "" | "first" | "more" | "return";

/** Finds the frames in a stream. */
export class ConsoleDecoder {
  onPacket: ((packet: Uint8Array) => void) | null = null;
  onText: ((text: Uint8Array) => void) | null = null;
  /** Frames that were dropped: damaged, or begun and never ended. */
  badCount = 0;

  private mode: Mode = "text";
  private held: Held = "";
  private isFrameOpen = false;
  private readonly data = new Uint8Array(PACKET_BYTES_MAX);
  private dataBytes = 0;
  private totalBytes = 0;
  private lengthBytes = 0;
  private quad = 0;
  private quadChars = 0;
  private padChars = 0;
  private crc = 0;
  private text: number[] = [];
  private lastMs = 0;

  /** Packets and text come out in the order of the stream. */
  push(bytes: Uint8Array, nowMs: number = performance.now()): void {
    if (nowMs - this.lastMs >= SILENCE_MS) {
      this.reset();
    }
    this.lastMs = nowMs;
    for (const byte of bytes) {
      this.take(byte);
    }
    this.flushText();
  }

  /** Give up a frame that began; what was held back of a marker is text. */
  reset(): void {
    if (this.mode === "text") {
      this.putHeld(this.held);
    }
    this.badCount += this.isFrameOpen ? 1 : 0;
    this.mode = "text";
    this.held = "";
    this.isFrameOpen = false;
    this.flushText();
  }

  private flushText(): void {
    if (this.text.length > 0) {
      const text = Uint8Array.from(this.text);
      this.text = [];
      this.onText?.(text);
    }
  }

  private putHeld(held: Held): void {
    if (held === "first") {
      this.text.push(FIRST_0);
    } else if (held === "more") {
      this.text.push(MORE_0);
    }
  }

  private take(byte: number): void {
    const held = this.held;
    this.held = "";
    if (held === "first" && byte === FIRST_1) {
      this.openFrame();
    } else if (held === "more" && byte === MORE_1) {
      this.mode = this.isFrameOpen ? "line" : "skip";
    } else if (this.mode === "line") {
      this.takeInLine(held, byte);
    } else if (this.mode === "skip") {
      this.skip(byte);
    } else {
      this.takeText(held, byte);
    }
  }

  private openFrame(): void {
    this.badCount += this.isFrameOpen ? 1 : 0;
    this.mode = "line";
    this.isFrameOpen = true;
    this.dataBytes = 0;
    this.totalBytes = 0;
    this.lengthBytes = 0;
    this.quadChars = 0;
    this.padChars = 0;
    this.crc = 0;
  }

  /** Drop the frame, and its line up to the line feed, which `byte` may be. */
  private dropFrame(byte: number): void {
    this.mode = byte === LINE_FEED ? "text" : "skip";
    this.isFrameOpen = false;
    this.badCount++;
  }

  private takeText(held: Held, byte: number): void {
    this.putHeld(held);
    if (byte === FIRST_0) {
      this.held = "first";
    } else if (byte === MORE_0) {
      this.held = "more";
    } else {
      this.text.push(byte);
    }
  }

  private skip(byte: number): void {
    if (byte === FIRST_0) {
      this.held = "first";
    } else if (byte === LINE_FEED) {
      this.mode = "text";
    }
  }

  private takeInLine(held: Held, byte: number): void {
    if (byte === FIRST_0) {
      this.held = "first";
    } else if (held === "first") {
      this.dropFrame(byte);
    } else if (byte === LINE_FEED) {
      this.endLine();
    } else if (byte === RETURN && held === "") {
      this.held = "return";
    } else if (held !== "" || !this.takeCharacter(byte)) {
      this.dropFrame(byte);
    }
  }

  private takeCharacter(character: number): boolean {
    let sextet = sextets[character] ?? NO_SEXTET;
    if (character === PAD && this.quadChars >= 2) {
      this.padChars++;
      sextet = 0;
    } else if (sextet === NO_SEXTET || this.padChars !== 0) {
      return false;
    }
    this.quad = (this.quad << 6) | sextet;
    this.quadChars++;
    return this.quadChars < 4 || this.takeQuad();
  }

  private takeQuad(): boolean {
    const quad = this.quad;
    this.quad = 0;
    this.quadChars = 0;
    for (let i = 0; i < 3 - this.padChars; i++) {
      if (!this.takeByte((quad >> (16 - 8 * i)) & 0xff)) {
        return false;
      }
    }
    return true;
  }

  /** A byte that the base64 held: length, packet, check. */
  private takeByte(byte: number): boolean {
    if (this.lengthBytes < LENGTH_BYTES) {
      this.lengthBytes++;
      this.totalBytes = (this.totalBytes << 8) | byte;
      return this.lengthBytes < LENGTH_BYTES || this.totalBytes > CRC_BYTES;
    }
    if (this.dataBytes >= this.totalBytes) {
      return false;
    }
    this.data[this.dataBytes++] = byte;
    this.crc = crcOf(this.crc, byte);
    return true;
  }

  /** A line of the frame ends: the frame goes on, or it is whole. */
  private endLine(): void {
    const isWhole = this.lengthBytes === LENGTH_BYTES && this.dataBytes === this.totalBytes;
    if (this.quadChars !== 0 || (this.padChars !== 0 && !isWhole) || (isWhole && this.crc !== 0)) {
      this.dropFrame(LINE_FEED);
      return;
    }
    this.mode = "text";
    if (isWhole) {
      this.isFrameOpen = false;
      this.flushText();
      this.onPacket?.(this.data.slice(0, this.dataBytes - CRC_BYTES));
    }
  }
}
