// SPDX-License-Identifier: MIT
// A package against a device: what is said before a byte is sent.
import { describe, expect, it } from "vitest";
import { judge, targetOf } from "../../src/image/judge";
import { openDropped } from "../../src/image/package";
import type { DeviceFacts, Package } from "../../src/image/types";
import { toHex } from "../../src/lib/bytes";
import type { ImageSlot, Partition } from "../../src/smp/types";
import { fieldsOf, type ImageOptions, join, makeImage, makeZip, manifestOf, sha256 } from "./build";

const OTHER_DIGEST = "ab".repeat(32);

function slot(image: number, number: number, more: Partial<ImageSlot> = {}): ImageSlot {
  return {
    image,
    slot: number,
    version: "1.0.0",
    digest: OTHER_DIGEST,
    bootable: true,
    pending: false,
    confirmed: number === 0,
    active: number === 0,
    permanent: false,
    ...more,
  };
}

function row(name: string, addr: number, sizeBytes: number): Partition {
  return { name, memory: "flash", addr, sizeBytes, usedBytes: null };
}

const DK_MAP: Partition[] = [
  row("mcuboot_primary", 0xc000, 960 << 10),
  row("duoboot_net_primary", 0x1004000, 240 << 10),
  row("mcuboot_secondary", 0, 960 << 10),
  row("mcuboot_secondary_1", 0xf0000, 256 << 10),
  row("mcuboot_primary_1", 0x130000, 256 << 10),
  row("duoboot_backup", 0x170000, 960 << 10),
  row("duoboot_backup_1", 0x260000, 256 << 10),
];

function facts(more: Partial<DeviceFacts> = {}): DeviceFacts {
  return { slots: [slot(0, 0), slot(1, 0)], map: DK_MAP, slotBytes: [], ...more };
}

async function single(options: ImageOptions): Promise<Package> {
  return openDropped({ name: "x.bin", bytes: makeImage(options) });
}

async function both(app: ImageOptions, net: ImageOptions, netIndex = "1"): Promise<Package> {
  const [a, n] = [makeImage(app), makeImage({ core: "net", ...net })];
  const fields = [
    fieldsOf("app.bin", a, "app"),
    fieldsOf("net.bin", n, "net", { image_index: netIndex, board: "" }),
  ];
  return openDropped({
    name: "x.zip",
    bytes: makeZip({ "app.bin": a, "net.bin": n }, manifestOf(fields)),
  });
}

function codes(pkg: Package): string[] {
  return [...pkg.findings, ...pkg.images.flatMap(({ findings }) => findings)].map(
    ({ severity, code }) => `${severity} ${code}`,
  );
}

function textOf(pkg: Package, code: string): string {
  return (
    pkg.images.flatMap(({ findings }) => findings).find((one) => one.code === code)?.text ?? ""
  );
}

const NEEDS_NET = { dependencies: [{ image: 1, version: [1, 2, 0] as [number, number, number] }] };

describe("versions", () => {
  it.each<[string, [number, number, number, number], string[]]>([
    ["1.0.0", [1, 1, 0, 0], []],
    ["1.2.0", [1, 1, 9, 0], ["warning older-version"]],
    ["1.1.0", [1, 1, 0, 0], ["note same-version"]],
    ["1.1.0.9", [1, 1, 0, 2], ["note same-version"]],
    ["<???>", [1, 1, 0, 0], []],
    ["", [1, 1, 0, 0], []],
  ])("the device runs %s, the file is %j", async (version, mine, expected) => {
    const pkg = await single({ version: mine });
    const judged = judge(pkg, facts({ slots: [slot(0, 0, { version })] }));
    expect(codes(judged)).toEqual(expected);
  });

  it("an older one names both", async () => {
    const pkg = await single({ version: [1, 2, 3, 4] });
    const judged = judge(pkg, facts({ slots: [slot(0, 0, { version: "1.10.0" })] }));
    expect(textOf(judged, "older-version")).toMatch(/1\.2\.3\.4 .*1\.10\.0/);
  });

  it("that of the other core does not count", async () => {
    const judged = judge(
      await single({ core: "net" }),
      facts({ slots: [slot(0, 0, { version: "9.9.9" })] }),
    );
    expect(codes(judged)).not.toContain("warning older-version");
  });
});

