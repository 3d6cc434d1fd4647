// SPDX-License-Identifier: MIT
// A file that was dropped on the page, before a byte of it is sent.
import type { Core, ImageSlot, Partition } from "../smp/types";

export interface Version {
  major: number;
  minor: number;
  revision: number;
  build: number;
}

/** A signed image, looked at; what is wrong with it is in `findings`. */
export interface ImageFile {
  /** Of the file, or of the entry in the zip. */
  name: string;
  bytes: Uint8Array;
  version: Version | null;
  /** As MCUmgr writes it: "1.2.3", "1.2.3.4" with a build number. */
  versionText: string;
  /** From its vector table (and our TARGET TLV); null: neither core's. */
  core: Core | null;
  /** SHA-256 TLV, hex: how the device lists it. "": there is none. */
  digest: string;
  /** Do the bytes have that digest? null: it could not be computed. */
  digestMatches: boolean | null;
  /** SHA-256 of the whole file, hex: `sha` of an upload. */
  sha: string;
  /** What the image needs of the other: image index and least version. */
  dependencies: { image: number; version: Version }[];
  /** Bytes of the signing key's hash, hex; "": not signed with a key. */
  keyHash: string;
  securityCounter: number | null;
  /** What a zip's manifest says; null: not said. */
  imageIndex: number | null;
}

export type Severity = "error" | "warning" | "note";

/** One sentence about a file. Errors stop an upload. */
export interface Finding {
  severity: Severity;
  /** For tests and for help: "wrong-core", "older-version". */
  code: string;
  text: string;
}

/** What was dropped: one image, the images of a zip, or several files. */
export interface Package {
  name: string;
  kind: "image" | "zip" | "images";
  images: CheckedImage[];
  /** About the file as a whole. */
  findings: Finding[];
}

export interface CheckedImage {
  image: ImageFile;
  findings: Finding[];
}

/** What is known of the device, for the check. */
export interface DeviceFacts {
  slots: ImageSlot[];
  /** [] if the device does not tell. */
  map: Partition[];
  /** Size of slot 1 of each image, where it is told. */
  slotBytes: { image: number; bytes: number }[];
}
