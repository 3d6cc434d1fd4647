// SPDX-License-Identifier: MIT
// A package against the device that it is meant for, before a byte is sent.
// What the device would refuse is an error, what a person may want is a
// warning. The signature and the security counter are only known to the board.
import type { Core, ImageSlot, Partition } from "../smp/types";
import {
  type CodeRanges,
  coreName,
  coreOfIndex,
  DK_CODE,
  imageName,
  indexOfCore,
  type Range,
} from "./format";
import { findingsOf } from "./image";
import { finding, reasonFinding } from "./say";
import { scanImage } from "./scan";
import type {
  CheckedImage,
  DeviceFacts,
  Finding,
  ImageFile,
  Package,
  Severity,
  Version,
} from "./types";
import { compareVersions, formatVersion, parseVersion } from "./version";

/** What the manifest alone gave rise to; everything else is judged anew. */
const OF_MANIFEST: ReadonlySet<string> = new Set([
  "boot-loader-update",
  "image-index",
  "manifest-board",
  "manifest-load-address",
  "manifest-version",
  "slot",
]);
const SEVERITIES: readonly Severity[] = ["error", "warning", "note"];

/** Names of partitions in the flash map, by core. */
const ACTIVE: Record<Core, string> = { app: "mcuboot_primary", net: "duoboot_net_primary" };
const LIMITS: Record<Core, readonly [name: string, keptBytes: number][]> = {
  app: [
    ["mcuboot_primary", 4096],
    ["duoboot_backup", 4096],
  ],
  net: [
    ["duoboot_net_primary", 0],
    ["mcuboot_primary_1", 4096],
    ["duoboot_backup_1", 4096],
  ],
};

function sizeText(bytes: number): string {
  return bytes % 1024 === 0 ? `${bytes / 1024} KB` : `${bytes} bytes`;
}

function partition(map: readonly Partition[], name: string): Partition | null {
  return map.find((row) => row.name === name) ?? null;
}

/** Where the device executes each core's image; as a DK does, if it does not tell. */
function rangesOf(facts: DeviceFacts | null): CodeRanges {
  const range = (core: Core): Range => {
    const row = partition(facts?.map ?? [], ACTIVE[core]);
    return row === null ? DK_CODE[core] : { addr: row.addr, sizeBytes: row.sizeBytes };
  };
  return { app: range("app"), net: range("net") };
}

/** The largest file that the device takes for the image; null: it does not tell. */
function roomBytes(index: number, facts: DeviceFacts | null): number | null {
  const core = coreOfIndex(index);
  if (facts === null) {
    return core === null ? null : DK_CODE[core].sizeBytes;
  }
  const told = facts.slotBytes.find(({ image }) => image === index)?.bytes;
  const rooms = told === undefined ? [] : [told];
  for (const [name, keptBytes] of core === null ? [] : LIMITS[core]) {
    const row = partition(facts.map, name);
    if (row !== null) {
      rooms.push(row.sizeBytes - keptBytes);
    }
  }
  return rooms.length === 0 ? null : Math.min(...rooms);
}

/** Which image of the device it is for: its own word counts before the manifest's. */
export function targetOf(image: ImageFile): number | null {
  return image.core === null ? image.imageIndex : indexOfCore(image.core);
}

function slotOf(facts: DeviceFacts, index: number, slot: number): ImageSlot | null {
  return facts.slots.find((row) => row.image === index && row.slot === slot) ?? null;
}

function versionOf(slot: ImageSlot | null): Version | null {
  return slot === null ? null : parseVersion(slot.version);
}

function isAtLeast(version: Version | null, least: Version): boolean {
  return version !== null && compareVersions(version, least) >= 0;
}

function wrongCore({ core, imageIndex }: ImageFile): Finding[] {
  if (core === null || imageIndex === null || imageIndex === indexOfCore(core)) {
    return [];
  }
  const told = coreOfIndex(imageIndex);
  return told === null
    ? [] // That there is no such image was said when it was opened.
    : [
        reasonFinding(
          "error",
          "wrong-core",
          `The manifest says image ${imageIndex} (${coreName(told)} core), but it is linked for the ` +
            `${coreName(core)} core. Correct the manifest, or make it anew with \`duoboot package create\`.`,
        ),
      ];
}

function tooLarge(image: ImageFile, index: number, facts: DeviceFacts | null): Finding[] {
  const room = roomBytes(index, facts);
  return room === null || image.bytes.length <= room
    ? []
    : [
        finding(
          "error",
          "slot-too-small",
          `The file has ${image.bytes.length} bytes; the slot of the ${imageName(index)} takes ${sizeText(room)}.`,
        ),
      ];
}

function noSuchImage(index: number, facts: DeviceFacts): Finding[] {
  const known = [...facts.slots, ...facts.slotBytes].map(({ image }) => image);
  return known.length === 0 || known.includes(index)
    ? []
    : [
        finding(
          facts.slotBytes.length > 0 ? "error" : "warning",
          "no-such-image",
          `It is for image ${index}, which the device does not list. It has image ${[...new Set(known)].join(", ")}.`,
        ),
      ];
}

