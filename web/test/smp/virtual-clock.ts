// SPDX-License-Identifier: MIT
// For tests: time that passes only when all that can happen now has happened.
import type { Clock } from "../../src/smp/clock";

interface Timer {
  atMs: number;
  order: number;
  then: () => void;
}

const settled = Symbol("settled");
/** Rounds without a timer in which something outside of this clock, such as a
 * digest on another thread, may end; all but the first ones take a moment. */
const QUICK_ROUNDS = 20;
const ROUNDS_MAX = 4000;

function nextRound(idleCount: number): Promise<void> {
  return new Promise((resolve) => {
    if (idleCount < QUICK_ROUNDS) {
      setImmediate(resolve);
    } else {
      setTimeout(resolve, 2);
    }
  });
}

export class VirtualClock implements Clock {
  private now = 0;
  /** By so much it goes on whenever it is looked at, as real clocks do. */
  driftMs = 0;
  private order = 0;
  private timers: Timer[] = [];

  nowMs(): number {
    this.now += this.driftMs;
    return this.now;
  }

  after(ms: number, then: () => void): () => void {
    const timer = { atMs: this.now + Math.max(0, ms), order: this.order++, then };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }

  /** Let time pass until it ends, one way or the other; it must within
   * `limitMs`, and must not wait for what never comes. */
  async run<T>(promise: Promise<T>, limitMs = 3_600_000): Promise<T> {
    const endMs = this.now + limitMs;
    let outcome: unknown = null;
    promise.then(
      () => {
        outcome = settled;
      },
      () => {
        outcome = settled;
      },
    );
    for (let idleCount = 0; ; ) {
      await nextRound(idleCount);
      if (outcome === settled) {
        return promise;
      }
      idleCount = this.step() ? 0 : idleCount + 1;
      if (idleCount > ROUNDS_MAX || this.now > endMs) {
        throw new Error(`it hangs at ${this.now} ms`);
      }
    }
  }

  /** Let time pass, whatever happens. */
  async pass(ms: number): Promise<void> {
    await this.run(new Promise<void>((resolve) => this.after(ms, resolve)));
  }

  private step(): boolean {
    let next: Timer | undefined;
    for (const timer of this.timers) {
      if (
        next === undefined ||
        timer.atMs < next.atMs ||
        (timer.atMs === next.atMs && timer.order < next.order)
      ) {
        next = timer;
      }
    }
    if (next === undefined) {
      return false;
    }
    this.timers = this.timers.filter((other) => other !== next);
    this.now = Math.max(this.now, next.atMs);
    next.then();
    return true;
  }
}
