// SPDX-License-Identifier: MIT
// Time, as the client sees it: tests have one of their own.

export interface Clock {
  nowMs(): number;
  /** Call `then` once, later; what is returned calls it off. */
  after(ms: number, then: () => void): () => void;
}

export const hostClock: Clock = {
  nowMs: () => performance.now(),
  after(ms, then) {
    const timer = setTimeout(then, ms);
    return () => clearTimeout(timer);
  },
};

/** Resolves after `ms`, or at once when the signal says so. */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) {
      resolve();
      return;
    }
    const end = (): void => {
      callOff();
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const callOff = clock.after(ms, end);
    signal?.addEventListener("abort", end, { once: true });
  });
}
