// SPDX-License-Identifier: MIT
// Group 1, images, without the upload.
import { fromHex, toHex } from "../lib/bytes";
import { type Body, bytes, flag, list, NAME_CHARS, text, u32, uint } from "./body";
import { type CallOptions, missing, need } from "./calls-os";
import type { Client } from "./client";
import { type ImageSlot, type SlotInfo, SmpError } from "./types";

const GROUP = 1;
const STATE = 0;
const ERASE = 5;
const SLOTS = 6;
const ERASE_MS = 75000;
const IMAGES_MAX = 16;
const DIGEST_BYTES_MAX = 64;

function loadImage(client: Client, map: unknown): ImageSlot {
  const hash = bytes(map, "hash");
  return {
    image: u32(map, "image") ?? 0,
    // Recovery of MCUboot has an rc where it could not look at a slot.
    slot: need(client, "slot", u32(map, "slot")),
    version: text(map, "version", NAME_CHARS) ?? "",
    digest: hash !== null && hash.length <= DIGEST_BYTES_MAX ? toHex(hash) : "",
    bootable: flag(map, "bootable"),
    pending: flag(map, "pending"),
    confirmed: flag(map, "confirmed"),
    active: flag(map, "active"),
    permanent: flag(map, "permanent"),
  };
}

function loadImages(client: Client, answer: Body): ImageSlot[] {
  return need(client, "images", list(answer, "images"))
    .slice(0, IMAGES_MAX)
    .map((map) => loadImage(client, map));
}

export async function images(client: Client, options: CallOptions = {}): Promise<ImageSlot[]> {
  const answer = await client.call({
    op: "read",
    group: GROUP,
    command: STATE,
    ...options,
  });
  return loadImages(client, answer);
}

export interface SetState extends CallOptions {
  /** Hex; null: what runs. */
  digest: string | null;
  /** Else test. */
  confirm: boolean;
}

/** Test or confirm; the list after it. */
export async function setState(client: Client, set: SetState): Promise<ImageSlot[]> {
  const body: Body = {};
  if (set.digest !== null) {
    const hash = fromHex(set.digest);
    if (hash === null || hash.length === 0) {
      throw new SmpError("request", "An image is named by the digest of its content, in hex.");
    }
    body.hash = hash;
  }
  body.confirm = set.confirm;
  const answer = await client.call({
    op: "write",
    group: GROUP,
    command: STATE,
    body,
    signal: set.signal,
  });
  return loadImages(client, answer);
}

/** @param slot Flat number, image * 2 + slot; null: the server's default, 1. */
export async function eraseSlot(
  client: Client,
  slot: number | null,
  options: CallOptions = {},
): Promise<void> {
  await client.call({
    op: "write",
    group: GROUP,
    command: ERASE,
    body: slot === null ? {} : { slot },
    timeoutMs: ERASE_MS,
    tries: 2,
    ...options,
  });
}

export interface SlotFacts extends SlotInfo {
  /** The server could not look at it; null: it could. */
  error: number | null;
}

function loadSlot(image: number, map: unknown): SlotFacts | null {
  const slot = u32(map, "slot");
  const error = uint(map, "rc");
  return slot === null
    ? null
    : {
        image,
        slot,
        sizeBytes: uint(map, "size"),
        uploadImageId: uint(map, "upload_image_id"),
        error: error === 0 ? null : error,
      };
}

export async function slotInfo(client: Client, options: CallOptions = {}): Promise<SlotFacts[]> {
  const answer = await client.call({ op: "read", group: GROUP, command: SLOTS, ...options });
  const maps = list(answer, "images");
  if (maps === null) {
    throw missing(client, "images");
  }
  const slots = maps.flatMap((map) =>
    (list(map, "slots") ?? []).map((slot) => loadSlot(u32(map, "image") ?? 0, slot)),
  );
  return slots.filter((slot): slot is SlotFacts => slot !== null).slice(0, IMAGES_MAX);
}
