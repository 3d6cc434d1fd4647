// SPDX-License-Identifier: MIT
// An update as a list of steps: what the engine tells, in the order in which a
// person reads it. Pure: a run and something new make the next run.
import type { ImageFile } from "../image/types";
import type { JournalEntry, Progress } from "../smp/types";
import type { Step as Told, Wait } from "../smp/update";
import type { Mode } from "./dropped";
import { amountText, percentOf, timeText } from "./format";
import { toneOf } from "./journal-words";
import { coreTitle } from "./words";

export type StepName =
  | "look"
  | "upload"
  | "request"
  | "reset"
  | "install"
  | "reconnect"
  | "confirm"
  | "result";

export type StepState = "waits" | "now" | "done" | "failed" | "stopped" | "skipped" | "undone";

export interface Step {
  name: StepName;
  title: string;
  state: StepState;
  /** What came of it, a sentence or more. */
  text: string;
}

export interface Why {
  text: string;
  isBad: boolean;
}

export interface ImageRun {
  label: string;
  sizeBytes: number;
  progress: Progress | null;
  /** Instead of figures: "the device has it already". */
  text: string;
}

export interface Run {
  status: "running" | "done" | "failed" | "cancelled";
  steps: Step[];
  images: ImageRun[];
  wait: { elapsedMs: number; expectedMs: number } | null;
  /** For a screen reader: changes of steps alone. */
  spoken: string;
  headline: string;
  /** A sentence for each image: what runs. */
  results: string[];
  /** Why it is not what was asked for: of the journal, the oldest first. */
  why: Why[];
}

const REQUEST_TITLES: Record<Mode, string> = {
  "test-and-confirm": "Ask for a test",
  "test-only": "Ask for a test",
  "confirm-only": "Ask for good",
  "upload-only": "Ask for a test",
};

/** Steps that a mode does not have. */
function isLeftOut(name: StepName, mode: Mode): boolean {
  if (mode === "upload-only") {
    return name !== "look" && name !== "upload" && name !== "result";
  }
  return name === "confirm" && mode !== "test-and-confirm";
}

/** What the upload is of, as far as words and bars need it. */
export type Sent = Pick<ImageFile, "name" | "bytes">;

export function beginRun(images: readonly Sent[], mode: Mode): Run {
  const titles: [StepName, string][] = [
    ["look", "Look at the board"],
    ["upload", "Upload"],
    ["request", REQUEST_TITLES[mode]],
    ["reset", "Reset"],
    ["install", "Install"],
    ["reconnect", "Reconnect"],
    ["confirm", "Confirm"],
    ["result", "Result"],
  ];
  return {
    status: "running",
    steps: titles.map(([name, title], index) => ({
      name,
      title,
      state: index === 0 ? "now" : isLeftOut(name, mode) ? "skipped" : "waits",
      text: "",
    })),
    images: images.map(({ name, bytes }) => ({
      label: name,
      sizeBytes: bytes.length,
      progress: null,
      text: "waits",
    })),
    wait: null,
    spoken: "The update begins.",
    headline: "",
    results: [],
    why: [],
  };
}

const ORDER: readonly StepName[] = [
  "look",
  "upload",
  "request",
  "reset",
  "install",
  "reconnect",
  "confirm",
  "result",
];

/** A step is under way: those before it are over. What never began was not
 * needed. */
function reach(steps: readonly Step[], name: StepName, text: string): Step[] {
  const at = ORDER.indexOf(name);
  return steps.map((step) => {
    const index = ORDER.indexOf(step.name);
    if (index === at) {
      return { ...step, state: "now", text: joined(step.text, text) };
    }
    if (index > at || step.state === "done") {
      return step;
    }
    return { ...step, state: step.state === "now" ? "done" : "skipped" };
  });
}

function joined(before: string, text: string): string {
  return before === "" || before === text ? text : `${before} ${text}`;
}

/** What the engine tells belongs to this step. */
function stepOf(run: Run, told: Told): StepName | null {
  const wasReset = run.steps.some(({ name, state }) => name === "reset" && state === "done");
  switch (told.step) {
    case "look":
      return "look";
    case "upload":
    case "uploaded":
    case "skip":
      return "upload";
    case "test":
      return "request";
    case "confirm":
      return wasReset ? "confirm" : "request";
    case "reset":
      return "reset";
    case "wait":
      return "install";
    case "back":
      return "reconnect";
    case "result":
      return "result";
    case "trouble":
      // The journal's entries come with the result.
      return null;
  }
}

function imageText(told: Told): string | null {
  switch (told.step) {
    case "skip":
      return told.text;
    case "upload":
      return "";
    default:
      return null;
  }
}

