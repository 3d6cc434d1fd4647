// SPDX-License-Identifier: MIT
// A whole update, as the phone apps do it: look, upload, test or confirm,
// reset, wait for the device, look again, confirm, and say what runs.
import type { ImageFile } from "../image/types";
import { images as askImages, install, journal, setState } from "./calls";
import type { Client } from "./client";
import { asSmpError, cancelledError, isUnsupported } from "./errors";
import { findSlot, restart, type Wait, who } from "./restart";
import { type ImageSlot, type JournalEntry, type Progress, SmpError } from "./types";
import { uploadImage } from "./upload";

export type UpdateMode =
  | "test-and-confirm" // Confirmed as soon as it answers.
  | "test" // Runs once; stays if it is confirmed.
  | "confirm" // Installed for good at the next boot.
  | "upload"; // Uploaded, and nothing else.

export type StepKind =
  | "look"
  | "skip" // It is there already.
  | "upload"
  | "uploaded"
  | "test"
  | "confirm"
  | "reset"
  | "wait" // For the boot; the text tells how long it takes.
  | "back"
  | "result" // A line per image: what runs now.
  | "trouble"; // Why it is not what was asked for.

export interface Step {
  step: StepKind;
  /** Of UpdateOptions.images; null: all of them. */
  imageIndex: number | null;
  /** A sentence. */
  text: string;
}

export interface UpdateOptions {
  /** In the order of the upload. */
  images: readonly ImageFile[];
  mode: UpdateMode;
  /** The device refuses what is not newer. */
  onlyUpgrade?: boolean;
  /** Reset also if the device says that it is busy. */
  force?: boolean;
  /** Wait for the device so long; without it 120 s, more if it expects more. */
  backMsMax?: number | null;
  signal?: AbortSignal | undefined;
  onStep?: ((step: Step) => void) | undefined;
  /** The index is that of `images`. */
  onProgress?: ((imageIndex: number, progress: Progress) => void) | undefined;
  onWait?: ((wait: Wait) => void) | undefined;
}

export interface UpdateResult {
  /** It is as it was asked for. */
  ok: boolean;
  /** A sentence for each image. */
  lines: string[];
  /** What the boot journal wrote meanwhile, if it went wrong. */
  entries: JournalEntry[];
  /** The device keeps a journal. */
  hasJournal: boolean;
  /** The list before, and what was seen last. */
  before: ImageSlot[];
  after: ImageSlot[];
}

const ENTRIES_MAX = 12;
/** include/duo/reason.h. */
const CONFIRMED = 44;

/** Where this image is, the active slot first. */
export function whereIs(
  slots: readonly ImageSlot[],
  image: Pick<ImageFile, "digest" | "imageIndex">,
): ImageSlot | undefined {
  const found = slots.filter(
    (at) =>
      image.digest !== "" &&
      at.digest === image.digest &&
      (image.imageIndex === null || at.image === image.imageIndex),
  );
  return found.find((at) => at.active) ?? found[0];
}

function named(image: ImageFile, error: unknown): SmpError {
  const { kind, message, group, code } = asSmpError(error);
  return new SmpError(kind, `${image.name}: ${message}`, group, code);
}

function stateWords(slot: ImageSlot): string {
  return slot.confirmed
    ? "confirmed"
    : "on trial: it goes at the next reset unless it is confirmed";
}

export class Update {
  private before: ImageSlot[] = [];
  private after: ImageSlot[] = [];
  private needsReset = false;
  /** The server cannot test or confirm. */
  private isRecovery = false;
  private nextEntry: number | null = null;
  private entries: JournalEntry[] = [];
  private readonly lines: string[] = [];

  constructor(
    private readonly client: Client,
    private readonly options: UpdateOptions,
  ) {}

