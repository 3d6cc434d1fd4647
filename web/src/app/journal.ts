// SPDX-License-Identifier: MIT
// The boot journal as the page has read it so far.
import { computed, effect, signal, untracked } from "@preact/signals";
import * as calls from "../smp/calls";
import { type JournalEntry, SmpError } from "../smp/types";
import { client, linkState } from "./connection";
import { groupByBoot, type JournalFilter } from "./journal-words";
import { busy, reportError, sentenceOf, tab } from "./store";

export const entries = signal<readonly JournalEntry[]>([]);
/** Why there is nothing; "": there is. */
export const journalState = signal("");
export const isReading = signal(false);
export const filter = signal<JournalFilter>({ core: "all", onlyTrouble: false, text: "" });
/** Read what is new every few seconds. */
export const isLive = signal(true);

export const groups = computed(() => groupByBoot(entries.value, filter.value));

const ENTRIES_MAX = 5000;
const READ_EVERY_MS = 4000;

function nextSequence(): number {
  return entries.value.reduce((next, entry) => Math.max(next, entry.sequence + 1), 0);
}

function isNotThere(error: unknown): boolean {
  return error instanceof SmpError && error.kind === "refused";
}

/** Only what is new is asked for; `isQuiet`: nobody pressed a button. */
export async function readJournal(isQuiet: boolean): Promise<void> {
  const from = client.value;
  if (from === null || linkState.value !== "open" || isReading.value) {
    return;
  }
  isReading.value = true;
  try {
    const { entries: fresh } = await calls.journal(from, nextSequence());
    if (client.value === from) {
      if (fresh.length > 0) {
        entries.value = [...entries.value, ...fresh].slice(-ENTRIES_MAX);
      }
      journalState.value =
        entries.value.length === 0
          ? "The journal is empty: nothing was ever refused, installed or repaired."
          : "";
    }
  } catch (error) {
    if (isNotThere(error)) {
      journalState.value = "This board keeps no boot journal: its SMP server is not ours.";
      isLive.value = false;
    } else if (!isQuiet) {
      reportError(error, "The journal could not be read");
    } else if (entries.value.length === 0) {
      journalState.value = sentenceOf(error);
    }
  } finally {
    isReading.value = false;
  }
}

export function forgetJournal(): void {
  entries.value = [];
  journalState.value = "";
  isLive.value = true;
}

/** Read when the tab is opened, and then again while it is looked at. */
export function readJournalNowAndThen(): void {
  effect(() => {
    if (tab.value === "journal" && linkState.value === "open" && busy.value === null) {
      // What the reading itself looks at is no reason to read again.
      untracked(() => void readJournal(true));
    }
  });
  setInterval(() => {
    const isSeen = tab.value === "journal" && document.visibilityState === "visible";
    if (isSeen && isLive.value && busy.value === null) {
      void readJournal(true);
    }
  }, READ_EVERY_MS);
}
