// SPDX-License-Identifier: MIT
// One look over an image, front to back, by the boot loader's rules and in its
// order; but it goes on behind a fault, so that a damaged image still tells
// its version. The first fault is the one that the boot loader would name.
import { toHex } from "../lib/bytes";
import type { Core } from "../smp/types";
import * as format from "./format";
import { hex, OFF, TLV } from "./format";
import { type Area, readEntries, type TlvReader } from "./tlv";
import type { Version } from "./types";
import { readVersion } from "./version";

export interface Fault {
  /** The boot loader's reason, but "cut-off" where the file ends too early. */
  code: string;
  /** Where and what, for those who look at bytes. A whole sentence, or "". */
  detail: string;
}

/** What is known of a signature without the board's keys. */
export type SignatureState =
  | "none"
  | "other-type" // Only of types that our boot loaders do not verify.
  | "no-key" // No key hash stands before it.
  | "wrong-length"
  | "present";

export interface Scan {
  /** The magic is right: it is an image, if perhaps a damaged one. */
  isImage: boolean;
  version: Version | null;
  core: Core | null;
  digest: string;
  dependencies: { image: number; version: Version }[];
  keyHash: string;
  securityCounter: number | null;
  signature: SignatureState;
  /** What the digest covers; null: the file does not hold all of it. */
  signedBytes: number | null;
  /** To the end of the last TLV; null: it has no end. */
  totalBytes: number | null;
  /** What lies at which offset is linked for, with the header. */
  headerBytes: number;
  faults: Fault[];
}

interface Header {
  loadAddr: number;
  headerBytes: number;
  protectedBytes: number;
  payloadBytes: number;
  flags: number;
}

/** A file of nothing but faults shall not fill the memory. */
const FAULTS_MAX = 16;
/** What the length field of an area can say. */
const AREA_BYTES_MAX = 0xffff;

const NEW_SCAN: Readonly<Scan> = {
  isImage: false,
  version: null,
  core: null,
  digest: "",
  dependencies: [],
  keyHash: "",
  securityCounter: null,
  signature: "none",
  signedBytes: null,
  totalBytes: null,
  headerBytes: 0,
  faults: [],
};

class Scanner implements TlvReader {
  readonly scan: Scan = { ...NEW_SCAN, dependencies: [], faults: [] };
  readonly view: DataView;
  private hasDigest = false;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly code: format.CodeRanges,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  fault(code: string, detail = ""): void {
    if (this.scan.faults.length < FAULTS_MAX) {
      this.scan.faults.push({ code, detail });
    }
  }

  run(): Scan {
    const header = this.readHeader();
    if (header === null) {
      return this.scan;
    }
    this.checkSizes(header);
    this.checkFlags(header.flags);
    this.readVectors(header);
    this.readAreas(header);
    return this.scan;
  }

  private readHeader(): Header | null {
    const { view, bytes } = this;
    if (bytes.length < 4 || view.getUint32(OFF.magic, true) !== format.MAGIC) {
      const start = bytes.subarray(0, format.HEADER_BYTES);
      this.fault(start.length > 0 && start.every((byte) => byte === 0xff) ? "empty" : "magic");
      return null;
    }
    this.scan.isImage = true;
    if (bytes.length < format.HEADER_BYTES) {
      this.fault("cut-off", `It has ${bytes.length} bytes, less than a header.`);
      return null;
    }
    this.scan.version = readVersion(view, OFF.version);
    const header = {
      loadAddr: view.getUint32(OFF.loadAddr, true),
      headerBytes: view.getUint16(OFF.header, true),
      protectedBytes: view.getUint16(OFF.protected, true),
      payloadBytes: view.getUint32(OFF.payload, true),
      flags: view.getUint32(OFF.flags, true),
    };
    this.scan.headerBytes = header.headerBytes;
    if (header.headerBytes < format.HEADER_BYTES) {
      this.fault("header-size", `Offset 0x8 says ${header.headerBytes} bytes.`);
      return null;
    }
    return header;
  }

  private checkSizes(header: Header): void {
    if (header.headerBytes % 4 !== 0) {
      this.fault("header-size", `Offset 0x8 says ${header.headerBytes} bytes.`);
    }
    const neededBytes =
      header.headerBytes + header.payloadBytes + header.protectedBytes + format.AREA_HEAD_BYTES;
    if (neededBytes > this.bytes.length) {
      this.fault(
        "cut-off",
        `By its header it has at least ${neededBytes} bytes, but there are ${this.bytes.length}.`,
      );
    }
  }

  private checkFlags(flags: number): void {
    const wanted = (flags & ~format.FLAG_ROM_FIXED) >>> 0;
    if (wanted !== 0) {
      const names = format.FLAG_NAMES.filter(([bit]) => (wanted & bit) !== 0).map(
        ([, name]) => name,
      );
      this.fault(
        "flags",
        names.length > 0 ? `It is ${names.join(", ")}.` : `Flags: ${hex(flags, 8)}.`,
      );
    }
  }

  // An image runs where its slot begins, so its reset vector points into its
  // own payload there, and its stack pointer into its own core's RAM.
  private readVectors(header: Header): void {
    const { view } = this;
    if (header.headerBytes + format.VECTOR_BYTES > this.bytes.length) {
      if (header.payloadBytes < format.VECTOR_BYTES) {
        this.fault("vector-table", `The payload has ${header.payloadBytes} bytes.`);
      }
      return;
    }
    const sp = view.getUint32(header.headerBytes, true);
    const reset = view.getUint32(header.headerBytes + 4, true);
    const entry = (reset & ~1) >>> 0;
    const core = format.coreOfAddress(this.code, entry);
    this.scan.core = core;
    if (header.payloadBytes < format.VECTOR_BYTES || (reset & 1) === 0 || sp % 4 !== 0) {
      this.fault("vector-table", vectorText(sp, reset));
    } else if (core === null) {
      this.fault("core-unknown", vectorText(sp, reset));
    } else {
      this.checkVectors(header, { core, sp, entry });
    }
  }

