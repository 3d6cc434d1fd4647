// SPDX-License-Identifier: MIT
// The update that is under way: started, watched, cancelled, gone on with.
import { computed, effect, signal } from "@preact/signals";
import { openFiles } from "../image/files";
import type { ImageFile, Package } from "../image/types";
import { SmpError } from "../smp/types";
import { Update, type UpdateMode } from "../smp/update";
import { client, linkState, settleLink } from "./connection";
import { device, refresh } from "./device";
import { ask } from "./dialog";
import {
  checked,
  dropKept,
  dropped,
  findKept,
  forgetDropped,
  hasErrors,
  hasReadWarnings,
  hasWarnings,
  isReading,
  keepDropped,
  keptFile,
  type Mode,
  mode,
  takeFiles,
  takeKept,
} from "./dropped";
import { countText, percentOf } from "./format";
import { readJournal } from "./journal";
import { beginRun, endRun, type Run, stopRun, takeProgress, takeStep, takeWait } from "./run";
import { addNotice, exclusively, isCancelled, sentenceOf } from "./store";
import { CORES, imageWord } from "./words";

/** The last one; null: none since the page was opened, or the file changed. */
export const run = signal<Run | null>(null);
export const isRunning = computed(() => run.value?.status === "running");

const ENGINE_MODES: Record<Mode, UpdateMode> = {
  "test-and-confirm": "test-and-confirm",
  "test-only": "test",
  "confirm-only": "confirm",
  "upload-only": "upload",
};

/** "": it can start. */
export const whyNotStart = computed(() => {
  const file = checked.value;
  if (isRunning.value) {
    return "An update is under way.";
  }
  if (isReading.value || file === null) {
    return "Choose a file first.";
  }
  if (hasErrors.value || file.images.length === 0) {
    return "The file cannot be used: its errors are told above.";
  }
  if (linkState.value !== "open") {
    return "Connect a board first.";
  }
  if (device.value === null) {
    return "The board has not told yet what it has.";
  }
  if (hasWarnings.value && !hasReadWarnings.value) {
    return "Read the warnings, and tick that you did.";
  }
  return "";
});

/** The last run ended before all was sent. */
export const canResume = computed(() => {
  const last = run.value;
  return (
    last !== null &&
    (last.status === "failed" || last.status === "cancelled") &&
    last.steps.some(({ name, state }) => name === "upload" && state !== "done")
  );
});

/** Bytes have not moved for a while, though the engine still tries. */
export const isStalled = signal(false);

const STALL_MS = 4000;
const STALL_LOOK_MS = 500;

/** Looks at the run's bytes until it is told to stop. */
function watchStall(): () => void {
  let seen: Run["images"] | null = null;
  let sinceMs = performance.now();
  const timer = setInterval(() => {
    const now = run.value;
    const isSending = now?.steps.some(({ name, state }) => name === "upload" && state === "now");
    if (now === null || !isSending || bytesOf(now.images) !== bytesOf(seen ?? [])) {
      seen = now?.images ?? null;
      sinceMs = performance.now();
    }
    isStalled.value = performance.now() - sinceMs > STALL_MS;
  }, STALL_LOOK_MS);
  return () => {
    clearInterval(timer);
    isStalled.value = false;
  };
}

function bytesOf(images: Run["images"]): number {
  return images.reduce((sum, { progress }) => sum + (progress?.offBytes ?? 0), 0);
}

let stop: AbortController | null = null;

export function cancelUpdate(): void {
  stop?.abort();
}

export async function chooseFiles(files: readonly File[]): Promise<void> {
  if (await takeFiles(files)) {
    run.value = null;
    leftPackage.value = null;
  }
}

/** An image without a number goes to the core that it is for. */
function targeted(image: ImageFile): ImageFile {
  const named = CORES.find(({ core }) => core === image.core);
  return { ...image, imageIndex: image.imageIndex ?? named?.image ?? null };
}

