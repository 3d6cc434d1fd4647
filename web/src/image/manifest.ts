// SPDX-License-Identifier: MIT
// From manifest.json to the files of a package. Takes every form in which the
// vendor's build and the phone apps write or read a field, and refuses what
// `duoboot package check` refuses.
import { printable, utf8 } from "../lib/bytes";
import { Refused } from "./refused";
import type { ZipFile } from "./zip";

export const MANIFEST = "manifest.json";
const MAKE_ANEW = "Make the package anew, for instance with `duoboot package create`.";
const MANIFEST_BYTES_MAX = 65536;
const ENTRIES_MAX = 16;
const TEXT_BYTES_MAX = 128;
const NUMBER_MAX = 255;
const SLOT_DEFAULT = 1;

/** One file of the manifest; texts that it does not have are "". */
export interface ManifestEntry {
  file: string;
  type: string;
  board: string;
  version: string;
  imageIndex: number;
  slot: number;
  /** 0: not in the manifest. */
  loadAddr: number;
  bytes: Uint8Array;
}

type JsonObject = Record<string, unknown>;

interface Reader {
  object: JsonObject;
  /** "" or "files[3].". */
  place: string;
}

interface NumberRule {
  max: number;
  allowsHex?: true;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function get(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function fieldFault(reader: Reader, key: string, text: string): Refused {
  return new Refused(
    "manifest-field",
    `The package's ${MANIFEST} is wrong: ${reader.place}${key} ${text}. ${MAKE_ANEW}`,
  );
}

function notJson(text: string): Refused {
  return new Refused(
    "manifest-json",
    `The package's ${MANIFEST} is not JSON: ${text}. ${MAKE_ANEW}`,
  );
}

/** A text without an end goes to the end, so that no input takes long. */
const TOKEN = /"(?:[^"\\]|\\[\s\S])*"?|[A-Za-z0-9_.+-]+|[[\]{},:]/g;

// Numbers as the C reader takes them: raw hexadecimal, which a build once
// wrote, is taken; a fraction or a power of ten becomes a list, which no field
// takes.
function plainNumber(token: string): string {
  if (/^0[xX][0-9A-Fa-f]{1,8}$/.test(token)) {
    return String(Number.parseInt(token.slice(2), 16));
  }
  const isFraction = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(token) && /[.eE]/.test(token);
  return isFraction ? `[${token}]` : token;
}

/** Readers differ in which of two equal keys they take. The text is JSON. */
function findTwice(text: string): string | null {
  const scopes: Set<string>[] = [];
  const tokens = text.match(TOKEN) ?? [];
  for (const [at, token] of tokens.entries()) {
    if (/^[{[]/.test(token)) {
      scopes.push(new Set());
    } else if (/^[\]}]/.test(token)) {
      scopes.pop();
    } else if (tokens[at + 1] === ":") {
      const key = String(JSON.parse(token));
      if (scopes.at(-1)?.has(key) === true) {
        return key;
      }
      scopes.at(-1)?.add(key);
    }
  }
  return null;
}

function parseJson(bytes: Uint8Array): unknown {
  if (bytes.length > MANIFEST_BYTES_MAX) {
    throw notJson("it is larger than 64 KB");
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw notJson("it is not UTF-8");
  }
  const plain = text.replace(TOKEN, (token) =>
    token.startsWith('"') ? token : plainNumber(token),
  );
  let root: unknown;
  try {
    root = JSON.parse(plain);
  } catch (error) {
    throw notJson(printable(error instanceof Error ? error.message : "").slice(0, 100));
  }
  const twice = findTwice(plain);
  if (twice !== null) {
    throw notJson(`'${printable(twice).slice(0, TEXT_BYTES_MAX)}' stands there twice`);
  }
  return root;
}

/** A number will do for a text, as it does on Android. */
function takeText(reader: Reader, key: string): string {
  const value = get(reader.object, key) ?? "";
  if (typeof value === "number") {
    return String(value);
  }
  if (typeof value !== "string") {
    throw fieldFault(reader, key, "must be a text");
  }
  if (printable(value) !== value || utf8.encode(value).length > TEXT_BYTES_MAX) {
    throw fieldFault(
      reader,
      key,
      `is longer than ${TEXT_BYTES_MAX} characters or has a control character`,
    );
  }
  return value;
}

function numberOf(value: unknown, rule: NumberRule): number | null {
  if (typeof value === "number") {
    return value;
  }
  const text = typeof value === "string" ? value : "";
  if (rule.allowsHex === true && /^0[xX][0-9A-Fa-f]+$/.test(text)) {
    return Number.parseInt(text.slice(2), 16);
  }
  return /^\d+$/.test(text) ? Number(text) : null;
}

/** A number, also if it is written as a text; null: it is not there. */
function takeNumber(reader: Reader, key: string, rule: NumberRule): number | null {
  const value = get(reader.object, key) ?? null;
  if (value === null) {
    return null;
  }
  const number = numberOf(value, rule);
  if (number === null) {
    throw fieldFault(reader, key, "must be a number, or a text of digits");
  }
  if (!(number >= 0 && number <= rule.max)) {
    throw fieldFault(reader, key, `must be from 0 to ${rule.max}, but is ${number}`);
  }
  return number;
}

/** iOS prefers `image` to `image_index`, Android knows only the latter. */
function takeImageIndex(reader: Reader): number {
  const image = takeNumber(reader, "image", { max: NUMBER_MAX });
  const index = takeNumber(reader, "image_index", { max: NUMBER_MAX });
  if (image !== null && index !== null && image !== index) {
    throw fieldFault(reader, "image", `is ${image}, but image_index is ${index}`);
  }
  return index ?? image ?? 0;
}

