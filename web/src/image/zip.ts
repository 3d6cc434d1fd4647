// SPDX-License-Identifier: MIT
// The files of a zip, all unpacked into memory. A zip is hostile: the directory
// at its end and the heads of its files must say the same, nothing overlaps,
// and no more comes out than was said before.
import { Inflate } from "fflate";
import { equal, printable } from "../lib/bytes";
import { FILE_BYTES_MAX } from "./format";
import { Refused } from "./refused";

const LOCAL_MAGIC = 0x04034b50;
const CENTRAL_MAGIC = 0x02014b50;
const END_MAGIC = 0x06054b50;
const END64_LOCATOR_MAGIC = 0x07064b50;
const LOCAL_BYTES = 30;
const CENTRAL_BYTES = 46;
const END_BYTES = 22;
const END64_LOCATOR_BYTES = 20;
const COMMENT_BYTES_MAX = 0xffff;
const FLAG_ENCRYPTED = 0x0001;
const FLAG_SIZES_FOLLOW = 0x0008;
const FLAG_PATCH = 0x0020;
const FLAG_STRONG_ENCRYPTION = 0x0040;
const FLAG_MASKED = 0x2000;
const FLAG_UTF8 = 0x0800;
const FLAGS_COMPARED =
  FLAG_ENCRYPTED |
  FLAG_SIZES_FOLLOW |
  FLAG_PATCH |
  FLAG_STRONG_ENCRYPTION |
  FLAG_UTF8 |
  FLAG_MASKED;
const METHOD_STORE = 0;
const METHOD_DEFLATE = 8;
const FILES_MAX = 64;
const NAME_BYTES_MAX = 128;
/** So much is given to the unpacker at once; it can become 1032 times as much. */
const PIECE_BYTES = 8192;

export interface ZipFile {
  name: string;
  bytes: Uint8Array;
}

/** What the directory says of a file. */
interface Entry {
  name: string;
  nameBytes: Uint8Array;
  /** Version of the format that unpacks it; its head may say less. */
  needs: number;
  /** Method and time: the file's head has the same bytes. */
  common: Uint8Array;
  flags: number;
  method: number;
  crc: number;
  packedBytes: number;
  sizeBytes: number;
  localOff: number;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Does the file begin as a zip does? One without a file begins with its end. */
export function isZip(bytes: Uint8Array): boolean {
  if (bytes.length < 4) {
    return false;
  }
  const magic = viewOf(bytes).getUint32(0, true);
  return magic === LOCAL_MAGIC || magic === END_MAGIC;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) {
    value = (value & 1) !== 0 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  }
  return value;
});

export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc = (crc >>> 8) ^ (CRC_TABLE[(crc ^ byte) & 0xff] ?? 0);
  }
  return ~crc >>> 0;
}

function damaged(text: string): Refused {
  return new Refused("zip-damaged", `The zip is damaged: ${text}. Copy or build it again.`);
}

function zip64(): Refused {
  return new Refused(
    "zip-64",
    "The zip is in the format for files above 4 GB, which a package never is.",
  );
}

/** The end record, which a comment may follow up to the end of the file. */
function findEnd(view: DataView): number {
  const lastOff = view.byteLength - END_BYTES;
  const firstOff = Math.max(0, lastOff - COMMENT_BYTES_MAX);
  for (let off = lastOff; off >= firstOff; off--) {
    if (
      view.getUint32(off, true) === END_MAGIC &&
      view.getUint16(off + 20, true) === lastOff - off
    ) {
      return off;
    }
  }
  throw damaged("its end is cut off");
}

interface Directory {
  off: number;
  endOff: number;
  count: number;
}

function readEnd(view: DataView): Directory {
  const endOff = findEnd(view);
  const count = view.getUint16(endOff + 10, true);
  const sizeBytes = view.getUint32(endOff + 12, true);
  const off = view.getUint32(endOff + 16, true);
  const locatorOff = endOff - END64_LOCATOR_BYTES;
  const hasLocator = locatorOff >= 0 && view.getUint32(locatorOff, true) === END64_LOCATOR_MAGIC;
  if (hasLocator || count === 0xffff || off === 0xffffffff || sizeBytes === 0xffffffff) {
    throw zip64();
  }
  const isOneDisk =
    view.getUint32(endOff + 4, true) === 0 && view.getUint16(endOff + 8, true) === count;
  if (!isOneDisk) {
    throw new Refused("zip-parts", "The zip is one part of several; a package is one file.");
  }
  if (off + sizeBytes !== endOff) {
    throw damaged("its directory is not where its end says");
  }
  if (count > FILES_MAX) {
    throw new Refused(
      "zip-files",
      `There are ${count} files in the zip; a package has at most ${FILES_MAX}.`,
    );
  }
  return { off, endOff, count };
}

