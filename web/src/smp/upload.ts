// SPDX-License-Identifier: MIT
// Upload of an image: packets as long as the server takes them, several in
// flight, sent again from where the server says, resumed after any end.
import { fromHex } from "../lib/bytes";
import type { Client } from "./client";
import { asSmpError, cancelledError } from "./errors";
import { type Progress, SmpError } from "./types";
import { UploadJob } from "./upload-job";

export interface UploadOptions {
  /** The whole signed image. */
  file: Uint8Array;
  /** null: not said, the device routes it. */
  imageIndex: number | null;
  /** SHA-256 of the file in hex, if it is known already. */
  sha?: string;
  /** The device refuses what is not newer. */
  onlyUpgrade?: boolean;
  /** 0: as the server and the link take. */
  packetBytesMax?: number;
  windowMax?: number;
  /** Stops it between packets, after the answers in flight were taken. */
  signal?: AbortSignal | undefined;
  /** Some 20 times a second, and at the end, whichever it is. */
  onProgress?: ((progress: Progress) => void) | undefined;
}

export interface UploadResult {
  /** The device had all of it already: nothing was sent. */
  wasThere: boolean;
  /** The device compared the digest. */
  hasMatch: boolean;
  progress: Progress;
}

const FILE_BYTES_MAX = 64 * 1024 * 1024;

/** SHA-256 of a file. */
export async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(bytes)));
}

/** A failure leaves what the device holds to be resumed by the same call with
 * the same file. Rejects with SmpError alone. */
export async function uploadImage(client: Client, options: UploadOptions): Promise<UploadResult> {
  const { file, signal } = options;
  if (file.length === 0 || file.length > FILE_BYTES_MAX) {
    throw new SmpError("request", `An image of ${file.length} bytes cannot be uploaded.`);
  }
  const told = fromHex(options.sha ?? "");
  const sha = told?.length === 32 ? told : await sha256(file);
  const params = await client.params(signal);
  if (signal?.aborted) {
    throw cancelledError();
  }
  try {
    return await new UploadJob(client, options, sha, params).run();
  } catch (error) {
    throw asSmpError(error);
  }
}