function takeVersion(reader: Reader): string {
  const keys = ["version_MCUBOOT+XIP", "version_MCUBOOT", "version_B0", "version"];
  const key = keys.find((name) => get(reader.object, name) !== undefined);
  return key === undefined ? "" : takeText(reader, key);
}

/** Unpacked files by name, each of which may be named once. */
class Files {
  private readonly left: Map<string, Uint8Array>;
  private readonly named = new Set<string>([MANIFEST]);

  constructor(files: readonly ZipFile[]) {
    this.left = new Map(files.map(({ name, bytes }) => [name, bytes]));
  }

  take(reader: Reader, name: string): Uint8Array {
    if (name === "") {
      throw fieldFault(reader, "file", "is missing");
    }
    const bytes = this.left.get(name);
    if (bytes === undefined) {
      throw fieldFault(reader, "file", `names '${name}', which is not in the zip`);
    }
    if (this.named.has(name)) {
      throw fieldFault(reader, "file", `names '${name}', which is taken already`);
    }
    if (bytes.length === 0) {
      throw fieldFault(reader, "file", `names '${name}', which is empty`);
    }
    this.named.add(name);
    return bytes;
  }

  /** A file that nobody will take is a mistake, or is hidden there. */
  checkAllNamed(): void {
    const extra = [...this.left.keys()].find((name) => !this.named.has(name));
    if (extra !== undefined) {
      throw new Refused(
        "extra-file",
        `'${extra}' is in the zip, but ${MANIFEST} does not name it: what is it for?`,
      );
    }
  }
}

function takeEntry(reader: Reader, files: Files, earlier: readonly ManifestEntry[]): ManifestEntry {
  const file = takeText(reader, "file");
  const type = takeText(reader, "type");
  const board = takeText(reader, "board");
  takeText(reader, "soc");
  const version = takeVersion(reader);
  const imageIndex = takeImageIndex(reader);
  const slot = takeNumber(reader, "slot", { max: NUMBER_MAX }) ?? defaultSlot(type, earlier);
  const loadAddr = takeNumber(reader, "load_address", { max: 0xffffffff, allowsHex: true }) ?? 0;
  const same = earlier.find((other) => other.imageIndex === imageIndex && other.slot === slot);
  if (same !== undefined) {
    throw fieldFault(
      reader,
      "image_index",
      `with its slot names image ${imageIndex}, slot ${slot}, as '${same.file}' does: ` +
        "one of them would overwrite the other",
    );
  }
  const bytes = files.take(reader, file);
  const sizeBytes = takeNumber(reader, "size", { max: 64 * 1024 * 1024 });
  if (sizeBytes !== null && sizeBytes !== bytes.length) {
    throw fieldFault(reader, "size", `is ${sizeBytes}, but '${file}' has ${bytes.length} bytes`);
  }
  return { file, type, board, version, imageIndex, slot, loadAddr, bytes };
}

/** The slots of updates of the boot loader itself are told by their order. */
function defaultSlot(type: string, earlier: readonly ManifestEntry[]): number {
  return type === "mcuboot"
    ? earlier.filter((entry) => entry.type === "mcuboot").length
    : SLOT_DEFAULT;
}

function refuseSuit(files: readonly ZipFile[], list: unknown): void {
  const types = Array.isArray(list)
    ? list.map((entry: unknown) => (isObject(entry) ? get(entry, "type") : ""))
    : [];
  const isSuit =
    files.some(({ name }) => /\.suit$/i.test(name)) ||
    types.some((type) => typeof type === "string" && type.startsWith("suit"));
  if (isSuit) {
    throw new Refused(
      "suit",
      "This is a SUIT package, for chips with the vendor's SUIT boot firmware; the boot loaders here take " +
        "images in MCUboot's format.",
    );
  }
}

/** The manifest's files in its order. Throws Refused and nothing else. */
export function readManifest(zipFiles: readonly ZipFile[]): ManifestEntry[] {
  const manifest = zipFiles.find(({ name }) => name === MANIFEST);
  if (manifest === undefined) {
    throw new Refused(
      "no-manifest",
      `There is no ${MANIFEST} in the zip. Make the package with \`duoboot package create\`, or drop a ` +
        "signed .bin by itself.",
    );
  }
  const root = parseJson(manifest.bytes);
  if (!isObject(root)) {
    throw new Refused(
      "manifest-field",
      `The package's ${MANIFEST} must be a JSON object. ${MAKE_ANEW}`,
    );
  }
  const reader: Reader = { object: root, place: "" };
  const list = get(root, "files");
  refuseSuit(zipFiles, list);
  takeText(reader, "name");
  takeNumber(reader, "format-version", { max: 1 });
  takeNumber(reader, "time", { max: Number.MAX_VALUE });
  if (!Array.isArray(list) || list.length === 0) {
    throw fieldFault(reader, "files", "must be a list with at least one file");
  }
  if (list.length > ENTRIES_MAX) {
    throw fieldFault(reader, "files", `has more than ${ENTRIES_MAX} files`);
  }
  const files = new Files(zipFiles);
  const entries: ManifestEntry[] = [];
  for (const [at, object] of (list as unknown[]).entries()) {
    if (!isObject(object)) {
      throw fieldFault(reader, `files[${at}]`, "must be an object");
    }
    entries.push(takeEntry({ object, place: `files[${at}].` }, files, entries));
  }
  files.checkAllNamed();
  return entries;
}
