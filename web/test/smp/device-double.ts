// SPDX-License-Identifier: MIT
// For tests: a small device with an SMP server behind a line with faults. It
// has the slots of two images, installs at a reset, and keeps a journal.
import { createHash } from "node:crypto";
import { decode, encode } from "cborg";
import { concat, toHex } from "../../src/lib/bytes";
import type { Link } from "../../src/links/link";
import { HEADER_BYTES, loadHeader } from "../../src/smp/packet";
import type { ImageSlot, JournalEntry } from "../../src/smp/types";
import type { VirtualClock } from "./virtual-clock";

type Body = Record<string, unknown>;

/** Of a thousand packets, in each direction. */
export interface Faults {
  drop: number;
  twice: number;
  late: number;
  lateMs: number;
}

export interface DoubleOptions {
  bufBytes: number;
  bufCount: number;
  /** What a request takes. */
  workMs: number;
  /** Of the first packet of an upload. */
  eraseMs: number;
  bootMs: number;
  endsWithDevice: boolean;
  silenceMs: number;
  faults: Faults;
  seed: number;
  /** No test, no confirm: what was uploaded is installed, for good. */
  isRecovery: boolean;
  /** Group 77 is there. */
  isOurs: boolean;
  /** Takes data up to a multiple of it. */
  wordBytes: number;
  /** Refuses with busy that often, in the middle of the upload. */
  busyCount: number;
  /** Digests that the boot loader refuses. */
  refused: string[];
  /** What it says of the upload's digest at the end. */
  match: boolean | null;
}

const PERFECT: Faults = { drop: 0, twice: 0, late: 0, lateMs: 0 };

interface Stored {
  digest: string;
  version: string;
}

interface Slots {
  active: Stored;
  other: Stored | null;
  isPending: boolean;
  isPermanent: boolean;
  isConfirmed: boolean;
}

const NOT_SUPPORTED = { rc: 8 };

export class DeviceDouble implements Link {
  readonly label = "The double";
  readonly id = "test:double";
  readonly packetBytesMax = 0;
  readonly writeText = null;
  onPacket: ((packet: Uint8Array) => void) | null = null;
  onText = null;
  onClosed: ((why: string) => void) | null = null;
  isOpen = true;

  readonly options: DoubleOptions;
  readonly slots: Slots[];
  readonly journal: JournalEntry[] = [];
  /** Files by their digest of SHA-256: what an upload of it puts into a slot. */
  readonly files = new Map<string, Stored & { image: number }>();
  readonly requests: { group: number; command: number; op: number; body: Body }[] = [];
  uploaded: Uint8Array = new Uint8Array();
  uploadPackets = 0;
  inFlight = 0;
  inFlightMost = 0;
  longestPacket = 0;
  resetCount = 0;
  openCount = 0;
  /** Nothing is answered any more. */
  isDead = false;

  private upload = { sha: "", lenBytes: 0 };
  private isAway = false;
  private freeAtMs = 0;
  private random: number;

  constructor(
    readonly clock: VirtualClock,
    options: Partial<DoubleOptions> = {},
  ) {
    this.options = {
      bufBytes: 512,
      bufCount: 5,
      workMs: 2,
      eraseMs: 500,
      bootMs: 1500,
      endsWithDevice: false,
      silenceMs: 0,
      faults: PERFECT,
      seed: 1,
      isRecovery: false,
      isOurs: true,
      wordBytes: 1,
      busyCount: 0,
      refused: [],
      match: null,
      ...options,
    };
    this.random = this.options.seed;
    this.slots = ["a1", "b1"].map((digest) => ({
      active: { digest: digest.repeat(32), version: "1.0.0" },
      other: null,
      isPending: false,
      isPermanent: false,
      isConfirmed: true,
    }));
  }

  get endsWithDevice(): boolean {
    return this.options.endsWithDevice;
  }

  get silenceMs(): number {
    return this.options.silenceMs;
  }

  async open(): Promise<void> {
    this.openCount++;
    if (this.isAway) {
      throw new Error("Nobody is there.");
    }
    this.isOpen = true;
  }

  async close(): Promise<void> {
    this.isOpen = false;
  }