  private checkVectors(header: Header, at: { core: Core; sp: number; entry: number }): void {
    const { addr } = this.code[at.core];
    const ram = format.RAM[at.core];
    const entryOff = at.entry - addr - header.headerBytes;
    const spOff = at.sp - ram.addr;
    if (entryOff < 0 || entryOff >= header.payloadBytes || spOff <= 0 || spOff > ram.sizeBytes) {
      this.fault("vector-table", vectorText(at.sp, at.entry + 1));
    } else if ((header.flags & format.FLAG_ROM_FIXED) !== 0 && header.loadAddr !== addr) {
      this.fault(
        "load-address",
        `It demands ${hex(header.loadAddr, 8)}, the slot is at ${hex(addr, 8)}.`,
      );
    }
  }

  // At most two areas: the signed one first, if the header says that there is one.
  private readAreas(header: Header): void {
    let off = header.headerBytes + header.payloadBytes;
    let expected = header.protectedBytes === 0 ? format.AREA_UNPROTECTED : format.AREA_PROTECTED;
    this.cover(off);
    for (let i = 0; i < 2; i++) {
      const area = this.readArea(off, expected, header);
      if (area === null) {
        return;
      }
      this.readTlvs(area);
      if (!area.isProtected) {
        this.scan.totalBytes = area.endOff;
        return;
      }
      this.cover(area.endOff);
      off = area.endOff;
      expected = format.AREA_UNPROTECTED;
    }
  }

  private cover(endOff: number): void {
    this.scan.signedBytes = endOff <= this.bytes.length ? endOff : null;
  }

  private readArea(off: number, expected: number, header: Header): Area | null {
    if (off + format.AREA_HEAD_BYTES > this.bytes.length) {
      this.fault("cut-off", "It ends before the TLVs.");
      return null;
    }
    const magic = this.view.getUint16(off, true);
    const lenBytes = this.view.getUint16(off + 2, true);
    const isProtected = magic === format.AREA_PROTECTED;
    if (!isProtected && magic !== format.AREA_UNPROTECTED) {
      this.fault("tlv-magic", `At offset ${hex(off)} stands ${hex(magic, 4)}.`);
      return null;
    }
    const isWrong = isProtected && lenBytes !== header.protectedBytes;
    if (magic !== expected || isWrong || (isProtected && lenBytes < format.AREA_HEAD_BYTES)) {
      this.fault("tlv-protected-size", `See the area at offset ${hex(off)}.`);
    } else if (lenBytes < format.AREA_HEAD_BYTES) {
      this.fault("tlv-size", `The area at offset ${hex(off)} has ${lenBytes} bytes.`);
    }
    return { off, endOff: this.endOfArea(off, lenBytes), isProtected };
  }

  private endOfArea(off: number, lenBytes: number): number {
    if (off + lenBytes > this.bytes.length) {
      this.fault(
        "cut-off",
        `The TLV area at offset ${hex(off)} has ${lenBytes} bytes, but ${this.bytes.length - off} are there.`,
      );
    }
    const isUsable = lenBytes >= format.AREA_HEAD_BYTES && off + lenBytes <= this.bytes.length;
    return isUsable ? off + lenBytes : Math.min(this.bytes.length, off + AREA_BYTES_MAX);
  }

  private readTlvs(area: Area): void {
    readEntries(this, area);
    if (!area.isProtected && !this.hasDigest) {
      this.fault("digest-missing");
    }
  }

  take(type: number, off: number, lenBytes: number): void {
    const { scan, view } = this;
    const value = () => toHex(this.bytes.subarray(off, off + lenBytes));
    if (type === TLV.sha256) {
      this.hasDigest = true;
      scan.digest = scan.digest === "" ? value() : scan.digest;
    } else if (type === TLV.keyHash) {
      scan.keyHash = scan.keyHash === "" ? value() : scan.keyHash;
    } else if (type === TLV.securityCounter) {
      scan.securityCounter = view.getUint32(off, true);
    } else if (type === TLV.dependency) {
      this.takeDependency(off);
    } else if (type === TLV.target) {
      this.takeTarget(off);
    }
  }

  private takeDependency(off: number): void {
    const image = this.view.getUint8(off);
    if (image >= format.CORES.length) {
      this.fault("dependency-format", `It names image ${image}.`);
    } else if (this.scan.dependencies.length >= format.DEPENDENCIES_MAX) {
      this.fault("dependency-count", `There are more than ${format.DEPENDENCIES_MAX}.`);
    } else {
      this.scan.dependencies.push({ image, version: readVersion(this.view, off + 4) });
    }
  }

  // What the signer meant must be what the vector table says.
  private takeTarget(off: number): void {
    const core = format.coreOfIndex(this.view.getUint8(off + 1));
    const isKnown =
      this.view.getUint8(off) === format.TARGET_VERSION && this.view.getUint16(off + 2, true) === 0;
    if (!isKnown || core === null || core !== this.scan.core) {
      this.fault("core-mismatch", `See the TARGET TLV at offset ${hex(off - 4)}.`);
    }
  }
}

function vectorText(sp: number, reset: number): string {
  return `Initial stack pointer ${hex(sp, 8)}, reset vector ${hex(reset, 8)}.`;
}

/** Never throws, whatever the bytes are. */
export function scanImage(bytes: Uint8Array, code: format.CodeRanges = format.DK_CODE): Scan {
  return new Scanner(bytes, code).run();
}
