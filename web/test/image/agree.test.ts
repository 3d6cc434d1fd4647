// SPDX-License-Identifier: MIT
// The page and `duoboot inspect` say the same of the same bytes: images that
// the program signs, whole and damaged in every part.
import { afterAll, describe, expect, it } from "vitest";
import { DK_CODE, indexOfCore } from "../../src/image/format";
import { type Parsed, parseImage } from "../../src/image/image";
import type { Version } from "../../src/image/types";
import { parseVersion } from "../../src/image/version";
import { makeImage, random } from "./build";
import {
  armImages,
  duobootJson,
  Folder,
  hasProgram,
  KEYS,
  signedFirmware,
  WITHOUT,
} from "./program";
import { BAD_ROWS, GOOD_ROWS } from "./rows";

interface InspectedTlv {
  type: number;
  len_bytes: number;
  value: string;
}

interface Inspected {
  header?: { version: string; magic: string };
  vectors?: { core: string };
  digest?: { computed: string; matches: boolean };
  areas: { protected: boolean; tlvs: InspectedTlv[] }[];
  trailer?: { confirmed: boolean };
  defects: string[];
  verdict: { accepted: boolean; reason_name: string };
}

/** Only a board with its keys can tell these. */
const OF_KEYS = ["key-unknown", "signature-missing", "signature-type", "signature-bad"];
const MAGIC = "0x96f3b83d";

const folder = new Folder();
afterAll(() => folder.remove());

function inspect(bytes: Uint8Array, key: string): Inspected {
  const path = folder.file("inspected.bin", bytes);
  return duobootJson("inspect", "--json", "--key", key, path) as Inspected;
}

function dependenciesOf(inspected: Inspected): { image: number; version: Version }[] {
  const tlvs = inspected.areas.filter((area) => area.protected).flatMap((area) => area.tlvs);
  return tlvs
    .filter(({ type }) => type === 0x40)
    .map(({ value }) => {
      const view = new DataView(Uint8Array.from(Buffer.from(value, "hex")).buffer);
      const version = {
        major: view.getUint8(4),
        minor: view.getUint8(5),
        revision: view.getUint16(6, true),
        build: view.getUint32(8, true),
      };
      return { image: view.getUint8(0), version };
    });
}

/** What the page says, in the program's words. */
function reasonOf({ findings }: Parsed): string {
  const code = findings.find(({ severity }) => severity === "error")?.code ?? "none";
  return code === "cut-off" ? "too-large" : code;
}

function expectSameReason(parsed: Parsed, inspected: Inspected): void {
  const { reason_name: reason } = inspected.verdict;
  const mine = reasonOf(parsed);
  if (inspected.header?.magic !== MAGIC) {
    expect(mine).not.toBe("none");
  } else if (OF_KEYS.includes(reason)) {
    expect(["none", reason, "tlv-length"]).toContain(mine);
  } else {
    expect(mine).toBe(reason);
  }
  if (inspected.defects.length > 0) {
    expect(mine).not.toBe("none");
  }
}

async function expectAgreement(bytes: Uint8Array, key: string): Promise<void> {
  const inspected = inspect(bytes, key);
  const parsed = await parseImage("x.bin", bytes);
  const { image } = parsed;
  const isImage = inspected.header?.magic === MAGIC;
  expect(image.version).toEqual(isImage ? parseVersion(inspected.header?.version ?? "") : null);
  const core = inspected.vectors?.core ?? "unknown";
  expect(image.core).toBe({ application: "app", network: "net" }[core] ?? null);
  expect(image.digestMatches === true).toBe(inspected.digest?.matches === true);
  expectSameReason(parsed, inspected);
  if (inspected.verdict.accepted || OF_KEYS.includes(inspected.verdict.reason_name)) {
    expect(image.dependencies).toEqual(dependenciesOf(inspected));
  }
  const isPadded = parsed.findings.some(({ code }) => code === "padded");
  expect(isPadded).toBe(inspected.trailer !== undefined && reasonOf(parsed) === "none");
}

interface Change {
  label: string;
  bytes: Uint8Array;
}

function flip(bytes: Uint8Array, off: number, bits: number): Change {
  const copy = bytes.slice();
  copy[off] = (copy[off] ?? 0) ^ bits;
  return { label: `byte ${off} ^ ${bits}`, bytes: copy };
}