  /** The cable is pulled. */
  breakLink(why: string): void {
    this.isOpen = false;
    this.onClosed?.(why);
  }

  /** What was uploaded and not installed is there after a reset, too; what is
   * under way is lost. */
  loseUpload(): void {
    this.uploaded = new Uint8Array();
  }

  async send(packet: Uint8Array): Promise<void> {
    this.longestPacket = Math.max(this.longestPacket, packet.length);
    this.carry(packet.slice(), (copy) => this.receive(copy));
  }

  // --- The line ---

  private chance(perMille: number): boolean {
    this.random = (Math.imul(this.random, 1103515245) + 12345) >>> 0;
    return (this.random >>> 8) % 1000 < perMille;
  }

  private carry(packet: Uint8Array, deliver: (packet: Uint8Array) => void): void {
    const { drop, twice, late, lateMs } = this.options.faults;
    for (let copies = this.chance(twice) ? 2 : 1; copies > 0; copies--) {
      if (!this.chance(drop)) {
        this.clock.after(this.chance(late) ? lateMs : 1, () => deliver(packet));
      }
    }
  }

  private receive(packet: Uint8Array): void {
    if (this.isAway || this.isDead || this.inFlight >= this.options.bufCount) {
      return; // No buffer is free: it is lost.
    }
    this.inFlight++;
    this.inFlightMost = Math.max(this.inFlightMost, this.inFlight);
    const isFirst = loadHeader(packet)?.command === 1 && packet.includes(0x61 + 2);
    const workMs =
      this.options.workMs + (isFirst && this.isBegin(packet) ? this.options.eraseMs : 0);
    this.freeAtMs = Math.max(this.freeAtMs, this.clock.nowMs()) + workMs;
    this.clock.after(this.freeAtMs - this.clock.nowMs(), () => {
      this.inFlight--;
      if (!this.isAway && !this.isDead) {
        this.answer(packet);
      }
    });
  }

  private isBegin(packet: Uint8Array): boolean {
    return "sha" in (decode(packet.subarray(HEADER_BYTES)) as Body);
  }

  private answer(packet: Uint8Array): void {
    const header = loadHeader(packet);
    if (header === null) {
      return;
    }
    const body = decode(packet.subarray(HEADER_BYTES)) as Body;
    this.requests.push({ group: header.group, command: header.command, op: header.op, body });
    const tooLong = packet.length > this.options.bufBytes;
    const payload = encode(tooLong ? { rc: 7 } : this.handle(header.op, header, body));
    const head = packet.slice(0, HEADER_BYTES);
    head[0] = (head[0] ?? 0) + 1;
    head[2] = payload.length >> 8;
    head[3] = payload.length & 0xff;
    this.carry(concat(head, payload), (copy) => {
      if (this.isOpen) {
        this.onPacket?.(copy);
      }
    });
  }

  // --- The server ---

  private handle(op: number, { group, command }: { group: number; command: number }, body: Body) {
    const handlers: Record<string, (body: Body) => Body> = {
      "2.0.0": ({ d }) => ({ r: d }),
      "2.0.5": () => this.reset(),
      "0.0.6": () => ({ buf_size: this.options.bufBytes, buf_count: this.options.bufCount }),
      "0.1.0": () => ({ images: this.list() }),
      "2.1.0": (set) => this.setState(set),
      "2.1.1": (chunk) => this.takeChunk(chunk),
      "2.1.5": ({ slot }) => this.erase(typeof slot === "number" ? slot : 1),
      "0.77.0": ({ from }) => this.tellJournal(typeof from === "number" ? from : 0),
      "0.77.2": () => ({ pending: [], ms: this.options.bootMs }),
    };
    if (group === 77 && !this.options.isOurs) {
      return NOT_SUPPORTED;
    }
    return handlers[`${op}.${group}.${command}`]?.(body) ?? NOT_SUPPORTED;
  }

  private list(): unknown[] {
    return this.slots.flatMap((slots, image) => {
      const active = {
        ...slots.active,
        bootable: true,
        confirmed: slots.isConfirmed,
        active: true,
      };
      const other = { ...slots.other, pending: slots.isPending, permanent: slots.isPermanent };
      return [active, ...(slots.other === null ? [] : [other])].map(
        ({ digest, ...rest }, slot) => ({
          image,
          slot,
          hash: Buffer.from(digest ?? "", "hex"),
          ...rest,
        }),
      );
    });
  }

