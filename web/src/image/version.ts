// SPDX-License-Identifier: MIT
// Versions as MCUboot has them: four numbers, of which the last, the build
// number, is not compared.
import type { Version } from "./types";

/** Without leading zeros, so that each version has one spelling. */
const PATTERN = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,4})(?:[.+](0|[1-9]\d{0,9}))?$/;
const LIMITS = [0xff, 0xff, 0xffff, 0xffffffff] as const;

/** Of its 8 bytes, as in the header and in dependencies. */
export function readVersion(view: DataView, offBytes: number): Version {
  return {
    major: view.getUint8(offBytes),
    minor: view.getUint8(offBytes + 1),
    revision: view.getUint16(offBytes + 2, true),
    build: view.getUint32(offBytes + 4, true),
  };
}

/** "1.2.3", "1.2.3.4" as MCUmgr writes it, "1.2.3+4" as imgtool takes it; null: something else. */
export function parseVersion(text: string): Version | null {
  const found = PATTERN.exec(text);
  if (found === null) {
    return null;
  }
  const [major = 0, minor = 0, revision = 0, build = 0] = found
    .slice(1)
    .map((digits) => Number(digits ?? "0"));
  const fits = [major, minor, revision, build].every((value, at) => value <= (LIMITS[at] ?? 0));
  return fits ? { major, minor, revision, build } : null;
}

/** As MCUmgr writes it: the build number only if it is not 0. */
export function formatVersion(version: Version): string {
  const text = `${version.major}.${version.minor}.${version.revision}`;
  return version.build === 0 ? text : `${text}.${version.build}`;
}

/** Below 0: left is older. Without the build number, as the boot loader does. */
export function compareVersions(left: Version, right: Version): number {
  return left.major - right.major || left.minor - right.minor || left.revision - right.revision;
}
