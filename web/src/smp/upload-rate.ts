// SPDX-License-Identifier: MIT
// How fast an upload has been in the last seconds.

const SPAN_MS = 5000;
const STEP_MS = 100;

export class Rate {
  private samples: { timeMs: number; offBytes: number }[] = [];

  add(timeMs: number, offBytes: number): void {
    const last = this.samples.at(-1);
    if (last !== undefined && offBytes < last.offBytes) {
      this.samples = []; // It went back: the past tells no rate.
    } else if (last !== undefined && timeMs - last.timeMs < STEP_MS) {
      return;
    }
    this.samples.push({ timeMs, offBytes });
    // One that is older than the span stays: the rate is over all of it.
    while ((this.samples[1]?.timeMs ?? timeMs) < timeMs - SPAN_MS) {
      this.samples.shift();
    }
  }

  /** 0: not known. */
  bytesPerS(timeMs: number, offBytes: number): number {
    const from = this.samples[0];
    if (from === undefined || timeMs <= from.timeMs || offBytes <= from.offBytes) {
      return 0;
    }
    return ((offBytes - from.offBytes) * 1000) / (timeMs - from.timeMs);
  }
}
