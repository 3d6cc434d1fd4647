// SPDX-License-Identifier: MIT
// Group 77, our own: other servers refuse it as not supported.
import { toHex } from "../lib/bytes";
import { type Body, bytes, flag, list, NAME_CHARS, TEXT_CHARS, text, u32, uint } from "./body";
import { type CallOptions, missing, need } from "./calls-os";
import type { Client } from "./client";
import { GROUP_DUOBOOT, reasonWords } from "./errors";
import type {
  Core,
  InstallPlan,
  JournalEntry,
  LogPart,
  NetHealth,
  Partition,
  Unfinished,
} from "./types";

const JOURNAL = 0;
const MAP = 1;
const INSTALL = 2;
const NET = 3;
const LOG = 4;
const UPLOAD = 5;
/** More than any board has: a server that never comes to an end is stopped. */
const PAGES_MAX = 4096;
const ITEMS_MAX = 65536;
/** The estimate compares images piece by piece: half a second for a megabyte. */
const INSTALL_MS = 5000;
const IMAGES_MAX = 16;
const SHA_BYTES = 32;
const CORES: readonly Core[] = ["app", "net"];

function askFrom(
  client: Client,
  command: number,
  from: number,
  options: CallOptions,
): Promise<Body> {
  return client.call({ op: "read", group: GROUP_DUOBOOT, command, body: { from }, ...options });
}

/** A device that has no room for names and sentences leaves them to us. */
function loadEntry(map: unknown): JournalEntry {
  const reason = u32(map, "reason") ?? 0;
  const core = uint(map, "core");
  const words = reasonWords(reason);
  return {
    sequence: u32(map, "seq") ?? 0,
    boot: u32(map, "boot") ?? 0,
    ms: u32(map, "ms") ?? 0,
    core: core === null ? null : (CORES[core] ?? null),
    reason,
    name: text(map, "name", NAME_CHARS) || (words?.name ?? ""),
    text: text(map, "text", TEXT_CHARS) || (words?.text ?? ""),
    version: text(map, "version", NAME_CHARS) ?? "",
    detail: u32(map, "detail") ?? 0,
  };
}

export interface Journal {
  entries: JournalEntry[];
  /** The sequence number that comes next. */
  next: number;
}

/** All entries from sequence number `from` on. */
export async function journal(
  client: Client,
  from = 0,
  options: CallOptions = {},
): Promise<Journal> {
  const all: JournalEntry[] = [];
  let next = from;
  for (let page = 0; page < PAGES_MAX && all.length < ITEMS_MAX; page++) {
    const answer = await askFrom(client, JOURNAL, next, options);
    const maps = list(answer, "entries");
    const told = u32(answer, "next");
    if (maps === null || told === null || (maps.length > 0 && told <= next)) {
      throw missing(client, "next");
    }
    all.push(...maps.map(loadEntry));
    next = Math.max(next, told);
    if (maps.length === 0) {
      break;
    }
  }
  return { entries: all, next };
}

function loadPartition(client: Client, map: unknown): Partition {
  return {
    name: need(client, "name", text(map, "name", NAME_CHARS)),
    memory: text(map, "memory", NAME_CHARS) ?? "",
    addr: need(client, "addr", u32(map, "addr")),
    sizeBytes: need(client, "size", u32(map, "size")),
    usedBytes: uint(map, "used"),
  };
}

/** The flash map. */
export async function map(client: Client, options: CallOptions = {}): Promise<Partition[]> {
  const all: Partition[] = [];
  let from = 0;
  for (let page = 0; page < PAGES_MAX && all.length < ITEMS_MAX; page++) {
    const answer = await askFrom(client, MAP, from, options);
    const maps = need(client, "partitions", list(answer, "partitions"));
    const next = need(client, "next", u32(answer, "next"));
    all.push(...maps.map((partition) => loadPartition(client, partition)));
    if (maps.length === 0 || next <= from) {
      break;
    }
    from = next;
  }
  return all;
}

/** What the next boot installs, and how long that takes. */
export async function install(client: Client, options: CallOptions = {}): Promise<InstallPlan> {
  const answer = await client.call({
    op: "read",
    group: GROUP_DUOBOOT,
    command: INSTALL,
    timeoutMs: INSTALL_MS,
    ...options,
  });
  const pending = (list(answer, "pending") ?? []).slice(0, IMAGES_MAX).map((item) => ({
    image: u32(item, "image") ?? 0,
    changedUnits: u32(item, "changed") ?? 0,
    ms: u32(item, "ms") ?? 0,
  }));
  return { pending, ms: u32(answer, "ms") ?? 0 };
}

export async function netHealth(client: Client, options: CallOptions = {}): Promise<NetHealth> {
  const answer = await client.call({ op: "read", group: GROUP_DUOBOOT, command: NET, ...options });
  return {
    held: flag(answer, "held"),
    well: flag(answer, "well"),
    seen: flag(answer, "seen"),
    version: text(answer, "version", NAME_CHARS) ?? "",
    beats: uint(answer, "beats"),
    uptimeMs: uint(answer, "uptime"),
  };
}

/** One answer's worth of the log from byte `from` on. */
export async function log(
  client: Client,
  from: number,
  options: CallOptions = {},
): Promise<LogPart> {
  const answer = await askFrom(client, LOG, from, options);
  return {
    first: u32(answer, "first") ?? 0,
    next: need(client, "next", u32(answer, "next")),
    text: need(client, "text", bytes(answer, "text")),
  };
}

/** The upload that was begun and not finished; null: there is none. */
export async function unfinished(
  client: Client,
  options: CallOptions = {},
): Promise<Unfinished | null> {
  const answer = await client.call({
    op: "read",
    group: GROUP_DUOBOOT,
    command: UPLOAD,
    ...options,
  });
  const lenBytes = u32(answer, "len");
  const offBytes = u32(answer, "off");
  const sha = bytes(answer, "sha");
  return lenBytes === null || offBytes === null
    ? null
    : {
        image: u32(answer, "image"),
        lenBytes,
        offBytes,
        sha: sha !== null && sha.length === SHA_BYTES ? toHex(sha) : "",
      };
}