/** What is wrong with a file's name; "": nothing. */
function nameFault(name: string, lenBytes: number): string {
  if (lenBytes === 0) {
    return "has no name";
  }
  if (lenBytes > NAME_BYTES_MAX) {
    return "has a name that is too long";
  }
  if (printable(name) !== name) {
    return "has a control character in its name";
  }
  const isOutside = name.split("/").includes("..") || name.startsWith("/") || /[\\:]/.test(name);
  if (isOutside) {
    return "has a name that leaves the folder";
  }
  if (name.endsWith("/")) {
    return "is a directory; all files of a package lie at the top";
  }
  return name.includes("/") ? "lies in a directory; all files of a package lie at the top" : "";
}

function decodeName(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Refused("zip-name", "A file in the zip has a name that is not UTF-8.");
  }
}

function checkEntry(entry: Entry): void {
  const label = `'${printable(entry.name).slice(0, NAME_BYTES_MAX)}'`;
  const fault = nameFault(entry.name, entry.nameBytes.length);
  if (fault !== "") {
    throw new Refused("zip-name", `${label} in the zip ${fault}.`);
  }
  if ((entry.flags & (FLAG_ENCRYPTED | FLAG_STRONG_ENCRYPTION | FLAG_MASKED)) !== 0) {
    throw new Refused(
      "zip-encrypted",
      `${label} in the zip is encrypted. Make the zip without a password.`,
    );
  }
  const isKnown = entry.method === METHOD_STORE || entry.method === METHOD_DEFLATE;
  if (!isKnown || (entry.flags & FLAG_PATCH) !== 0) {
    throw new Refused(
      "zip-method",
      `${label} in the zip is packed with a method that is not supported; only deflate, or none, will do.`,
    );
  }
  if ([entry.packedBytes, entry.sizeBytes, entry.localOff].includes(0xffffffff)) {
    throw zip64();
  }
}

function readDirectory(bytes: Uint8Array, directory: Directory): Entry[] {
  const view = viewOf(bytes);
  const entries: Entry[] = [];
  let { off } = directory;
  for (let i = 0; i < directory.count; i++) {
    if (off + CENTRAL_BYTES > directory.endOff || view.getUint32(off, true) !== CENTRAL_MAGIC) {
      throw damaged("its directory is not whole");
    }
    const nameOff = off + CENTRAL_BYTES;
    const nameLen = view.getUint16(off + 28, true);
    const restLen = view.getUint16(off + 30, true) + view.getUint16(off + 32, true);
    const nextOff = nameOff + nameLen + restLen;
    if (nextOff > directory.endOff) {
      throw damaged("its directory is not whole");
    }
    const nameBytes = bytes.subarray(nameOff, nameOff + nameLen);
    const entry = {
      name: decodeName(nameBytes),
      nameBytes,
      needs: view.getUint16(off + 6, true),
      common: bytes.subarray(off + 10, off + 16),
      flags: view.getUint16(off + 8, true),
      method: view.getUint16(off + 10, true),
      crc: view.getUint32(off + 16, true),
      packedBytes: view.getUint32(off + 20, true),
      sizeBytes: view.getUint32(off + 24, true),
      localOff: view.getUint32(off + 42, true),
    };
    checkEntry(entry);
    entries.push(entry);
    off = nextOff;
  }
  if (off !== directory.endOff) {
    throw damaged("its directory says another number of files");
  }
  return entries;
}

function checkTogether(entries: readonly Entry[]): void {
  const names = new Set<string>();
  let totalBytes = 0;
  for (const entry of entries) {
    totalBytes += entry.sizeBytes;
    if (totalBytes > FILE_BYTES_MAX) {
      throw new Refused(
        "zip-large",
        `'${entry.name}' in the zip would make more than 16 MB when unpacked.`,
      );
    }
    if (names.has(entry.name)) {
      throw new Refused("zip-twice", `'${entry.name}' is in the zip twice.`);
    }
    names.add(entry.name);
  }
}

