// SPDX-License-Identifier: MIT
// An upload under way. The device says where it is; what was sent is never
// taken for what was received. Nothing here waits: packets go out as answers
// come in, and one timer looks after those that do not.
import { type Body, find, flag, u32 } from "./body";
import type { Answer, Client, Sent } from "./client";
import { asSmpError, RC, refusalOf } from "./errors";
import { HEADER_BYTES, type Question } from "./packet";
import { type Params, type Progress, SmpError } from "./types";
import type { UploadOptions, UploadResult } from "./upload";
import { type Chunk, Packer } from "./upload-pack";
import { Rate } from "./upload-rate";

const QUESTION: Question = { op: "write", group: 1, command: 1 };
/** An image's header; servers want all of it in the first packet. */
const IMAGE_HEADER_BYTES = 32;
const WINDOW_MAX = 32;
/** After a stop: so long is waited for what is in flight. */
const DRAIN_MS = 2500;
const TELL_MS = 50;
const IDLE_MS = 1000;

const FIRST_MS = 40000; // A whole slot may be erased.
const LAST_MS = 20000; // All of it may be hashed.
const DEFAULT_MS = 2500;
const LEAST_MS = 500;
const SPREAD_MS = 250;
const MOST_MS = 20000;
const BUSY_MS = 50;
const LOST_MAX = 8;
const LOST_QUICK_MAX = 3;
const PATIENT_MAX = 3; // Where one wait is that long.
const ALIGN_MAX = 64;
const PACKET_BYTES_MIN = 128;
/** Packets shrink no further because of losses, and grow after so many. */
const LOSSY_BYTES_MIN = 256;
const GOOD_MAX = 16;
/** Answers one after the other that do not come forward. */
const STUCK_MAX = 16;
/** How often a device may forget all of it (a reset, another client). */
const RESTARTS_MAX = 8;

/** A packet without its answer. */
interface Flight {
  offBytes: number;
  endBytes: number;
  sentMs: number;
  /** Sent before the device was found to be elsewhere: what is answered to it
   * says nothing new. */
  isOld: boolean;
  sent: Sent | null;
}

/** Of the protocol: may pass if it is sent again, and how often to try. */
function patienceWith(error: SmpError): number {
  if (error.group !== -1) {
    return 0;
  }
  switch (error.code) {
    case RC.noMemory:
    case RC.timeout:
    case RC.corrupt:
    case RC.busy:
      return STUCK_MAX;
    case RC.invalid: // A packet that was damaged on a line without checks.
      return 2;
    default:
      return 0;
  }
}

function isTooLarge(error: SmpError): boolean {
  return error.group === -1 && error.code === RC.tooLarge;
}

/** The least of those that are not 0, which is no bound. */
function least(...bounds: readonly number[]): number {
  return Math.min(...bounds.filter((bound) => bound !== 0));
}

export class UploadJob {
  private readonly packer: Packer;
  private readonly totalBytes: number;
  private nextBytes = 0; // What is sent next.
  private heldBytes = 0; // What the device holds.
  private bestBytes = 0; // The most that it held since it began.
  private sentBytes = 0; // The end of what was ever sent.
  private resumedBytes = 0;
  private packetBytes: number;
  private packetBytesMax: number;
  private goodCount = 0; // Packets taken whole since one was lost.
  private align = 1;
  private hasBegun = false; // The first packet was answered.
  private wasThere = false;
  private hasMatch = false;
  private flights: Flight[] = [];
  private window: number;
  private readonly windowMax: number;
  private tripMs = 0; // Of packets on average; 0: not measured.
  private firstMs = 0; // Of the first one, which may include an erase.
  private lostCount = 0; // Waits in vain, one after the other.
  private stuckCount = 0;
  private restartCount = 0;
  private resentPackets = 0;
  private readonly startMs: number;
  private toldMs = Number.NEGATIVE_INFINITY;
  private readonly rate = new Rate();
  private holdUntilMs = 0; // Nothing is sent before.
  private drainUntilMs = Number.POSITIVE_INFINITY; // Else it is to stop.
  private callOff: (() => void) | null = null;
  private isOver = false;
  private resolve: (result: UploadResult) => void = () => {};
  private reject: (error: SmpError) => void = () => {};
  private readonly onAbort = (): void => this.stop();

  constructor(
    private readonly client: Client,
    private readonly options: UploadOptions,
    sha: Uint8Array,
    params: Params,
  ) {
    this.totalBytes = options.file.length;
    this.packer = new Packer({
      file: options.file,
      imageIndex: options.imageIndex,
      onlyUpgrade: options.onlyUpgrade ?? false,
      sha,
    });
    this.packetBytesMax = least(
      params.bufBytes,
      options.packetBytesMax ?? 0,
      client.link.packetBytesMax,
    );
    this.packetBytes = this.packetBytesMax;
    this.windowMax = least(Math.max(params.bufCount - 1, 1), options.windowMax ?? 0, WINDOW_MAX);
    this.window = this.windowMax;
    this.startMs = client.clock.nowMs();
  }

