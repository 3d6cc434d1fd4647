// SPDX-License-Identifier: MIT
// Packets of an upload, as long as they may be and not a byte longer. Written
// by hand, since the length of the data follows from what the rest takes.
import { concat, utf8 } from "../lib/bytes";
import { HEADER_BYTES } from "./packet";

// CBOR's major types, in the upper three bits.
const UINT = 0x00;
const BYTES = 0x40;
const TEXT = 0x60;
const MAP = 0xa0;
const TRUE = 0xf5;
const HEAD_BYTES_MAX = 5;

function headBytes(value: number): number {
  if (value < 24) {
    return 1;
  }
  if (value <= 0xff) {
    return 2;
  }
  return value <= 0xffff ? 3 : HEAD_BYTES_MAX;
}

/** An item's first bytes: its type and its number or length. */
function head(major: number, value: number): number[] {
  switch (headBytes(value)) {
    case 1:
      return [major | value];
    case 2:
      return [major | 24, value];
    case 3:
      return [major | 25, value >> 8, value & 0xff];
    default:
      return [major | 26, value >>> 24, (value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff];
  }
}

function key(name: string): number[] {
  return [...head(TEXT, name.length), ...utf8.encode(name)];
}

/** The most data whose item fits: of the room some goes to its head. */
function dataBytesMax(roomBytes: number): number {
  for (let size = 1; size <= HEAD_BYTES_MAX; size++) {
    if (roomBytes > size && headBytes(roomBytes - size) <= size) {
      return roomBytes - size;
    }
  }
  return 0;
}

export interface PackOptions {
  file: Uint8Array;
  /** null: not said, the device routes it. */
  imageIndex: number | null;
  onlyUpgrade: boolean;
  /** SHA-256 of the file. */
  sha: Uint8Array;
}

const OFF_KEY = key("off");
const DATA_KEY = key("data");
const NEXT_START = [...head(MAP, 2), ...OFF_KEY];

export interface Chunk {
  /** With room for the header. */
  packet: Uint8Array;
  /** 0: not even one fits. */
  dataBytes: number;
}

export class Packer {
  private readonly firstStart: number[];

  constructor(private readonly options: PackOptions) {
    const { imageIndex, onlyUpgrade, sha, file } = options;
    const keyCount = 4 + (imageIndex === null ? 0 : 1) + (onlyUpgrade ? 1 : 0);
    this.firstStart = [
      ...head(MAP, keyCount),
      ...(imageIndex === null ? [] : [...key("image"), ...head(UINT, imageIndex)]),
      ...key("len"),
      ...head(UINT, file.length),
      ...key("sha"),
      ...head(BYTES, sha.length),
      ...sha,
      ...(onlyUpgrade ? [...key("upgrade"), TRUE] : []),
      ...OFF_KEY,
    ];
  }

  /** @param align The data end at a multiple of it: servers of old take only
   * whole words of their flash. */
  pack(offBytes: number, packetBytes: number, align: number): Chunk {
    const { file } = this.options;
    const leftBytes = file.length - offBytes;
    const start = [
      ...(offBytes === 0 ? this.firstStart : NEXT_START),
      ...head(UINT, offBytes),
      ...DATA_KEY,
    ];
    let dataBytes = dataBytesMax(packetBytes - HEADER_BYTES - start.length);
    if (dataBytes >= leftBytes) {
      dataBytes = leftBytes;
    } else {
      const overBytes = (offBytes + dataBytes) % align;
      dataBytes -= overBytes < dataBytes ? overBytes : 0;
    }
    const packet = concat(
      new Uint8Array(HEADER_BYTES),
      Uint8Array.from([...start, ...head(BYTES, dataBytes)]),
      file.subarray(offBytes, offBytes + dataBytes),
    );
    return { packet, dataBytes };
  }
}
