// SPDX-License-Identifier: MIT
// The journal by boots, filtered, with trouble marked.
import { describe, expect, it } from "vitest";
import { groupByBoot, type JournalFilter, toneOf } from "../../src/app/journal-words";
import type { Core, JournalEntry } from "../../src/smp/types";

function entry(sequence: number, boot: number, reason: number, core: Core | null): JournalEntry {
  return {
    sequence,
    boot,
    ms: 400,
    core,
    reason,
    name: `reason-${reason}`,
    text: `Sentence ${reason}.`,
    version: "1.0.0",
    detail: 0,
  };
}

const all: JournalFilter = { core: "all", onlyTrouble: false, text: "" };
const entries = [
  entry(1, 1, 52, "net"),
  entry(3, 2, 42, "net"),
  entry(2, 2, 40, "net"),
  entry(4, 3, 16, "app"),
  entry(5, 3, 70, null),
];

describe("the journal", () => {
  it("marks refusals and trouble of the board, and not what was done", () => {
    expect(toneOf(entry(1, 1, 39, null))).toBe("bad");
    expect(toneOf(entry(1, 1, 40, null))).toBe("plain");
    expect(toneOf(entry(1, 1, 69, null))).toBe("plain");
    expect(toneOf(entry(1, 1, 70, null))).toBe("bad");
  });
  it("has the newest boot first, and within a boot the order of time", () => {
    const groups = groupByBoot(entries, all);
    expect(groups.map(({ boot }) => boot)).toEqual([3, 2, 1]);
    expect(groups[1]?.entries.map(({ sequence }) => sequence)).toEqual([2, 3]);
  });
  it("is filtered by core, by the board itself, by trouble and by words", () => {
    const sequences = (filter: Partial<JournalFilter>) =>
      groupByBoot(entries, { ...all, ...filter }).flatMap((group) =>
        group.entries.map(({ sequence }) => sequence),
      );
    expect(sequences({ core: "net" })).toEqual([2, 3, 1]);
    expect(sequences({ core: "board" })).toEqual([5]);
    expect(sequences({ onlyTrouble: true })).toEqual([4, 5]);
    expect(sequences({ text: " REASON-42 " })).toEqual([3]);
    expect(sequences({ text: "sentence 70" })).toEqual([5]);
    expect(sequences({ text: "nothing" })).toEqual([]);
  });
  it("does not lose an entry that comes after its boot's first ones", () => {
    const late = [...entries, entry(6, 1, 44, "net")];
    expect(groupByBoot(late, all)[2]?.entries.map(({ sequence }) => sequence)).toEqual([1, 6]);
  });
});
