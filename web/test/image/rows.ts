// SPDX-License-Identifier: MIT
// Images that a boot loader takes, and one or more for each reason why it does
// not. The unit tests judge them, and so does the program.
import { type ImageOptions, numbers, randomBytes } from "./build";

/** Where the TLVs of an image of the defaults begin. */
export const TLV_OFF = 0x200 + 256;

export const tlv = (type: number, lenBytes: number) => ({
  type,
  value: randomBytes(5, lenBytes),
});

export const GOOD_ROWS: readonly [what: string, ImageOptions][] = [
  ["without a protected area", { target: null }],
  ["with a header of 32 bytes", { headerBytes: 32 }],
  ["that demands its own slot's address", { flags: 0x100, loadAddr: 0xc000 }],
  ["whose stack begins at the end of the RAM", { sp: 0x20080000 }],
  ["with signed TLVs that nobody knows", { protectedTlvs: [tlv(0x60, 9), tlv(0xfffe, 64)] }],
  ["with 4 dependencies", { dependencies: Array(4).fill({ image: 1, version: [1, 0, 0] }) }],
  ["in the clear that carries an encryption key", { looseTlvs: [tlv(0x32, 64)] }],
  ["with an RSA signature besides", { looseTlvs: [tlv(0x20, 64)] }],
];

export const BAD_ROWS: readonly [reason: string, ImageOptions][] = [
  ["flags", { flags: 0x04 }],
  ["flags", { flags: 0x20 }],
  ["flags", { flags: 0x400 }],
  ["flags", { flags: 0x80000000 }],
  ["load-address", { flags: 0x100, loadAddr: 0x1004000 }],
  ["header-size", { headerBytes: 66 }],
  ["vector-table", { payloadBytes: 0 }],
  ["vector-table", { payloadBytes: 7 }],
  ["vector-table", { reset: 0xc240 }],
  ["vector-table", { reset: 0xc001 }],
  ["vector-table", { reset: 0xc000 + TLV_OFF + 1 }],
  ["vector-table", { sp: 0x20000000 }],
  ["vector-table", { sp: 0x20080004 }],
  ["vector-table", { sp: 0x20000802 }],
  ["vector-table", { sp: 0x21001000 }],
  ["core-unknown", { reset: 0xffffffff }],
  ["core-unknown", { reset: 0x101 }],
  ["core-mismatch", { target: "net" }],
  ["core-mismatch", { target: null, protectedTlvs: [{ type: 0x4da0, value: numbers([2, 4]) }] }],
  [
    "tlv-duplicate",
    { securityCounter: 1, protectedTlvs: [{ type: 0x50, value: numbers([1, 4]) }] },
  ],
  ["tlv-duplicate", { looseTlvs: [tlv(0x10, 32)] }],
  ["tlv-length", { protectedTlvs: [tlv(0x50, 3)] }],
  ["tlv-length", { looseTlvs: [tlv(0x01, 31)] }],
  ["tlv-not-allowed", { looseTlvs: [tlv(0x50, 4)] }],
  ["tlv-not-allowed", { looseTlvs: [tlv(0xa5, 0)] }],
  ["dependency-format", { protectedTlvs: [tlv(0x40, 11)] }],
  ["dependency-format", { dependencies: [{ image: 2, version: [1, 0, 0] }] }],
  ["dependency-count", { dependencies: Array(5).fill({ image: 1, version: [1, 0, 0] }) }],
  ["digest-missing", { unprotectedTlvs: [] }],
  ["digest-type", { unprotectedTlvs: [tlv(0x12, 64)] }],
  ["signature-type", { looseTlvs: [tlv(0x25, 1)] }],
];
