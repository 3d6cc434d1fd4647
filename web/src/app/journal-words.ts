// SPDX-License-Identifier: MIT
// The boot journal as people read it: by boot, with what went wrong marked.
import type { Core, JournalEntry } from "../smp/types";
import type { Tone } from "./words";

// How reasons are ordered (include/duo/reason.h): below, an image was refused;
// above, the board has trouble; what was done lies in between.
const REASON_DONE_FIRST = 40;
const REASON_TROUBLE_FIRST = 70;

export function toneOf(entry: JournalEntry): Tone {
  const isDone = entry.reason >= REASON_DONE_FIRST && entry.reason < REASON_TROUBLE_FIRST;
  return isDone ? "plain" : "bad";
}

export interface JournalFilter {
  core: Core | "board" | "all";
  onlyTrouble: boolean;
  text: string;
}

export interface BootGroup {
  boot: number;
  entries: JournalEntry[];
}

function isWanted(entry: JournalEntry, filter: JournalFilter): boolean {
  if (filter.core !== "all" && (entry.core ?? "board") !== filter.core) {
    return false;
  }
  if (filter.onlyTrouble && toneOf(entry) !== "bad") {
    return false;
  }
  const text = filter.text.trim().toLowerCase();
  return text === "" || `${entry.text} ${entry.name} ${entry.version}`.toLowerCase().includes(text);
}

/** The newest boot first, as what just happened is what one looks for; within
 * a boot in the order of time, as a story is told. */
export function groupByBoot(entries: readonly JournalEntry[], filter: JournalFilter): BootGroup[] {
  const groups = new Map<number, JournalEntry[]>();
  for (const entry of entries) {
    if (isWanted(entry, filter)) {
      const group = groups.get(entry.boot);
      if (group === undefined) {
        groups.set(entry.boot, [entry]);
      } else {
        group.push(entry);
      }
    }
  }
  return [...groups]
    .map(([boot, list]) => ({
      boot,
      entries: list.sort((left, right) => left.sequence - right.sequence),
    }))
    .sort((left, right) => right.boot - left.boot);
}
