// SPDX-License-Identifier: MIT
// Whatever is dropped: a package with findings, soon, and nothing thrown.
import { describe, expect, it } from "vitest";
import { judge } from "../../src/image/judge";
import { openDropped } from "../../src/image/package";
import type { DeviceFacts, Package } from "../../src/image/types";
import { fieldsOf, makeImage, makeZip, manifestOf, random, randomBytes } from "./build";

const TOTAL_BYTES_MAX = 16 << 20;
const ROUNDS = 1500;

const FACTS: DeviceFacts = {
  slots: [
    {
      image: 0,
      slot: 0,
      version: "1.0.0",
      digest: "00".repeat(32),
      bootable: true,
      pending: false,
      confirmed: true,
      active: true,
      permanent: false,
    },
  ],
  map: [],
  slotBytes: [],
};

function isTold(pkg: Package): boolean {
  return pkg.findings.length + pkg.images.length > 0;
}

async function expectHarmless(bytes: Uint8Array, label: string): Promise<Package> {
  const pkg = judge(await openDropped({ name: "x", bytes }), FACTS);
  expect(isTold(pkg), label).toBe(true);
  const findings = [...pkg.findings, ...pkg.images.flatMap((checked) => checked.findings)];
  for (const { text, code } of findings) {
    expect(text, label).toMatch(/^[A-Z'\d][^\p{Cc}]*[.?]$/u);
    expect(code, label).toMatch(/^[a-z0-9-]+$/);
  }
  expect(findings.length, label).toBeLessThan(100);
  const totalBytes = pkg.images.reduce((sum, { image }) => sum + image.bytes.length, 0);
  expect(totalBytes, label).toBeLessThanOrEqual(TOTAL_BYTES_MAX);
  return pkg;
}

/** A few bytes changed, cut, doubled or put somewhere else. */
function mutate(bytes: Uint8Array, next: () => number): Uint8Array {
  const parts: Uint8Array[] = [bytes.slice()];
  const copy = parts[0] ?? bytes;
  for (let i = 0; i <= next() % 6; i++) {
    copy[next() % copy.length] = [0, 0xff, 0x80, next() & 0xff][next() % 4] ?? 0;
  }
  const [from, to] = [next() % copy.length, next() % copy.length];
  switch (next() % 6) {
    case 0:
      return copy.slice(0, from);
    case 1:
      return new Uint8Array(Buffer.concat([copy.subarray(0, from), copy.subarray(to)]));
    case 2:
      copy.copyWithin(from, to, to + (next() % 40));
      return copy;
    default:
      return copy;
  }
}

const SMALL = { headerBytes: 32, payloadBytes: 72 };
const NEEDS = { dependencies: [{ image: 1, version: [1, 0, 0] as [number, number, number] }] };
const APP = makeImage({ ...SMALL, ...NEEDS, securityCounter: 3 });
const NET = makeImage({ ...SMALL, core: "net" });
const MANIFEST = manifestOf([
  fieldsOf("a.bin", APP, "app", { load_address: 0xc020 }),
  fieldsOf("n.bin", NET, "net", { load_address: 0x1004020 }),
]);
const ZIP = makeZip({ "a.bin": APP, "n.bin": NET }, MANIFEST);

describe("openDropped and judge", () => {
  it.each([
    ["images", 11, APP],
    ["zips", 12, ZIP],
  ])(`take ${ROUNDS} mutated %s (seed %i)`, { timeout: 60_000 }, async (what, seed, bytes) => {
    const next = random(seed);
    let errors = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const pkg = await expectHarmless(mutate(bytes, next), `${what} ${round}`);
      const all = [...pkg.findings, ...pkg.images.flatMap(({ findings }) => findings)];
      errors += all.some(({ severity }) => severity === "error") ? 1 : 0;
    }
    expect(errors).toBeGreaterThan(ROUNDS / 2);
  });

  it(`take ${ROUNDS / 3} mutated manifests (seed 13)`, { timeout: 60_000 }, async () => {
    const next = random(13);
    const text = Buffer.from(MANIFEST);
    for (let round = 0; round < ROUNDS / 3; round++) {
      const zip = makeZip({ "a.bin": APP, "n.bin": NET }, mutate(text, next));
      await expectHarmless(zip, `manifest ${round}`);
    }
  });

  it("take values of every kind in every field of a manifest", async () => {
    const values = [
      null,
      true,
      -1,
      0,
      1,
      2,
      255,
      1e99,
      1.5,
      "",
      "0",
      "x",
      "\u0000",
      [],
      {},
      [[]],
      "/",
      "..",
    ];
    const fields = Object.keys(fieldsOf("a.bin", APP, "app"));
    for (const field of [...fields, "image", "slot", "version_MCUBOOT", "version_MCUBOOT+XIP"]) {
      for (const value of values) {
        const manifest = manifestOf([fieldsOf("a.bin", APP, "app", { [field]: value })]);
        await expectHarmless(
          makeZip({ "a.bin": APP }, manifest),
          `${field}: ${JSON.stringify(value)}`,
        );
      }
    }
  });

  it("take noise, and noise that begins as a zip or an image does", async () => {
    for (let seed = 1; seed <= 300; seed++) {
      const noise = randomBytes(seed, seed * 7);
      await expectHarmless(noise, `noise ${seed}`);
      for (const start of [
        [0x50, 0x4b, 3, 4],
        [0x50, 0x4b, 5, 6],
        [0x3d, 0xb8, 0xf3, 0x96],
        [0x3a],
      ]) {
        noise.set(start);
        await expectHarmless(noise, `noise ${seed} behind ${start}`);
      }
    }
  });

  it("take 16 MB of each kind of nothing", { timeout: 30_000 }, async () => {
    for (const fill of [0x00, 0xff, 0x22, 0x3a, 0x50, 0x7b]) {
      await expectHarmless(new Uint8Array(TOTAL_BYTES_MAX).fill(fill), `fill ${fill}`);
    }
    const image = new Uint8Array(TOTAL_BYTES_MAX);
    image.set(makeImage({ target: null, unprotectedTlvs: [] }));
    await expectHarmless(image, "an image with 16 MB behind it");
  });
});
