// SPDX-License-Identifier: MIT
// Makes images and packages for the tests, as imgtool would: header, payload
// with a vector table, signed TLVs, digest, key hash, signature. The signature
// is of nobody: the page does not check it.
import { createHash } from "node:crypto";
import { strToU8, type Zippable, zipSync } from "fflate";
import { DK_CODE, RAM } from "../../src/image/format";
import type { Core } from "../../src/smp/types";

export interface Tlv {
  type: number;
  value: Uint8Array;
}

export interface ImageOptions {
  core?: Core;
  version?: [major: number, minor: number, revision: number, build: number];
  headerBytes?: number;
  payloadBytes?: number;
  flags?: number;
  loadAddr?: number;
  sp?: number;
  reset?: number;
  seed?: number;
  securityCounter?: number;
  dependencies?: { image: number; version: [number, number, number] }[];
  /** The core that the TARGET TLV names; null: no such TLV. */
  target?: Core | null;
  protectedTlvs?: Tlv[];
  /** Instead of digest, key hash and signature. */
  unprotectedTlvs?: Tlv[];
  /** After those. */
  looseTlvs?: Tlv[];
  isSigned?: boolean;
}

export function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

export function numbers(...fields: readonly [value: number, bytes: 1 | 2 | 4][]): Uint8Array {
  const out = new Uint8Array(fields.reduce((sum, [, bytes]) => sum + bytes, 0));
  let at = 0;
  for (const [value, bytes] of fields) {
    for (let i = 0; i < bytes; i++) {
      out[at++] = Math.floor(value / 256 ** i) % 256;
    }
  }
  return out;
}

function versionBytes([major, minor, revision, build]: readonly number[]): Uint8Array {
  return numbers([major ?? 0, 1], [minor ?? 0, 1], [revision ?? 0, 2], [build ?? 0, 4]);
}

export function area(magic: number, tlvs: readonly Tlv[]): Uint8Array {
  const entries = tlvs.map(({ type, value }) => join(numbers([type, 2], [value.length, 2]), value));
  const body = join(...entries);
  return join(numbers([magic, 2], [body.length + 4, 2]), body);
}

/** The same bytes for the same seed. */
export function random(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
}

export function randomBytes(seed: number, lenBytes: number): Uint8Array {
  const next = random(seed);
  return Uint8Array.from({ length: lenBytes }, () => next() & 0xff);
}

export function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash("sha256").update(bytes).digest());
}

function makePayload(options: ImageOptions, core: Core, headerBytes: number): Uint8Array {
  const payload = randomBytes(options.seed ?? 1, options.payloadBytes ?? 256);
  const sp = options.sp ?? RAM[core].addr + 0x1000;
  const reset = options.reset ?? DK_CODE[core].addr + headerBytes + 0x41;
  payload.set(numbers([sp, 4], [reset, 4]).subarray(0, payload.length));
  return payload;
}

function protectedTlvs(options: ImageOptions, core: Core): Tlv[] {
  const tlvs: Tlv[] = [];
  if (options.securityCounter !== undefined) {
    tlvs.push({ type: 0x50, value: numbers([options.securityCounter, 4]) });
  }
  for (const { image, version } of options.dependencies ?? []) {
    tlvs.push({ type: 0x40, value: join(numbers([image, 4]), versionBytes(version)) });
  }
  tlvs.push(...(options.protectedTlvs ?? []));
  const target = options.target === undefined ? core : options.target;
  if (target !== null) {
    tlvs.push({ type: 0x4da0, value: numbers([1, 1], [target === "app" ? 0 : 1, 1], [0, 2]) });
  }
  return tlvs;
}

/** A signed image; by default a good one for the application core. */
export function makeImage(options: ImageOptions = {}): Uint8Array {
  const core = options.core ?? "app";
  const headerBytes = options.headerBytes ?? 0x200;
  const payload = makePayload(options, core, headerBytes);
  const tlvs = protectedTlvs(options, core);
  const signedTlvs = tlvs.length === 0 ? new Uint8Array() : area(0x6908, tlvs);
  const header = new Uint8Array(headerBytes);
  header.set(
    join(
      numbers([0x96f3b83d, 4], [options.loadAddr ?? 0, 4], [headerBytes, 2]),
      numbers([signedTlvs.length, 2], [payload.length, 4], [options.flags ?? 0, 4]),
      versionBytes(options.version ?? [1, 0, 0, 0]),
    ),
  );
  const signed = join(header, payload, signedTlvs);
  const signature: Tlv[] = [
    { type: 0x01, value: sha256(new Uint8Array([7])) },
    { type: 0x24, value: randomBytes(9, 64) },
  ];
  const own: Tlv[] = [
    { type: 0x10, value: sha256(signed) },
    ...(options.isSigned === false ? [] : signature),
  ];
  const last = [...(options.unprotectedTlvs ?? own), ...(options.looseTlvs ?? [])];
  return join(signed, area(0x6907, last));
}

/** A file of the manifest; what is undefined is left out. */
export type Field = Record<string, unknown>;

export function manifestOf(files: readonly Field[], root: Field = {}): string {
  return JSON.stringify({ "format-version": 1, time: 1763812345, files, ...root });
}

export function fieldsOf(file: string, bytes: Uint8Array, core: Core, more: Field = {}): Field {
  return {
    type: "application",
    board: `nrf5340dk/nrf5340/cpu${core}`,
    soc: "nrf5340",
    load_address: DK_CODE[core].addr + 0x200,
    image_index: core === "app" ? "0" : "1",
    slot_index_primary: core === "app" ? "1" : "3",
    slot_index_secondary: core === "app" ? "2" : "4",
    size: bytes.length,
    file,
    modtime: 1763812345,
    ...more,
  };
}

export function makeZip(files: Zippable, manifest: string | Uint8Array | null): Uint8Array {
  const all: Zippable = { ...files };
  if (manifest !== null) {
    all["manifest.json"] = typeof manifest === "string" ? strToU8(manifest) : manifest;
  }
  return new Uint8Array(zipSync(all, { mtime: new Date(2026, 0, 2) }));
}

/** A good package for both cores. */
export function makePackage(app = makeImage(), net = makeImage({ core: "net" })): Uint8Array {
  return makeZip(
    { "app.bin": app, "net.bin": net },
    manifestOf([fieldsOf("app.bin", app, "app"), fieldsOf("net.bin", net, "net")]),
  );
}
