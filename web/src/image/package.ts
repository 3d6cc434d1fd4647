// SPDX-License-Identifier: MIT
// What was dropped on the page: one image, or a zip of images. Told by content,
// not by name. Whatever is wrong becomes a finding; nothing is thrown.
import { printable } from "../lib/bytes";
import { CORES, coreName, DK_CODE, FILE_BYTES_MAX } from "./format";
import { type Parsed, parseImage } from "./image";
import { type ManifestEntry, readManifest } from "./manifest";
import { Refused } from "./refused";
import { finding } from "./say";
import type { CheckedImage, Finding, Package, Version } from "./types";
import { compareVersions, formatVersion, parseVersion } from "./version";
import { isZip, unzip } from "./zip";

/** A File of the browser, or bytes that were kept from before a reload. */
export type Dropped = File | { name: string; bytes: Uint8Array };

const SLOT_STAGED = 1;

function refused(name: string, kind: Package["kind"], error: unknown): Package {
  const found =
    error instanceof Refused
      ? finding("error", error.code, error.message)
      : finding("error", "not-looked-at", "The file could not be looked at. Drop it again.");
  return { name, kind, images: [], findings: [found] };
}

function tooLarge(name: string): Package {
  const error = new Refused(
    "file-large",
    "The file has more than 16 MB: it is no image for this chip. Drop a signed .bin or a package.",
  );
  return refused(name, "image", error);
}

function unreadable(name: string): Package {
  const error = new Refused(
    "unreadable",
    "The file could not be read. It may be a folder, or was changed or removed meanwhile: drop it again.",
  );
  return refused(name, "image", error);
}

/** Where the manifest sends it, before what it is. */
function targetFindings(entry: ManifestEntry): Finding[] {
  const found: Finding[] = [];
  if (entry.imageIndex >= CORES.length) {
    found.push(
      finding(
        "error",
        "image-index",
        `The manifest says image ${entry.imageIndex}, but the board has image 0 (application core) and ` +
          "image 1 (network core).",
      ),
    );
  }
  if (entry.type === "mcuboot") {
    found.push(
      finding(
        "error",
        "boot-loader-update",
        "This is an update of a boot loader; ours are not updated this way.",
      ),
    );
  } else if (entry.slot !== SLOT_STAGED) {
    found.push(
      finding(
        "error",
        "slot",
        `The manifest says slot ${entry.slot}, for a boot loader that runs an image where it was uploaded ` +
          "to; ours takes uploads into slot 1 and installs them.",
      ),
    );
  }
  return found;
}

/** "1.2" is "1.2.0" in a manifest. */
function isOtherVersion(text: string, version: Version): boolean {
  const told = parseVersion(text.replace(/^(\d+\.\d+)(\+\d+)?$/, "$1.0$2"));
  return told === null || compareVersions(told, version) !== 0;
}

/** What the manifest says besides, against what the image is. */
function wordFindings(entry: ManifestEntry, parsed: Parsed): Finding[] {
  const { core, version } = parsed.image;
  if (core === null || parsed.scan.faults.length > 0) {
    return [];
  }
  const found: Finding[] = [];
  const addr = DK_CODE[core].addr + parsed.scan.headerBytes;
  if (entry.board.includes(core === "app" ? "cpunet" : "cpuapp")) {
    found.push(
      finding(
        "warning",
        "manifest-board",
        `The manifest says board '${entry.board}', but the image is for the ${coreName(core)} core.`,
      ),
    );
  }
  if (entry.loadAddr !== 0 && entry.loadAddr !== addr) {
    const [told, wanted] = [entry.loadAddr, addr].map(
      (value) => `0x${value.toString(16).padStart(8, "0")}`,
    );
    found.push(
      finding(
        "warning",
        "manifest-load-address",
        `The manifest says load address ${told}; it would be ${wanted}.`,
      ),
    );
  }
  if (version !== null && entry.version.includes(".") && isOtherVersion(entry.version, version)) {
    found.push(
      finding(
        "warning",
        "manifest-version",
        `The manifest says version '${entry.version}', but the image is ${formatVersion(version)}.`,
      ),
    );
  }
  return found;
}

async function openEntry(entry: ManifestEntry): Promise<CheckedImage> {
  const parsed = await parseImage(entry.file, entry.bytes);
  return {
    image: { ...parsed.image, imageIndex: entry.imageIndex },
    findings: [...targetFindings(entry), ...parsed.findings, ...wordFindings(entry, parsed)],
  };
}

async function openZip(name: string, bytes: Uint8Array): Promise<Package> {
  const images: CheckedImage[] = [];
  for (const entry of readManifest(unzip(bytes))) {
    images.push(await openEntry(entry));
  }
  return { name, kind: "zip", images, findings: [] };
}

async function openBytes(name: string, bytes: Uint8Array): Promise<Package> {
  if (bytes.length > FILE_BYTES_MAX) {
    return tooLarge(name);
  }
  if (isZip(bytes)) {
    return openZip(name, bytes).catch((error: unknown) => refused(name, "zip", error));
  }
  const { image, findings } = await parseImage(name, bytes);
  return { name, kind: "image", images: [{ image, findings }], findings: [] };
}

/** Look at a file. Give the result to judge(): alone it says nothing of the device. */
export async function openDropped(dropped: Dropped): Promise<Package> {
  const name = printable(dropped.name);
  try {
    if ("bytes" in dropped && dropped.bytes instanceof Uint8Array) {
      return await openBytes(name, dropped.bytes);
    }
    const file = dropped as File;
    if (file.size > FILE_BYTES_MAX) {
      return tooLarge(name);
    }
    const buffer = await file.arrayBuffer().catch(() => null);
    return buffer === null ? unreadable(name) : await openBytes(name, new Uint8Array(buffer));
  } catch (error) {
    return refused(name, "image", error);
  }
}
