// SPDX-License-Identifier: MIT
// An upload under way. The device says where it is; what was sent is never
// taken for what was received. Nothing here waits: packets go out as answers
// come in, and one timer looks after those that do not.
import { type Body, find, flag, u32 } from "./body";
import type { Client } from "./client";
import { asSmpError, refusalOf } from "./errors";
import { HEADER_BYTES, type Question } from "./packet";
import type { Params, Progress, SmpError } from "./types";
import type { UploadOptions, UploadResult } from "./upload";
import {
  isTooLarge,
  mismatchError,
  patienceWith,
  silentError,
  stoppedError,
  tooShortError,
} from "./upload-errors";
import { type Flight, Flights } from "./upload-flights";
import { Pace } from "./upload-pace";
import { type Chunk, Packer } from "./upload-pack";
import { Position, STUCK_MAX } from "./upload-position";
import { Rate } from "./upload-rate";
import type { Answer } from "./wire";

const QUESTION: Question = { op: "write", group: 1, command: 1 };
/** An image's header; servers want all of it in the first packet. */
const IMAGE_HEADER_BYTES = 32;
const WINDOW_MAX = 32;
/** After a stop: so long is waited for what is in flight. */
const DRAIN_MS = 2500;
const TELL_MS = 50;
const IDLE_MS = 1000;

const BUSY_MS = 50;
const LOST_MAX = 8;
const LOST_QUICK_MAX = 3;
const PATIENT_MAX = 3; // Where one wait is that long.
/** The least of those that are not 0, which is no bound. */
function least(...bounds: readonly number[]): number {
  return Math.min(...bounds.filter((bound) => bound !== 0));
}