  /** Rejects with SmpError if it cannot be gone on with; what was uploaded stays
   * with the device, and the same update goes on from there. */
  async run(): Promise<UpdateResult> {
    this.before = await this.list();
    this.after = this.before;
    const count = this.before.length;
    this.say("look", null, `The device lists ${count} image${count === 1 ? "" : "s"}.`);
    for (const [index, image] of this.options.images.entries()) {
      await this.bring(index, image);
    }
    if (this.options.mode === "upload") {
      return this.result(true);
    }
    for (const [index, image] of this.options.images.entries()) {
      await this.request(index, image);
    }
    if (this.needsReset) {
      await this.restart();
    }
    this.after = await this.list();
    if (this.options.mode === "test-and-confirm" && !this.isRecovery) {
      await this.confirmAll();
    }
    return this.judge();
  }

  private say(step: StepKind, imageIndex: number | null, text: string): void {
    this.options.onStep?.({ step, imageIndex, text });
  }

  private result(ok: boolean): UpdateResult {
    const { lines, entries, before, after } = this;
    return { ok, lines, entries, hasJournal: this.nextEntry !== null, before, after };
  }

  private stopIfAsked(): void {
    if (this.options.signal?.aborted) {
      throw cancelledError();
    }
  }

  private list(): Promise<ImageSlot[]> {
    return askImages(this.client, { signal: this.options.signal });
  }

  // --- Upload ---

  private async bring(index: number, image: ImageFile): Promise<void> {
    const at = whereIs(this.before, image);
    if (at?.active) {
      this.say(
        "skip",
        index,
        `${image.name}: ${who(at.image)} runs version ${at.version} already.`,
      );
    } else if (at !== undefined) {
      const place = `slot ${at.slot} of ${who(at.image)}`;
      this.say("skip", index, `${image.name}: the device has it already, in ${place}.`);
    } else {
      await this.upload(index, image);
    }
    if (this.options.mode === "upload") {
      this.lines.push(`${image.name}: the device has version ${image.versionText}.`);
    }
  }

  private async upload(index: number, image: ImageFile): Promise<void> {
    const { onlyUpgrade, onProgress, signal } = this.options;
    const size = `${image.bytes.length} bytes`;
    this.stopIfAsked();
    this.say("upload", index, `${image.name}: version ${image.versionText}, ${size}.`);
    try {
      const { wasThere, hasMatch } = await uploadImage(this.client, {
        file: image.bytes,
        imageIndex: image.imageIndex,
        sha: image.sha,
        onlyUpgrade: onlyUpgrade ?? false,
        signal,
        onProgress: (progress) => onProgress?.(index, progress),
      });
      const received = hasMatch ? "received; the device's digest agrees" : "received";
      const what = wasThere ? "the device has it already" : received;
      this.say("uploaded", index, `${image.name}: ${what}.`);
    } catch (error) {
      throw named(image, error);
    }
  }

  // --- Test or confirm ---

  private async askFor(index: number, image: ImageFile, confirm: boolean): Promise<void> {
    const { signal } = this.options;
    try {
      this.after = await setState(this.client, { digest: image.digest, confirm, signal });
    } catch (error) {
      if (!isUnsupported(error)) {
        throw named(image, error);
      }
      // A boot loader in recovery installs what was uploaded, unasked.
      this.isRecovery = true;
      this.say(
        "skip",
        index,
        `${image.name}: this server has neither test nor confirm; it starts what was uploaded.`,
      );
      return;
    }
    const what = confirm ? "confirmed" : "to run once, on trial";
    this.say(confirm ? "confirm" : "test", index, `${image.name}: ${what}.`);
  }

  /** What runs already needs no test; it may need to be confirmed. */
  private async request(index: number, image: ImageFile): Promise<void> {
    const at = whereIs(this.before, image);
    const wantsConfirm = this.options.mode === "confirm";
    if (at?.active) {
      if (this.options.mode !== "test" && !at.confirmed) {
        await this.askFor(index, image, true);
      }
      return;
    }
    this.needsReset = true;
    const wasAsked = at?.pending && (at.permanent || !wantsConfirm);
    if (!wasAsked) {
      await this.askFor(index, image, wantsConfirm);
    }
  }

  private async confirmAll(): Promise<void> {
    for (const [index, image] of this.options.images.entries()) {
      const at = whereIs(this.after, image);
      if (at?.active && !at.confirmed) {
        await this.askFor(index, image, true);
      }
    }
    this.after = await this.list();
  }

