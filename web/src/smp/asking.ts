// SPDX-License-Identifier: MIT
// One question on its way: asked, asked again, answered or given up.
import { asSmpError, cancelledError } from "./errors";
import type { Question } from "./packet";
import { SmpError } from "./types";
import type { Answer, Sent, Wire } from "./wire";

export interface Asked {
  question: Question;
  /** With room for the header. */
  packet: Uint8Array;
  timeoutMs: number;
  tries: number;
  signal: AbortSignal | undefined;
}

/** A link that takes no packet for so long will not take it. */
const SEND_MS_MAX = 30000;

export class Asking {
  private readonly sent: Sent[] = [];
  private tryCount = 0;
  private readonly malformedBefore: number;
  private callOff: (() => void) | null = null;
  private readonly onAbort = (): void => this.fail(cancelledError());

  constructor(
    private readonly wire: Wire,
    private readonly asked: Asked,
    private readonly resolve: (answer: Answer) => void,
    private readonly reject: (error: SmpError) => void,
  ) {
    this.malformedBefore = wire.counts.malformed;
  }

  begin(): void {
    if (this.asked.signal?.aborted) {
      this.reject(cancelledError());
      return;
    }
    this.asked.signal?.addEventListener("abort", this.onAbort, { once: true });
    this.next();
  }

  private next(): void {
    if (this.tryCount >= this.asked.tries) {
      this.fail(this.silentError());
      return;
    }
    const quietMs = this.wire.quietMs();
    if (quietMs > 0) {
      this.wait(quietMs, () => this.next());
      return;
    }
    this.ask();
  }

  private ask(): void {
    const { wire, asked } = this;
    wire.counts.retries += this.tryCount > 0 ? 1 : 0;
    this.tryCount++;
    this.wait(asked.timeoutMs + SEND_MS_MAX, () => this.onTimeout());
    try {
      // A link may still have the packet of the last try: each has its own.
      const packet = this.tryCount === 1 ? asked.packet : asked.packet.slice();
      this.sent.push(
        wire.send(asked.question, packet, {
          answered: (answer) => {
            this.end();
            this.resolve(answer);
          },
          failed: (error) => this.fail(error),
          sent: () => this.wait(asked.timeoutMs, () => this.onTimeout()),
        }),
      );
    } catch (error) {
      this.fail(asSmpError(error));
    }
  }

  private onTimeout(): void {
    this.wire.beSilent(this.tryCount + 1 === this.asked.tries);
    this.next();
  }

  private wait(ms: number, then: () => void): void {
    this.callOff?.();
    this.callOff = this.wire.clock.after(ms, then);
  }

  private end(): void {
    this.callOff?.();
    this.asked.signal?.removeEventListener("abort", this.onAbort);
    for (const sent of this.sent) {
      sent.drop();
    }
  }

  private fail(error: SmpError): void {
    this.end();
    this.reject(error);
  }

  private silentError(): SmpError {
    const { label } = this.wire.link;
    if (this.wire.counts.malformed !== this.malformedBefore) {
      return new SmpError("malformed", `What ${label} answers is no SMP packet.`);
    }
    const seconds = (this.asked.timeoutMs / 1000).toFixed(1);
    const times = this.tryCount === 1 ? "once" : `${this.tryCount} times`;
    return new SmpError(
      "silent",
      `${label} did not answer within ${seconds} s, asked ${times}. ` +
        "Is the device on, does it speak SMP on this connection, is the speed right?",
    );
  }
}
