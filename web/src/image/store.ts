// SPDX-License-Identifier: MIT
// What was dropped last, kept by the browser, so that its upload can go on
// after the page was reloaded. One record; it leaves with clear(). A
// private window may have no store, or a full one: then nothing is kept, and
// nobody is bothered with it.
import { FILES_MAX, type NamedBytes } from "./files";
import { FILE_BYTES_MAX } from "./format";
import type { Package } from "./types";

const DATABASE = "duoboot";
const STORE = "dropped";
const KEY = "last";
const NAME_CHARS_MAX = 1024;
const MODE_CHARS_MAX = 64;
const WARNINGS_CHARS_MAX = 16384;

export interface KeptFile {
  name: string;
  kind: Package["kind"];
  /** As they were dropped: openFiles() takes them again. */
  files: NamedBytes[];
  /** What was chosen to be done after the upload. */
  mode: string;
  /** The warnings that a person had read then; "": none. */
  readWarnings: string;
  /** Milliseconds since 1970. */
  whenMs: number;
}

function open(): Promise<IDBDatabase | null> {
  return new Promise((resolve) => {
    const request = globalThis.indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(STORE);
    };
    let isGivenUp = false;
    const giveUp = () => {
      isGivenUp = true;
      resolve(null);
    };
    request.onsuccess = () => {
      if (isGivenUp) {
        request.result.close();
      }
      resolve(request.result);
    };
    request.onerror = giveUp;
    request.onblocked = giveUp;
  });
}

/** null: it failed, or there is no store. */
async function run<Result>(
  mode: IDBTransactionMode,
  ask: (store: IDBObjectStore) => IDBRequest<Result>,
): Promise<{ result: Result } | null> {
  let database: IDBDatabase | null = null;
  try {
    database = await open();
    if (database === null) {
      return null;
    }
    return await transact(database.transaction(STORE, mode), ask);
  } catch {
    return null;
  } finally {
    database?.close();
  }
}

// A write is done when its transaction is, not when its request is.
function transact<Result>(
  transaction: IDBTransaction,
  ask: (store: IDBObjectStore) => IDBRequest<Result>,
): Promise<{ result: Result } | null> {
  return new Promise((resolve) => {
    const request = ask(transaction.objectStore(STORE));
    transaction.oncomplete = () => resolve({ result: request.result });
    transaction.onerror = () => resolve(null);
    transaction.onabort = () => resolve(null);
  });
}

function isFit({ name, files, mode, readWarnings, whenMs }: KeptFile): boolean {
  const totalBytes = files.reduce((sum, { bytes }) => sum + bytes.length, 0);
  return (
    [name, ...files.map((file) => file.name)].every((each) => each.length <= NAME_CHARS_MAX) &&
    mode.length <= MODE_CHARS_MAX &&
    readWarnings.length <= WARNINGS_CHARS_MAX &&
    files.length > 0 &&
    files.length <= FILES_MAX &&
    files.every(({ bytes }) => bytes.length > 0) &&
    totalBytes <= FILE_BYTES_MAX &&
    Number.isFinite(whenMs)
  );
}

/** Instead of what was kept before. False: it is not kept. */
export async function saveDropped(file: KeptFile): Promise<boolean> {
  if (!isFit(file)) {
    return false;
  }
  const { name, kind, mode, readWarnings, whenMs } = file;
  // A copy: the view may show a part of a larger buffer, which would go along.
  const files = file.files.map((each) => ({ name: each.name, bytes: each.bytes.slice() }));
  const record: KeptFile = { name, kind, mode, readWarnings, whenMs, files };
  const done = await run("readwrite", (store) => store.put(record, KEY));
  return done !== null;
}

function isNamedBytes(value: unknown): value is NamedBytes {
  if (typeof value !== "object" || value === null) {
    return false;
  }
  const { name, bytes } = value as Record<string, unknown>;
  return typeof name === "string" && bytes instanceof Uint8Array;
}

function asKeptFile(value: unknown): KeptFile | null {
  if (typeof value !== "object" || value === null) {
    return null;
  }
  const { name, kind, files, mode, readWarnings, whenMs } = value as Record<string, unknown>;
  if (
    typeof name !== "string" ||
    typeof mode !== "string" ||
    typeof readWarnings !== "string" ||
    typeof whenMs !== "number" ||
    (kind !== "image" && kind !== "zip" && kind !== "images") ||
    !Array.isArray(files) ||
    !files.every(isNamedBytes)
  ) {
    return null;
  }
  const file: KeptFile = { name, kind, files, mode, readWarnings, whenMs };
  return isFit(file) ? file : null;
}

/** null: nothing is kept, or nothing that this page understands. */
export async function loadDropped(): Promise<KeptFile | null> {
  const done = await run<unknown>("readonly", (store) => store.get(KEY));
  return asKeptFile(done?.result);
}

export async function clearDropped(): Promise<void> {
  await run("readwrite", (store) => store.delete(KEY));
}
