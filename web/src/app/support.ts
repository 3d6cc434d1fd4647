// SPDX-License-Identifier: MIT
// Which groups of commands the server has, and words for what it has not.
import { signal } from "@preact/signals";
import { groups } from "../smp/calls";
import type { Client } from "../smp/client";
import { SmpError } from "../smp/types";

export const GROUP = {
  os: 0,
  stat: 2,
  settings: 3,
  files: 8,
  shell: 9,
  storage: 63,
  duoboot: 77,
} as const;

/** null: the server does not tell; then a question is tried. */
export const groupIds = signal<ReadonlySet<number> | null>(null);

export async function askGroups(of: Client): Promise<void> {
  try {
    groupIds.value = new Set((await groups(of)).map((group) => group.id));
  } catch {
    // Older servers have no such question: each tool finds out by itself.
    groupIds.value = null;
  }
}

export function has(group: number): boolean {
  return groupIds.value?.has(group) ?? true;
}

const RC_NOT_SUPPORTED = 8;
/** Of the server as a whole. */
const GROUP_PROTOCOL = -1;

export function isUnsupported(error: unknown): boolean {
  return (
    error instanceof SmpError &&
    error.kind === "refused" &&
    error.group === GROUP_PROTOCOL &&
    error.code === RC_NOT_SUPPORTED
  );
}

/** `what` as "a shell". */
export function lacks(what: string): string {
  return `The board's SMP server does not offer ${what}.`;
}
