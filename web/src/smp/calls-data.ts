// SPDX-License-Identifier: MIT
// Groups 2, 3 and 9: statistics, settings, shell.
import { bytes, entries, int, itemText, lines, list, NAME_CHARS, uint } from "./body";
import { type CallOptions, need } from "./calls-os";
import type { Client } from "./client";
import type { ShellResult, Stat } from "./types";

const GROUP_STAT = 2;
const STAT_SHOW = 0;
const STAT_LIST = 1;
const GROUP_SETTINGS = 3;
const SETTING_VALUE = 0;
const SETTING_DELETE = 1;
const SETTING_COMMIT = 2;
const SETTING_LOAD_SAVE = 3;
const GROUP_SHELL = 9;
/** The store may have to be tidied up, which erases flash. */
const STORE_MS = 10000;
const SHELL_MS = 30000;

export async function statGroups(client: Client, options: CallOptions = {}): Promise<string[]> {
  const answer = await client.call({
    op: "read",
    group: GROUP_STAT,
    command: STAT_LIST,
    ...options,
  });
  return (list(answer, "stat_list") ?? []).map((name) => itemText(name, NAME_CHARS) ?? "");
}

export async function stats(
  client: Client,
  name: string,
  options: CallOptions = {},
): Promise<Stat[]> {
  const answer = await client.call({
    op: "read",
    group: GROUP_STAT,
    command: STAT_SHOW,
    body: { name },
    ...options,
  });
  const found: Stat[] = [];
  for (const [key, item] of need(client, "fields", entries(answer, "fields"))) {
    const value = uint({ item }, "item");
    if (value !== null) {
      found.push({ name: itemText(key, NAME_CHARS) ?? "", value });
    }
  }
  return found;
}

export async function settingGet(
  client: Client,
  name: string,
  options: CallOptions = {},
): Promise<Uint8Array> {
  const answer = await client.call({
    op: "read",
    group: GROUP_SETTINGS,
    command: SETTING_VALUE,
    body: { name },
    ...options,
  });
  return need(client, "val", bytes(answer, "val"));
}

export async function settingSet(
  client: Client,
  name: string,
  value: Uint8Array,
  options: CallOptions = {},
): Promise<void> {
  await client.call({
    op: "write",
    group: GROUP_SETTINGS,
    command: SETTING_VALUE,
    body: { name, val: value },
    timeoutMs: STORE_MS,
    ...options,
  });
}

export async function settingDelete(
  client: Client,
  name: string,
  options: CallOptions = {},
): Promise<void> {
  await client.call({
    op: "write",
    group: GROUP_SETTINGS,
    command: SETTING_DELETE,
    body: { name },
    timeoutMs: STORE_MS,
    ...options,
  });
}

export async function settingsDo(
  client: Client,
  what: "commit" | "load" | "save",
  options: CallOptions = {},
): Promise<void> {
  await client.call({
    op: what === "load" ? "read" : "write",
    group: GROUP_SETTINGS,
    command: what === "commit" ? SETTING_COMMIT : SETTING_LOAD_SAVE,
    timeoutMs: STORE_MS,
    ...options,
  });
}

/** Run a command, word by word. */
export async function shell(
  client: Client,
  argv: readonly string[],
  options: CallOptions = {},
): Promise<ShellResult> {
  // A command is not the same when it is run twice.
  const answer = await client.call({
    op: "write",
    group: GROUP_SHELL,
    command: 0,
    body: { argv: [...argv] },
    timeoutMs: SHELL_MS,
    tries: 1,
    ...options,
  });
  return {
    output: need(client, "o", lines(answer, "o")),
    result: int(answer, "ret") ?? int(answer, "rc") ?? 0,
  };
}
