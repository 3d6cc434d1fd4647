// SPDX-License-Identifier: MIT
// The board's log, read over SMP and followed while somebody looks.
import { signal } from "@preact/signals";
import * as calls from "../smp/calls";
import { ConsoleText } from "./board-console";
import { client, linkState } from "./connection";
import { textOf } from "./console";
import { countText } from "./format";
import { busy, sentenceOf, tab } from "./store";
import { isUnsupported, lacks } from "./support";
import { attempt } from "./tools";

export const logText = signal("");
export const logState = signal("");
export const isFollowing = signal(false);

const kept = new ConsoleText();
const PARTS_MAX = 64;
const FOLLOW_MS = 1000;

/** Count of bytes that were read. */
let next = 0;
let isReading = false;

async function readParts(on: Parameters<typeof calls.log>[0]): Promise<void> {
  for (let parts = 0; parts < PARTS_MAX; parts++) {
    const part = await calls.log(on, next);
    if (part.next < next) {
      // The board was reset: its log begins anew.
      next = 0;
      kept.push(new TextEncoder().encode("\n-- the board was reset --\n"));
      continue;
    }
    const first = part.next - part.text.length;
    if (first > next && next > 0) {
      kept.push(new TextEncoder().encode(`\n-- ${countText(first - next)} bytes are lost --\n`));
    }
    kept.push(part.text);
    if (part.text.length === 0) {
      next = part.next;
      break;
    }
    next = part.next;
  }
  logText.value = textOf(kept);
}

export async function readLog(isQuiet: boolean): Promise<void> {
  const on = client.value;
  if (isReading || on === null || linkState.value !== "open") {
    return;
  }
  isReading = true;
  try {
    if (isQuiet) {
      await readParts(on);
      logState.value = "";
    } else {
      logState.value = "";
      await attempt(logState, "its log", readParts);
    }
  } catch (error) {
    logState.value = isUnsupported(error) ? lacks("its log") : sentenceOf(error);
    isFollowing.value = isFollowing.value && !isUnsupported(error);
  } finally {
    isReading = false;
  }
}

export function clearLog(): void {
  kept.clear();
  logText.value = "";
}

export function forgetLog(): void {
  next = 0;
  clearLog();
  logState.value = "";
}

export function followLog(): void {
  setInterval(() => {
    const isSeen = tab.value === "tools" && document.visibilityState === "visible";
    if (isFollowing.value && isSeen && busy.value === null) {
      void readLog(true);
    }
  }, FOLLOW_MS);
}
