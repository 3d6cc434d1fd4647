// SPDX-License-Identifier: MIT
// Asks a device over SMP: questions, their answers, retries. calls.ts has a
// function per command; this is what they are made of.

import type { Link } from "../links/link";
import { type Asked, Asking } from "./asking";
import { type Body, encodeBody, parseBody, u32, uint } from "./body";
import { type Clock, hostClock } from "./clock";
import { asSmpError, cancelledError, RC, refusalOf } from "./errors";
import {
  HEADER_BYTES,
  type Header,
  isAnswerTo,
  loadHeader,
  type Op,
  PAYLOAD_BYTES_MAX,
  type Question,
  storeHeader,
  type WireVersion,
} from "./packet";
import { type Params, SmpError } from "./types";

export interface Request {
  op: Op;
  group: number;
  command: number;
  /** Without it: an empty map. */
  body?: Body;
  /** How long an answer may take; 2500 without it. */
  timeoutMs?: number;
  /** How often it is asked; 4 without it, 1 for what is not the same twice. */
  tries?: number;
  signal?: AbortSignal | undefined;
}

export interface Answer {
  header: Header;
  body: Body;
}

/** What becomes of a packet that was sent. One of answered and failed is called
 * at most once, and nothing after dropped. */
export interface Listener {
  answered(answer: Answer): void;
  failed(error: SmpError): void;
  /** It is on its way. */
  sent?(): void;
}

/** A packet that was sent, without its answer so far. */
export interface Sent {
  readonly sequence: number;
  /** Its answer is no longer wanted: what comes is stale. */
  drop(): void;
}

interface Waiting extends Sent {
  question: Question;
  listener: Listener;
  packet: Uint8Array;
}

export interface Counts {
  requests: number;
  retries: number;
  /** Answers to nothing that is asked: dropped. */
  stale: number;
  /** Packets that are no answers: dropped. */
  malformed: number;
}

const TIMEOUT_MS = 2500;
const TRIES = 4;
/** After which any device gives up half a packet. */
const SILENCE_MS = 3200;
const SEQUENCES = 256;
const CALLS_MAX = 4;

/** What a server is taken to have that does not tell. */
const BUF_BYTES_DEFAULT = 384;
const BUF_BYTES_MIN = HEADER_BYTES + 32;
const BUF_BYTES_MAX = 65535;
/** Recovery of MCUboot does not tell, but has this by default. */
const BUF_BYTES_MCUBOOT = 1024;
const GROUP_OS = 0;
const OS_CONSOLE_ECHO = 1;
const OS_PARAMS = 6;

function paramsOf(body: Body | null): Params {
  const bufBytes = u32(body, "buf_size");
  const bufCount = u32(body, "buf_count");
  const isTold = bufBytes !== null && bufBytes >= BUF_BYTES_MIN;
  return {
    bufBytes: isTold ? Math.min(bufBytes, BUF_BYTES_MAX) : BUF_BYTES_DEFAULT,
    bufCount: bufCount === null ? 1 : Math.max(bufCount, 1),
    isTold,
  };
}

/** What several wait for goes on when one of them is stopped. */
function untilAborted<T>(shared: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) {
    return shared;
  }
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(cancelledError());
    if (signal.aborted) {
      stop();
      return;
    }
    signal.addEventListener("abort", stop, { once: true });
    shared.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

/** Takes the link's packets for itself. The link stays the caller's, who opens
 * and closes it. */
export class Client {
  readonly counts: Counts = { requests: 0, retries: 0, stale: 0, malformed: 0 };
  /** After calls have failed because the link closed. */
  onClosed: ((why: string) => void) | null = null;
  /** A reset was asked for: that the link closes is what is waited for. */
  isRestarting = false;

  private version: WireVersion = 1;
  // Late answers to a page that was here before are not ours.
  private sequence = Math.floor(Math.random() * SEQUENCES);
  private readonly waiting = new Map<number, Waiting>();
  private readonly outbox: Waiting[] = [];
  private isSending = false;
  private lastSentMs = Number.NEGATIVE_INFINITY;
  private quietUntilMs = Number.NEGATIVE_INFINITY;
  private callCount = 0;
  private readonly line: { start(): void; fail(error: SmpError): void }[] = [];
  private told: Params | null = null;
  private asking: Promise<Params> | null = null;
  private isClosed = false;

