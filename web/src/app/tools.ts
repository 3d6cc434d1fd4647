// SPDX-License-Identifier: MIT
// Single questions to the board: echo, statistics, tasks, system, clock.
import { type Signal, signal } from "@preact/signals";
import * as calls from "../smp/calls";
import type { Client } from "../smp/client";
import { SmpError, type Stat, type TaskStat } from "../smp/types";
import { client, noteAnswer, noteSilence } from "./connection";
import { countText } from "./format";
import { addNotice, isCancelled, sentenceOf } from "./store";
import { isUnsupported, lacks } from "./support";

function need(): Client {
  if (client.value === null) {
    throw new SmpError("gone", "No board is connected: choose a connection first.");
  }
  return client.value;
}

/**
 * A question whose state is shown where it was asked. `what` is what the server
 * lacks if it refuses, as "a shell".
 */
export async function attempt<T>(
  state: Signal<string>,
  what: string,
  work: (on: Client) => Promise<T>,
): Promise<T | null> {
  try {
    const result = await work(need());
    noteAnswer();
    return result;
  } catch (error) {
    noteSilence(error);
    if (isCancelled(error)) {
      state.value = "Cancelled.";
    } else if (isUnsupported(error)) {
      state.value = lacks(what);
    } else {
      state.value = sentenceOf(error);
      addNotice("error", sentenceOf(error));
    }
    return null;
  }
}

// --- Echo ---

export const echoAnswer = signal("");

export async function sendEcho(text: string): Promise<void> {
  const beganMs = performance.now();
  const answer = await attempt(echoAnswer, "echo", (on) => calls.echo(on, text));
  if (answer !== null) {
    const tookMs = Math.round(performance.now() - beganMs);
    echoAnswer.value =
      answer === text
        ? `The board answered “${answer}” after ${tookMs} ms.`
        : `The board answered something else after ${tookMs} ms: “${answer}”.`;
  }
}

// --- Statistics ---

export const stats = signal<readonly { name: string; list: Stat[] }[]>([]);
export const statsState = signal("");

export async function readStats(): Promise<void> {
  statsState.value = "Reading.";
  const read = await attempt(statsState, "statistics", async (on) => {
    const all: { name: string; list: Stat[] }[] = [];
    for (const name of await calls.statGroups(on)) {
      all.push({ name, list: await calls.stats(on, name) });
    }
    return all;
  });
  if (read !== null) {
    stats.value = read;
    statsState.value = `${read.length} groups.`;
  }
}

// --- Tasks ---

export const tasks = signal<readonly TaskStat[]>([]);
export const tasksState = signal("");

export async function readTasks(): Promise<void> {
  tasksState.value = "Reading.";
  const read = await attempt(tasksState, "task statistics", (on) => calls.tasks(on));
  if (read !== null) {
    tasks.value = read;
    tasksState.value = "";
  }
}

// --- System and clock ---

const SYSTEM_ROWS: readonly [string, string][] = [
  ["s", "Name"],
  ["n", "Node"],
  ["r", "Kernel release"],
  ["v", "Kernel version"],
  ["b", "Built"],
  ["m", "Machine"],
  ["p", "Processor"],
  ["i", "Platform"],
  ["o", "System"],
];

export const info = signal<readonly { name: string; value: string }[]>([]);
export const infoState = signal("");

/** What a server does not tell is left out. */
async function told(wanted: Promise<string>): Promise<string> {
  try {
    return await wanted;
  } catch (error) {
    if (error instanceof SmpError && error.kind === "refused") {
      return "";
    }
    throw error;
  }
}

async function askInfo(on: Client) {
  const rows: { name: string; value: string }[] = [];
  for (const [letter, name] of SYSTEM_ROWS) {
    rows.push({ name, value: await told(calls.osInfo(on, letter)) });
  }
  rows.push({ name: "Date and time", value: await told(calls.dateGet(on)) });
  for (const pool of await calls.pools(on).catch(() => [])) {
    rows.push({
      name: `Pool ${pool.name}`,
      value: `${countText(pool.freeCount ?? 0)} of ${countText(pool.blockCount ?? 0)} blocks of ${countText(pool.blockBytes ?? 0)} bytes are free`,
    });
  }
  return rows.filter((row) => row.value !== "");
}

export async function readInfo(): Promise<void> {
  infoState.value = "Reading.";
  const rows = await attempt(infoState, "facts of its system", askInfo);
  if (rows !== null) {
    info.value = rows;
    infoState.value = rows.length === 0 ? lacks("facts of its system") : "";
  }
}

/** "2026-11-22T23:09:15": as RFC 3339 without a zone, local time. */
export function localDate(now: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  return `${day}T${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}`;
}

export async function setBoardTime(): Promise<void> {
  const date = localDate(new Date());
  const done = await attempt(infoState, "a clock", async (on) => {
    await calls.dateSet(on, date);
    return await calls.dateGet(on);
  });
  if (done !== null) {
    infoState.value = `The board's clock says ${done}.`;
  }
}

export function forgetTools(): void {
  for (const state of [echoAnswer, statsState, tasksState, infoState]) {
    state.value = "";
  }
  stats.value = [];
  tasks.value = [];
  info.value = [];
}