interface Place {
  entry: Entry;
  dataOff: number;
}

// Some programs read the heads and some the directory: both must say the same.
function findData(bytes: Uint8Array, entry: Entry, limitOff: number): Place {
  const view = viewOf(bytes);
  const off = entry.localOff;
  if (off + LOCAL_BYTES > limitOff || view.getUint32(off, true) !== LOCAL_MAGIC) {
    throw damaged(`'${entry.name}' is not where its directory says`);
  }
  const nameLen = view.getUint16(off + 26, true);
  const dataOff = off + LOCAL_BYTES + nameLen + view.getUint16(off + 28, true);
  if (dataOff + entry.packedBytes > limitOff) {
    throw damaged(`'${entry.name}' is cut off`);
  }
  const name = bytes.subarray(off + LOCAL_BYTES, off + LOCAL_BYTES + nameLen);
  const isSame =
    view.getUint16(off + 4, true) <= entry.needs &&
    ((view.getUint16(off + 6, true) ^ entry.flags) & FLAGS_COMPARED) === 0 &&
    equal(bytes.subarray(off + 8, off + 14), entry.common) &&
    equal(name, entry.nameBytes) &&
    areSizesSame(view, off, entry);
  if (!isSame) {
    throw damaged(`its directory and the head of '${entry.name}' disagree`);
  }
  return { entry, dataOff };
}

function areSizesSame(view: DataView, off: number, entry: Entry): boolean {
  const told = [14, 18, 22].map((at) => view.getUint32(off + at, true));
  const isLater = (entry.flags & FLAG_SIZES_FOLLOW) !== 0 && told.every((value) => value === 0);
  return (
    isLater ||
    [entry.crc, entry.packedBytes, entry.sizeBytes].every((value, at) => told[at] === value)
  );
}

// The same bytes twice, under two names, is how a small zip becomes a huge one.
function checkOverlaps(places: readonly Place[]): void {
  const sorted = [...places].sort((left, right) => left.entry.localOff - right.entry.localOff);
  let endOff = 0;
  for (const { entry, dataOff } of sorted) {
    if (entry.localOff < endOff) {
      throw damaged(`'${entry.name}' lies over another file`);
    }
    endOff = dataOff + entry.packedBytes;
  }
}

function inflate(packed: Uint8Array, sizeBytes: number): Uint8Array | null {
  const out = new Uint8Array(sizeBytes);
  let doneBytes = 0;
  const stream = new Inflate((chunk) => {
    if (chunk.length > sizeBytes - doneBytes) {
      throw new RangeError("more than was said");
    }
    out.set(chunk, doneBytes);
    doneBytes += chunk.length;
  });
  try {
    for (let off = 0; off === 0 || off < packed.length; off += PIECE_BYTES) {
      const piece = packed.slice(off, off + PIECE_BYTES);
      stream.push(piece, off + PIECE_BYTES >= packed.length);
    }
  } catch {
    return null;
  }
  return doneBytes === sizeBytes ? out : null;
}

function unpack(bytes: Uint8Array, { entry, dataOff }: Place): ZipFile {
  const packed = bytes.subarray(dataOff, dataOff + entry.packedBytes);
  const isStored = entry.method === METHOD_STORE;
  const file = isStored ? packed.slice() : inflate(packed, entry.sizeBytes);
  if (file === null || file.length !== entry.sizeBytes || crc32(file) !== entry.crc) {
    throw damaged(`'${entry.name}' cannot be unpacked, or its size or CRC is wrong`);
  }
  return { name: entry.name, bytes: file };
}

/** Every file of the zip. Throws Refused and nothing else. */
export function unzip(bytes: Uint8Array): ZipFile[] {
  const directory = readEnd(viewOf(bytes));
  const entries = readDirectory(bytes, directory);
  checkTogether(entries);
  const places = entries.map((entry) => findData(bytes, entry, directory.off));
  checkOverlaps(places);
  return places.map((place) => unpack(bytes, place));
}
