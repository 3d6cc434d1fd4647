// SPDX-License-Identifier: MIT
// The page and `duoboot package` say the same of the same zips: which it
// takes, which it refuses, and what it warns of. What only the phone apps
// would trip over does not matter to the page.
import { strToU8 } from "fflate";
import { afterAll, describe, expect, it } from "vitest";
import { judge } from "../../src/image/judge";
import { openDropped } from "../../src/image/package";
import type { Package } from "../../src/image/types";
import { formatVersion, parseVersion } from "../../src/image/version";
import { type Field, fieldsOf, join, makeImage, makePackage, makeZip, manifestOf } from "./build";
import { duoboot, Folder, hasProgram, WITHOUT } from "./program";
import { BAD_ROWS, GOOD_ROWS } from "./rows";

interface Found {
  severity: string;
  who: string;
  place: string;
  sentence: string;
}

interface Shown {
  files: {
    file: string;
    core: string;
    image_index: number;
    size_bytes: number;
    version?: string;
    digest?: string;
  }[];
  findings: Found[];
}

interface Checked {
  /** The program does not take the zip at all. */
  isRefused: boolean;
  found: Found[];
  shown: Shown | null;
}

const folder = new Folder();
afterAll(() => folder.remove());

function check(bytes: Uint8Array): Checked {
  const path = folder.file("checked.zip", bytes);
  const { out } = duoboot("package", "show", "--json", path);
  if (out === "") {
    return { isRefused: true, found: [], shown: null };
  }
  const shown = JSON.parse(out) as Shown;
  const found = shown.findings.filter(({ who }) => who === "board");
  return { isRefused: false, found, shown };
}

/** The page's words for the program's warnings, by the field that they are about. */
const WARNINGS: Record<string, string[]> = {
  board: ["manifest-board"],
  load_address: ["manifest-load-address"],
  version: ["manifest-version"],
  size: ["trailing-bytes", "padded"],
  dependency: ["dependency-unknown"],
  "": ["signature-missing"],
};

// A file that is too large for its slot ends, for the program, the talk of its size.
function warningsOf(found: readonly Found[]): string[] {
  const fields = found
    .filter(({ severity, place }) => severity === "warning" || place.endsWith(": size"))
    .map(({ place }) => (/: (\w+)$/.exec(place) ?? ["", ""])[1] ?? "");
  return [...new Set(fields)].sort();
}

function pageWarningsOf(pkg: Package): string[] {
  const codes = pkg.images.flatMap(({ findings }) => findings).map(({ code }) => code);
  return Object.keys(WARNINGS)
    .filter((field) => WARNINGS[field]?.some((code) => codes.includes(code)))
    .sort();
}

function hasError(pkg: Package): boolean {
  return [...pkg.findings, ...pkg.images.flatMap(({ findings }) => findings)].some(
    ({ severity }) => severity === "error",
  );
}

function expectSameFiles(pkg: Package, shown: Shown): void {
  const mine = pkg.images.map(({ image, findings }) => {
    const isParsed = !findings.some(
      ({ severity, code }) =>
        code === "signature-type" || (severity === "error" && IS_DAMAGE.test(code)),
    );
    const core = image.core === "app" ? "application" : "network";
    return {
      file: image.name,
      image_index: image.imageIndex,
      size_bytes: image.bytes.length,
      core: isParsed ? core : "unknown",
      version: isParsed ? image.versionText : undefined,
      digest: isParsed ? image.digest : undefined,
    };
  });
  const its = shown.files.map(({ file, image_index, size_bytes, core, version, digest }) => {
    const parsed = parseVersion(version ?? "");
    return {
      file,
      image_index,
      size_bytes,
      core,
      version: parsed ? formatVersion(parsed) : undefined,
      digest,
    };
  });
  expect(mine).toEqual(its);
}

/** The errors behind which the program shows nothing of an image. */
const IS_DAMAGE =
  /^(?!slot|image-index|boot-loader-update|wrong-core|same-core|dependency-package|digest-mismatch|slot-too-small)/;

