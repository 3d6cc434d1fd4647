// SPDX-License-Identifier: MIT
// A screenshot with at most 256 colours, so that it is small: PNG as the browser
// writes it (8 bits for each of red, green, blue, no interlacing) goes in, one
// with a palette comes out.
import { deflateSync, inflateSync } from "node:zlib";
import { crc32 } from "../src/image/zip";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const COLOURS_MAX = 256;
const TRUE_COLOUR = 2;
const PALETTE = 3;
const PIXEL_BYTES = 3;

interface Pixels {
  width: number;
  height: number;
  rgb: Buffer;
}

function load(png: Buffer): Pixels {
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  if (png[24] !== 8 || png[25] !== TRUE_COLOUR || png[28] !== 0) {
    throw new Error("the browser writes its pictures in another way now");
  }
  const parts: Buffer[] = [];
  for (let at = SIGNATURE.length; at < png.length; ) {
    const bytes = png.readUInt32BE(at);
    if (png.toString("latin1", at + 4, at + 8) === "IDAT") {
      parts.push(png.subarray(at + 8, at + 8 + bytes));
    }
    at += bytes + 12;
  }
  return { width, height, rgb: unfilter(inflateSync(Buffer.concat(parts)), width * PIXEL_BYTES) };
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const byLeft = Math.abs(guess - left);
  const byUp = Math.abs(guess - up);
  const byCorner = Math.abs(guess - corner);
  if (byLeft <= byUp && byLeft <= byCorner) {
    return left;
  }
  return byUp <= byCorner ? up : corner;
}

type Predictor = (left: number, up: number, corner: number) => number;

const PREDICTORS: [Predictor, ...Predictor[]] = [
  () => 0,
  (left) => left,
  (_left, up) => up,
  (left, up) => (left + up) >> 1,
  paeth,
];

function unfilter(raw: Buffer, rowBytes: number): Buffer {
  const rows = raw.length / (rowBytes + 1);
  // A row and a pixel of zeros before the first: what its bytes are predicted from.
  const out = Buffer.alloc((rows + 1) * rowBytes + PIXEL_BYTES);
  for (let row = 0; row < rows; row++) {
    const from = row * (rowBytes + 1);
    const predict = PREDICTORS[raw.readUInt8(from)] ?? PREDICTORS[0];
    for (let at = 0; at < rowBytes; at++) {
      const to = (row + 1) * rowBytes + PIXEL_BYTES + at;
      const value = (back: number) => (at < back % rowBytes ? 0 : (out[to - back] ?? 0));
      out[to] =
        raw.readUInt8(from + 1 + at) +
        predict(value(PIXEL_BYTES), value(rowBytes), value(rowBytes + PIXEL_BYTES));
    }
  }
  return out.subarray(rowBytes + PIXEL_BYTES);
}

function distance(one: number, other: number): number {
  const part = (shift: number) => (((one >> shift) & 255) - ((other >> shift) & 255)) ** 2;
  return part(0) + part(8) + part(16);
}

/** The colours that are there most, and which of them each colour becomes. */
function reduce(colours: Uint32Array): { palette: number[]; index: Map<number, number> } {
  const counts = new Map<number, number>();
  for (const colour of colours) {
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const ranked = [...counts].sort((left, right) => right[1] - left[1]).map(([colour]) => colour);
  const palette = ranked.slice(0, COLOURS_MAX);
  const index = new Map(palette.map((colour, at) => [colour, at]));
  for (const colour of ranked.slice(COLOURS_MAX)) {
    const near = palette.map((known) => distance(known, colour));
    index.set(colour, near.indexOf(Math.min(...near)));
  }
  return { palette, index };
}

function chunk(name: string, data: Buffer): Buffer {
  const out = Buffer.alloc(data.length + 12);
  out.writeUInt32BE(data.length, 0);
  out.write(name, 4, "latin1");
  data.copy(out, 8);
  out.writeUInt32BE(crc32(out.subarray(4, 8 + data.length)), 8 + data.length);
  return out;
}

export function withPalette(png: Buffer): Buffer {
  const { width, height, rgb } = load(png);
  const colours = new Uint32Array(width * height).map((_, at) =>
    rgb.readUIntBE(at * PIXEL_BYTES, PIXEL_BYTES),
  );
  const { palette, index } = reduce(colours);
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, PALETTE], 8);
  const rows = Buffer.alloc(height * (width + 1));
  for (const [at, colour] of colours.entries()) {
    rows[at + Math.floor(at / width) + 1] = index.get(colour) ?? 0;
  }
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", head),
    chunk("PLTE", Buffer.from(palette.flatMap((rgb24) => [rgb24 >> 16, rgb24 >> 8, rgb24]))),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}
