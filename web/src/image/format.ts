// SPDX-License-Identifier: MIT
// Numbers of MCUboot's image format, and where the cores' images and memories
// lie. The page must come to the boot loader's own result before a byte is
// sent, so these are the numbers that the boot loader has.
import type { Core } from "../smp/types";

export const MAGIC = 0x96f3b83d;
export const HEADER_BYTES = 32;
export const VECTOR_BYTES = 8;
export const AREA_HEAD_BYTES = 4;
export const ENTRY_HEAD_BYTES = 4;
export const AREA_UNPROTECTED = 0x6907;
export const AREA_PROTECTED = 0x6908;
export const DIGEST_BYTES = 32;
export const DEPENDENCY_BYTES = 12;
export const DEPENDENCIES_MAX = 4;
export const TARGET_VERSION = 1;

/** No file for an nRF5340 comes near it; keeps a wrong file out of memory. */
export const FILE_BYTES_MAX = 16 * 1024 * 1024;

export const OFF = {
  magic: 0,
  loadAddr: 4,
  header: 8,
  protected: 10,
  payload: 12,
  flags: 16,
  version: 20,
} as const;

export const FLAG_ROM_FIXED = 0x100;

/** What a flag asks for that our boot loaders do not do. */
export const FLAG_NAMES: readonly [number, string][] = [
  [0x001, "position independent"],
  [0x004, "encrypted with AES-128"],
  [0x008, "encrypted with AES-256"],
  [0x010, "not bootable"],
  [0x020, "to be loaded into RAM"],
  [0x200, "compressed with LZMA1"],
  [0x400, "compressed with LZMA2"],
  [0x800, "compressed with the Thumb filter"],
];

export const TLV = {
  keyHash: 0x01,
  publicKey: 0x02,
  sha256: 0x10,
  sha384: 0x11,
  sha512: 0x12,
  rsa2048: 0x20,
  ecdsa224: 0x21,
  ecdsa: 0x22,
  rsa3072: 0x23,
  ed25519: 0x24,
  pureSignature: 0x25,
  encRsa2048: 0x30,
  encKw: 0x31,
  encEc256: 0x32,
  encX25519: 0x33,
  encX25519Sha512: 0x34,
  dependency: 0x40,
  securityCounter: 0x50,
  target: 0x4da0,
} as const;

export const ED25519_SIGNATURE_BYTES = 64;
export const P256_SIGNATURE_BYTES_MIN = 8;
export const P256_SIGNATURE_BYTES_MAX = 72;

export interface Range {
  addr: number;
  sizeBytes: number;
}

/** Where each core executes its image. */
export type CodeRanges = Readonly<Record<Core, Range>>;

/** Of the nRF5340 DK's layout. A board that tells its flash map has its own. */
export const DK_CODE: CodeRanges = {
  app: { addr: 0x0000c000, sizeBytes: 0xf0000 },
  net: { addr: 0x01004000, sizeBytes: 0x3c000 },
};

/** Data memory of each core: the chip's. */
export const RAM: CodeRanges = {
  app: { addr: 0x20000000, sizeBytes: 0x80000 },
  net: { addr: 0x21000000, sizeBytes: 0x10000 },
};

export const CORES: readonly Core[] = ["app", "net"];

export function contains(range: Range, addr: number): boolean {
  return addr >= range.addr && addr - range.addr < range.sizeBytes;
}

export function coreOfAddress(code: CodeRanges, addr: number): Core | null {
  return CORES.find((core) => contains(code[core], addr)) ?? null;
}

/** MCUboot's image index of a core's image. */
export function indexOfCore(core: Core): number {
  return CORES.indexOf(core);
}

export function coreOfIndex(index: number): Core | null {
  return CORES[index] ?? null;
}

/** "application" or "network", as the command line says it. */
export function coreName(core: Core): string {
  return core === "app" ? "application" : "network";
}

export function imageName(index: number): string {
  const core = coreOfIndex(index);
  return core === null ? `image ${index}` : `${coreName(core)} image`;
}

export function hex(value: number, digits = 1): string {
  return `0x${value.toString(16).padStart(digits, "0")}`;
}