async function expectAgreement(bytes: Uint8Array): Promise<void> {
  const checked = check(bytes);
  const pkg = judge(await openDropped({ name: "x.zip", bytes }), null);
  const isBad = checked.isRefused || checked.found.some(({ severity }) => severity === "error");
  const told = `${JSON.stringify(checked.found)} ${JSON.stringify(pkg.findings)}`;
  expect(hasError(pkg), told).toBe(isBad);
  if (pkg.kind === "zip") {
    expect(pkg.images.length === 0, told).toBe(checked.isRefused);
  }
  if (checked.shown !== null) {
    expectSameFiles(pkg, checked.shown);
    expect(pageWarningsOf(pkg), told).toEqual(warningsOf(checked.found));
  }
}

async function expectAllAgree(zips: readonly [string, Uint8Array][]): Promise<void> {
  const failed: string[] = [];
  for (const [label, bytes] of zips) {
    await expectAgreement(bytes).catch((error: unknown) => {
      failed.push(`${label}: ${error instanceof Error ? error.message : error}`);
    });
  }
  expect(failed).toEqual([]);
}

const APP = makeImage({ version: [1, 2, 3, 4] });
const NET = makeImage({ core: "net", version: [2, 0, 0, 0] });

function one(more: Field, root: Field = {}): Uint8Array {
  return makeZip({ "app.bin": APP }, manifestOf([fieldsOf("app.bin", APP, "app", more)], root));
}

function two(app: Uint8Array, net: Uint8Array, more: Field = {}): Uint8Array {
  const fields = [fieldsOf("app.bin", app, "app"), fieldsOf("net.bin", net, "net", more)];
  return makeZip({ "app.bin": app, "net.bin": net }, manifestOf(fields));
}

const VALUES = [null, true, -1, 0, 1, 2, 255, 256, 1.5, "", "0", "1", "01", "0x1", "x", [], {}];
const FIELDS = [
  "image_index",
  "image",
  "slot",
  "load_address",
  "size",
  "file",
  "type",
  "board",
  "soc",
];

