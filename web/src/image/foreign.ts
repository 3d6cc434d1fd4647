// SPDX-License-Identifier: MIT
// What a file is that is no signed image, so that the page can say what to do
// instead: the build leaves several files with similar names.
import { utf8 } from "../lib/bytes";
import { coreName, coreOfAddress, DK_CODE, MAGIC, RAM } from "./format";
import { finding, reasonFinding } from "./say";
import type { Finding } from "./types";

const HOW_TO_SIGN =
  "Sign it with `duoboot sign --key KEY.pem --version X.Y.Z --pad-header IN.bin OUT.bin` (or with " +
  "`imgtool sign`) and drop the signed file.";
const OLD_MAGIC = 0x96f3b83c;
const HEX_LINES_MAX = 8;

function startsWith(bytes: Uint8Array, ...start: number[]): boolean {
  return start.every((byte, at) => bytes[at] === byte);
}

function isElf(bytes: Uint8Array): boolean {
  return startsWith(bytes, 0x7f, 0x45, 0x4c, 0x46);
}

function isUf2(bytes: Uint8Array): boolean {
  return startsWith(bytes, 0x55, 0x46, 0x32, 0x0a);
}

/** The first records of an Intel HEX file; null: it is none. */
function hexRecords(bytes: Uint8Array): string[] | null {
  const lines = utf8
    .decode(bytes.subarray(0, 600))
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/, HEX_LINES_MAX);
  return /^:[0-9A-Fa-f]{10,}$/.test((lines[0] ?? "").trim()) ? lines : null;
}

function hexFinding(lines: string[]): Finding {
  const firstData = lines.find((line) => line.slice(7, 9) === "00")?.slice(9, 17) ?? "";
  const little = (firstData.match(/../g) ?? []).reverse().join("");
  const isSigned = Number.parseInt(little, 16) === MAGIC;
  return finding(
    "error",
    "hex-file",
    "This is an Intel HEX file, for a programmer; a device takes the raw bytes of a signed image.",
    isSigned
      ? "It holds a signed image: drop the .bin that the build leaves beside it, or make one with " +
          "`objcopy -I ihex -O binary IN.hex OUT.bin`."
      : `${HOW_TO_SIGN} IN may be this file: \`duoboot sign\` reads .hex too.`,
  );
}

/** A vector table at the very start: what objcopy makes, before it is signed. */
function unsignedCore(bytes: Uint8Array): string | null {
  if (bytes.length < 8) {
    return null;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sp = view.getUint32(0, true);
  const reset = view.getUint32(4, true);
  const core = coreOfAddress(DK_CODE, reset);
  const isStack = Object.values(RAM).some(
    (ram) => sp > ram.addr && sp - ram.addr <= ram.sizeBytes && sp % 4 === 0,
  );
  if (!isStack || (reset & 1) === 0) {
    return null;
  }
  return core === null ? "" : `, linked for the ${coreName(core)} core`;
}

function isOldImage(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return bytes.length >= 4 && view.getUint32(0, true) === OLD_MAGIC;
}

function isText(bytes: Uint8Array, pattern: RegExp): boolean {
  return pattern.test(utf8.decode(bytes.subarray(0, 200)));
}

const OTHERS: readonly { code: string; is: (bytes: Uint8Array) => boolean; text: string }[] = [
  {
    code: "elf-file",
    is: isElf,
    text:
      "This is an ELF file, as a linker makes it. Make raw bytes of it with " +
      `\`objcopy -O binary IN.elf IN.bin\`. ${HOW_TO_SIGN}`,
  },
  {
    code: "uf2-file",
    is: isUf2,
    text: `This is a UF2 file, for boards that show up as a drive; a device takes a signed image. ${HOW_TO_SIGN}`,
  },
  {
    code: "key-file",
    is: (bytes) => isText(bytes, /^\s*-----BEGIN [A-Z ]*KEY-----/),
    text: "This is a key, not an image. Nothing of it was sent; keep private keys off web pages.",
  },
  {
    code: "manifest-alone",
    is: (bytes) => isText(bytes, /^\s*\{[\s\S]*"(format-version|files)"/),
    text: "This is the manifest of a package alone. Drop the whole zip, or one of its images.",
  },
  {
    code: "suit",
    is: (bytes) => startsWith(bytes, 0xd8, 0x6b),
    text:
      "This is a SUIT envelope, for chips with the vendor's SUIT boot firmware; the boot loaders here " +
      "take images in MCUboot's format.",
  },
  {
    code: "old-image",
    is: isOldImage,
    text: `This image has the format of MCUboot before version 1.0, which is not supported. ${HOW_TO_SIGN}`,
  },
  {
    code: "packed-file",
    is: (bytes) =>
      startsWith(bytes, 0x1f, 0x8b) ||
      startsWith(bytes, 0x37, 0x7a, 0xbc, 0xaf) ||
      startsWith(bytes, 0xfd, 0x37, 0x7a, 0x58) ||
      startsWith(bytes, 0x52, 0x61, 0x72, 0x21),
    text: "This file is packed, but it is no zip. Unpack it, and drop the signed .bin or the zip in it.",
  },
];

/** About a file without the magic of an image. */
export function foreignFinding(bytes: Uint8Array, reason: string): Finding {
  if (bytes.length === 0) {
    return finding("error", "no-bytes", "The file is empty: build it again.");
  }
  if (reason === "empty") {
    return finding(
      "error",
      "empty",
      "The file is blank: it begins with erased bytes and holds no image.",
    );
  }
  const other = OTHERS.find(({ is }) => is(bytes));
  if (other !== undefined) {
    return finding("error", other.code, other.text);
  }
  const lines = hexRecords(bytes);
  if (lines !== null) {
    return hexFinding(lines);
  }
  const core = unsignedCore(bytes);
  return core === null
    ? reasonFinding(
        "error",
        "magic",
        "Drop a signed image (.bin) or a package (dfu_application.zip).",
      )
    : finding(
        "error",
        "unsigned-file",
        `This is firmware that is not signed${core}. ${HOW_TO_SIGN}`,
      );
}
