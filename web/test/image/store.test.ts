// SPDX-License-Identifier: MIT
// What was dropped outlives a reload of the page.
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { clearDropped, type KeptFile, loadDropped, saveDropped } from "../../src/image/store";

const FILE: KeptFile = {
  name: "dfu_application.zip",
  kind: "zip",
  files: [{ name: "dfu_application.zip", bytes: Uint8Array.from([1, 2, 3]) }],
  mode: "test-and-confirm",
  readWarnings: "It is older.",
  whenMs: 1763812345000,
};

function bytesOf(...sizes: number[]): Partial<KeptFile> {
  return { files: sizes.map((size) => ({ name: "x.bin", bytes: new Uint8Array(size) })) };
}

beforeEach(() => vi.stubGlobal("indexedDB", new IDBFactory()));
afterEach(() => vi.unstubAllGlobals());

function put(value: unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("duoboot", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("dropped");
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const transaction = request.result.transaction("dropped", "readwrite");
      transaction.objectStore("dropped").put(value, "last");
      transaction.oncomplete = () => {
        request.result.close();
        resolve();
      };
    };
  });
}

describe("with a store", () => {
  it("nothing is kept at first", async () => {
    expect(await loadDropped()).toBeNull();
  });

  it("gives back what was saved, until it is cleared", async () => {
    expect(await saveDropped(FILE)).toBe(true);
    expect(await loadDropped()).toEqual(FILE);
    await clearDropped();
    expect(await loadDropped()).toBeNull();
  });

  it("keeps the last one only", async () => {
    await saveDropped(FILE);
    await saveDropped({ ...FILE, name: "app.bin", kind: "image" });
    expect(await loadDropped()).toMatchObject({ name: "app.bin", kind: "image" });
  });

  it("keeps several files with their names, in their order", async () => {
    const several: KeptFile = {
      ...FILE,
      name: "app.bin and net.bin",
      kind: "images",
      files: [
        { name: "app.bin", bytes: Uint8Array.from([1]) },
        { name: "net.bin", bytes: Uint8Array.from([2, 3]) },
      ],
    };
    expect(await saveDropped(several)).toBe(true);
    expect(await loadDropped()).toEqual(several);
  });

  it("keeps of a view what it shows, not the buffer behind it", async () => {
    const large = new Uint8Array(1000);
    await saveDropped({ ...FILE, files: [{ name: "x", bytes: large.subarray(10, 13) }] });
    expect((await loadDropped())?.files[0]?.bytes.buffer.byteLength).toBe(3);
  });

  it.each<[string, Partial<KeptFile>]>([
    ["more than 16 MB", bytesOf((16 << 20) + 1)],
    ["more than 16 MB in all", bytesOf(8 << 20, (8 << 20) + 1)],
    ["no bytes", bytesOf(0)],
    ["a file without bytes", bytesOf(3, 0)],
    ["no files", bytesOf()],
    ["more files than are opened", bytesOf(1, 1, 1, 1, 1, 1, 1, 1, 1)],
    ["a name without end", { name: "a".repeat(2000) }],
    [
      "a file's name without end",
      { files: [{ name: "a".repeat(2000), bytes: Uint8Array.from([1]) }] },
    ],
    ["a mode without end", { mode: "a".repeat(100) }],
    ["warnings without end", { readWarnings: "a".repeat(20000) }],
    ["no time", { whenMs: Number.NaN }],
  ])("does not keep %s, and leaves what was there", async (_, more) => {
    await saveDropped(FILE);
    expect(await saveDropped({ ...FILE, ...more })).toBe(false);
    expect(await loadDropped()).toEqual(FILE);
  });

  it.each<[string, unknown]>([
    ["a text", "x"],
    ["a record of an older page", { ...FILE, files: undefined, bytes: Uint8Array.from([1]) }],
    ["bytes of another kind", { ...FILE, files: [{ name: "x", bytes: [1, 2, 3] }] }],
    ["a file without a name", { ...FILE, files: [{ bytes: Uint8Array.from([1]) }] }],
    ["a list of nothing", { ...FILE, files: [null] }],
    ["an unknown kind", { ...FILE, kind: "folder" }],
    ["more than 16 MB", { ...FILE, ...bytesOf((16 << 20) + 1) }],
  ])("takes %s in the store for nothing", async (_, value) => {
    await put(value);
    expect(await loadDropped()).toBeNull();
    expect(await saveDropped(FILE)).toBe(true);
  });
});

describe("without a store", () => {
  const broken: [string, unknown][] = [
    ["there is none", undefined],
    [
      "opening it throws",
      {
        open: () => {
          throw new DOMException("no", "SecurityError");
        },
      },
    ],
    ["opening it fails", failing("onerror")],
    ["another page blocks it", failing("onblocked")],
  ];

  it.each(broken)("nothing is kept and nothing is thrown: %s", async (_, store) => {
    vi.stubGlobal("indexedDB", store);
    expect(await saveDropped(FILE)).toBe(false);
    expect(await loadDropped()).toBeNull();
    await clearDropped();
  });
});

function failing(event: "onerror" | "onblocked") {
  return {
    open: () => {
      const request: Record<string, unknown> = {};
      queueMicrotask(() => (request[event] as () => void)());
      return request;
    },
  };
}