describe.skipIf(!hasProgram)(
  `page and program agree${hasProgram ? "" : `: ${WITHOUT}`}`,
  { timeout: 300_000 },
  () => {
    it("about every kind of value in every field", async () => {
      await expectAllAgree(
        FIELDS.flatMap((field) =>
          VALUES.map((value): [string, Uint8Array] => [
            `${field}: ${JSON.stringify(value)}`,
            one({ [field]: value }),
          ]),
        ),
      );
    });

    it("about versions, boards and roots of manifests", async () => {
      const rows: [Field, Field][] = [
        ...["1.2.3+4", "1.2.3", "1.2", "1.2.4", "1.2.4.4", "01.2.3", "3", "x.y", ""].map(
          (version): [Field, Field] => [{ version_MCUBOOT: version }, {}],
        ),
        [{ "version_MCUBOOT+XIP": "1.2.3", slot: "0" }, {}],
        [{ board: "nrf5340dk/nrf5340/cpunet" }, {}],
        [{ type: "mcuboot" }, {}],
        [{}, { name: "a b" }],
        [{}, { name: 3 }],
        [{}, { name: "a".repeat(129) }],
        [{}, { "format-version": 2 }],
        [{}, { "format-version": "0" }],
        [{}, { time: -1 }],
        [{}, { time: "12" }],
        [{}, { files: [] }],
        [{}, { files: Array(17).fill({}) }],
        [{}, { files: [3] }],
      ];
      await expectAllAgree(
        rows.map(([more, root]) => [JSON.stringify([more, root]), one(more, root)]),
      );
    });

    it("about manifests that are no JSON, or say a thing twice", async () => {
      const good = manifestOf([fieldsOf("app.bin", APP, "app")]);
      const texts: (string | Uint8Array)[] = [
        good,
        good.replace(":49664", ":0xC200"),
        good.replace(":49664", ":0xC200g"),
        good.replace(":49664", ":49664.0"),
        good.replace('"time"', '"time":1,"time"'),
        good.replace('"soc"', '"file":"x","soc"'),
        good.slice(0, -1),
        `${good} x`,
        `\uFEFF${good}`,
        `// text\n${good}`,
        good.replaceAll('"', "'"),
        "null",
        "[]",
        "",
        Uint8Array.from([0x7b, 0xff, 0x7d]),
      ];
      const zips = texts.map((text, at): [string, Uint8Array] => [
        `text ${at}`,
        makeZip({ "app.bin": APP }, text),
      ]);
      await expectAllAgree([...zips, ["none", makeZip({ "app.bin": APP }, null)]]);
    });

    it("about what is good", () => {
      const path = folder.file("good.zip", makePackage(APP, NET));
      const { code, out } = duoboot("package", "check", "--json", path);
      expect(code).toBe(0);
      expect(JSON.parse(out)).toMatchObject({ good: true, findings: [] });
    });

    it("about images in packages: good, damaged, swapped, doubled, too long, dependent", async () => {
      const needs = (version: [number, number, number]) =>
        makeImage({ dependencies: [{ image: 1, version }] });
      const rows: [string, Uint8Array][] = [
        ["both", makePackage(APP, NET)],
        ["swapped", two(NET, APP)],
        ["twice", two(APP, makeImage({ seed: 3 }))],
        ["same target", two(APP, NET, { image_index: 0 })],
        ["met", two(needs([1, 9, 9]), NET)],
        ["not met", two(needs([2, 0, 1]), NET)],
        [
          "alone",
          makeZip(
            { "app.bin": needs([1, 0, 0]) },
            manifestOf([fieldsOf("app.bin", needs([1, 0, 0]), "app")]),
          ),
        ],
        ["trailing", two(APP, join(NET, new Uint8Array(9)))],
        ["too long", two(APP, join(NET, new Uint8Array(240 << 10)))],
        ["no image", two(APP, strToU8("not an image at all, but long enough to be one"))],
        ...[...GOOD_ROWS, ...BAD_ROWS].map(([label, options]): [string, Uint8Array] => [
          `${label} ${JSON.stringify(options)}`,
          two(makeImage(options), NET),
        ]),
      ];
      await expectAllAgree(rows);
    });

    it("about what else lies in the zip", async () => {
      const manifest = manifestOf([fieldsOf("app.bin", APP, "app")]);
      const extras: Record<string, Uint8Array>[] = [
        { "readme.txt": strToU8("x") },
        { "dir/": new Uint8Array() },
        { "__MACOSX/._app.bin": strToU8("x") },
        { "../up.bin": strToU8("x") },
        { "x.suit": strToU8("x") },
      ];
      await expectAllAgree(
        extras.map((extra) => [
          Object.keys(extra).join(),
          makeZip({ "app.bin": APP, ...extra }, manifest),
        ]),
      );
    });

    it("about zips of which a byte of a head or of the directory is changed", async () => {
      const zip = two(makeImage({ headerBytes: 32, payloadBytes: 72 }), NET, {
        load_address: null,
      });
      const end = zip.length - 22;
      const directory = new DataView(zip.buffer).getUint32(end + 16, true);
      const heads = Array.from({ length: 37 }, (_, at) => at);
      const rest = Array.from({ length: zip.length - directory }, (_, at) => directory + at);
      // The program does not look at the mark of encryption in a file's head.
      const headFlags = 6;
      const zips = [...heads.filter((off) => off !== headFlags), ...rest].map(
        (off): [string, Uint8Array] => {
          const copy = zip.slice();
          copy[off] = (copy[off] ?? 0) ^ 0x01;
          return [`byte ${off - directory} of the directory`, copy];
        },
      );
      await expectAllAgree(zips);
    });
  },
);
