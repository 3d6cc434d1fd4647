// SPDX-License-Identifier: MIT
// Bytes: hex, base64, text, and text from strangers made fit to be shown.

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Lower-case. */
export function toHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) {
    text += HEX[byte];
  }
  return text;
}

/** null: there is something else in it, or half a byte. */
export function fromHex(text: string): Uint8Array<ArrayBuffer> | null {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) {
    return null;
  }
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  }
  return bytes;
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export function equal(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, i) => byte === right[i]);
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

export const utf8 = {
  encode: (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(encoder.encode(text)),
  /** What is no UTF-8 becomes U+FFFD. */
  decode: (bytes: Uint8Array): string => decoder.decode(bytes),
} as const;

// Pieces that String.fromCharCode() takes as arguments.
const PIECE_BYTES = 8192;

export function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    text += String.fromCharCode(...bytes.subarray(at, at + PIECE_BYTES));
  }
  return btoa(text);
}

/** null: it is no base64. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  let raw: string;
  try {
    raw = atob(text);
  } catch {
    return null;
  }
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) {
    bytes[i] = raw.charCodeAt(i);
  }
  return bytes;
}

// Control characters, and those that turn the direction of the text around
// them or break its line: a device must not write outside of its own words.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for.
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** As "?" what could not be shown, or would show something else. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, "?");
}

/** The same, but lines and tabs stay. A carriage return before a line's end is dropped. */
export function printableLines(text: string): string {
  return text
    .replace(/\r+\n/g, "\n")
    .replace(UNPRINTABLE, (character) =>
      character === "\n" || character === "\t" ? character : "?",
    );
}