  run(): Promise<UploadResult> {
    return new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
      this.options.signal?.addEventListener("abort", this.onAbort, { once: true });
      this.tell(0);
      this.goOn();
    });
  }

  // --- What is sent, and when ---

  /** Send what may be sent and set the timer. */
  private goOn(): void {
    if (this.isOver) {
      return;
    }
    const nowMs = this.client.clock.nowMs();
    if (this.isStopping()) {
      if (this.flights.length === 0 || nowMs >= this.drainUntilMs) {
        this.end(this.stoppedError());
        return;
      }
    } else if (nowMs >= this.heldBackUntilMs()) {
      this.fill();
    }
    this.watch();
  }

  private heldBackUntilMs(): number {
    return Math.max(this.holdUntilMs, this.client.clock.nowMs() + this.client.quietMs());
  }

  private fill(): void {
    if (this.flights.length === 0) {
      // The answer to a packet behind them told that the last ones were lost.
      this.nextBytes = this.heldBytes;
    }
    while (!this.isOver && this.maySend()) {
      this.sendChunk();
    }
  }

  /** The first packet goes alone: its answer may say to go on elsewhere. */
  private maySend(): boolean {
    if (this.nextBytes === 0) {
      return this.flights.length === 0;
    }
    return (
      this.heldBytes > 0 &&
      this.nextBytes < this.totalBytes &&
      this.flights.length < Math.floor(this.window)
    );
  }

  private sendChunk(): void {
    const offBytes = this.nextBytes;
    const chunk = this.chunkAt(offBytes);
    if (chunk === null) {
      return;
    }
    const flight: Flight = {
      offBytes,
      endBytes: offBytes + chunk.dataBytes,
      sentMs: this.client.clock.nowMs(),
      isOld: false,
      sent: null,
    };
    try {
      flight.sent = this.client.send(QUESTION, chunk.packet, {
        answered: (answer) => this.onAnswer(flight, answer),
        failed: (error) => this.end(error),
      });
    } catch (error) {
      this.end(asSmpError(error));
      return;
    }
    this.flights.push(flight);
    this.resentPackets += offBytes < this.sentBytes ? 1 : 0;
    this.nextBytes = flight.endBytes;
    this.sentBytes = Math.max(this.sentBytes, flight.endBytes);
  }

  /** null: no packet is long enough, and it is over. */
  private chunkAt(offBytes: number): Chunk | null {
    const chunk =
      this.packetBytes > HEADER_BYTES
        ? this.packer.pack(offBytes, this.packetBytes, this.align)
        : null;
    const needBytes = offBytes === 0 ? Math.min(this.totalBytes, IMAGE_HEADER_BYTES) : 1;
    if (chunk === null || chunk.dataBytes < needBytes) {
      this.end(
        new SmpError(
          "request",
          `Packets of ${this.packetBytes} bytes, which is what the device takes, are too short ` +
            "for an upload.",
        ),
      );
      return null;
    }
    return chunk;
  }

  // --- What does not come ---

  /** How long the oldest packet in flight may take. */
  private timeoutMs(oldest: Flight): number {
    if (oldest.offBytes === 0) {
      return FIRST_MS;
    }
    if (this.flights.at(-1)?.endBytes === this.totalBytes) {
      return LAST_MS;
    }
    const ms =
      this.tripMs === 0
        ? DEFAULT_MS + this.firstMs * (this.windowMax + 1)
        : Math.max(4 * this.tripMs + SPREAD_MS, LEAST_MS);
    return Math.min(ms * 2 ** Math.min(this.lostCount, 4), MOST_MS);
  }

  private dueMs(): number {
    const oldest = this.flights[0];
    return oldest === undefined ? this.heldBackUntilMs() : oldest.sentMs + this.timeoutMs(oldest);
  }

  private watch(): void {
    this.callOff?.();
    if (this.isOver) {
      return;
    }
    const nowMs = this.client.clock.nowMs();
    const untilMs = Math.min(this.dueMs(), this.drainUntilMs, nowMs + IDLE_MS);
    this.callOff = this.client.clock.after(Math.max(0, untilMs - nowMs), () => this.onTimer());
  }

  private onTimer(): void {
    this.tell(IDLE_MS);
    if (
      !this.isStopping() &&
      this.flights.length > 0 &&
      this.client.clock.nowMs() >= this.dueMs()
    ) {
      this.onLost();
    }
    this.goOn();
  }

  private onLost(): void {
    const isPatient = this.heldBytes === 0 || this.flights.at(-1)?.endBytes === this.totalBytes;
    this.client.beSilent(this.lostCount >= LOST_QUICK_MAX || isPatient);
    this.dropFlights();
    this.shrink();
    if (isPatient || this.lostCount > 0) {
      this.shorten();
    }
    this.goTo(this.heldBytes);
    this.lostCount++;
    if (this.lostCount >= (isPatient ? PATIENT_MAX : LOST_MAX)) {
      this.end(
        new SmpError(
          "silent",
          `The device no longer answers. It holds ${this.heldBytes} of ${this.totalBytes} ` +
            "bytes: the same upload goes on from there.",
        ),
      );
    }
  }

  private shrink(): void {
    this.window = Math.max(this.window / 2, 1);
  }

  /** A line that loses bytes, such as a UART without flow control, loses long
   * packets first. */
  private shorten(): void {
    const half = Math.floor(this.packetBytes / 2);
    this.goodCount = 0;
    this.packetBytes = half >= LOSSY_BYTES_MIN ? half : this.packetBytes;
  }

  // --- What the answers mean ---

  private onAnswer(flight: Flight, answer: Answer): void {
    // The device answers in order: what was sent before is lost.
    const at = this.flights.indexOf(flight);
    for (const lost of this.flights.splice(0, at + 1)) {
      lost.sent?.drop();
    }
    const refusal = refusalOf(answer.body, QUESTION.group);
    if (refusal === null) {
      this.takeOffset(answer.body, flight);
    } else {
      this.takeRefusal(refusal, flight);
    }
    if (!this.isOver) {
      this.tell(TELL_MS);
      this.goOn();
    }
  }

  private takeOffset(body: Body, flight: Flight): void {
    const offBytes = u32(body, "off");
    if (offBytes === null || offBytes > this.totalBytes) {
      this.client.counts.malformed++;
      this.goTo(this.heldBytes);
      this.countStuck();
      return;
    }
    this.lostCount = 0;
    if (flight.isOld) {
      return;
    }
    this.measure(flight);
    if (flight.offBytes === 0 && offBytes > 0) {
      this.begin(flight, offBytes);
    }
    if (offBytes === this.totalBytes && this.isEnd(flight, body)) {
      this.finish(body);
    } else if (offBytes !== flight.endBytes) {
      this.takeOther(flight, offBytes);
    } else {
      this.heldBytes = offBytes;
      this.countGood();
      this.window = Math.min(this.window + 1 / this.window, this.windowMax);
      this.countStuck();
    }
  }

  private begin(flight: Flight, offBytes: number): void {
    if (!this.hasBegun && offBytes > flight.endBytes) {
      this.resumedBytes = offBytes;
      this.wasThere = offBytes === this.totalBytes;
    }
    this.hasBegun = true;
  }

  private measure(flight: Flight): void {
    const tripMs = this.client.clock.nowMs() - flight.sentMs;
    if (flight.offBytes === 0) {
      this.firstMs = tripMs;
    } else {
      this.tripMs = this.tripMs === 0 ? tripMs : this.tripMs + (tripMs - this.tripMs) / 8;
    }
  }

  /** All is there: as the first or the last packet may be told. One between them
   * that came late is told so, too, with the digest compared; without that the
   * answer may be a damaged one. */
  private isEnd(flight: Flight, body: Body): boolean {
    return (
      flight.endBytes === this.totalBytes ||
      flight.offBytes === 0 ||
      (this.sentBytes === this.totalBytes && find(body, "match") !== null)
    );
  }

  private finish(body: Body): void {
    this.hasMatch = find(body, "match") !== null;
    const isDone = !this.hasMatch || flag(body, "match");
    this.heldBytes = isDone ? this.totalBytes : 0;
    this.end(
      isDone
        ? null
        : new SmpError(
            "malformed",
            `The device has all ${this.totalBytes} bytes, but not these: its digest of them is ` +
              "another one. Upload it again.",
          ),
    );
  }

  /** The device is not where this packet would have left it. */
  private takeOther(flight: Flight, offBytes: number): void {
    if (offBytes === 0 && flight.offBytes !== 0) {
      this.restart();
      return;
    }
    if (flight.offBytes !== 0 && (offBytes > this.sentBytes || offBytes === this.totalBytes)) {
      // It cannot have what was never sent: a damaged answer.
      this.goTo(this.heldBytes);
      this.countStuck();
      return;
    }
    if (offBytes <= flight.offBytes) {
      this.shrink();
    }
    this.learnAlignment(flight, offBytes);
    this.goTo(offBytes);
    this.countStuck();
  }

  /** It took a part: servers that trim to their flash's words do so each time,
   * and everything sent behind is then sent in vain. */
  private learnAlignment(flight: Flight, offBytes: number): void {
    if (
      offBytes <= flight.offBytes ||
      offBytes >= flight.endBytes ||
      flight.endBytes - offBytes >= ALIGN_MAX
    ) {
      return;
    }
    let align = 1;
    while (align < ALIGN_MAX && offBytes % (align * 2) === 0) {
      align *= 2;
    }
    this.align = Math.max(this.align, align);
  }

  /** A server whose buffer is smaller than was thought says so. */
  private takeRefusal(refusal: SmpError, flight: Flight): void {
    const patience = patienceWith(refusal);
    if (flight.isOld) {
      if (patience === 0 && !isTooLarge(refusal)) {
        this.end(refusal);
      }
      return;
    }
    if (isTooLarge(refusal) && this.packetBytes > PACKET_BYTES_MIN) {
      this.packetBytes -= Math.floor(this.packetBytes / 4);
      this.packetBytesMax = this.packetBytes;
      this.goTo(this.heldBytes);
      return;
    }
    if (this.stuckCount >= patience) {
      this.end(refusal);
      return;
    }
    this.stuckCount++;
    this.shrink();
    this.goTo(this.heldBytes);
    this.holdUntilMs = this.client.clock.nowMs() + BUSY_MS;
  }

  private countGood(): void {
    this.goodCount++;
    if (this.goodCount >= GOOD_MAX) {
      this.goodCount = 0;
      this.packetBytes = Math.min(this.packetBytes * 2, this.packetBytesMax);
    }
  }

  /** It has no other end than that the device comes forward. */
  private countStuck(): void {
    if (this.heldBytes > this.bestBytes) {
      this.bestBytes = this.heldBytes;
      this.stuckCount = 0;
      return;
    }
    this.stuckCount++;
    if (this.stuckCount > STUCK_MAX) {
      this.end(
        new SmpError(
          "malformed",
          "The device answers, but takes no more data: it stays at " +
            `${this.heldBytes} of ${this.totalBytes} bytes.`,
        ),
      );
    }
  }

  private restart(): void {
    this.bestBytes = 0;
    this.stuckCount = 0;
    this.resumedBytes = 0;
    this.goTo(0);
    this.restartCount++;
    if (this.restartCount > RESTARTS_MAX) {
      this.end(
        new SmpError(
          "malformed",
          `The device forgot the upload ${this.restartCount} times. Does it reset, or does ` +
            "another program upload to it?",
        ),
      );
    }
  }

  /** Send again from where the device is. */
  private goTo(offBytes: number): void {
    for (const flight of this.flights) {
      flight.isOld = true;
    }
    this.heldBytes = offBytes;
    this.nextBytes = offBytes;
  }

  // --- How it ends ---

  private isStopping(): boolean {
    return this.drainUntilMs !== Number.POSITIVE_INFINITY;
  }

  /** The device then holds what it says, and nothing comes after us. */
  private stop(): void {
    this.drainUntilMs = this.client.clock.nowMs() + DRAIN_MS;
    this.goOn();
  }

  private stoppedError(): SmpError {
    return new SmpError(
      "cancelled",
      `It was stopped. The device holds ${this.heldBytes} of ${this.totalBytes} bytes: ` +
        "the same upload goes on from there.",
    );
  }

  private dropFlights(): void {
    for (const flight of this.flights.splice(0)) {
      flight.sent?.drop();
    }
  }

  private end(error: SmpError | null): void {
    if (this.isOver) {
      return;
    }
    this.isOver = true;
    this.callOff?.();
    this.options.signal?.removeEventListener("abort", this.onAbort);
    this.dropFlights();
    const progress = this.tell(0);
    if (error !== null) {
      this.reject(error);
    } else {
      this.resolve({ wasThere: this.wasThere, hasMatch: this.hasMatch, progress });
    }
  }

  /** Note where it is and tell, unless that was done less than `everyMs` ago. */
  private tell(everyMs: number): Progress {
    const nowMs = this.client.clock.nowMs();
    if (this.hasBegun) {
      this.rate.add(nowMs, this.heldBytes);
    }
    const progress = this.progressAt(nowMs);
    if (nowMs - this.toldMs >= everyMs) {
      this.toldMs = nowMs;
      this.options.onProgress?.(progress);
    }
    return progress;
  }

  private progressAt(nowMs: number): Progress {
    const bytesPerS = this.rate.bytesPerS(nowMs, this.heldBytes);
    const leftBytes = this.totalBytes - this.heldBytes;
    return {
      offBytes: this.heldBytes,
      totalBytes: this.totalBytes,
      resumedBytes: this.resumedBytes,
      bytesPerS,
      elapsedMs: nowMs - this.startMs,
      leftMs: bytesPerS > 0 ? (leftBytes * 1000) / bytesPerS : null,
      resentPackets: this.resentPackets,
      window: Math.floor(this.window),
    };
  }
}
