// SPDX-License-Identifier: MIT
// A signed image, looked at before a byte of it is sent. The signature itself
// is for the board to check: the page does not know the board's keys.
import { equal, fromHex, printable, toHex } from "../lib/bytes";
import { foreignFinding } from "./foreign";
import { type CodeRanges, DK_CODE } from "./format";
import { finding, reasonFinding } from "./say";
import { type Fault, type Scan, type SignatureState, scanImage } from "./scan";
import type { Finding, ImageFile } from "./types";
import { formatVersion } from "./version";

const TRAILER_MAGIC = "77c295f360d2ef7f3552500f2cb67980";
const TRAILER_MAGIC_BYTES = 16;
const IMAGE_OK_FROM_END_BYTES = 24;

export interface Parsed {
  image: ImageFile;
  findings: Finding[];
  scan: Scan;
}

/** Where subtle is missing (a page from plain http), a digest cannot be had: null. */
async function sha256(bytes: Uint8Array): Promise<Uint8Array | null> {
  const subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle;
  return subtle === undefined
    ? null
    : new Uint8Array(await subtle.digest("SHA-256", bytes.slice()));
}

async function digestMatches(bytes: Uint8Array, scan: Scan): Promise<boolean | null> {
  const told = fromHex(scan.digest);
  if (scan.signedBytes === null || told === null || told.length === 0) {
    return null;
  }
  const computed = await sha256(bytes.subarray(0, scan.signedBytes));
  return computed === null ? null : equal(computed, told);
}

// Whose signatures a board takes is for the board to say: that is a warning.
function faultFinding(fault: Fault): Finding {
  if (fault.code === "cut-off") {
    const text = "The file ends before the image does.";
    return finding("error", "cut-off", text, fault.detail, "Copy or build it again.");
  }
  const severity = fault.code === "signature-type" ? "warning" : "error";
  return reasonFinding(severity, fault.code, fault.detail);
}

const SIGNATURE_FINDINGS: Readonly<Record<SignatureState, () => Finding[]>> = {
  none: () => [
    reasonFinding("warning", "signature-missing", "Boot loaders with a key will refuse it."),
  ],
  "other-type": () => [reasonFinding("warning", "signature-type")],
  "no-key": () => [
    reasonFinding(
      "warning",
      "key-unknown",
      "The image does not say which key its signature is of.",
    ),
  ],
  "wrong-length": () => [reasonFinding("error", "tlv-length", "It is the signature's.")],
  present: () => [],
};

function trailingFindings(bytes: Uint8Array, totalBytes: number): Finding[] {
  const extraBytes = bytes.length - totalBytes;
  if (extraBytes <= 0) {
    return [];
  }
  const magic = toHex(bytes.subarray(bytes.length - TRAILER_MAGIC_BYTES));
  if (extraBytes < IMAGE_OK_FROM_END_BYTES || magic !== TRAILER_MAGIC) {
    return [
      finding(
        "warning",
        "trailing-bytes",
        `${extraBytes} bytes follow the image; they would be uploaded for nothing.`,
      ),
    ];
  }
  const isForGood = bytes[bytes.length - IMAGE_OK_FROM_END_BYTES] === 1;
  return [
    finding(
      "warning",
      "padded",
      `The file was padded to the size of a slot and ends in a trailer that asks for an install ${
        isForGood ? "for good" : "on trial"
      }.`,
      `It is meant for a programmer: ${extraBytes} bytes would be uploaded for nothing. ` +
        "Sign it without --pad and --confirm.",
    ),
  ];
}

/** What the bytes alone tell; `matches`: do they have the digest that they say? */
export function findingsOf(bytes: Uint8Array, scan: Scan, matches: boolean | null): Finding[] {
  const [first] = scan.faults;
  if (!scan.isImage) {
    return [foreignFinding(bytes, first?.code ?? "magic")];
  }
  const findings = first === undefined ? [] : [faultFinding(first)];
  if (matches === false) {
    findings.push(reasonFinding("error", "digest-mismatch", "Copy or build the file again."));
  } else if (matches === null && first === undefined) {
    findings.push(
      finding(
        "warning",
        "digest-unchecked",
        "The digest was not checked: the browser computes it only on pages from https or from this computer.",
      ),
    );
  }
  if (first === undefined) {
    findings.push(...SIGNATURE_FINDINGS[scan.signature]());
    findings.push(...trailingFindings(bytes, scan.totalBytes ?? bytes.length));
  }
  return findings;
}

/** Never throws for what is in the bytes: that is in the findings. */
export async function parseImage(
  name: string,
  bytes: Uint8Array,
  code: CodeRanges = DK_CODE,
): Promise<Parsed> {
  const scan = scanImage(bytes, code);
  const matches = await digestMatches(bytes, scan);
  const sha = await sha256(bytes);
  const image: ImageFile = {
    name: printable(name),
    bytes,
    version: scan.version,
    versionText: scan.version === null ? "" : formatVersion(scan.version),
    core: scan.core,
    digest: scan.digest,
    digestMatches: matches,
    sha: sha === null ? "" : toHex(sha),
    dependencies: scan.dependencies,
    keyHash: scan.keyHash,
    securityCounter: scan.securityCounter,
    imageIndex: null,
  };
  return { image, findings: findingsOf(bytes, scan, matches), scan };
}
