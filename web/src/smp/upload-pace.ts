// SPDX-License-Identifier: MIT
// How fast an upload goes: packets in flight, their length, and how long an
// answer may take. It learns from what is answered and what is lost.

/** The first packet may cost the erase of a whole slot. */
const FIRST_MS = 40000;
/** After the last one all of it may be hashed. */
const LAST_MS = 20000;
const DEFAULT_MS = 2500;
const LEAST_MS = 500;
const SPREAD_MS = 250;
const MOST_MS = 20000;
const ALIGN_MAX = 64;
const PACKET_BYTES_MIN = 128;
/** Packets shrink no further because of losses, and grow after so many. */
const LOSSY_BYTES_MIN = 256;
const GOOD_MAX = 16;

/** From where to where a packet's data go. */
export interface Span {
  readonly offBytes: number;
  readonly endBytes: number;
}

export class Pace {
  packetBytes: number;
  /** Where the data of a packet end: at a multiple of it. */
  align = 1;
  /** Waits in vain, one after the other. */
  lostCount = 0;

  private window: number;
  private goodCount = 0; // Packets taken whole since one was lost.
  private tripMs = 0; // Of packets on average; 0: not measured.
  private firstMs = 0; // Of the first one, which may include an erase.

  constructor(
    private packetBytesMax: number,
    private readonly windowMax: number,
  ) {
    this.packetBytes = packetBytesMax;
    this.window = windowMax;
  }

  /** Packets that may be in flight. */
  get flightsMax(): number {
    return Math.floor(this.window);
  }

  /** How long the oldest packet in flight may take. */
  timeoutMs(oldest: Span, hasLast: boolean): number {
    if (oldest.offBytes === 0) {
      return FIRST_MS;
    }
    if (hasLast) {
      return LAST_MS;
    }
    const ms =
      this.tripMs === 0
        ? DEFAULT_MS + this.firstMs * (this.windowMax + 1)
        : Math.max(4 * this.tripMs + SPREAD_MS, LEAST_MS);
    return Math.min(ms * 2 ** Math.min(this.lostCount, 4), MOST_MS);
  }

  measure(span: Span, tripMs: number): void {
    if (span.offBytes === 0) {
      this.firstMs = tripMs;
    } else {
      this.tripMs = this.tripMs === 0 ? tripMs : this.tripMs + (tripMs - this.tripMs) / 8;
    }
  }

  shrink(): void {
    this.window = Math.max(this.window / 2, 1);
  }

  /** A line that loses bytes, such as a UART without flow control, loses long
   * packets first. */
  shorten(): void {
    const half = Math.floor(this.packetBytes / 2);
    this.goodCount = 0;
    this.packetBytes = half >= LOSSY_BYTES_MIN ? half : this.packetBytes;
  }

  /** A packet was taken whole. */
  countGood(): void {
    this.window = Math.min(this.window + 1 / this.window, this.windowMax);
    this.goodCount++;
    if (this.goodCount >= GOOD_MAX) {
      this.goodCount = 0;
      this.packetBytes = Math.min(this.packetBytes * 2, this.packetBytesMax);
    }
  }

  /** The server's buffer is smaller than was thought; false: no packet is that
   * short. */
  onTooLarge(): boolean {
    if (this.packetBytes <= PACKET_BYTES_MIN) {
      return false;
    }
    this.packetBytes -= Math.floor(this.packetBytes / 4);
    this.packetBytesMax = this.packetBytes;
    return true;
  }

  /** It took a part: servers that trim to their flash's words do so each time,
   * and everything sent behind is then sent in vain. */
  learnAlignment(span: Span, offBytes: number): void {
    const leftBytes = span.endBytes - offBytes;
    if (offBytes <= span.offBytes || leftBytes <= 0 || leftBytes >= ALIGN_MAX) {
      return;
    }
    let align = 1;
    while (align < ALIGN_MAX && offBytes % (align * 2) === 0) {
      align *= 2;
    }
    this.align = Math.max(this.align, align);
  }
}