describe("what the device has already", () => {
  it("the same image runs: a note, and no word of its version", async () => {
    const pkg = await single({ version: [0, 9, 0, 0] });
    const digest = pkg.images[0]?.image.digest ?? "";
    expect(codes(judge(pkg, facts({ slots: [slot(0, 0, { digest })] })))).toEqual([
      "note already-runs",
    ]);
  });

  it.each([true, false])("the same image is staged (pending: %s): a note", async (pending) => {
    const pkg = await single({ version: [2, 0, 0, 0] });
    const digest = pkg.images[0]?.image.digest ?? "";
    const judged = judge(pkg, facts({ slots: [slot(0, 0), slot(0, 1, { digest, pending })] }));
    expect(codes(judged)).toEqual(["note already-staged"]);
    expect(textOf(judged, "already-staged").includes("next reset")).toBe(pending);
  });

  it("another image is staged and asked for: a warning that names it", async () => {
    const staged = slot(0, 1, { version: "1.5.0", pending: true });
    const judged = judge(
      await single({ version: [2, 0, 0, 0] }),
      facts({ slots: [slot(0, 0), staged] }),
    );
    expect(codes(judged)).toEqual(["warning replaces-pending"]);
    expect(textOf(judged, "replaces-pending")).toContain("1.5.0");
  });

  it("another image is staged and not asked for: nothing to say", async () => {
    const judged = judge(
      await single({ version: [2, 0, 0, 0] }),
      facts({ slots: [slot(0, 0), slot(0, 1)] }),
    );
    expect(codes(judged)).toEqual([]);
  });

  it("what runs is on trial: a warning", async () => {
    const slots = [slot(0, 0, { confirmed: false }), slot(0, 1, { confirmed: true })];
    const judged = judge(await single({ version: [2, 0, 0, 0] }), facts({ slots }));
    expect(codes(judged)).toEqual(["warning on-trial"]);
  });

  it("an image without a digest is like no other", async () => {
    const pkg = await single({ unprotectedTlvs: [] });
    const judged = judge(
      pkg,
      facts({ slots: [slot(0, 0, { digest: "" }), slot(0, 1, { digest: "" })] }),
    );
    expect(codes(judged)).toEqual(["error digest-missing", "note same-version"]);
  });
});

describe("cores", () => {
  it("a manifest that sends it to the other core: an error with the boot loader's sentence", async () => {
    const net = makeImage({ core: "net" });
    const fields = [fieldsOf("net.bin", net, "net", { image_index: "0" })];
    const pkg = await openDropped({
      name: "x.zip",
      bytes: makeZip({ "net.bin": net }, manifestOf(fields)),
    });
    for (const known of [null, facts({ slots: [] })]) {
      const judged = judge(pkg, known);
      expect(codes(judged)).toEqual(["error wrong-core"]);
      expect(textOf(judged, "wrong-core")).toMatch(
        /other core than its slot.*image 0 \(application core\).*network/,
      );
    }
    expect(pkg.images[0] && targetOf(pkg.images[0].image)).toBe(1);
  });

  it("two images for one core: an error with both names", async () => {
    const pkg = await both({}, { core: "app", seed: 2 });
    const judged = judge(pkg, null);
    expect(codes(judged)).toContain("error same-core");
    expect(textOf(judged, "same-core")).toMatch(/app\.bin.*net\.bin/);
  });

  it("a device whose flash map has another layout decides by its own addresses", async () => {
    const map = [row("mcuboot_primary", 0x10000, 0x80000)];
    const elsewhere = { reset: 0x10000 + 0x241 };
    const pkg = await single(elsewhere);
    expect(codes(judge(pkg, null))).toEqual(["error vector-table"]);
    const judged = judge(pkg, facts({ slots: [], map }));
    expect(codes(judged)).toEqual([]);
    expect(judged.images[0]?.image.core).toBe("app");
    expect(codes(judge(await single({}), facts({ slots: [], map })))).toEqual([
      "error core-unknown",
    ]);
  });

  it("an image that the device does not list", async () => {
    const net = await single({ core: "net" });
    const slotBytes = [{ image: 0, bytes: 1 << 20 }];
    const named = facts({ slots: [slot(0, 0)], slotBytes });
    expect(codes(judge(net, named))).toEqual(["error no-such-image"]);
    expect(codes(judge(net, facts({ slots: [slot(0, 0)] })))).toEqual(["warning no-such-image"]);
    expect(codes(judge(net, facts({ slots: [] })))).toEqual([]);
  });
});

describe("room", () => {
  const sized = async (sizeBytes: number) => {
    const bytes = makeImage();
    return openDropped({
      name: "x.bin",
      bytes: join(bytes, new Uint8Array(sizeBytes - bytes.length)),
    });
  };

  it.each<[string, number, DeviceFacts | null]>([
    ["without a device the largest image is the slot", 960 << 10, null],
    [
      "with a map the smallest of the slots that it passes through",
      956 << 10,
      facts({ slots: [] }),
    ],
    [
      "with sizes told, those",
      4096,
      facts({ slots: [], map: [], slotBytes: [{ image: 0, bytes: 4096 }] }),
    ],
  ])("%s", async (_, roomBytes, known) => {
    const fits = judge(await sized(roomBytes), known);
    const above = judge(await sized(roomBytes + 1), known);
    expect(codes(fits)).toEqual(["warning trailing-bytes"]);
    expect(codes(above)).toEqual(["error slot-too-small", "warning trailing-bytes"]);
    expect(textOf(above, "slot-too-small")).toMatch(
      new RegExp(`${roomBytes + 1} bytes.*${roomBytes / 1024} KB`),
    );
  });

  it("a network image has the network slot's room", async () => {
    const bytes = makeImage({ core: "net", payloadBytes: 240 << 10 });
    const judged = judge(await openDropped({ name: "x", bytes }), facts());
    expect(codes(judged)).toContain("error slot-too-small");
  });

  it("a device that tells nothing is not guessed about", async () => {
    const judged = judge(await sized(2 << 20), facts({ slots: [], map: [] }));
    expect(codes(judged)).toEqual(["warning trailing-bytes"]);
  });
});