/** Cut at each region, and each byte of header, vectors and TLVs changed. */
function changesOf(bytes: Uint8Array, headerBytes: number, tlvOff: number): Change[] {
  const regions = [4, 8, 20, 32, headerBytes, headerBytes + 8, tlvOff, tlvOff + 4, tlvOff + 8];
  const cuts = [...regions.flatMap((off) => [off - 1, off, off + 1])];
  for (let off = tlvOff; off < bytes.length; off += 3) {
    cuts.push(off);
  }
  const offs = [...Array(32).keys(), ...Array(8).keys()].map((at, i) =>
    i < 32 ? at : headerBytes + at,
  );
  const tlvOffs = Array.from({ length: bytes.length - tlvOff }, (_, at) => tlvOff + at);
  return [
    ...cuts.map((off) => ({ label: `cut at ${off}`, bytes: bytes.slice(0, off) })),
    ...offs.flatMap((off) => [0x01, 0x80, 0xff].map((bits) => flip(bytes, off, bits))),
    ...tlvOffs.map((off) => flip(bytes, off, 0x01)),
    ...tlvOffs.filter((off) => off < tlvOff + 96).map((off) => flip(bytes, off, 0xff)),
    flip(bytes, headerBytes + 100, 0x20),
    { label: "bytes behind it", bytes: Uint8Array.from([...bytes, 1, 2, 3]) },
  ];
}

async function expectAllAgree(changes: readonly Change[], key: string): Promise<void> {
  const failed: string[] = [];
  for (const { label, bytes } of changes) {
    await expectAgreement(bytes, key).catch((error: unknown) => {
      failed.push(`${label}: ${error instanceof Error ? error.message : error}`);
    });
  }
  expect(failed).toEqual([]);
}

describe.skipIf(!hasProgram)(
  `page and program agree${hasProgram ? "" : `: ${WITHOUT}`}`,
  { timeout: 300_000 },
  () => {
    it("about where the cores execute", () => {
      const layout = duobootJson("layout", "show", "--json") as {
        partitions: { role: string; address: number; size_bytes: number }[];
      };
      for (const core of ["app", "net"] as const) {
        const row = layout.partitions.find(({ role }) => role === `${core}_active`);
        expect(DK_CODE[core]).toEqual({ addr: row?.address, sizeBytes: row?.size_bytes });
        expect(indexOfCore(core)).toBe(core === "app" ? 0 : 1);
      }
    });

    it("about an application image with counter and dependency, in every part changed", async () => {
      const options = ["-k", KEYS.p256, "-v", "1.2.3+4", "-s", "5", "-d", "(1, 1.1.0)"];
      const bytes = signedFirmware(folder, "app", options);
      const { scan } = await parseImage("app.bin", bytes);
      expect(scan.faults).toEqual([]);
      const tlvOff = 0x200 + new DataView(bytes.buffer).getUint32(12, true);
      await expectAgreement(bytes, KEYS.p256);
      await expectAllAgree(changesOf(bytes, 0x200, tlvOff), KEYS.p256);
    });

    it("about a network image with a small header and an Ed25519 key, changed in every part", async () => {
      const options = ["-k", KEYS.ed25519, "-v", "9.8.7", "-H", "0x20", "-d", "(0, 2.0)"];
      const bytes = signedFirmware(folder, "net", options);
      const tlvOff = 0x20 + new DataView(bytes.buffer).getUint32(12, true);
      await expectAgreement(bytes, KEYS.ed25519);
      const changes = changesOf(bytes, 0x20, tlvOff).filter((_, at) => at % 3 === 0);
      await expectAllAgree(changes, KEYS.ed25519);
    });

    it("about some bytes changed at a time, anywhere", async () => {
      const next = random(20261);
      const bytes = signedFirmware(folder, "app", ["-k", KEYS.p256, "-v", "1.0.0", "-s", "1"]);
      const tlvOff = 0x200 + new DataView(bytes.buffer).getUint32(12, true);
      const changes = Array.from({ length: 100 }, (_, at) => {
        let change: Change = { label: "", bytes };
        for (let i = 0; i <= next() % 4; i++) {
          const isHead = next() % 3 === 0;
          const off = isHead ? next() % 32 : tlvOff + (next() % (bytes.length - tlvOff));
          change = flip(change.bytes, off, 1 << (next() % 8));
        }
        return { ...change, label: `change ${at}` };
      });
      await expectAllAgree(changes, KEYS.p256);
    });

    it("about images for every reason that there is", async () => {
      const rows = [...GOOD_ROWS, ...BAD_ROWS].map(([label, options]) => ({
        label: `${label} ${JSON.stringify(options)}`,
        bytes: makeImage(options),
      }));
      await expectAllAgree(rows, KEYS.p256);
    });

    it("about images that are padded to their slot", async () => {
      for (const kind of ["--pad", "--confirm"]) {
        const options = ["-k", KEYS.p256, "-v", "1.0.0", "-S", "0x10000", kind];
        await expectAgreement(signedFirmware(folder, "app", options), KEYS.p256);
      }
    });

    it("about an image that is signed with another key", async () => {
      const options = ["-k", KEYS.ed25519, "-v", "1.0.0", "--no-target-tlv"];
      await expectAgreement(signedFirmware(folder, "net", options), KEYS.p256);
    });

    it("about the ARM images that the build made", async () => {
      for (const { name, bytes } of armImages()) {
        const { findings } = await parseImage(name, bytes);
        expect(findings, name).toEqual([]);
        await expectAgreement(bytes, KEYS.p256);
      }
    });
  },
);
