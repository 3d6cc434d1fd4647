// SPDX-License-Identifier: MIT
// A reset by hand: wait for the board, and tell what its boot loaders wrote.
import { signal } from "@preact/signals";
import * as calls from "../smp/calls";
import type { Client } from "../smp/client";
import { restart, type Wait } from "../smp/restart";
import { SmpError } from "../smp/types";
import { settleLink } from "./connection";
import { waitText } from "./run";
import { coreTitle } from "./words";

/** While the board is away; null: it is not. */
export const restartWait = signal<Wait | null>(null);

// Recovery answers on the console only: elsewhere nothing would ever come.
const RECOVERY_BACK_MS = 12_000;
const NEWS_MAX = 4;

async function nextEntry(on: Client): Promise<number | null> {
  try {
    return (await calls.journal(on)).next;
  } catch {
    return null;
  }
}

async function news(on: Client, from: number | null): Promise<string> {
  if (from === null) {
    return "";
  }
  try {
    const { entries } = await calls.journal(on, from);
    return entries
      .slice(-NEWS_MAX)
      .map((entry) => ` ${coreTitle(entry.core)}: ${entry.text}`)
      .join("");
  } catch {
    return "";
  }
}

async function expectedMs(on: Client): Promise<number | null> {
  try {
    return (await calls.install(on)).ms || null;
  } catch {
    return null;
  }
}

/** What happened, in sentences. */
export async function restartBoard(on: Client): Promise<string> {
  const expectMs = await expectedMs(on);
  const from = await nextEntry(on);
  try {
    const { tookMs } = await restart(on, {
      expectMs,
      onWait: (wait) => {
        restartWait.value = wait;
      },
    });
    settleLink(on);
    return `${waitText(tookMs, expectMs)}${await news(on, from)}`;
  } finally {
    restartWait.value = null;
    settleLink(on);
  }
}

export async function restartToRecovery(on: Client): Promise<string> {
  try {
    await restart(on, {
      bootMode: 1,
      backMsMax: RECOVERY_BACK_MS,
      onWait: (wait) => {
        restartWait.value = wait;
      },
    });
    return "The board is in recovery: it waits for an upload.";
  } catch (error) {
    if (error instanceof SmpError && (error.kind === "silent" || error.kind === "gone")) {
      return "The board was reset and does not answer here: in recovery it speaks on its console port.";
    }
    throw error;
  } finally {
    restartWait.value = null;
    settleLink(on);
  }
}
