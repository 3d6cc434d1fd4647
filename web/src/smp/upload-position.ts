// SPDX-License-Identifier: MIT
// Where an upload is: what the device holds, by its own word, and what was sent.

import type { SmpError } from "./types";
import { forgetfulError, stuckError } from "./upload-errors";
import type { Span } from "./upload-pace";

/** Answers one after the other that do not come forward. */
export const STUCK_MAX = 16;
/** How often a device may forget all of it (a reset, another client). */
const RESTARTS_MAX = 8;

export class Position {
  /** What is sent next. */
  nextBytes = 0;
  /** What the device holds. */
  heldBytes = 0;
  /** The end of what was ever sent. */
  sentBytes = 0;
  /** What it held before; 0: nothing. */
  resumedBytes = 0;
  /** The first packet was answered. */
  hasBegun = false;
  /** The device had all of it already. */
  wasThere = false;
  resentPackets = 0;
  stuckCount = 0;

  private bestBytes = 0; // The most that it held since it began.
  private restartCount = 0;

  constructor(readonly totalBytes: number) {}

  onSent(span: Span): void {
    this.resentPackets += span.offBytes < this.sentBytes ? 1 : 0;
    this.nextBytes = span.endBytes;
    this.sentBytes = Math.max(this.sentBytes, span.endBytes);
  }

  /** The first packet is answered, with where to go on. */
  begin(first: Span, offBytes: number): void {
    if (!this.hasBegun && offBytes > first.endBytes) {
      this.resumedBytes = offBytes;
      this.wasThere = offBytes === this.totalBytes;
    }
    this.hasBegun = true;
  }

  goTo(offBytes: number): void {
    this.heldBytes = offBytes;
    this.nextBytes = offBytes;
  }

  /** It has no other end than that the device comes forward; null: it may. */
  countStuck(): SmpError | null {
    if (this.heldBytes > this.bestBytes) {
      this.bestBytes = this.heldBytes;
      this.stuckCount = 0;
      return null;
    }
    this.stuckCount++;
    return this.stuckCount > STUCK_MAX ? stuckError(this) : null;
  }

  /** The device holds nothing any more; null: it begins again. */
  restart(): SmpError | null {
    this.bestBytes = 0;
    this.stuckCount = 0;
    this.resumedBytes = 0;
    this.goTo(0);
    this.restartCount++;
    return this.restartCount > RESTARTS_MAX ? forgetfulError(this.restartCount) : null;
  }
}
