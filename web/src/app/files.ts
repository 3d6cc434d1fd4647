// SPDX-License-Identifier: MIT
// Files of the board, to and from this computer.
import { signal } from "@preact/signals";
import * as calls from "../smp/calls";
import { type Progress, SmpError } from "../smp/types";
import { countText, sizeText } from "./format";
import { exclusively } from "./store";
import { attempt } from "./tools";

export const fileState = signal("");
export const fileProgress = signal<Progress | null>(null);

const WHAT = "files";
const FILE_BYTES_MAX = 16 * 1024 * 1024;

let stop: AbortController | null = null;

export function stopFile(): void {
  stop?.abort();
}

async function transfer(what: string, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const mine = new AbortController();
  stop = mine;
  fileState.value = "";
  await exclusively(what, async () => {
    try {
      await work(mine.signal);
    } finally {
      fileProgress.value = null;
      stop = null;
    }
  });
}

function onProgress(progress: Progress): void {
  fileProgress.value = progress;
}

/** The last part of a path, as a name for this computer. */
export function fileNameOf(path: string): string {
  const last =
    path
      .split("/")
      .filter((part) => part !== "")
      .at(-1) ?? "";
  return last.replace(/[^\w.-]/g, "_").replace(/^\.+/, "") || "file.bin";
}

function save(name: string, content: Uint8Array): void {
  const url = URL.createObjectURL(new Blob([content.slice()]));
  const anchor = document.createElement("a");
  anchor.href = url;
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

export async function downloadFile(path: string): Promise<void> {
  await transfer("Downloading a file", async (signal) => {
    const content = await attempt(fileState, WHAT, (on) =>
      calls.fileGet(on, path, { signal, onProgress }),
    );
    if (content !== null) {
      save(fileNameOf(path), content);
      fileState.value = `${path} was downloaded: ${countText(content.length)} bytes.`;
    }
  });
}

export async function uploadFile(path: string, file: File): Promise<void> {
  await transfer("Uploading a file", async (signal) => {
    if (file.size > FILE_BYTES_MAX) {
      throw new SmpError(
        "request",
        `${file.name} has ${sizeText(file.size)}: too much for a board.`,
      );
    }
    const content = new Uint8Array(await file.arrayBuffer());
    const done = await attempt(fileState, WHAT, async (on) => {
      await calls.filePut(on, path, content, { signal, onProgress });
      return true;
    });
    if (done !== null) {
      fileState.value = `${file.name} was uploaded as ${path}: ${countText(content.length)} bytes.`;
    }
  });
}

export async function hashFile(path: string): Promise<void> {
  await transfer("Hashing a file", async (signal) => {
    const told = await attempt(fileState, WHAT, async (on) => {
      const lenBytes = await calls.fileStat(on, path, { signal });
      const hash = await calls.fileHash(on, path, "sha256", { signal }).catch(async (error) => {
        // Servers without SHA-256 have another one.
        if (error instanceof SmpError && error.kind === "refused") {
          return await calls.fileHash(on, path, "", { signal });
        }
        throw error;
      });
      return { lenBytes, hash };
    });
    if (told !== null) {
      const { lenBytes, hash } = told;
      fileState.value = `${path} has ${countText(lenBytes)} bytes; ${hash.type || "hash"}: ${hash.value}`;
    }
  });
}