export class UploadJob {
  private readonly packer: Packer;
  private readonly pace: Pace;
  private readonly at: Position;
  private hasMatch = false;
  private readonly flights = new Flights();
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
    this.at = new Position(options.file.length);
    this.packer = new Packer({
      file: options.file,
      imageIndex: options.imageIndex,
      onlyUpgrade: options.onlyUpgrade ?? false,
      sha,
    });
    this.pace = new Pace(
      least(params.bufBytes, options.packetBytesMax ?? 0, client.link.packetBytesMax),
      least(Math.max(params.bufCount - 1, 1), options.windowMax ?? 0, WINDOW_MAX),
    );
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
      if (this.flights.count === 0 || nowMs >= this.drainUntilMs) {
        this.end(stoppedError(this.at));
        return;
      }
    } else if (this.heldBackMs() <= 0) {
      this.fill();
    }
    this.watch();
  }

  /** How long nothing may be sent still. */
  private heldBackMs(): number {
    return Math.max(this.holdUntilMs - this.client.clock.nowMs(), this.client.wire.quietMs());
  }

  private fill(): void {
    if (this.flights.count === 0) {
      // The answer to a packet behind them told that the last ones were lost.
      this.at.nextBytes = this.at.heldBytes;
    }
    while (!this.isOver && this.maySend()) {
      this.sendChunk();
    }
  }

  /** The first packet goes alone: its answer may say to go on elsewhere. */
  private maySend(): boolean {
    if (this.at.nextBytes === 0) {
      return this.flights.count === 0;
    }
    return (
      this.at.heldBytes > 0 &&
      this.at.nextBytes < this.at.totalBytes &&
      this.flights.count < this.pace.flightsMax
    );
  }

  private sendChunk(): void {
    const offBytes = this.at.nextBytes;
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
      flight.sent = this.client.wire.send(QUESTION, chunk.packet, {
        answered: (answer) => this.onAnswer(flight, answer),
        failed: (error) => this.end(error),
      });
    } catch (error) {
      this.end(asSmpError(error));
      return;
    }
    this.flights.add(flight);
    this.at.onSent(flight);
  }

  /** null: no packet is long enough, and it is over. */
  private chunkAt(offBytes: number): Chunk | null {
    const chunk =
      this.pace.packetBytes > HEADER_BYTES
        ? this.packer.pack(offBytes, this.pace.packetBytes, this.pace.align)
        : null;
    const needBytes = offBytes === 0 ? Math.min(this.at.totalBytes, IMAGE_HEADER_BYTES) : 1;
    if (chunk === null || chunk.dataBytes < needBytes) {
      this.end(tooShortError(this.pace.packetBytes));
      return null;
    }
    return chunk;
  }

  // --- What does not come ---

  private dueMs(): number {
    const oldest = this.flights.oldest;
    return oldest === undefined
      ? this.client.clock.nowMs() + this.heldBackMs()
      : oldest.sentMs + this.pace.timeoutMs(oldest, this.flights.endsAt(this.at.totalBytes));
  }

  private watch(): void {
    this.callOff?.();
    if (this.isOver) {
      return;
    }
    const nowMs = this.client.clock.nowMs();
    const endMs = this.isStopping() ? this.drainUntilMs : this.dueMs();
    const untilMs = Math.min(endMs, nowMs + IDLE_MS);
    this.callOff = this.client.clock.after(Math.max(0, untilMs - nowMs), () => this.onTimer());
  }

  private onTimer(): void {
    this.tell(IDLE_MS);
    if (!this.isStopping() && this.flights.count > 0 && this.client.clock.nowMs() >= this.dueMs()) {
      this.onLost();
    }
    this.goOn();
  }

  private onLost(): void {
    const isPatient = this.at.heldBytes === 0 || this.flights.endsAt(this.at.totalBytes);
    this.client.wire.beSilent(this.pace.lostCount >= LOST_QUICK_MAX || isPatient);
    this.flights.dropAll();
    this.pace.shrink();
    if (isPatient || this.pace.lostCount > 0) {
      this.pace.shorten();
    }
    this.goTo(this.at.heldBytes);
    this.pace.lostCount++;
    if (this.pace.lostCount >= (isPatient ? PATIENT_MAX : LOST_MAX)) {
      this.end(silentError(this.at));
    }
  }

  // --- What the answers mean ---

  private onAnswer(flight: Flight, answer: Answer): void {
    this.flights.land(flight);
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
    if (offBytes === null || offBytes > this.at.totalBytes) {
      this.client.wire.counts.malformed++;
      this.goTo(this.at.heldBytes);
      this.countStuck();
      return;
    }
    this.pace.lostCount = 0;
    if (flight.isOld) {
      return;
    }
    this.pace.measure(flight, this.client.clock.nowMs() - flight.sentMs);
    if (flight.offBytes === 0 && offBytes > 0) {
      this.at.begin(flight, offBytes);
    }
    if (offBytes === this.at.totalBytes && this.isEnd(flight, body)) {
      this.finish(body);
    } else if (offBytes !== flight.endBytes) {
      this.takeOther(flight, offBytes);
    } else {
      this.at.heldBytes = offBytes;
      this.pace.countGood();
      this.countStuck();
    }
  }

  /** All is there: as the first or the last packet may be told. One between them
   * that came late is told so, too, with the digest compared; without that the
   * answer may be a damaged one. */
  private isEnd(flight: Flight, body: Body): boolean {
    return (
      flight.endBytes === this.at.totalBytes ||
      flight.offBytes === 0 ||
      (this.at.sentBytes === this.at.totalBytes && find(body, "match") !== null)
    );
  }

  private finish(body: Body): void {
    this.hasMatch = find(body, "match") !== null;
    const isDone = !this.hasMatch || flag(body, "match");
    this.at.heldBytes = isDone ? this.at.totalBytes : 0;
    this.end(isDone ? null : mismatchError(this.at));
  }

  /** The device is not where this packet would have left it. */
  private takeOther(flight: Flight, offBytes: number): void {
    if (offBytes === 0 && flight.offBytes !== 0) {
      this.goTo(0);
      this.endIf(this.at.restart());
      return;
    }
    if (
      flight.offBytes !== 0 &&
      (offBytes > this.at.sentBytes || offBytes === this.at.totalBytes)
    ) {
      // It cannot have what was never sent: a damaged answer.
      this.goTo(this.at.heldBytes);
      this.countStuck();
      return;
    }
    if (offBytes <= flight.offBytes) {
      this.pace.shrink();
    }
    this.pace.learnAlignment(flight, offBytes);
    this.goTo(offBytes);
    this.countStuck();
  }

  /** A server whose buffer is smaller than was thought says so. */
  private takeRefusal(refusal: SmpError, flight: Flight): void {
    const patience = patienceWith(refusal, STUCK_MAX);
    if (flight.isOld) {
      if (patience === 0 && !isTooLarge(refusal)) {
        this.end(refusal);
      }
      return;
    }
    if (isTooLarge(refusal) && this.pace.onTooLarge()) {
      this.goTo(this.at.heldBytes);
      return;
    }
    if (this.at.stuckCount >= patience) {
      this.end(refusal);
      return;
    }
    this.at.stuckCount++;
    this.pace.shrink();
    this.goTo(this.at.heldBytes);
    this.holdUntilMs = this.client.clock.nowMs() + BUSY_MS;
  }

  private countStuck(): void {
    this.endIf(this.at.countStuck());
  }

  private endIf(error: SmpError | null): void {
    if (error !== null) {
      this.end(error);
    }
  }

  /** Send again from where the device is. */
  private goTo(offBytes: number): void {
    this.flights.makeOld();
    this.at.goTo(offBytes);
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

  private end(error: SmpError | null): void {
    if (this.isOver) {
      return;
    }
    this.isOver = true;
    this.callOff?.();
    this.options.signal?.removeEventListener("abort", this.onAbort);
    this.flights.dropAll();
    const progress = this.tell(0);
    if (error !== null) {
      this.reject(error);
    } else {
      this.resolve({ wasThere: this.at.wasThere, hasMatch: this.hasMatch, progress });
    }
  }

  /** Note where it is and tell, unless that was done less than `everyMs` ago. */
  private tell(everyMs: number): Progress {
    const nowMs = this.client.clock.nowMs();
    if (this.at.hasBegun) {
      this.rate.add(nowMs, this.at.heldBytes);
    }
    const progress = this.progressAt(nowMs);
    if (nowMs - this.toldMs >= everyMs) {
      this.toldMs = nowMs;
      this.options.onProgress?.(progress);
    }
    return progress;
  }

  private progressAt(nowMs: number): Progress {
    const bytesPerS = this.rate.bytesPerS(nowMs, this.at.heldBytes);
    const leftBytes = this.at.totalBytes - this.at.heldBytes;
    return {
      offBytes: this.at.heldBytes,
      totalBytes: this.at.totalBytes,
      resumedBytes: this.at.resumedBytes,
      bytesPerS,
      elapsedMs: nowMs - this.startMs,
      leftMs: bytesPerS > 0 ? (leftBytes * 1000) / bytesPerS : null,
      resentPackets: this.at.resentPackets,
      window: this.pace.flightsMax,
    };
  }
}
