// SPDX-License-Identifier: MIT
// An update as steps: what the engine tells, as a person reads it.
import { describe, expect, it } from "vitest";
import type { Mode } from "../../src/app/dropped";
import {
  beginRun,
  endRun,
  isPastReset,
  type Run,
  type StepName,
  stopRun,
  takeProgress,
  takeStep,
  takeWait,
  uploadPercent,
  waitText,
} from "../../src/app/run";
import type { JournalEntry, Progress } from "../../src/smp/types";
import type { Step, StepKind } from "../../src/smp/update";

const files = [
  { name: "app.bin", bytes: new Uint8Array(3000) },
  { name: "net.bin", bytes: new Uint8Array(1000) },
];

function begin(mode: Mode = "test-and-confirm"): Run {
  return beginRun(files, mode);
}

function told(step: StepKind, imageIndex: number | null = null): Step {
  return { step, imageIndex, text: `${step}.` };
}

function states(run: Run): Record<StepName, string> {
  return Object.fromEntries(run.steps.map(({ name, state }) => [name, state])) as Record<
    StepName,
    string
  >;
}

function progress(offBytes: number, totalBytes: number): Progress {
  return {
    offBytes,
    totalBytes,
    resumedBytes: 0,
    bytesPerS: 1000,
    elapsedMs: 500,
    leftMs: 1000,
    resentPackets: 0,
    window: 4,
  };
}

const entry: JournalEntry = {
  sequence: 7,
  boot: 2,
  ms: 500,
  core: "net",
  reason: 16,
  name: "key-unknown",
  text: "The image is signed with a key that this board does not know.",
  version: "3.0.0",
  detail: 0,
};

function wholeRun(mode: Mode, kinds: StepKind[]): Run {
  return kinds.reduce((run, kind) => takeStep(run, told(kind, 0)), begin(mode));
}

describe("an update's steps", () => {
  it("begin with a look, and leave out what the mode does not have", () => {
    expect(states(begin()).look).toBe("now");
    expect(states(begin()).confirm).toBe("waits");
    expect(states(begin("test-only")).confirm).toBe("skipped");
    expect(states(begin("confirm-only")).confirm).toBe("skipped");
    expect(states(begin("upload-only"))).toMatchObject({
      upload: "waits",
      request: "skipped",
      reset: "skipped",
      install: "skipped",
      reconnect: "skipped",
      confirm: "skipped",
      result: "waits",
    });
  });
  it("go one after the other through a test and confirm", () => {
    const run = wholeRun("test-and-confirm", [
      "look",
      "upload",
      "uploaded",
      "test",
      "reset",
      "wait",
      "back",
      "confirm",
      "result",
    ]);
    expect(Object.values(states(run))).toEqual([
      "done",
      "done",
      "done",
      "done",
      "done",
      "done",
      "done",
      "now",
    ]);
  });
  it("count a confirm before the reset as the request, and one after it as the last step", () => {
    const before = wholeRun("confirm-only", ["look", "upload", "confirm"]);
    expect(states(before)).toMatchObject({ request: "now", confirm: "skipped" });
    const after = wholeRun("test-and-confirm", ["look", "upload", "test", "reset", "back"]);
    expect(states(takeStep(after, told("confirm", 0)))).toMatchObject({
      request: "done",
      confirm: "now",
    });
  });
  it("that were not needed are left out, not done", () => {
    const run = wholeRun("test-and-confirm", ["look", "skip", "result"]);
    expect(states(run)).toMatchObject({ upload: "done", reset: "skipped", install: "skipped" });
  });
  it("show for an image that is there already the engine's sentence instead of a bar", () => {
    const run = takeStep(begin(), told("skip", 1));
    expect(run.images[1]).toMatchObject({ text: "skip.", progress: null });
    expect(run.images[0]?.text).toBe("waits");
  });
});

