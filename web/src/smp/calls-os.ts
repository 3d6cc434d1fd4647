// SPDX-License-Identifier: MIT
// Groups 0 and 63: OS, and the storage.
import {
  type Body,
  entries,
  flag,
  int,
  itemText,
  lines,
  list,
  NAME_CHARS,
  text,
  u32,
  uint,
} from "./body";
import type { Client, Request } from "./client";
import { asSmpError } from "./errors";
import { type BootLoader, SmpError, type TaskStat } from "./types";
import { BOOT_MODES, GROUP_ERRORS } from "./words";

const GROUP = 0;
const GROUP_ENUM = 10;
const GROUP_BASIC = 63;
const ECHO = 0;
const TASKS = 2;
const POOLS = 3;
const DATE = 4;
const RESET = 5;
const INFO = 7;
const BOOT_LOADER = 8;
const ENUM_LIST = 1;
const ENUM_DETAILS = 3;
/** All of the storage is erased. */
const ERASE_MS = 75000;
const WORD_BYTES = 4;

/** Of every call: stops it. */
export interface CallOptions {
  signal?: AbortSignal | undefined;
}

/** The answer lacks `key`, or has something else there. */
export function missing(client: Client, key: string): SmpError {
  return new SmpError(
    "malformed",
    `The answer of ${client.link.label} lacks "${key}", or has something else there ` +
      "than the protocol says.",
  );
}

/** The value, unless it is not there. */
export function need<T>(client: Client, key: string, value: T | null): T {
  if (value === null) {
    throw missing(client, key);
  }
  return value;
}

/** A question that servers may refuse: null then. */
export async function perhaps(client: Client, request: Request): Promise<Body | null> {
  try {
    return await client.call(request);
  } catch (error) {
    const { kind } = asSmpError(error);
    if (kind === "cancelled" || kind === "gone") {
      throw error;
    }
    return null;
  }
}

export async function echo(
  client: Client,
  words: string,
  options: CallOptions & { timeoutMs?: number; tries?: number } = {},
): Promise<string> {
  const answer = await client.call({
    op: "write",
    group: GROUP,
    command: ECHO,
    body: { d: words },
    ...options,
  });
  return need(client, "r", lines(answer, "r"));
}

export interface ResetOptions extends CallOptions {
  /** Also if the device says that it is busy. */
  force?: boolean;
  /** 1: recovery of the boot loader. */
  bootMode?: number | null;
}

/** The answer comes; the reset shortly after it. */
export async function reset(client: Client, options: ResetOptions = {}): Promise<void> {
  const body: Body = {};
  if (options.force) {
    body.force = 1;
  }
  if (options.bootMode !== undefined && options.bootMode !== null) {
    body.boot_mode = options.bootMode;
  }
  // Twice would reset a device that is booting already.
  await client.call({
    op: "write",
    group: GROUP,
    command: RESET,
    body,
    tries: 1,
    signal: options.signal,
  });
}

/** @param format Letters of what is wanted; "": the kernel's name. */
export async function osInfo(
  client: Client,
  format = "",
  options: CallOptions = {},
): Promise<string> {
  const body = format === "" ? {} : { format };
  const answer = await client.call({ op: "read", group: GROUP, command: INFO, body, ...options });
  return need(client, "output", text(answer, "output", 1023));
}

const MODE_MAX = 0x7fffffff;

/** Not every server tells the mode; the name alone is an answer, too. */
export async function bootLoader(client: Client, options: CallOptions = {}): Promise<BootLoader> {
  const question = { op: "read", group: GROUP, command: BOOT_LOADER, ...options } as const;
  const name = text(await client.call(question), "bootloader", NAME_CHARS) ?? "";
  const answer = await perhaps(client, { ...question, body: { query: "mode" } });
  const told = int(answer, "mode");
  const mode = told !== null && Math.abs(told) <= MODE_MAX ? told : null;
  return {
    name,
    mode,
    modeText: (mode === null ? undefined : BOOT_MODES[mode]) ?? "unknown",
    noDowngrade: flag(answer, "no-downgrade"),
  };
}

