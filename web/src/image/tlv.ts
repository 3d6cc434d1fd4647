// SPDX-License-Identifier: MIT
// The entries of one TLV area: what may stand where. Nothing that steers the
// boot may stand in the unprotected area, because no signature covers it.
import * as format from "./format";
import { hex, TLV } from "./format";
import type { Scan } from "./scan";

export interface Area {
  off: number;
  endOff: number;
  isProtected: boolean;
}

/** Who reads: it keeps what the entries say. */
export interface TlvReader {
  readonly view: DataView;
  readonly scan: Scan;
  fault(code: string, detail?: string): void;
  /** The value has the length that the rule demands. */
  take(type: number, off: number, lenBytes: number): void;
}

interface Rule {
  isOnce?: true;
  /** Required length. */
  lenBytes?: number;
  /** The reason of another length, if it is not tlv-length. */
  lengthReason?: string;
  /** Its presence alone is refused. */
  refusedAs?: string;
}

const PROTECTED = new Map<number, Rule>([
  [TLV.dependency, { lenBytes: format.DEPENDENCY_BYTES, lengthReason: "dependency-format" }],
  [TLV.securityCounter, { isOnce: true, lenBytes: 4 }],
  [TLV.target, { isOnce: true, lenBytes: 4 }],
]);

const UNPROTECTED = new Map<number, Rule>([
  [TLV.sha256, { isOnce: true, lenBytes: format.DIGEST_BYTES }],
  [TLV.sha384, { refusedAs: "digest-type" }],
  [TLV.sha512, { refusedAs: "digest-type" }],
  [TLV.keyHash, { lenBytes: format.DIGEST_BYTES }],
  [TLV.publicKey, {}],
  [TLV.rsa2048, {}],
  [TLV.ecdsa224, {}],
  [TLV.ecdsa, {}],
  [TLV.rsa3072, {}],
  [TLV.ed25519, {}],
  [TLV.pureSignature, { refusedAs: "signature-type" }],
  [TLV.encRsa2048, {}],
  [TLV.encKw, {}],
  [TLV.encEc256, {}],
  [TLV.encX25519, {}],
  [TLV.encX25519Sha512, {}],
]);

const OTHER_SIGNATURES: readonly number[] = [TLV.rsa2048, TLV.ecdsa224, TLV.rsa3072];

/** Ends where the area does: each entry moves on by at least its head. */
export function readEntries(reader: TlvReader, area: Area): void {
  const seen = new Set<number>();
  const signatures = new Signatures();
  let off = area.off + format.AREA_HEAD_BYTES;
  while (off < area.endOff) {
    const roomBytes = area.endOff - off - format.ENTRY_HEAD_BYTES;
    if (roomBytes < 0) {
      reader.fault("tlv-size", `At offset ${hex(off)} are bytes that are no whole TLV.`);
      break;
    }
    const type = reader.view.getUint16(off, true);
    const lenBytes = reader.view.getUint16(off + 2, true);
    if (lenBytes > roomBytes) {
      reader.fault("tlv-size", `TLV ${hex(type, 4)} at offset ${hex(off)} has ${lenBytes} bytes.`);
      break;
    }
    off += format.ENTRY_HEAD_BYTES;
    applyRule(reader, area.isProtected, { type, off, lenBytes, seen });
    if (!area.isProtected) {
      signatures.see(type, lenBytes);
      reader.scan.signature = signatures.state();
    }
    off += lenBytes;
  }
}

interface Entry {
  type: number;
  off: number;
  lenBytes: number;
  seen: Set<number>;
}

function applyRule(reader: TlvReader, isProtected: boolean, entry: Entry): void {
  const { type, off, lenBytes, seen } = entry;
  const rule = (isProtected ? PROTECTED : UNPROTECTED).get(type);
  const where = `TLV ${hex(type, 4)} at offset ${hex(off - format.ENTRY_HEAD_BYTES)}`;
  if (rule === undefined) {
    if (!isProtected) {
      reader.fault("tlv-not-allowed", `It is ${where}.`);
    }
  } else if (rule.isOnce === true && seen.has(type)) {
    reader.fault("tlv-duplicate", `The second is ${where}.`);
  } else if (rule.lenBytes !== undefined && rule.lenBytes !== lenBytes) {
    reader.fault(rule.lengthReason ?? "tlv-length", `${where} has ${lenBytes} bytes.`);
  } else if (rule.refusedAs !== undefined) {
    reader.fault(rule.refusedAs);
  } else {
    reader.take(type, off, lenBytes);
  }
  seen.add(type);
}

// A key hash names the key of the signature that follows it. Whether the board
// knows the key is not for the page to say, but other defects show.
class Signatures {
  private isKeyNamed = false;
  private best: Scan["signature"] = "none";

  see(type: number, lenBytes: number): void {
    if (type === TLV.keyHash) {
      this.isKeyNamed = lenBytes === format.DIGEST_BYTES;
    } else if (type === TLV.publicKey) {
      this.isKeyNamed = false;
    } else if (type === TLV.ecdsa || type === TLV.ed25519) {
      this.keep(this.isKeyNamed ? lengthState(type, lenBytes) : "no-key");
      this.isKeyNamed = false;
    } else if (OTHER_SIGNATURES.includes(type)) {
      this.keep("other-type");
      this.isKeyNamed = false;
    }
  }

  private keep(state: Scan["signature"]): void {
    const order: Scan["signature"][] = ["none", "other-type", "no-key", "wrong-length", "present"];
    if (order.indexOf(state) > order.indexOf(this.best)) {
      this.best = state;
    }
  }

  state(): Scan["signature"] {
    return this.best;
  }
}

function lengthState(type: number, lenBytes: number): Scan["signature"] {
  const fits =
    type === TLV.ed25519
      ? lenBytes === format.ED25519_SIGNATURE_BYTES
      : lenBytes >= format.P256_SIGNATURE_BYTES_MIN && lenBytes <= format.P256_SIGNATURE_BYTES_MAX;
  return fits ? "present" : "wrong-length";
}