function againstRunning(image: ImageFile, index: number, facts: DeviceFacts): Finding[] {
  const active = slotOf(facts, index, 0);
  const runs = versionOf(active);
  if (active === null) {
    return [];
  }
  const found: Finding[] = [];
  if (image.digest !== "" && active.digest === image.digest) {
    found.push(
      finding(
        "note",
        "already-runs",
        `The device runs this ${imageName(index)} already (${active.version}).`,
      ),
    );
  } else if (runs !== null && image.version !== null) {
    const order = compareVersions(image.version, runs);
    const [mine, its] = [formatVersion(image.version), formatVersion(runs)];
    if (order < 0) {
      found.push(
        finding(
          "warning",
          "older-version",
          `Version ${mine} is older than ${its}, which runs now. The boot loader may refuse an older version.`,
        ),
      );
    } else if (order === 0) {
      found.push(
        finding(
          "note",
          "same-version",
          `Version ${its} runs already, but with other content: this is another build of it.`,
        ),
      );
    }
  }
  if (active.active && !active.confirmed) {
    found.push(
      finding(
        "warning",
        "on-trial",
        `The ${imageName(index)} that runs now (${active.version}) is on trial: unless it is confirmed, the next ` +
          "reset brings the one before it back. Confirm or revert it first.",
      ),
    );
  }
  return found;
}

function againstStaged(image: ImageFile, index: number, facts: DeviceFacts): Finding[] {
  const staged = slotOf(facts, index, 1);
  if (staged === null) {
    return [];
  }
  if (image.digest !== "" && staged.digest === image.digest) {
    const state = staged.pending ? " and is installed at the next reset" : "";
    return [
      finding(
        "note",
        "already-staged",
        `This ${imageName(index)} is on the device already, in slot 1${state}: it need not be sent again.`,
      ),
    ];
  }
  return staged.pending
    ? [
        finding(
          "warning",
          "replaces-pending",
          `Version ${staged.version} lies in slot 1 and is to be installed at the next reset. The upload ` +
            "replaces it; a device that refuses that wants slot 1 erased first.",
        ),
      ]
    : [];
}

/** One dependency: from the package, from what runs, from what is staged. */
function dependency(
  need: ImageFile["dependencies"][number],
  others: readonly ImageFile[],
  facts: DeviceFacts | null,
): Finding {
  const name = imageName(need.image);
  const least = formatVersion(need.version);
  const other = others.find((image) => targetOf(image) === need.image);
  if (other !== undefined && other.version !== null) {
    return isAtLeast(other.version, need.version)
      ? finding(
          "note",
          "dependency-met",
          `It needs the ${name} at ${least} or newer, which the package has.`,
        )
      : finding(
          "error",
          "dependency-package",
          `It needs the ${name} at ${least} or newer, but the package has ${formatVersion(other.version)}.`,
        );
  }
  if (facts === null) {
    return finding(
      "note",
      "dependency-unknown",
      `It needs the ${name} at ${least} or newer, which is not in what was dropped: the device must run it already.`,
    );
  }
  const [runs, staged] = [slotOf(facts, need.image, 0), slotOf(facts, need.image, 1)];
  if (isAtLeast(versionOf(runs), need.version)) {
    return finding(
      "note",
      "dependency-met",
      `It needs the ${name} at ${least} or newer; it is not in what was dropped, but the device runs ${runs?.version}.`,
    );
  }
  if (staged !== null && isAtLeast(versionOf(staged), need.version)) {
    return finding(
      staged.pending ? "note" : "warning",
      "dependency-staged",
      `It needs the ${name} at ${least} or newer. Version ${staged.version} lies in slot 1${
        staged.pending
          ? " and is installed at the same reset."
          : ": test or confirm that too, before the reset."
      }`,
    );
  }
  return reasonFinding(
    "warning",
    "dependency-missing",
    `It needs the ${name} at ${least} or newer; the device runs ${runs === null ? "none" : runs.version}, and it is ` +
      "not in what was dropped. Drop a package with both.",
  );
}

function sameCore(image: ImageFile, others: readonly ImageFile[]): Finding[] {
  const { core } = image;
  const twin = core === null ? undefined : others.find((other) => other.core === core);
  return core === null || twin === undefined
    ? []
    : [
        finding(
          "error",
          "same-core",
          `'${image.name}' and '${twin.name}' are both for the ${coreName(core)} core, whose slot holds one.`,
        ),
      ];
}

/** The image again, by the device's own flash map. */
function lookAgain({ image, findings }: CheckedImage, code: CodeRanges): CheckedImage {
  const scan = scanImage(image.bytes, code);
  const ofManifest = findings.filter((found) => OF_MANIFEST.has(found.code));
  return {
    image: { ...image, core: scan.core },
    findings: [...ofManifest, ...findingsOf(image.bytes, scan, image.digestMatches)],
  };
}

function judgeImage(
  checked: CheckedImage,
  all: readonly ImageFile[],
  facts: DeviceFacts | null,
): CheckedImage {
  const { image } = checked;
  const index = targetOf(image);
  const others = all.filter((other) => other !== image);
  const findings = [...checked.findings, ...wrongCore(image), ...sameCore(image, others)];
  if (index !== null && image.version !== null) {
    findings.push(...tooLarge(image, index, facts));
    if (facts !== null) {
      findings.push(...noSuchImage(index, facts));
      findings.push(...againstRunning(image, index, facts));
      findings.push(...againstStaged(image, index, facts));
    }
  }
  findings.push(...image.dependencies.map((need) => dependency(need, others, facts)));
  const rank = (found: Finding) => SEVERITIES.indexOf(found.severity);
  return { image, findings: findings.sort((left, right) => rank(left) - rank(right)) };
}

/**
 * The package with what is to say about it and the device, errors first; null:
 * none is connected. What an earlier judge() said is forgotten.
 */
export function judge(pkg: Package, facts: DeviceFacts | null): Package {
  const code = rangesOf(facts);
  const fresh = pkg.images.map((checked) => lookAgain(checked, code));
  const all = fresh.map(({ image }) => image);
  return { ...pkg, images: fresh.map((checked) => judgeImage(checked, all, facts)) };
}
