// SPDX-License-Identifier: MIT
// The file that was dropped last, kept by the browser, so that its upload can
// go on after the page was reloaded. One record; it leaves with clear(). A
// private window may have no store, or a full one: then nothing is kept, and
// nobody is bothered with it.
import { FILE_BYTES_MAX } from "./format";

const DATABASE = "duoboot";
const STORE = "dropped";
const KEY = "last";
const NAME_CHARS_MAX = 1024;
const MODE_CHARS_MAX = 64;

export interface KeptFile {
  name: string;
  kind: "image" | "zip";
  /** The file as it was dropped: openDropped() takes it again. */
  bytes: Uint8Array;
  /** What was chosen to be done after the upload. */
  mode: string;
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

function isFit(file: KeptFile): boolean {
  return (
    file.name.length <= NAME_CHARS_MAX &&
    file.mode.length <= MODE_CHARS_MAX &&
    file.bytes.length > 0 &&
    file.bytes.length <= FILE_BYTES_MAX &&
    Number.isFinite(file.whenMs)
  );
}

/** Instead of what was kept before. False: it is not kept. */
export async function saveDropped(file: KeptFile): Promise<boolean> {
  if (!isFit(file)) {
    return false;
  }
  const { name, kind, mode, whenMs } = file;
  // A copy: the view may show a part of a larger buffer, which would go along.
  const record = { name, kind, mode, whenMs, bytes: file.bytes.slice() };
  const done = await run("readwrite", (store) => store.put(record, KEY));
  return done !== null;
}

function asKeptFile(value: unknown): KeptFile | null {
  if (typeof value !== "object" || value === null) {
    return null;
  }
  const { name, kind, bytes, mode, whenMs } = value as Record<string, unknown>;
  if (
    typeof name !== "string" ||
    typeof mode !== "string" ||
    typeof whenMs !== "number" ||
    (kind !== "image" && kind !== "zip") ||
    !(bytes instanceof Uint8Array)
  ) {
    return null;
  }
  const file: KeptFile = { name, kind, bytes, mode, whenMs };
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
