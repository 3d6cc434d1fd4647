// SPDX-License-Identifier: MIT
// What a device tells over SMP. All of it is hostile: calls.ts checks types
// and lengths and replaces control characters, so what is here can be shown.

export type Core = "app" | "net";

/** One slot of the image list (group 1, command 0). */
export interface ImageSlot {
  image: number;
  slot: number;
  version: string;
  /** Lower-case hex; "" if the server does not tell it. */
  digest: string;
  bootable: boolean;
  pending: boolean;
  confirmed: boolean;
  active: boolean;
  permanent: boolean;
}

/** One slot of slot info (group 1, command 6). */
export interface SlotInfo {
  image: number;
  slot: number;
  sizeBytes: number | null;
  uploadImageId: number | null;
}

export interface Params {
  bufBytes: number;
  bufCount: number;
  /** Else the defaults: the server does not tell. */
  isTold: boolean;
}

export interface BootLoader {
  name: string;
  mode: number | null;
  modeText: string;
  noDowngrade: boolean;
}

/** Boot journal (group 77, command 0). */
export interface JournalEntry {
  sequence: number;
  boot: number;
  ms: number;
  /** null: the board. */
  core: Core | null;
  reason: number;
  name: string;
  text: string;
  version: string;
  detail: number;
}

/** Flash map (group 77, command 1). */
export interface Partition {
  name: string;
  memory: string;
  addr: number;
  sizeBytes: number;
  usedBytes: number | null;
}

/** What the next boot installs (group 77, command 2). */
export interface InstallPlan {
  pending: { image: number; changedUnits: number; ms: number }[];
  ms: number;
}

/** Health of the network core (group 77, command 3). */
export interface NetHealth {
  held: boolean;
  well: boolean;
  seen: boolean;
  version: string;
  beats: number | null;
  uptimeMs: number | null;
}

export interface LogPart {
  next: number;
  first: number;
  text: Uint8Array;
}

/** Unfinished upload (group 77, command 5). */
export interface Unfinished {
  image: number | null;
  lenBytes: number;
  offBytes: number;
  /** SHA-256 of the file, hex; "": not told. */
  sha: string;
}

export interface Stat {
  name: string;
  value: number;
}

export interface ShellResult {
  output: string;
  result: number;
}

export interface FileHash {
  type: string;
  lenBytes: number;
  /** Hex for bytes, decimal for numbers. */
  value: string;
}

export interface TaskStat {
  name: string;
  stackUsedBytes: number | null;
  stackBytes: number | null;
}

/** How far a transfer is. */
export interface Progress {
  /** What the device holds. */
  offBytes: number;
  totalBytes: number;
  /** What it held before; 0: nothing. */
  resumedBytes: number;
  /** Of the last seconds. */
  bytesPerS: number;
  elapsedMs: number;
  /** null: not known yet. */
  leftMs: number | null;
  resentPackets: number;
  window: number;
}

export type SmpErrorKind =
  | "refused" // The server said no: group and code are set.
  | "silent" // No answer in time.
  | "gone" // The link closed.
  | "malformed" // The answer is not what the protocol says.
  | "cancelled"
  | "request"; // It could not be sent: too long, a wrong value.

/** A call failed; the message is a whole sentence for people. */
export class SmpError extends Error {
  override name = "SmpError";
  constructor(
    readonly kind: SmpErrorKind,
    message: string,
    /** Of a refusal; -1: an error of the protocol itself, {rc}. */
    readonly group = -1,
    readonly code = 0,
  ) {
    super(message);
  }
}
