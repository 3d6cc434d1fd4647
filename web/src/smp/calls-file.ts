// SPDX-License-Identifier: MIT
// Group 8, files.
import { concat, toHex, utf8 } from "../lib/bytes";
import { type Body, bytes, find, NAME_CHARS, text, u32 } from "./body";
import { type CallOptions, missing, need, perhaps } from "./calls-os";
import type { Client } from "./client";
import { HEADER_BYTES } from "./packet";
import { type FileHash, type Progress, SmpError } from "./types";

const GROUP = 8;
const FILE = 0;
const STAT = 1;
const HASH = 2;
const CLOSE = 4;
const HASH_MS = 30000;
const FILE_BYTES_MAX = 64 * 1024 * 1024;
const HASH_BYTES_MAX = 64;
/** A server that keeps to the protocol comes forward with every answer. */
const STUCK_MAX = 8;
/** What of a write is no data: header, keys and numbers, with room to spare. */
const WRITE_OVERHEAD_BYTES = HEADER_BYTES + 48;
const WRITE_BYTES_MIN = 16;

export interface TransferOptions extends CallOptions {
  onProgress?: ((progress: Progress) => void) | undefined;
}

interface Transfer {
  client: Client;
  /** On the device. */
  name: string;
  options: TransferOptions;
  startMs: number;
  offBytes: number;
  totalBytes: number;
}

function begin(client: Client, name: string, options: TransferOptions): Transfer {
  const startMs = client.clock.nowMs();
  return { client, name, options, startMs, offBytes: 0, totalBytes: 0 };
}

function tell(transfer: Transfer): void {
  const { offBytes, totalBytes } = transfer;
  const elapsedMs = transfer.client.clock.nowMs() - transfer.startMs;
  const bytesPerS = elapsedMs > 0 ? (offBytes * 1000) / elapsedMs : 0;
  transfer.options.onProgress?.({
    offBytes,
    totalBytes,
    resumedBytes: 0,
    bytesPerS,
    elapsedMs,
    leftMs: bytesPerS > 0 ? ((totalBytes - offBytes) * 1000) / bytesPerS : null,
    resentPackets: 0,
    window: 1,
  });
}

/** One piece of the file from where it is. */
async function getPiece(transfer: Transfer): Promise<Uint8Array> {
  const { client, name, offBytes } = transfer;
  const answer = await client.call({
    op: "read",
    group: GROUP,
    command: FILE,
    body: { off: offBytes, name },
    signal: transfer.options.signal,
  });
  if (offBytes === 0) {
    transfer.totalBytes = need(client, "len", u32(answer, "len"));
  }
  const data = need(client, "data", bytes(answer, "data"));
  const leftBytes = transfer.totalBytes - offBytes;
  if (
    u32(answer, "off") !== offBytes ||
    data.length > leftBytes ||
    (data.length === 0 && transfer.totalBytes !== 0)
  ) {
    throw missing(client, "data");
  }
  return data;
}

export async function fileGet(
  client: Client,
  name: string,
  options: TransferOptions = {},
): Promise<Uint8Array> {
  const transfer = begin(client, name, options);
  const pieces: Uint8Array[] = [];
  do {
    const piece = await getPiece(transfer);
    if (transfer.totalBytes > FILE_BYTES_MAX) {
      throw new SmpError(
        "malformed",
        `The device says that ${name} has ${transfer.totalBytes} bytes, which cannot be.`,
      );
    }
    pieces.push(piece);
    transfer.offBytes += piece.length;
    tell(transfer);
  } while (transfer.offBytes < transfer.totalBytes);
  return concat(...pieces);
}

/** Send from where the device is; the answer is where it is then. */
async function putPiece(
  transfer: Transfer,
  content: Uint8Array,
  pieceBytesMax: number,
): Promise<number> {
  const { client, name, offBytes: off } = transfer;
  const body: Body = { off, data: content.subarray(off, off + pieceBytesMax), name };
  if (off === 0) {
    body.len = content.length;
  }
  const answer = await client.call({
    op: "write",
    group: GROUP,
    command: FILE,
    body,
    signal: transfer.options.signal,
  });
  const next = u32(answer, "off");
  if (next === null || next > content.length) {
    throw missing(client, "off");
  }
  return next;
}

async function pieceBytes(client: Client, name: string, signal?: AbortSignal): Promise<number> {
  const { bufBytes } = await client.params(signal);
  const linkBytes = client.link.packetBytesMax;
  const roomBytes = linkBytes === 0 ? bufBytes : Math.min(linkBytes, bufBytes);
  const pieceBytesMax = roomBytes - WRITE_OVERHEAD_BYTES - utf8.encode(name).length;
  if (pieceBytesMax < WRITE_BYTES_MIN) {
    throw new SmpError("request", `The name ${name} is too long for the device.`);
  }
  return pieceBytesMax;
}

export async function filePut(
  client: Client,
  name: string,
  content: Uint8Array,
  options: TransferOptions = {},
): Promise<void> {
  const transfer = begin(client, name, options);
  const pieceBytesMax = await pieceBytes(client, name, options.signal);
  transfer.totalBytes = content.length;
  let stuckCount = 0;
  do {
    const next = await putPiece(transfer, content, pieceBytesMax);
    stuckCount = next > transfer.offBytes ? 0 : stuckCount + 1;
    transfer.offBytes = next;
    tell(transfer);
    if (stuckCount > STUCK_MAX) {
      throw new SmpError(
        "malformed",
        `The device takes no more than ${next} of ${content.length} bytes of ${name}.`,
      );
    }
  } while (transfer.offBytes < content.length);
  // Tells a server that keeps the file open that it is whole; not all have it.
  await perhaps(client, { op: "write", group: GROUP, command: CLOSE, signal: options.signal });
}

/** Length in bytes. */
export async function fileStat(
  client: Client,
  name: string,
  options: CallOptions = {},
): Promise<number> {
  const body = { name };
  const answer = await client.call({ op: "read", group: GROUP, command: STAT, body, ...options });
  return need(client, "len", u32(answer, "len"));
}

function digestOf(answer: Body): string | null {
  const output = find(answer, "output");
  if (typeof output === "number" || typeof output === "bigint") {
    return output >= 0 ? output.toString() : null;
  }
  const digest = bytes(answer, "output");
  return digest !== null && digest.length > 0 && digest.length <= HASH_BYTES_MAX
    ? toHex(digest)
    : null;
}

/** @param type "sha256", "crc32"; "": the server's default. */
export async function fileHash(
  client: Client,
  name: string,
  type = "",
  options: CallOptions = {},
): Promise<FileHash> {
  const answer = await client.call({
    op: "read",
    group: GROUP,
    command: HASH,
    body: type === "" ? { name } : { name, type },
    timeoutMs: HASH_MS,
    ...options,
  });
  return {
    type: text(answer, "type", NAME_CHARS) ?? "",
    value: need(client, "output", digestOf(answer)),
    lenBytes: need(client, "len", u32(answer, "len")),
  };
}