  constructor(
    readonly link: Link,
    readonly clock: Clock = hostClock,
  ) {
    link.onPacket = (packet) => this.take(packet);
    link.onClosed = (why) => {
      this.fail(this.goneError(why));
      this.onClosed?.(why);
    };
  }

  /** Ask and wait for the answer; rejects with SmpError alone. */
  async call(request: Request): Promise<Body> {
    const packet = this.packetOf(request);
    await this.enter(request.signal);
    try {
      let answer = await this.ask(request, packet);
      if (this.isTooNew(answer)) {
        this.version = 0;
        answer = await this.ask(request, packet);
      }
      if (answer.header.version === 0) {
        this.version = 0;
      }
      const refusal = refusalOf(answer.body, request.group);
      if (refusal !== null) {
        throw refusal;
      }
      return answer.body;
    } finally {
      this.leave();
    }
  }

  /** What the server can take: asked once. Servers that do not know the
   * question get the defaults. */
  params(signal?: AbortSignal): Promise<Params> {
    if (this.told !== null) {
      return Promise.resolve(this.told);
    }
    if (this.asking === null) {
      const asking = this.askParams();
      const end = (params: Params | null): void => {
        if (this.asking === asking) {
          this.told = params;
          this.asking = null;
        }
      };
      this.asking = asking;
      asking.then(end, () => end(null));
    }
    return untilAborted(this.asking, signal);
  }

  /** After the device was reset: what runs now may be another server. */
  forget(): void {
    this.told = null;
    this.asking = null;
    this.version = 1;
  }

  /** Fails what is asked and lets go of the link, which stays as it is. */
  close(): void {
    if (!this.isClosed) {
      this.isClosed = true;
      this.link.onPacket = null;
      this.link.onClosed = null;
      this.fail(this.goneError("it is no longer used."));
    }
  }

  /** A packet whose payload is behind room for the header; for uploads. Throws
   * SmpError if it is too long for the link. */
  send(question: Question, packet: Uint8Array, listener: Listener): Sent {
    const tooLong = this.link.packetBytesMax;
    if (
      packet.length > HEADER_BYTES + PAYLOAD_BYTES_MAX ||
      (tooLong !== 0 && packet.length > tooLong)
    ) {
      throw new SmpError(
        "request",
        `A request of ${packet.length} bytes is too long for ${this.link.label}.`,
      );
    }
    if (this.isClosed || !this.link.isOpen) {
      throw this.goneError("it is closed.");
    }
    const sequence = this.nextSequence();
    storeHeader(packet, question, this.version, sequence);
    const waiting: Waiting = {
      sequence,
      question,
      listener,
      packet,
      drop: () => this.drop(waiting),
    };
    this.waiting.set(sequence, waiting);
    this.counts.requests++;
    this.outbox.push(waiting);
    if (!this.isSending) {
      void this.empty();
    }
    return waiting;
  }

  /** Nothing came: where packets have no marks, the device may hold half of one.
   * No packet goes out until it has given that up.
   * @param isLastTry Be silent on any link: behind it, too, there may be a line. */
  beSilent(isLastTry: boolean): void {
    const silenceMs = this.link.silenceMs === 0 && isLastTry ? SILENCE_MS : this.link.silenceMs;
    this.quietUntilMs = Math.max(this.quietUntilMs, this.lastSentMs + silenceMs);
  }

  /** How long to be silent still. */
  quietMs(): number {
    return Math.max(0, this.quietUntilMs - this.clock.nowMs());
  }

  goneError(why: string): SmpError {
    return new SmpError("gone", `The connection to ${this.link.label} is gone: ${why}`);
  }

  // --- Sending ---

  private nextSequence(): number {
    for (let i = 0; i < SEQUENCES; i++) {
      const sequence = this.sequence;
      this.sequence = (this.sequence + 1) % SEQUENCES;
      if (!this.waiting.has(sequence)) {
        return sequence;
      }
    }
    throw new SmpError("request", "Too many requests are waiting for their answers.");
  }

  private drop(waiting: Waiting): void {
    if (this.waiting.get(waiting.sequence) === waiting) {
      this.waiting.delete(waiting.sequence);
    }
  }