function change(next: (now: Run) => Run): void {
  if (run.value !== null) {
    run.value = next(run.value);
  }
}

async function perform(images: ImageFile[], signal: AbortSignal): Promise<void> {
  const on = client.value;
  if (on === null) {
    throw new SmpError("gone", "No board is connected: choose a connection first.");
  }
  const update = new Update(on, {
    images,
    mode: ENGINE_MODES[mode.value],
    signal,
    onStep: (step) => {
      if (step.step === "back") {
        settleLink(on);
      }
      change((now) => takeStep(now, step));
    },
    onProgress: (index, progress) => change((now) => takeProgress(now, index, progress)),
    onWait: (wait) => change((now) => takeWait(now, wait)),
  });
  try {
    const { ok, lines, entries, hasJournal } = await update.run();
    change((now) => endRun(now, { isOk: ok, results: lines, entries, hasJournal }));
    await dropKept();
    if (ok) {
      forgetDropped();
    }
  } finally {
    settleLink(on);
  }
}

export async function startUpdate(): Promise<void> {
  const file = checked.value;
  if (whyNotStart.value !== "" || file === null) {
    return;
  }
  const images = file.images.map(({ image }) => targeted(image));
  await exclusively("Updating", async () => {
    const mine = new AbortController();
    const stopWatching = watchStall();
    stop = mine;
    run.value = beginRun(images, mode.value);
    await keepDropped();
    try {
      await perform(images, mine.signal);
    } catch (error) {
      change((now) => stopRun(now, sentenceOf(error), isCancelled(error)));
    } finally {
      stop = null;
      stopWatching();
    }
  });
  await refresh();
  await readJournal(true);
}

// --- What is left of an upload from before a reload ---

/** The kept file, looked at: which of its images the board holds a part of. */
const leftPackage = signal<Package | null>(null);

export const leftText = computed(() => {
  const unfinished = device.value?.unfinished ?? null;
  const kept = keptFile.value;
  const part =
    unfinished === null
      ? ""
      : `${percentOf(unfinished.offBytes, unfinished.lenBytes)} % (${countText(unfinished.offBytes)} of ${countText(unfinished.lenBytes)} bytes)`;
  if (kept !== null && dropped.value === null) {
    const mine = leftPackage.value?.images.find(
      ({ image }) => unfinished !== null && image.sha !== "" && image.sha === unfinished.sha,
    );
    if (mine !== undefined) {
      return `${mine.image.name} was ${part} uploaded when the page was left.`;
    }
    return `${kept.name} was being uploaded when the page was left.`;
  }
  if (unfinished === null || dropped.value !== null) {
    return "";
  }
  const whose = unfinished.image === null ? "" : ` for the ${imageWord(unfinished.image)} core`;
  return `An upload${whose} is unfinished: ${part}. Choose the same file again: it goes on there.`;
});

export async function resumeLeft(): Promise<void> {
  if (!(await takeKept())) {
    return;
  }
  leftPackage.value = null;
  if (whyNotStart.value === "") {
    await startUpdate();
  }
}

export async function discardLeft(): Promise<void> {
  const kept = keptFile.value;
  const isYes = await ask({
    title: `Discard ${kept?.name ?? "the file"}?`,
    texts: [
      "The page forgets the file. What the board holds of it stays there, until another upload or Erase slot 1.",
    ],
    okText: "Discard",
    isGrave: false,
  });
  if (isYes) {
    leftPackage.value = null;
    await dropKept();
    addNotice("done", "The page has forgotten the file.");
  }
}

/** At the page's start: is there a file of before? */
export async function findLeft(): Promise<void> {
  await findKept();
  effect(() => {
    const kept = keptFile.value;
    if (kept !== null) {
      void openFiles(kept.files).then(({ pkg }) => {
        leftPackage.value = keptFile.value === kept ? pkg : leftPackage.value;
      });
    }
  });
}
