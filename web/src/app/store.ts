// SPDX-License-Identifier: MIT
// State that several parts of the page share. Everything a person sees is a
// signal here or in the module of its screen.
import { computed, signal } from "@preact/signals";
import { SmpError } from "../smp/types";

export type TabName = "connect" | "board" | "update" | "journal" | "tools";

export const tab = signal<TabName>("connect");

/** What is under way on the device, as "Erasing slot 1"; null: nothing. */
export const busy = signal<string | null>(null);
export const isBusy = computed(() => busy.value !== null);

export interface Notice {
  id: number;
  severity: "error" | "done";
  text: string;
}

const NOTICES_MAX = 6;
let noticeCount = 0;

/** Errors stay until they are put away; what was done goes with the next. */
export const notices = signal<readonly Notice[]>([]);

export function addNotice(severity: Notice["severity"], text: string): void {
  noticeCount += 1;
  const others = notices.value.filter(
    (notice) => notice.severity === "error" && notice.text !== text,
  );
  notices.value = [...others.slice(1 - NOTICES_MAX), { id: noticeCount, severity, text }];
}

export function dropNotice(id: number): void {
  notices.value = notices.value.filter((notice) => notice.id !== id);
}

/** An error as a sentence; what is no error of ours says so. */
export function sentenceOf(error: unknown): string {
  if (error instanceof Error) {
    return error.message === "" ? `Something failed without words (${error.name}).` : error.message;
  }
  return `Something failed: ${String(error)}`;
}

export function isCancelled(error: unknown): boolean {
  return error instanceof SmpError && error.kind === "cancelled";
}

export function reportError(error: unknown, what = ""): void {
  addNotice("error", what === "" ? sentenceOf(error) : `${what}: ${sentenceOf(error)}`);
}

/**
 * One thing at a time on the device. What fails is told and gives null, so a
 * caller needs no second place for errors.
 */
export async function exclusively<T>(what: string, work: () => Promise<T>): Promise<T | null> {
  if (busy.value !== null) {
    addNotice("error", `${busy.value} is under way: wait until it is done, then try again.`);
    return null;
  }
  busy.value = what;
  try {
    return await work();
  } catch (error) {
    if (!isCancelled(error)) {
      reportError(error, what);
    }
    return null;
  } finally {
    busy.value = null;
  }
}