function takeImage(images: readonly ImageRun[], told: Told): ImageRun[] {
  const text = imageText(told);
  return images.map((image, index) =>
    index === told.imageIndex && text !== null ? { ...image, text } : image,
  );
}

export function takeStep(run: Run, told: Told): Run {
  const name = stepOf(run, told);
  if (name === null) {
    return run;
  }
  // An upload's words stand beside its bar; the same words once are enough.
  const text = name === "upload" || name === "result" ? "" : told.text;
  return {
    ...run,
    steps: reach(run.steps, name, text),
    images: takeImage(run.images, told),
    // Without the title nobody hears what is done to the file.
    spoken: `${run.steps.find((step) => step.name === name)?.title}: ${told.text}`,
  };
}

export function takeProgress(run: Run, imageIndex: number, progress: Progress): Run {
  return {
    ...run,
    images: run.images.map((image, index) =>
      index === imageIndex ? { ...image, progress, text: "" } : image,
    ),
  };
}

/** While the board is away it installs; once its time is over it is awaited. */
export function takeWait(run: Run, wait: Wait): Run {
  const expectedMs = wait.expectMs ?? 0;
  const isLate = expectedMs > 0 && wait.elapsedMs >= expectedMs;
  const name = isLate ? "reconnect" : "install";
  const isThere = run.steps.some((step) => step.name === name && step.state === "now");
  return {
    ...run,
    steps: isThere ? run.steps : reach(run.steps, name, ""),
    wait: { elapsedMs: wait.elapsedMs, expectedMs },
  };
}

export interface RunEnd {
  isOk: boolean;
  results: string[];
  entries: readonly JournalEntry[];
  hasJournal: boolean;
}

function whyOf({ isOk, entries, hasJournal }: RunEnd): Why[] {
  if (isOk) {
    return [];
  }
  if (!hasJournal) {
    return [{ text: "The board keeps no journal that could say why.", isBad: false }];
  }
  return entries.map((entry) => ({
    text: `${coreTitle(entry.core)}: ${entry.text}`,
    isBad: toneOf(entry) === "bad",
  }));
}

/** It went through to its end, for better or worse. */
export function endRun(run: Run, end: RunEnd): Run {
  const { isOk, results } = end;
  const headline = isOk ? "The update is done." : "The board does not run what was asked for.";
  return {
    ...run,
    status: isOk ? "done" : "failed",
    steps: reach(run.steps, "result", headline).map((step) =>
      step.name === "result" ? { ...step, state: isOk ? "done" : "failed" } : step,
    ),
    headline,
    results,
    why: whyOf(end),
    spoken: headline,
  };
}

function stoppedState(state: StepState, isCancelled: boolean): StepState {
  if (state === "now") {
    return isCancelled ? "stopped" : "failed";
  }
  return state === "waits" ? "undone" : state;
}

/** A rate and a time left are of what goes on. */
function stoppedText({ progress, text }: ImageRun): string {
  return progress === null || progress.offBytes >= progress.totalBytes
    ? text
    : amountText(progress);
}

/** It stopped on its way; what was uploaded stays with the board. */
export function stopRun(run: Run, why: string, isCancelled: boolean): Run {
  const isUnsent = run.steps.some(
    ({ name, state }) => name === "upload" && (state === "now" || state === "waits"),
  );
  const rest = isUnsent ? " What was uploaded stays on the board: Resume goes on from there." : "";
  const headline = isCancelled ? `Cancelled.${rest}` : `${why}${rest}`;
  return {
    ...run,
    status: isCancelled ? "cancelled" : "failed",
    steps: run.steps.map((step) => ({ ...step, state: stoppedState(step.state, isCancelled) })),
    images: run.images.map((image) => ({ ...image, text: stoppedText(image) })),
    headline,
    spoken: headline,
  };
}

/** Once the board installs, only the waiting for it can be ended. */
export function isPastReset(run: Run): boolean {
  return run.steps.some(
    ({ name, state }) => name === "reset" && (state === "now" || state === "done"),
  );
}

/** "It took 3.4 s; the board had said 3.2 s." */
export function waitText(tookMs: number, expectedMs: number | null): string {
  const said = expectedMs === null ? "" : `; it had said about ${timeText(expectedMs)}`;
  return `The board is back after ${timeText(tookMs)}${said}.`;
}

/** Of all images together, for the tab's title. */
export function uploadPercent(run: Run): number {
  const sent = run.images.reduce((sum, image) => sum + (image.progress?.offBytes ?? 0), 0);
  const whole = run.images.reduce((sum, image) => sum + image.sizeBytes, 0);
  return percentOf(sent, whole);
}
