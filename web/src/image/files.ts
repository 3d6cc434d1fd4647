// SPDX-License-Identifier: MIT
// Several files that were dropped together: an image for each core, without a
// zip around them. Like a package they are judged, and sent, as one.
import { printable } from "../lib/bytes";
import { FILE_BYTES_MAX } from "./format";
import { targetOf } from "./judge";
import { type Dropped, openDropped } from "./package";
import { finding } from "./say";
import type { CheckedImage, Finding, Package } from "./types";

/** A board has two images; a few more are looked at, to say what is wrong. */
export const FILES_MAX = 8;

export interface NamedBytes {
  name: string;
  bytes: Uint8Array;
}

export interface OpenedFiles {
  pkg: Package;
  /** What was read, to be kept; without a file that could not be. */
  files: NamedBytes[];
}

function names(files: readonly { name: string }[]): string {
  const all = files.map(({ name }) => printable(name));
  const last = all.pop() ?? "";
  return all.length === 0 ? last : `${all.join(", ")} and ${last}`;
}

function sizeBytes(file: Dropped): number {
  return "bytes" in file && file.bytes instanceof Uint8Array
    ? file.bytes.length
    : (file as File).size;
}

/** null: it is too large, or cannot be read. */
async function readWhole(file: Dropped): Promise<NamedBytes | null> {
  if ("bytes" in file && file.bytes instanceof Uint8Array) {
    return { name: file.name, bytes: file.bytes };
  }
  if (sizeBytes(file) > FILE_BYTES_MAX) {
    return null;
  }
  const buffer = await (file as File).arrayBuffer().catch(() => null);
  return buffer === null ? null : { name: file.name, bytes: new Uint8Array(buffer) };
}

function refused(name: string, found: Finding): OpenedFiles {
  return { pkg: { name, kind: "images", images: [], findings: [found] }, files: [] };
}

/** What is said of a file as a whole has to say of which. */
function aboutFile({ name, kind, findings }: Package): Finding[] {
  const found = findings.map((each) => ({ ...each, text: `'${name}': ${each.text}` }));
  return kind !== "zip"
    ? found
    : [
        ...found,
        finding(
          "error",
          "zip-among-files",
          `'${name}' is a package with a manifest of its own: drop it alone, or the images without it.`,
        ),
      ];
}

function order({ image }: CheckedImage): number {
  return targetOf(image) ?? Number.MAX_SAFE_INTEGER;
}

function together(name: string, parts: readonly Package[]): Package {
  const images = parts.flatMap((part) => (part.kind === "zip" ? [] : part.images));
  return {
    name,
    kind: "images",
    // A browser tells the files in any order.
    images: images.sort((left, right) => order(left) - order(right)),
    findings: parts.flatMap(aboutFile),
  };
}

/** Look at files that were dropped together; as openDropped() says nothing of
 * the device, and of two for one core only judge() does. */
export async function openFiles(dropped: readonly Dropped[]): Promise<OpenedFiles> {
  if (dropped.length > FILES_MAX) {
    return refused(
      `${dropped.length} files`,
      finding(
        "error",
        "too-many-files",
        `${dropped.length} files were dropped: the board has two images. Drop one file for each core.`,
      ),
    );
  }
  const totalBytes = dropped.reduce((sum, file) => sum + sizeBytes(file), 0);
  if (dropped.length > 1 && totalBytes > FILE_BYTES_MAX) {
    return refused(
      names(dropped),
      finding(
        "error",
        "file-large",
        "The files have more than 16 MB: they are no images for this chip. Drop one signed .bin for each core.",
      ),
    );
  }
  const files: NamedBytes[] = [];
  const parts: Package[] = [];
  for (const file of dropped) {
    const whole = await readWhole(file);
    files.push(...(whole === null ? [] : [whole]));
    parts.push(await openDropped(whole ?? file));
  }
  const [first] = parts;
  const pkg = first !== undefined && parts.length === 1 ? first : together(names(dropped), parts);
  return { pkg, files };
}
