// SPDX-License-Identifier: MIT
// Reset a device and wait for it; and the way back to an earlier image.
import { echo, eraseSlot, images, reset, setState } from "./calls";
import type { Client } from "./client";
import { sleep } from "./clock";
import { asSmpError, cancelledError } from "./errors";
import { type ImageSlot, SmpError } from "./types";

const BACK_MS_DEFAULT = 120000;
const BACK_EXTRA_MS = 30000;
/** The answer to the reset comes 250 ms before it; old servers take longer. A
 * device that answers for so long has started again unseen. */
const AWAY_MS = 3000;
const STEP_MS = 50;
const PROBE_MS = 300;
const REOPEN_MS = 100;
const REOPEN_MS_MAX = 1000;
const RESET_TRIES = 3;
const TELL_MS = 200;

export interface Wait {
  /** Since the reset was asked for. */
  elapsedMs: number;
  /** How long the device said that it takes; null: it does not tell. */
  expectMs: number | null;
}

export interface RestartOptions {
  expectMs?: number | null;
  /** Also if the device says that it is busy. */
  force?: boolean;
  /** 1: recovery of the boot loader. */
  bootMode?: number | null;
  /** 120 s without it, more if the device expects more. */
  backMsMax?: number | null;
  onWait?: ((wait: Wait) => void) | undefined;
  signal?: AbortSignal | undefined;
}

export interface RestartResult {
  /** From the reset to the first answer. */
  tookMs: number;
}

type Away = "seen" | "closed" | "not seen";

class Restart {
  private readonly startMs: number;
  private readonly endMs: number;
  private callOff: (() => void) | null = null;

  constructor(
    private readonly client: Client,
    private readonly options: RestartOptions,
  ) {
    const expectedMs = (options.expectMs ?? 0) * 2 + BACK_EXTRA_MS;
    this.startMs = client.clock.nowMs();
    this.endMs = this.startMs + (options.backMsMax ?? Math.max(expectedMs, BACK_MS_DEFAULT));
  }

  async run(): Promise<RestartResult> {
    this.client.isRestarting = true;
    this.tell();
    try {
      const away = await this.reset();
      await this.waitBack(away !== "closed");
      return { tookMs: this.elapsedMs() };
    } finally {
      this.callOff?.();
      this.client.isRestarting = false;
      // What runs now may take longer packets, or shorter ones.
      this.client.forget();
    }
  }

  private elapsedMs(): number {
    return this.client.clock.nowMs() - this.startMs;
  }

  private tell(): void {
    this.options.onWait?.({
      elapsedMs: this.elapsedMs(),
      expectMs: this.options.expectMs ?? null,
    });
    this.callOff = this.client.clock.after(TELL_MS, () => this.tell());
  }

  private pause(ms: number): Promise<void> {
    return sleep(this.client.clock, ms, this.options.signal);
  }

  private stopIfAsked(): void {
    if (this.options.signal?.aborted) {
      throw cancelledError();
    }
  }

  /** The answer may be lost while the reset is not: then it is seen to go. */
  private async reset(): Promise<Away> {
    for (let i = 0; ; i++) {
      const failure = await this.askReset();
      if (failure?.kind === "gone") {
        return "closed";
      }
      if (failure !== null && failure.kind !== "silent" && failure.kind !== "malformed") {
        throw failure;
      }
      const away = await this.waitAway();
      if (failure === null || away !== "not seen") {
        return away;
      }
      if (i + 1 >= RESET_TRIES) {
        throw failure;
      }
    }
  }

  private async askReset(): Promise<SmpError | null> {
    const { force, bootMode, signal } = this.options;
    try {
      await reset(this.client, { force: force ?? false, bootMode: bootMode ?? null, signal });
      return null;
    } catch (error) {
      return asSmpError(error);
    }
  }

  /** One short question; null: it is answered, if only with a refusal. */
  private async probe(): Promise<SmpError | null> {
    const { signal } = this.options;
    try {
      await echo(this.client, "duoboot", { timeoutMs: PROBE_MS, tries: 1, signal });
      return null;
    } catch (error) {
      const failure = asSmpError(error);
      if (failure.kind === "cancelled") {
        throw failure;
      }
      return failure.kind === "refused" ? null : failure;
    }
  }