describe("dependencies", () => {
  it.each<[string, Partial<ImageSlot>[], string]>([
    ["the device runs it", [{ version: "1.2.0" }], "note dependency-met"],
    ["the device runs a newer one", [{ version: "2.0.0" }], "note dependency-met"],
    ["the device runs an older one", [{ version: "1.1.9" }], "warning dependency-missing"],
    ["the device runs none", [], "warning dependency-missing"],
    [
      "it is staged and asked for",
      [{}, { version: "1.2.1", pending: true }],
      "note dependency-staged",
    ],
    ["it is staged only", [{}, { version: "1.2.1" }], "warning dependency-staged"],
    ["an older one is staged", [{}, { version: "1.1.0" }], "warning dependency-missing"],
  ])("%s", async (_, net, expected) => {
    const slots = [slot(0, 0), ...net.map((more, number) => slot(1, number, more))];
    const judged = judge(await single({ version: [2, 0, 0, 0], ...NEEDS_NET }), facts({ slots }));
    expect(codes(judged)).toEqual([expected]);
  });

  it("what is missing is named with its version and what runs instead", async () => {
    const judged = judge(await single(NEEDS_NET), facts());
    expect(textOf(judged, "dependency-missing")).toMatch(
      /network image at 1\.2\.0 or newer.*runs 1\.0\.0/,
    );
  });

  it("the package has it, whatever the device runs", async () => {
    const pkg = await both({ version: [2, 0, 0, 0], ...NEEDS_NET }, { version: [1, 2, 0, 0] });
    for (const known of [null, facts()]) {
      expect(codes(judge(pkg, known))).toEqual(["note dependency-met"]);
    }
  });

  it("the package has an older one: an error, even if the device runs a newer one", async () => {
    const pkg = await both({ version: [2, 0, 0, 0], ...NEEDS_NET }, { version: [1, 1, 0, 0] });
    const slots = [slot(0, 0), slot(1, 0, { version: "1.3.0" })];
    expect(codes(judge(pkg, null))).toEqual(["error dependency-package"]);
    expect(codes(judge(pkg, facts({ slots })))).toEqual([
      "error dependency-package",
      "warning older-version",
    ]);
  });

  it("without a device it is told that one is needed", async () => {
    const judged = judge(await single(NEEDS_NET), null);
    expect(codes(judged)).toEqual(["note dependency-unknown"]);
    expect(textOf(judged, "dependency-unknown")).toMatch(/network image at 1\.2\.0/);
  });
});

describe("judging again", () => {
  it("forgets what was said for another device, and changes nothing that it was given", async () => {
    const pkg = await both({ ...NEEDS_NET, version: [0, 1, 0, 0] }, {}, "0");
    const before = JSON.stringify(pkg);
    const alone = judge(pkg, null);
    const map = [row("mcuboot_primary", 0x10000, 0x80000)];
    const judged = judge(judge(judge(alone, facts()), facts({ map })), null);
    expect(judged).toEqual(alone);
    expect(JSON.stringify(pkg)).toBe(before);
  });

  it("keeps what the manifest gave rise to", async () => {
    const app = makeImage();
    const fields = [fieldsOf("app.bin", app, "app", { slot: 0, version: "9.9.9" })];
    const pkg = await openDropped({
      name: "x.zip",
      bytes: makeZip({ "app.bin": app }, manifestOf(fields)),
    });
    expect(codes(judge(judge(pkg, null), null))).toEqual([
      "error slot",
      "warning manifest-version",
    ]);
  });

  it("puts errors first", async () => {
    const pkg = await single({ version: [0, 1, 0, 0], flags: 4, ...NEEDS_NET });
    const severities = judge(pkg, facts()).images[0]?.findings.map(({ severity }) => severity);
    expect(severities).toEqual(["error", "warning", "warning"]);
  });

  it("leaves a file that cannot be opened as it is", async () => {
    const pkg = await openDropped({ name: "x.zip", bytes: makeZip({}, null) });
    expect(judge(pkg, facts())).toEqual(pkg);
    const hex = await openDropped({
      name: "x.hex",
      bytes: new TextEncoder().encode(":00000001FF\n"),
    });
    expect(codes(judge(hex, facts()))).toEqual(["error hex-file"]);
  });
});

it("an image of the tests has the digest that the device would list", async () => {
  const bytes = makeImage({ target: null });
  const pkg = await openDropped({ name: "x.bin", bytes });
  expect(pkg.images[0]?.image.digest).toBe(toHex(sha256(bytes.subarray(0, 0x300))));
});
