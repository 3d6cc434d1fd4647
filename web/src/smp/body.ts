// SPDX-License-Identifier: MIT
// Bodies of packets: written by cborg, and read from hostile bytes.
import { decode, encode, Token, Tokenizer, Type } from "cborg";
import { concat, printable, printableLines, utf8 } from "../lib/bytes";

export type Body = Record<string, unknown>;

/** An answer has no business to be nested deeper. */
const DEPTH_MAX = 16;
const MAJOR_BYTES = 0x40;
const MAJOR_TEXT = 0x60;
const INDEFINITE = 0x1f;
const BREAK = 0xff;
const U32_MAX = 0xffffffff;

const FIRST_OPTIONS = { allowBigInt: true, allowUndefined: true };

interface Container {
  /** Items still to come; Infinity: until a break. */
  left: number;
  /** So far; a map has two for each key. */
  seen: number;
  isMap: boolean;
}

/** Reads what cborg's own does not: strings in pieces, and values with tags,
 * which are dropped. Ends what is nested too deep before it costs a stack. */
class BodyTokenizer extends Tokenizer {
  private readonly open: Container[] = [];

  constructor(private readonly bytes: Uint8Array) {
    super(bytes, FIRST_OPTIONS);
  }

  override next(): Token {
    const first = this.bytes[this.pos()] ?? 0;
    if (first === (MAJOR_BYTES | INDEFINITE) || first === (MAJOR_TEXT | INDEFINITE)) {
      const pieces = this.pieces(first);
      this.count();
      return first === (MAJOR_TEXT | INDEFINITE)
        ? new Token(Type.string, utf8.decode(pieces))
        : new Token(Type.bytes, pieces);
    }
    let token = super.next();
    while (Type.equals(token.type, Type.tag) && !this.done()) {
      token = super.next();
    }
    this.follow(token);
    // What is no whole number is none of SMP's: as if it were not there.
    return Type.equals(token.type, Type.float) ? new Token(Type.null, null) : token;
  }

  /** The bytes of a string that comes in pieces, its break included. */
  private pieces(first: number): Uint8Array<ArrayBuffer> {
    const major = first & MAJOR_BREAK_MASK;
    const parts: Uint8Array[] = [];
    this.skip(1);
    while (this.bytes[this.pos()] !== BREAK) {
      const byte = this.bytes[this.pos()];
      if (byte === undefined || (byte & MAJOR_BREAK_MASK) !== major || byte === first) {
        throw new Error("a string's piece is something else");
      }
      const start = this.pos();
      const token = super.next();
      const lenBytes = this.pos() - start;
      parts.push(
        Type.equals(token.type, Type.bytes)
          ? (token.value as Uint8Array)
          : this.bytes.subarray(start + lenBytes - textBytes(this.bytes, start), start + lenBytes),
      );
    }
    this.skip(1);
    return concat(...parts);
  }

  private skip(count: number): void {
    this._pos += count;
  }

  private follow(token: Token): void {
    const isMap = Type.equals(token.type, Type.map);
    if (isMap || Type.equals(token.type, Type.array)) {
      const count = Number(token.value) * (isMap ? 2 : 1);
      if (count === 0) {
        this.count();
        return;
      }
      this.open.push({ left: count, seen: 0, isMap });
      if (this.open.length > DEPTH_MAX) {
        throw new Error("nested too deep");
      }
    } else if (Type.equals(token.type, Type.break)) {
      this.close(this.open.pop());
      this.count();
    } else {
      this.count();
    }
  }

  /** A break ends what has no length, and not between a key and its value. */
  private close(container: Container | undefined): void {
    const isAllowed = container?.left === Number.POSITIVE_INFINITY;
    if (!isAllowed || (container.isMap && container.seen % 2 !== 0)) {
      throw new Error("a break where there is nothing to end");
    }
  }

  /** An item is over, and perhaps what it was the last one of. */
  private count(): void {
    for (let at = this.open.length - 1; at >= 0; at--) {
      const container = this.open[at];
      if (container === undefined) {
        return;
      }
      container.seen++;
      container.left--;
      if (container.left > 0) {
        return;
      }
      this.open.pop();
    }
  }
}