  private async waitAway(): Promise<Away> {
    const endMs = this.client.clock.nowMs() + AWAY_MS;
    while (this.client.clock.nowMs() < endMs) {
      const failure = await this.probe();
      if (failure !== null) {
        return failure.kind === "gone" ? "closed" : "seen";
      }
      await this.pause(STEP_MS);
    }
    return "not seen";
  }

  private async waitBack(isOpenNow: boolean): Promise<void> {
    let isOpen = isOpenNow;
    for (;;) {
      if (!isOpen) {
        await this.reopen();
      }
      const failure = await this.probe();
      if (failure === null) {
        return;
      }
      isOpen = failure.kind !== "gone";
      if (this.client.clock.nowMs() >= this.endMs) {
        throw this.notBackError(failure.message);
      }
      // A link that fails at once must not be asked without a pause.
      if (!isOpen) {
        await this.pause(REOPEN_MS);
      }
      this.stopIfAsked();
    }
  }

  private notBackError(why: string): SmpError {
    return new SmpError("silent", `The device was reset and has not come back. ${why}`);
  }

  /** Open again until it works; a port of USB or a radio link takes its time. */
  private async reopen(): Promise<void> {
    const { link, clock } = this.client;
    let stepMs = REOPEN_MS;
    await link.close().catch(() => undefined);
    for (;;) {
      this.stopIfAsked();
      const failure = await this.open();
      if (failure === null) {
        return;
      }
      if (clock.nowMs() >= this.endMs) {
        throw this.notBackError(failure.message);
      }
      await this.pause(stepMs);
      stepMs = Math.min(stepMs * 2, REOPEN_MS_MAX);
    }
  }

  /** Some links, such as Bluetooth, wait for ever for a device that is away. */
  private open(): Promise<SmpError | null> {
    const { link, clock } = this.client;
    const { signal } = this.options;
    return new Promise((resolve) => {
      const end = (failure: SmpError | null): void => {
        callOff();
        signal?.removeEventListener("abort", stop);
        resolve(failure);
      };
      const stop = (): void => end(cancelledError());
      const tooLate = this.client.wire.goneError("it does not open.");
      const leftMs = Math.max(0, this.endMs - clock.nowMs());
      const callOff = clock.after(leftMs, () => end(tooLate));
      signal?.addEventListener("abort", stop, { once: true });
      link.open().then(
        () => end(null),
        (error) => end(asSmpError(error)),
      );
    });
  }
}

/** Reset, wait until the device is away and back, and answers an echo. Opens
 * the link again if it closes. Rejects with SmpError alone. */
export function restart(client: Client, options: RestartOptions = {}): Promise<RestartResult> {
  return new Restart(client, options).run();
}

/** What an image index is called, as in the words of the command line. Which
 * core it means is the same on every server of two images. */
export function who(image: number): string {
  return ["the application core", "the network core"][image] ?? `image ${image}`;
}

export function findSlot(
  slots: readonly ImageSlot[],
  image: number,
  slot: number,
): ImageSlot | undefined {
  return slots.find((at) => at.image === image && at.slot === slot);
}

/** What leads back to the image that ran before. */
export type Revert =
  | "trial-ends" // The image runs on trial: any reset reverts.
  | "request-dropped" // It was only requested, and no longer is.
  | "previous-asked"; // The previous image is installed at a reset.

/** Go back, on the core of this image index; a reset completes it. */
export async function revert(client: Client, image: number, signal?: AbortSignal): Promise<Revert> {
  const slots = await images(client, { signal });
  const active = findSlot(slots, image, 0);
  const other = findSlot(slots, image, 1);
  if (active !== undefined && !active.confirmed) {
    return "trial-ends";
  }
  if (other?.pending) {
    await eraseSlot(client, image * 2 + 1, { signal });
    return "request-dropped";
  }
  if (other !== undefined && other.digest !== "") {
    await setState(client, { digest: other.digest, confirm: true, signal });
    return "previous-asked";
  }
  throw new SmpError(
    "request",
    `There is nothing to go back to on ${who(image)}: slot 1 is empty and slot 0 is confirmed.`,
  );
}
