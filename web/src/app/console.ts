// SPDX-License-Identifier: MIT
// The text of a console that carries packets, too: log and shell as a terminal
// would show them.
import { signal } from "@preact/signals";
import { utf8 } from "../lib/bytes";
import type { Link } from "../links/link";
import { ConsoleText } from "./board-console";
import { reportError } from "./store";

export const consoleText = signal("");

const kept = new ConsoleText();
let isWaiting = false;

export function textOf(console: ConsoleText): string {
  return console.segments.map((segment) => segment.text).join("");
}

const SHOW_MS = 100;

/** Shown at most ten times a second, however small the pieces are. */
export function takeText(bytes: Uint8Array): void {
  kept.push(bytes);
  if (!isWaiting) {
    isWaiting = true;
    setTimeout(() => {
      isWaiting = false;
      consoleText.value = textOf(kept);
    }, SHOW_MS);
  }
}

export function clearConsole(): void {
  kept.clear();
  consoleText.value = "";
}

/** A line, ended as a terminal's Enter key does. */
export async function sendConsole(to: Link | null, line: string): Promise<void> {
  if (to === null || to.writeText === null) {
    return;
  }
  try {
    await to.writeText.call(to, utf8.encode(`${line}\r`));
  } catch (error) {
    reportError(error, "The line was not sent");
  }
}