const MAJOR_BREAK_MASK = 0xe0;

/** Length of the definite string at `at`, which is known to be whole. */
function textBytes(bytes: Uint8Array, at: number): number {
  const minor = (bytes[at] ?? 0) & INDEFINITE;
  if (minor < 24) {
    return minor;
  }
  let len = 0;
  for (let i = 1; i <= 1 << (minor - 24); i++) {
    len = len * 256 + (bytes[at + i] ?? 0);
  }
  return len;
}

/** Maps become objects without a prototype, so that no key means anything. */
function plain(value: unknown): unknown {
  if (value instanceof Map) {
    const body: Body = Object.create(null);
    for (const [key, item] of value) {
      if (typeof key === "string" && !(key in body)) {
        body[key] = plain(item);
      }
    }
    return body;
  }
  return Array.isArray(value) ? value.map(plain) : value;
}

/** The one map in `bytes`; no bytes at all are an empty one. null: malformed,
 * nested too deep, or not a map. */
export function parseBody(bytes: Uint8Array): Body | null {
  if (bytes.length === 0) {
    return {};
  }
  try {
    const value: unknown = decode(bytes, {
      ...FIRST_OPTIONS,
      useMaps: true,
      rejectDuplicateMapKeys: true,
      tokenizer: new BodyTokenizer(bytes),
    });
    return value instanceof Map ? (plain(value) as Body) : null;
  } catch {
    return null;
  }
}

export function encodeBody(body: Body): Uint8Array {
  return encode(body);
}

// Reading. null, false, "": the key is not there, or its value is of another
// kind. The map may be anything.

function isMap(value: unknown): value is Body {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Uint8Array)
  );
}

export function find(map: unknown, key: string): unknown {
  return isMap(map) && Object.hasOwn(map, key) ? (map[key] ?? null) : null;
}

/** A number that is 0 or more; beyond 2^53 not exact. */
export function uint(map: unknown, key: string): number | null {
  const value = find(map, key);
  if (typeof value === "number") {
    return Number.isInteger(value) && value >= 0 ? value : null;
  }
  return typeof value === "bigint" && value >= 0n ? Number(value) : null;
}

export function int(map: unknown, key: string): number | null {
  const value = find(map, key);
  if (typeof value === "number") {
    return Number.isInteger(value) ? value : null;
  }
  return typeof value === "bigint" ? Number(value) : null;
}

export function u32(map: unknown, key: string): number | null {
  const value = uint(map, key);
  return value !== null && value <= U32_MAX ? value : null;
}

/** Also 0 and 1; absent is false. */
export function flag(map: unknown, key: string): boolean {
  const value = find(map, key);
  return typeof value === "boolean" ? value : (uint(map, key) ?? 0) !== 0;
}

export const NAME_CHARS = 63;
export const TEXT_CHARS = 255;

function textOf(value: unknown): string | null {
  if (value instanceof Uint8Array) {
    return utf8.decode(value);
  }
  return typeof value === "string" ? value : null;
}

/** Cut so that no character is halved. */
function cut(text: string, charsMax: number): string {
  return text.length <= charsMax ? text : text.slice(0, charsMax).replace(/[\ud800-\udbff]$/, "");
}

/** A text or byte string, fit to be shown, cut. */
export function text(map: unknown, key: string, charsMax: number): string | null {
  return itemText(find(map, key), charsMax);
}

export function itemText(value: unknown, charsMax: number): string | null {
  const whole = textOf(value);
  return whole === null ? null : printable(cut(whole, charsMax));
}

/** The same, with its lines. */
export function lines(map: unknown, key: string): string | null {
  const whole = textOf(find(map, key));
  return whole === null ? null : printableLines(whole);
}

export function bytes(map: unknown, key: string): Uint8Array | null {
  const value = find(map, key);
  if (value instanceof Uint8Array) {
    return value.slice();
  }
  return typeof value === "string" ? utf8.encode(value) : null;
}

export function list(map: unknown, key: string): readonly unknown[] | null {
  const value = find(map, key);
  return Array.isArray(value) ? value : null;
}

export function entries(map: unknown, key: string): [string, unknown][] | null {
  const value = find(map, key);
  return isMap(value) ? Object.entries(value) : null;
}