/** "YYYY-MM-DDTHH:MM:SS" and perhaps more. */
export async function dateGet(client: Client, options: CallOptions = {}): Promise<string> {
  const answer = await client.call({ op: "read", group: GROUP, command: DATE, ...options });
  return need(client, "datetime", text(answer, "datetime", NAME_CHARS));
}

export async function dateSet(
  client: Client,
  datetime: string,
  options: CallOptions = {},
): Promise<void> {
  await client.call({ op: "write", group: GROUP, command: DATE, body: { datetime }, ...options });
}

export interface Task extends TaskStat {
  priority: number | null;
  id: number | null;
  state: number | null;
  switches: number | null;
  runTime: number | null;
}

function words(map: unknown, key: string): number | null {
  const count = uint(map, key);
  return count === null ? null : count * WORD_BYTES;
}

export async function tasks(client: Client, options: CallOptions = {}): Promise<Task[]> {
  const answer = await client.call({ op: "read", group: GROUP, command: TASKS, ...options });
  return need(client, "tasks", entries(answer, "tasks")).map(([name, task]) => ({
    name: itemText(name, NAME_CHARS) ?? "",
    stackUsedBytes: words(task, "stkuse"),
    stackBytes: words(task, "stksiz"),
    priority: uint(task, "prio"),
    id: uint(task, "tid"),
    state: uint(task, "state"),
    switches: uint(task, "cswcnt"),
    runTime: uint(task, "runtime"),
  }));
}

/** A pool of memory blocks. */
export interface Pool {
  name: string;
  blockBytes: number | null;
  blockCount: number | null;
  freeCount: number | null;
  freeCountMin: number | null;
}

/** Pools are in `mpools`, or, with other servers, right in the answer. */
export async function pools(client: Client, options: CallOptions = {}): Promise<Pool[]> {
  const answer = await client.call({ op: "read", group: GROUP, command: POOLS, ...options });
  const all = entries(answer, "mpools") ?? Object.entries(answer);
  return all
    .filter(([, pool]) => typeof pool === "object" && pool !== null && !Array.isArray(pool))
    .map(([name, pool]) => ({
      name: itemText(name, NAME_CHARS) ?? "",
      blockBytes: uint(pool, "blksiz") ?? uint(pool, "blksize"),
      blockCount: uint(pool, "nblks"),
      freeCount: uint(pool, "nfree"),
      freeCountMin: uint(pool, "min"),
    }));
}

/** A group of commands that the server has. */
export interface Group {
  id: number;
  /** "": not told and not known. */
  name: string;
}

/** Names are told by newer servers only; numbers by all that have the group. */
export async function groups(client: Client, options: CallOptions = {}): Promise<Group[]> {
  const question = { op: "read", group: GROUP_ENUM, ...options } as const;
  const ids = list(await client.call({ ...question, command: ENUM_LIST }), "groups") ?? [];
  const found = ids
    .filter((id): id is number => typeof id === "number" && id >= 0 && id <= 0xffff)
    .map((id) => ({ id, name: GROUP_ERRORS[id]?.name ?? "" }));
  const details = await perhaps(client, { ...question, command: ENUM_DETAILS });
  for (const detail of list(details, "groups") ?? []) {
    const id = u32(detail, "group");
    const name = text(detail, "name", NAME_CHARS);
    for (const group of found) {
      group.name = group.id === id && name !== null ? name : group.name;
    }
  }
  return found;
}

/** Erase the settings and what else is stored (factory reset). */
export async function eraseStorage(client: Client, options: CallOptions = {}): Promise<void> {
  await client.call({
    op: "write",
    group: GROUP_BASIC,
    command: 0,
    timeoutMs: ERASE_MS,
    tries: 2,
    ...options,
  });
}
