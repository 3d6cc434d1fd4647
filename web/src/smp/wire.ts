// SPDX-License-Identifier: MIT
// Packets out and answers in: sequence numbers, and what waits for what.
import type { Link } from "../links/link";
import { type Body, parseBody } from "./body";
import type { Clock } from "./clock";
import { asSmpError } from "./errors";
import {
  HEADER_BYTES,
  type Header,
  isAnswerTo,
  loadHeader,
  PAYLOAD_BYTES_MAX,
  type Question,
  storeHeader,
  type WireVersion,
} from "./packet";
import { SmpError } from "./types";

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

/** After which any device gives up half a packet. */
const SILENCE_MS = 3200;
const SEQUENCES = 256;

/** The link's packets. */
export class Wire {
  readonly counts: Counts = { requests: 0, retries: 0, stale: 0, malformed: 0 };
  /** Version 2, until the server wants 1. */
  version: WireVersion = 1;

  // Late answers to a page that was here before are not ours.
  private sequence = Math.floor(Math.random() * SEQUENCES);
  private readonly waiting = new Map<number, Waiting>();
  private readonly outbox: Waiting[] = [];
  private isSending = false;
  private lastSentMs = Number.NEGATIVE_INFINITY;
  private quietUntilMs = Number.NEGATIVE_INFINITY;
  private isClosed = false;

  constructor(
    readonly link: Link,
    readonly clock: Clock,
    onClosed: (why: string) => void,
  ) {
    link.onPacket = (packet) => this.take(packet);
    link.onClosed = (why) => {
      this.fail(this.goneError(why));
      onClosed(why);
    };
  }

  /** Lets go of the link. */
  close(): void {
    this.isClosed = true;
    this.link.onPacket = null;
    this.link.onClosed = null;
    this.fail(this.goneError("it is no longer used."));
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
}