  // --- Reset ---

  private async restart(): Promise<void> {
    const { force, backMsMax, onWait, signal } = this.options;
    await this.noteJournal();
    const expectMs = await this.expectedMs();
    this.stopIfAsked();
    this.say("reset", null, "The device is reset.");
    if (expectMs !== null) {
      const seconds = (expectMs / 1000).toFixed(1);
      this.say("wait", null, `The device expects to be back in ${seconds} s.`);
    }
    const { tookMs } = await restart(this.client, {
      expectMs,
      force: force ?? false,
      backMsMax: backMsMax ?? null,
      onWait,
      signal,
    });
    this.say("back", null, `The device is back after ${(tookMs / 1000).toFixed(1)} s.`);
  }

  /** Other servers do not tell; 0 is not a time either. */
  private async expectedMs(): Promise<number | null> {
    try {
      const { ms } = await install(this.client, { signal: this.options.signal });
      return ms === 0 ? null : ms;
    } catch (error) {
      this.mayFail(error);
      return null;
    }
  }

  /** Where the journal is before the reset. */
  private async noteJournal(): Promise<void> {
    try {
      this.nextEntry = (await journal(this.client, 0, { signal: this.options.signal })).next;
    } catch (error) {
      this.mayFail(error);
    }
  }

  /** Throws again what is no answer of a server that lacks something. */
  private mayFail(error: unknown): void {
    const failure = asSmpError(error);
    if (failure.kind === "cancelled" || failure.kind === "gone") {
      throw failure;
    }
  }

  // --- What came of it ---

  private async judge(): Promise<UpdateResult> {
    let ok = true;
    for (const [index, image] of this.options.images.entries()) {
      const at = whereIs(this.after, image);
      const isRight = at !== undefined && this.isRight(at);
      const line = isRight
        ? `${image.name}: ${who(at.image)} runs version ${at.version}, ${stateWords(at)}.`
        : this.insteadOf(image, at);
      ok &&= isRight;
      this.lines.push(line);
      this.say("result", index, line);
    }
    if (!ok) {
      await this.tellWhy();
    }
    return this.result(ok);
  }

  /** As it was asked for? A recovery server may tell neither flag nor digest. */
  private isRight(at: ImageSlot): boolean {
    if (this.isRecovery) {
      return at.slot === 0;
    }
    return at.active && (at.confirmed || this.options.mode === "test");
  }

  private insteadOf(image: ImageFile, at: ImageSlot | undefined): string {
    const imageIndex = at?.image ?? image.imageIndex;
    const active = imageIndex === null ? undefined : findSlot(this.after, imageIndex, 0);
    if (active === undefined) {
      return `${image.name}: version ${image.versionText} does not run.`;
    }
    const runs = `${image.name}: ${who(active.image)} runs version ${active.version}`;
    return at === active
      ? `${runs}, ${stateWords(active)}.`
      : `${runs} and not ${image.versionText}.`;
  }

  /** The boot also writes down that what ran before was confirmed. */
  private isAbout({ reason, version }: JournalEntry): boolean {
    const { images } = this.options;
    return reason !== CONFIRMED || images.some((image) => image.versionText === version);
  }

  /** Other servers have no journal: then nobody knows. */
  private async tellWhy(): Promise<void> {
    if (this.nextEntry === null) {
      this.say("trouble", null, "The device keeps no journal that could say why.");
      return;
    }
    try {
      const { entries } = await journal(this.client, this.nextEntry, {
        signal: this.options.signal,
      });
      this.entries = entries.filter((entry) => this.isAbout(entry)).slice(-ENTRIES_MAX);
    } catch (error) {
      this.mayFail(error);
    }
    for (const entry of this.entries) {
      const version = entry.version === "" ? "" : ` (version ${entry.version})`;
      this.say("trouble", null, `${entry.name}${version}: ${entry.text}`);
    }
  }
}

export type { Wait } from "./restart";
export { type Revert, restart, revert } from "./restart";