  private setState({ hash, confirm }: Body): Body {
    if (this.options.isRecovery) {
      return NOT_SUPPORTED;
    }
    const digest = hash instanceof Uint8Array ? toHex(hash) : null;
    const slots = this.slots.find(
      ({ active, other }) => active.digest === digest || other?.digest === digest,
    );
    if (slots === undefined) {
      return { err: { group: 1, rc: 8 } };
    }
    if (slots.active.digest === digest) {
      slots.isConfirmed ||= confirm === true;
    } else {
      slots.isPending = true;
      slots.isPermanent = confirm === true;
    }
    return { images: this.list() };
  }

  private erase(flat: number): Body {
    const slots = this.slots[flat >> 1];
    if (slots === undefined || flat % 2 === 0) {
      return { err: { group: 1, rc: 14 } };
    }
    slots.other = null;
    slots.isPending = false;
    return {};
  }

  private takeChunk({ off, data, len, sha }: Body): Body {
    this.uploadPackets++;
    if (sha instanceof Uint8Array && typeof len === "number" && toHex(sha) !== this.upload.sha) {
      this.upload = { sha: toHex(sha), lenBytes: len };
      this.uploaded = new Uint8Array();
    }
    if (this.uploaded.length > 0 && this.options.busyCount > 0) {
      this.options.busyCount--;
      return { rc: 10 };
    }
    if (off === this.uploaded.length && data instanceof Uint8Array) {
      const isEnd = off + data.length === this.upload.lenBytes;
      const cut = isEnd ? 0 : data.length % this.options.wordBytes;
      this.uploaded = concat(this.uploaded, data.subarray(0, data.length - cut));
    }
    const isWhole = this.uploaded.length === this.upload.lenBytes && this.upload.lenBytes > 0;
    return { off: this.uploaded.length, ...(isWhole ? { match: this.finish() } : {}) };
  }

  private finish(): boolean {
    const digest = createHash("sha256").update(this.uploaded).digest("hex");
    const file = this.files.get(digest);
    const slots = this.slots[file?.image ?? -1];
    if (file !== undefined && slots !== undefined) {
      slots.other = { digest: file.digest, version: file.version };
      slots.isPending = this.options.isRecovery;
      slots.isPermanent = this.options.isRecovery;
    }
    return this.options.match ?? digest === this.upload.sha;
  }

  private tellJournal(from: number): Body {
    const entries = this.journal
      .filter(({ sequence }) => sequence >= from)
      .slice(0, 3)
      .map(({ sequence: seq, reason, version }) => ({ seq, reason, version }));
    return { next: entries.at(-1) === undefined ? from : (entries.at(-1)?.seq ?? 0) + 1, entries };
  }

  note(reason: number, version: string): void {
    this.journal.push({
      sequence: this.journal.length + 1,
      boot: this.resetCount,
      ms: 0,
      core: null,
      reason,
      name: "",
      text: "",
      version,
      detail: 0,
    });
  }

  private reset(): Body {
    this.clock.after(250, () => {
      this.resetCount++;
      this.isAway = true;
      if (this.endsWithDevice) {
        this.breakLink("the device has gone.");
      }
      for (const slots of this.slots) {
        this.boot(slots);
      }
      this.clock.after(this.options.bootMs, () => {
        this.isAway = false;
      });
    });
    return {};
  }

  private boot(slots: Slots): void {
    const { active, other } = slots;
    if (slots.isPending && other !== null && this.options.refused.includes(other.digest)) {
      slots.isPending = false;
      this.note(23, other.version);
    } else if (other !== null && (slots.isPending || !slots.isConfirmed)) {
      slots.isConfirmed = slots.isPending ? slots.isPermanent : true;
      slots.isPending = false;
      slots.isPermanent = false;
      slots.active = other;
      slots.other = active;
    }
  }
}

/** The list that the page makes of it. */
export function slotOf(list: readonly ImageSlot[], image: number, slot: number): ImageSlot | null {
  return list.find((at) => at.image === image && at.slot === slot) ?? null;
}