  /** Packets go out one after the other: a link need not queue them. */
  private async empty(): Promise<void> {
    this.isSending = true;
    for (;;) {
      const next = this.outbox.shift();
      if (next === undefined) {
        break;
      }
      if (this.waiting.get(next.sequence) !== next) {
        continue;
      }
      try {
        await this.link.send(next.packet);
        this.lastSentMs = this.clock.nowMs();
        if (this.waiting.get(next.sequence) === next) {
          next.listener.sent?.();
        }
      } catch (error) {
        if (this.waiting.get(next.sequence) === next) {
          this.waiting.delete(next.sequence);
          next.listener.failed(asSmpError(error));
        }
      }
    }
    this.isSending = false;
  }

  /** The link is gone: so is everything that waits. */
  private fail(error: SmpError): void {
    const all = [...this.waiting.values()];
    this.waiting.clear();
    this.outbox.length = 0;
    for (const waiting of all) {
      waiting.listener.failed(error);
    }
    for (const caller of this.line.splice(0)) {
      caller.fail(error);
    }
  }

  // --- Receiving ---

  private take(packet: Uint8Array): void {
    const header = loadHeader(packet);
    const isAnswer = header !== null && (header.op === 1 || header.op === 3);
    const body =
      isAnswer && header.lenBytes === packet.length - HEADER_BYTES
        ? parseBody(packet.subarray(HEADER_BYTES))
        : null;
    if (header === null || body === null) {
      this.counts.malformed++;
      return;
    }
    const waiting = this.waiting.get(header.sequence);
    if (waiting === undefined || !isAnswerTo(waiting.question, header)) {
      this.counts.stale++;
      return;
    }
    this.waiting.delete(header.sequence);
    waiting.listener.answered({ header, body });
  }

  // --- Calls ---

  private packetOf(request: Request): Uint8Array {
    const body = encodeBody(request.body ?? {});
    const packet = new Uint8Array(HEADER_BYTES + body.length);
    packet.set(body, HEADER_BYTES);
    return packet;
  }

  private ask(request: Request, packet: Uint8Array): Promise<Answer> {
    const asked: Asked = {
      question: request,
      packet,
      timeoutMs: request.timeoutMs ?? TIMEOUT_MS,
      tries: request.tries ?? TRIES,
      signal: request.signal,
    };
    return new Promise((resolve, reject) => new Asking(this, asked, resolve, reject).begin());
  }

  /** A server that is older than we are says so, or just answers as it can. */
  private isTooNew(answer: Answer): boolean {
    const rc = uint(answer.body, "rc");
    return this.version === 1 && (rc === RC.tooNew || rc === RC.tooOld);
  }

  /** No more calls at once than the server has buffers for. */
  private callsMax(): number {
    return this.told === null ? 1 : Math.max(1, Math.min(this.told.bufCount - 1, CALLS_MAX));
  }

  private enter(signal: AbortSignal | undefined): Promise<void> {
    if (this.callCount < this.callsMax()) {
      this.callCount++;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.line.splice(this.line.indexOf(caller), 1);
        reject(cancelledError());
      };
      const caller = {
        start: (): void => {
          signal?.removeEventListener("abort", leave);
          this.callCount++;
          resolve();
        },
        fail: (error: SmpError): void => {
          signal?.removeEventListener("abort", leave);
          reject(error);
        },
      };
      if (signal?.aborted) {
        reject(cancelledError());
        return;
      }
      signal?.addEventListener("abort", leave, { once: true });
      this.line.push(caller);
    });
  }

  private leave(): void {
    this.callCount--;
    while (this.callCount < this.callsMax()) {
      const next = this.line.shift();
      if (next === undefined) {
        return;
      }
      next.start();
    }
  }

  // --- Parameters ---

  private async askParams(): Promise<Params> {
    try {
      return paramsOf(await this.call({ op: "read", group: GROUP_OS, command: OS_PARAMS }));
    } catch (error) {
      if (asSmpError(error).kind !== "refused") {
        throw error;
      }
    }
    const params = paramsOf(null);
    return (await this.isMcubootRecovery()) ? { ...params, bufBytes: BUF_BYTES_MCUBOOT } : params;
  }

  /** Servers that know the parameters refuse console echo; recovery of MCUboot
   * answers it with the rc of success. */
  private async isMcubootRecovery(): Promise<boolean> {
    try {
      const body = await this.call({
        op: "write",
        group: GROUP_OS,
        command: OS_CONSOLE_ECHO,
        body: { echo: 0 },
      });
      return uint(body, "rc") === 0;
    } catch {
      return false;
    }
  }
}
