// SPDX-License-Identifier: MIT
// For tests: the recorded exchanges of test/vectors/smp, and a link that plays
// them. The README there tells what is in the files.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { decode } from "cborg";
import { fromHex } from "../../src/lib/bytes";
import type { Link } from "../../src/links/link";
import type { VirtualClock } from "./virtual-clock";

const DIR = fileURLToPath(new URL("../../../test/vectors/smp/", import.meta.url));
const HEADER_BYTES = 8;
const SEQUENCE = 6;

export interface Exchange {
  name: string;
  request: Uint8Array;
  answers: Uint8Array[];
}

/** A call of our client, and the exchanges that it makes. */
export interface Call {
  words: string[];
  exchanges: Exchange[];
  told: string;
}

function hex(text: string): Uint8Array {
  const bytes = fromHex(text);
  if (bytes === null) {
    throw new Error(`no hex: ${text}`);
  }
  return bytes;
}

function linesOf(path: string): [string, string][] {
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const at = line.indexOf(" ");
      return at < 0 ? [line, ""] : [line.slice(0, at), line.slice(at + 1)];
    });
}

interface Reading {
  calls: Call[];
  exchange: Exchange;
  /** What this exchange is part of; null: not of our client. */
  call: Call | null;
}

const takers: Record<string, (reading: Reading, value: string) => void> = {
  exchange(reading, name) {
    reading.exchange = { name, request: new Uint8Array(), answers: [] };
    reading.call = null;
  },
  call(reading, value) {
    reading.call = { words: value.split(" "), exchanges: [reading.exchange], told: "" };
    reading.calls.push(reading.call);
  },
  // biome-ignore lint/suspicious/noThenProperty: the name of a key of these files.
  then(reading) {
    reading.call = reading.calls.at(-1) ?? null;
    reading.call?.exchanges.push(reading.exchange);
  },
  request(reading, value) {
    reading.exchange.request = hex(value);
  },
  answer(reading, value) {
    reading.exchange.answers.push(hex(value));
  },
  told(reading, value) {
    if (reading.call !== null) {
      reading.call.told = value;
    }
  },
};

function callsOf(path: string): Call[] {
  const reading: Reading = {
    calls: [],
    exchange: { name: "", request: new Uint8Array(), answers: [] },
    call: null,
  };
  for (const [key, value] of linesOf(path)) {
    takers[key]?.(reading, value);
  }
  return reading.calls;
}

function paths(): string[] {
  return readdirSync(DIR)
    .filter((name) => name.endsWith(".txt") && name !== "images.txt")
    .sort()
    .map((name) => `${DIR}${name}`);
}

/** The calls of our client in all files. */
export function recordedCalls(): Call[] {
  return paths().flatMap(callsOf);
}

/** Lines of all files that begin so. */
export function recordedLineCount(start: string): number {
  return paths()
    .flatMap((path) => readFileSync(path, "utf8").split("\n"))
    .filter((line) => line.startsWith(start)).length;
}

export function recordedImage(name: string): Uint8Array {
  const line = linesOf(`${DIR}images.txt`).find(([, value]) => value.startsWith(`${name} `));
  return hex(line?.[1].slice(name.length + 1) ?? "no such image");
}

/** null: they are the same; headers byte by byte, bodies by what they say. */
function differs(wanted: Uint8Array, packet: Uint8Array): string | null {
  const header = packet.slice(0, HEADER_BYTES);
  header[SEQUENCE] = wanted[SEQUENCE] ?? 0; // The client's own.
  if (!isDeepStrictEqual([...header], [...wanted.subarray(0, HEADER_BYTES)])) {
    return "the header differs";
  }
  const bodies = [wanted, packet].map((bytes) => decode(bytes.subarray(HEADER_BYTES)));
  return isDeepStrictEqual(bodies[0], bodies[1]) ? null : "the body differs";
}

export type Damage =
  | { kind: "none" }
  | { kind: "cut" | "cut-once"; at: number }
  | { kind: "flip"; at: number; flip: number };

/** Answers as it was recorded. */
export class ExchangeLink implements Link {
  readonly label = "The recorded device";
  readonly id = "test:exchanges";
  readonly packetBytesMax = 0;
  readonly endsWithDevice = false;
  readonly silenceMs = 0;
  readonly isOpen = true;
  readonly writeText = null;
  onPacket: ((packet: Uint8Array) => void) | null = null;
  onText = null;
  onClosed = null;
  /** What was sent and not recorded. */
  faults: string[] = [];
  sentCount = 0;
  private next = 0;

  constructor(
    private readonly call: Call,
    private readonly clock: VirtualClock,
    private readonly damage: Damage = { kind: "none" },
  ) {}

  async open(): Promise<void> {}
  async close(): Promise<void> {}

  get isAllAsked(): boolean {
    return this.next === this.call.exchanges.length;
  }

  async send(packet: Uint8Array): Promise<void> {
    this.sentCount++;
    const last = this.call.exchanges[this.next - 1];
    const isAgain =
      last !== undefined && (this.isAllAsked || differs(last.request, packet) === null);
    const exchange = isAgain ? last : this.call.exchanges[this.next++];
    if (exchange === undefined) {
      return;
    }
    const fault = differs(exchange.request, packet);
    if (fault !== null) {
      this.faults.push(`${exchange.name}: ${fault}`);
    }
    const shift = (packet[SEQUENCE] ?? 0) - (exchange.request[SEQUENCE] ?? 0);
    for (const recorded of exchange.answers) {
      const answer = recorded.slice();
      answer[SEQUENCE] = (answer[SEQUENCE] ?? 0) + shift;
      const damaged = this.damaged(answer, isAgain);
      this.clock.after(1, () => this.onPacket?.(damaged));
    }
  }

  private damaged(answer: Uint8Array, isAgain: boolean): Uint8Array {
    const { damage } = this;
    if (damage.kind === "flip" && damage.at < answer.length) {
      answer[damage.at] = (answer[damage.at] ?? 0) ^ damage.flip;
    }
    const isCut = damage.kind === "cut" || (damage.kind === "cut-once" && !isAgain);
    return isCut ? answer.subarray(0, damage.at) : answer;
  }
}