describe("progress", () => {
  it("belongs to its image, and counts against all of them together", () => {
    const one = takeProgress(begin(), 0, progress(3000, 3000));
    expect(one.images[1]?.progress).toBeNull();
    expect(uploadPercent(one)).toBe(75);
    expect(uploadPercent(takeProgress(one, 1, progress(500, 1000)))).toBe(87);
  });
  it("is not spoken byte by byte", () => {
    const run = takeStep(begin(), told("upload", 0));
    expect(takeProgress(run, 0, progress(10, 3000)).spoken).toBe(run.spoken);
  });
});

describe("the wait for the board", () => {
  const reset = wholeRun("test-and-confirm", ["look", "upload", "test", "reset"]);
  it("is the installation until its time is over, then the reconnect", () => {
    const early = takeWait(reset, { elapsedMs: 500, expectMs: 1200 });
    expect(states(early)).toMatchObject({ reset: "done", install: "now", reconnect: "waits" });
    const late = takeWait(early, { elapsedMs: 1200, expectMs: 1200 });
    expect(states(late)).toMatchObject({ install: "done", reconnect: "now" });
    expect(late.wait).toEqual({ elapsedMs: 1200, expectedMs: 1200 });
  });
  it("of a board that does not tell its time stays the installation", () => {
    const run = takeWait(reset, { elapsedMs: 90000, expectMs: null });
    expect(states(run).install).toBe("now");
  });
  it("cannot be called off as an upload can", () => {
    expect(isPastReset(wholeRun("test-and-confirm", ["look", "upload", "test"]))).toBe(false);
    expect(isPastReset(reset)).toBe(true);
  });
  it("is told with what the board had said", () => {
    expect(waitText(3400, 3200)).toBe("The board is back after 3.4 s; it had said about 3.2 s.");
    expect(waitText(3400, null)).toBe("The board is back after 3.4 s.");
  });
});

describe("the end", () => {
  const through = wholeRun("test-only", ["look", "upload", "test", "reset", "back", "result"]);
  it("that is as it was asked for has no why", () => {
    const run = endRun(through, {
      isOk: true,
      results: ["net.bin runs."],
      entries: [entry],
      hasJournal: true,
    });
    expect(run).toMatchObject({ status: "done", why: [], results: ["net.bin runs."] });
    expect(states(run).result).toBe("done");
  });
  it("that is not tells why, from the journal, with its trouble marked", () => {
    const done = { ...entry, core: null, reason: 44, text: "It was confirmed." };
    const run = endRun(through, {
      isOk: false,
      results: [],
      entries: [done, entry],
      hasJournal: true,
    });
    expect(run.status).toBe("failed");
    expect(states(run).result).toBe("failed");
    expect(run.why).toEqual([
      { text: "Board: It was confirmed.", isBad: false },
      {
        text: "Network: The image is signed with a key that this board does not know.",
        isBad: true,
      },
    ]);
  });
  it("says so where there is no journal", () => {
    const run = endRun(through, { isOk: false, results: [], entries: [], hasJournal: false });
    expect(run.why.map(({ text }) => text)).toEqual([
      "The board keeps no journal that could say why.",
    ]);
  });
});

describe("an update that stops on its way", () => {
  const sending = takeProgress(
    wholeRun("test-and-confirm", ["look", "upload"]),
    0,
    progress(1500, 3000),
  );
  it("by a person's will is no failure, and says that Resume goes on", () => {
    const run = stopRun(sending, "Cancelled.", true);
    expect(run.status).toBe("cancelled");
    expect(states(run)).toMatchObject({ look: "done", upload: "stopped", reset: "undone" });
    expect(run.headline).toContain("Resume");
  });
  it("by an error says the error, and that Resume goes on", () => {
    const run = stopRun(sending, "The link is gone.", false);
    expect(run.status).toBe("failed");
    expect(states(run).upload).toBe("failed");
    expect(run.headline).toMatch(/^The link is gone\..*Resume/);
  });
  it("shows how much was sent, without a rate and a time left", () => {
    expect(stopRun(sending, "x", true).images[0]?.text).toBe("1,500 of 3,000 bytes, 50 %");
  });
  it("after the upload does not speak of Resume", () => {
    const run = wholeRun("test-and-confirm", ["look", "upload", "test", "reset"]);
    expect(stopRun(run, "It has not come back.", false).headline).toBe("It has not come back.");
  });
});
