// SPDX-License-Identifier: MIT
// What was dropped, judged against the device as it is known now, and
// what a person chose to do with it.
import { computed, signal } from "@preact/signals";
import { type NamedBytes, openFiles } from "../image/files";
import { judge } from "../image/judge";
import type { Dropped } from "../image/package";
import { clearDropped, type KeptFile, loadDropped, saveDropped } from "../image/store";
import type { Finding, Package } from "../image/types";
import { device } from "./device";
import { reportError } from "./store";

export type Mode = "test-and-confirm" | "test-only" | "confirm-only" | "upload-only";

export const MODES: readonly { mode: Mode; title: string; text: string }[] = [
  {
    mode: "test-and-confirm",
    title: "Test and confirm",
    text: "Installs on trial, resets, and confirms what then runs. If the new image cannot be reached any more, the next reset takes it back.",
  },
  {
    mode: "test-only",
    title: "Test only",
    text: "Installs on trial and resets. The image runs until the next reset; confirm it on the tab Board to keep it.",
  },
  {
    mode: "confirm-only",
    title: "Confirm only",
    text: "Installs for good and resets, without a trial. An image that cannot be reached any more stays.",
  },
  {
    mode: "upload-only",
    title: "Upload only",
    text: "Puts the image into slot 1. Nothing is installed until you ask for it on the tab Board.",
  },
];

export function modeOf(text: string): Mode | null {
  return MODES.find(({ mode }) => mode === text)?.mode ?? null;
}

export const mode = signal<Mode>("test-and-confirm");
/** As it was read; null: nothing was dropped. */
export const dropped = signal<Package | null>(null);
export const isReading = signal(false);
/** A file of before the page's reload; null: none. */
export const keptFile = signal<KeptFile | null>(null);

/** Judged anew whenever the device has changed; without one by itself. */
export const checked = computed<Package | null>(() => {
  const file = dropped.value;
  const seen = device.value;
  if (file === null || seen === null) {
    return file && judge(file, null);
  }
  return judge(file, {
    slots: seen.slots,
    map: seen.map,
    slotBytes: seen.slotInfo
      .filter((info) => info.slot === 1)
      .flatMap(({ image, sizeBytes }) => (sizeBytes === null ? [] : [{ image, bytes: sizeBytes }])),
  });
});

export const allFindings = computed<Finding[]>(() => {
  const file = checked.value;
  return file === null
    ? []
    : [...file.findings, ...file.images.flatMap(({ findings }) => findings)];
});

export const hasErrors = computed(() =>
  allFindings.value.some(({ severity }) => severity === "error"),
);
export const hasWarnings = computed(() =>
  allFindings.value.some(({ severity }) => severity === "warning"),
);

const warningTexts = computed(() =>
  allFindings.value
    .filter(({ severity }) => severity === "warning")
    .map(({ text }) => text)
    .join("\n"),
);

/** Another warning than the one that was read is not read. */
const readWarnings = signal("");
export const hasReadWarnings = computed(
  () => hasWarnings.value && readWarnings.value === warningTexts.value,
);

export function setReadWarnings(isRead: boolean): void {
  readWarnings.value = isRead ? warningTexts.value : "";
}

let turn = 0;

/** What was dropped last, for the store. */
let files: NamedBytes[] = [];

/** Several are taken as one package. */
export async function takeFiles(list: readonly Dropped[]): Promise<boolean> {
  turn += 1;
  const mine = turn;
  isReading.value = true;
  try {
    const read = await openFiles(list);
    if (mine !== turn) {
      return false;
    }
    files = read.files;
    dropped.value = read.pkg;
    readWarnings.value = "";
    return true;
  } catch (error) {
    reportError(error, "The file could not be read");
    return false;
  } finally {
    if (mine === turn) {
      isReading.value = false;
    }
  }
}

export function forgetDropped(): void {
  turn += 1;
  dropped.value = null;
  files = [];
}

/** Once its upload begins, so that it can go on after a reload. */
export async function keepDropped(): Promise<void> {
  const file = dropped.value;
  if (file !== null && files.length > 0) {
    await saveDropped({
      name: file.name,
      kind: file.kind,
      files,
      mode: mode.value,
      readWarnings: readWarnings.value,
      whenMs: Date.now(),
    });
  }
}

/** Nothing of it is left to be resumed. */
export async function dropKept(): Promise<void> {
  keptFile.value = null;
  await clearDropped();
}

export async function findKept(): Promise<void> {
  keptFile.value = await loadDropped();
}

/** Takes the kept file back onto the page; false: it cannot be read. */
export async function takeKept(): Promise<boolean> {
  const kept = keptFile.value;
  if (kept === null || !(await takeFiles(kept.files))) {
    return false;
  }
  mode.value = modeOf(kept.mode) ?? mode.value;
  readWarnings.value = kept.readWarnings;
  keptFile.value = null;
  return true;
}
