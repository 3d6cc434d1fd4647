// SPDX-License-Identifier: MIT
// Dropped files: told by content, unpacked within bounds, every form of a
// manifest that builds write, and a plain sentence for everything else.
import { strToU8, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { openDropped } from "../../src/image/package";
import type { Package } from "../../src/image/types";
import {
  area,
  type Field,
  fieldsOf,
  join,
  makeImage,
  makePackage,
  makeZip,
  manifestOf,
} from "./build";

const APP = makeImage({ version: [1, 2, 3, 4] });
const NET = makeImage({ core: "net", version: [2, 0, 0, 0] });
const EOCD_BYTES = 22;

function open(bytes: Uint8Array, name = "x.zip"): Promise<Package> {
  return openDropped({ name, bytes });
}

/** Of a package with one application image: its fields changed. */
function one(more: Field, root: Field = {}): Promise<Package> {
  const fields = fieldsOf("app.bin", APP, "app", more);
  return open(makeZip({ "app.bin": APP }, manifestOf([fields], root)));
}

function codes(pkg: Package): string[] {
  return [...pkg.findings, ...pkg.images.flatMap(({ findings }) => findings)].map(
    ({ severity, code }) => `${severity} ${code}`,
  );
}

describe("what was dropped", () => {
  it("is told by content and not by name", async () => {
    expect(await open(makePackage(), "image.bin")).toMatchObject({
      kind: "zip",
      name: "image.bin",
    });
    expect(await open(APP, "package.zip")).toMatchObject({ kind: "image", name: "package.zip" });
  });

  it("a package with both images has both, in the manifest's order, and no findings", async () => {
    const pkg = await open(makePackage(APP, NET));
    expect(codes(pkg)).toEqual([]);
    expect(pkg.images.map(({ image }) => [image.name, image.core, image.imageIndex])).toEqual([
      ["app.bin", "app", 0],
      ["net.bin", "net", 1],
    ]);
    expect(pkg.images[0]?.image.bytes).toEqual(APP);
    expect(pkg.images[1]?.image).toMatchObject({ versionText: "2.0.0", digestMatches: true });
  });

  it("a single image is told with its findings", async () => {
    const pkg = await open(join(APP, new Uint8Array(3)), "a\u001bb.bin");
    expect(pkg).toMatchObject({ name: "a?b.bin", kind: "image", findings: [] });
    expect(codes(pkg)).toEqual(["warning trailing-bytes"]);
  });

  it("a browser's File is read", async () => {
    const file = new Blob([makePackage().slice()]) as unknown as File;
    Object.defineProperty(file, "name", { value: "dfu.zip" });
    expect((await openDropped(file)).images).toHaveLength(2);
  });

  it("a file above 16 MB is refused without being read", async () => {
    const file = { name: "x", size: 17 << 20, arrayBuffer: () => Promise.reject(new Error()) };
    expect(codes(await openDropped(file as unknown as File))).toEqual(["error file-large"]);
    expect(codes(await open(new Uint8Array((16 << 20) + 1)))).toEqual(["error file-large"]);
  });

  it("a folder, which cannot be read, is told", async () => {
    const file = { name: "x", size: 4096, arrayBuffer: () => Promise.reject(new Error("folder")) };
    expect(codes(await openDropped(file as unknown as File))).toEqual(["error unreadable"]);
  });
});

describe("a manifest is taken in every form that is written", () => {
  it.each<[string, Field, Field]>([
    ["image_index as a number", { image_index: 0 }, {}],
    ["image_index left out", { image_index: undefined }, {}],
    ["image instead of image_index", { image_index: undefined, image: 0 }, {}],
    ["format-version 0", {}, { "format-version": 0 }],
    ["format-version as a text", {}, { "format-version": "1" }],
    ["no format-version and no time", {}, { "format-version": undefined, time: undefined }],
    ["slot as a text", { slot: "1" }, {}],
    ["slot as a number", { slot: 1 }, {}],
    ["load_address as a hexadecimal text", { load_address: "0xC200" }, {}],
    ["no load_address, board and size", { load_address: null, board: null, size: null }, {}],
    ["the version of the image", { version_MCUBOOT: "1.2.3+4" }, {}],
    ["a count as the version", { version: "3" }, {}],
    [
      "a name with a blank, and fields that nobody knows",
      { more: [{}] },
      { name: "a b", x: 1.5e3 },
    ],
  ])("%s", async (_, more, root) => {
    const pkg = await one(more, root);
    expect(codes(pkg)).toEqual([]);
    expect(pkg.images[0]?.image.imageIndex).toBe(0);
  });

  it("raw hexadecimal numbers, as a build once wrote them", async () => {
    const text = manifestOf([fieldsOf("app.bin", APP, "app")]).replace(":49664", ": 0xC200");
    expect(text).toContain("0xC200");
    expect(codes(await open(makeZip({ "app.bin": APP }, text)))).toEqual([]);
  });

  it("packed with deflate or stored, with a comment behind the zip", async () => {
    for (const level of [0, 9] as const) {
      const files = {
        "app.bin": APP,
        "manifest.json": strToU8(manifestOf([fieldsOf("app.bin", APP, "app")])),
      };
      const zip = new Uint8Array(zipSync(files, { level }));
      const comment = strToU8("built by nobody");
      const end = zip.slice();
      new DataView(end.buffer).setUint16(end.length - 2, comment.length, true);
      expect(codes(await open(join(end, comment)))).toEqual([]);
    }
  });
});

describe("a manifest that says something else than the image", () => {
  it.each<[string, Field]>([
    ["error image-index", { image_index: 2 }],
    ["error slot", { slot: "0", "version_MCUBOOT+XIP": "1.2.3" }],
    ["error boot-loader-update", { type: "mcuboot" }],
    ["warning manifest-board", { board: "nrf5340dk/nrf5340/cpunet" }],
    ["warning manifest-load-address", { load_address: 0x10000 }],
    ["warning manifest-version", { version_MCUBOOT: "1.2.4" }],
    ["warning manifest-version", { version: "1.x" }],
  ])("%s", async (code, more) => {
    expect(codes(await one(more))).toEqual([code]);
  });
});

describe("a manifest that cannot be meant is refused with its field", () => {
  it.each<[string, Field, Field]>([
    ["image", { image: 1 }, {}],
    ["image_index", { image_index: "one" }, {}],
    ["image_index", { image_index: 256 }, {}],
    ["image_index", { image_index: -1 }, {}],
    ["image_index", { image_index: 0.5 }, {}],
    ["image_index", { image_index: [0] }, {}],
    ["slot", { slot: "1 " }, {}],
    ["load_address", { load_address: "0xg" }, {}],
    ["size", { size: 1 }, {}],
    ["file", { file: undefined }, {}],
    ["file", { file: "other.bin" }, {}],
    ["file", { file: "manifest.json" }, {}],
    ["file", { file: { a: 1 } }, {}],
    ["type", { type: true }, {}],
    ["board", { board: "a\u001b[2J" }, {}],
    ["board", { board: "a".repeat(129) }, {}],
    ["format-version", {}, { "format-version": 2 }],
    ["time", {}, { time: "now" }],
    ["files", {}, { files: [] }],
    ["files", {}, { files: {} }],
    ["files[0]", {}, { files: ["app.bin"] }],
    ["files", {}, { files: Array(17).fill({}) }],
  ])("%s: %j %j", async (field, more, root) => {
    const pkg = await one(more, root);
    expect(codes(pkg)).toEqual(["error manifest-field"]);
    expect(pkg.findings[0]?.text).toContain(field);
    expect(pkg.images).toEqual([]);
  });

  it("two files for one slot: one would overwrite the other", async () => {
    const fields = ["app.bin", "net.bin"].map((name) => fieldsOf(name, APP, "app"));
    const pkg = await open(makeZip({ "app.bin": APP, "net.bin": APP }, manifestOf(fields)));
    expect(codes(pkg)).toEqual(["error manifest-field"]);
    expect(pkg.findings[0]?.text).toMatch(/overwrite/);
  });

  it.each<[string, string | Uint8Array]>([
    ["no JSON", "{files: []}"],
    ["cut off", '{"files": ['],
    ["an unfinished text", `{"a": "${'\\"'.repeat(30000)}`],
    ["nested without end", "[".repeat(60000)],
    ["with a key twice", '{"files": [], "a": {"b": 1, "b": 2}}'],
    ["with a key twice in two spellings", '{"files": [], "\\u0066iles": []}'],
    ["no UTF-8", Uint8Array.from([0x7b, 0xff, 0x7d])],
    ["with a byte order mark", "\uFEFF{}"],
    ["larger than 64 KB", " ".repeat(65537)],
  ])("JSON: %s", async (_, manifest) => {
    expect(codes(await open(makeZip({ "app.bin": APP }, manifest)))).toEqual([
      "error manifest-json",
    ]);
  });

  it.each(["null", "[]", "3", '"files"'])("JSON that is no object: %s", async (text) => {
    expect(codes(await open(makeZip({}, text)))).toEqual(["error manifest-field"]);
  });

  it("no manifest at all: says how to make one", async () => {
    const pkg = await open(makeZip({ "app.bin": APP }, null));
    expect(codes(pkg)).toEqual(["error no-manifest"]);
    expect(pkg.findings[0]?.text).toContain("duoboot package create");
  });

  it("a file that it does not name", async () => {
    const manifest = manifestOf([fieldsOf("app.bin", APP, "app")]);
    const pkg = await open(makeZip({ "app.bin": APP, "readme.txt": strToU8("hi") }, manifest));
    expect(codes(pkg)).toEqual(["error extra-file"]);
  });

  it("a SUIT package", async () => {
    const manifest = manifestOf([{ type: "suit-envelope", file: "x.suit", size: 1 }]);
    expect(codes(await open(makeZip({ "x.suit": strToU8("x") }, manifest)))).toEqual([
      "error suit",
    ]);
  });

  it("names like those of every object do no harm", async () => {
    const manifest = '{"__proto__": {"files": [{"file": "app.bin"}]}, "constructor": 1}';
    expect(codes(await open(makeZip({ "app.bin": APP }, manifest)))).toEqual([
      "error manifest-field",
    ]);
  });
});

// Of a zip with app.bin and manifest.json, what the directory says of a file.
function patched(
  zip: Uint8Array,
  patch: (view: DataView, directoryOff: number, endOff: number) => void,
): Uint8Array {
  const copy = zip.slice();
  const view = new DataView(copy.buffer);
  const endOff = copy.length - EOCD_BYTES;
  patch(view, view.getUint32(endOff + 16, true), endOff);
  return copy;
}

describe("a hostile zip is refused", () => {
  const good = makeZip({ "app.bin": APP }, manifestOf([fieldsOf("app.bin", APP, "app")]));
  const both = (off: number, value: number) => (view: DataView, directoryOff: number) => {
    view.setUint16(off - 2, value, true); // The head of the first file is at 0,
    view.setUint16(directoryOff + off, value, true); // and has it 2 bytes earlier.
  };

  it.each<[string, (view: DataView, directoryOff: number, endOff: number) => void]>([
    ["zip-encrypted", both(8, 0x0801)],
    ["zip-method", both(10, 12)],
    ["zip-method", both(8, 0x0820)],
    ["zip-64", (view, off) => view.setUint32(off + 24, 0xffffffff, true)],
    ["zip-64", (view, _, end) => view.setUint32(end + 16, 0xffffffff, true)],
    ["zip-large", (view, off) => view.setUint32(off + 24, 0x1000001, true)],
    ["zip-parts", (view, _, end) => view.setUint16(end + 4, 1, true)],
    ["zip-parts", (view, _, end) => view.setUint16(end + 8, 1, true)],
    ["zip-damaged", (view, _, end) => view.setUint16(end + 20, 1, true)],
    ["zip-damaged", (view, off, end) => view.setUint32(end + 16, off + 1, true)],
    ["zip-damaged", (view, off) => view.setUint32(off, 0, true)],
    ["zip-damaged", (view, off) => view.setUint32(off + 16, 1, true)],
    ["zip-damaged", (view, off) => view.setUint32(off + 42, 7, true)],
    ["zip-damaged", (view, off) => view.setUint32(off + 20, 0x7fffffff, true)],
    ["zip-damaged", (view, off) => view.setUint16(off + 28, 0xfff, true)],
    ["zip-damaged", (view) => view.setUint8(30, 0x41)],
    ["zip-damaged", (view) => view.setUint8(60, view.getUint8(60) ^ 0x10)],
    ["zip-files", (view, _, end) => [8, 10].map((at) => view.setUint16(end + at, 65, true))],
  ])("%s: %s", async (code, patch) => {
    expect(codes(await open(good))).toEqual([]);
    expect(codes(await open(patched(good, patch)))).toEqual([`error ${code}`]);
  });

  it.each([
    "../app.bin",
    "a/../app.bin",
    "/app.bin",
    "a\\app.bin",
    "c:app.bin",
    "dir/app.bin",
    "dir/",
    "a\u0007.bin",
    "..",
    "a".repeat(129),
  ])("with the name %j", async (name) => {
    const manifest = manifestOf([fieldsOf(name, APP, "app")]);
    const pkg = await open(
      makeZip({ [name]: name.endsWith("/") ? new Uint8Array() : APP }, manifest),
    );
    expect(codes(pkg)).toEqual(["error zip-name"]);
    expect(pkg.findings[0]?.text).not.toMatch(/\p{Cc}/u);
  });

  it("that unpacks to more than it says, soon and without the memory", async () => {
    const bomb = makeZip({ "app.bin": new Uint8Array(24 << 20) }, manifestOf([]));
    expect(bomb.length).toBeLessThan(100_000);
    const small = patched(bomb, (view, off) => {
      view.setUint32(22, 1000, true);
      view.setUint32(off + 24, 1000, true);
    });
    expect(codes(await open(small))).toEqual(["error zip-damaged"]);
    expect(codes(await open(bomb))).toEqual(["error zip-large"]);
  });

  it("whose files lie over one another", async () => {
    const inner = new Uint8Array(zipSync({ "b.bin": APP }, { level: 0 }));
    const head = inner.subarray(0, 30 + "b.bin".length + APP.length);
    const zip = new Uint8Array(zipSync({ "a.bin": head, "b.bin": APP }, { level: 0 }));
    const lies = patched(zip, (view, off) => {
      view.setUint32(off + 46 + "a.bin".length + 42, 30 + "a.bin".length, true);
    });
    const pkg = await open(lies);
    expect(codes(pkg)).toEqual(["error zip-damaged"]);
    expect(pkg.findings[0]?.text).toMatch(/'b\.bin' lies over another/);
  });

  it("with two files of one name", async () => {
    const zip = makeZip({ "a.bin": APP, "b.bin": APP }, manifestOf([]));
    const twice = patched(zip, (view, off) => {
      view.setUint8(off + 46 + "a.bin".length + 46, 0x61);
    });
    expect(codes(await open(twice))).toEqual(["error zip-twice"]);
  });

  it("that is cut off, at every length", async () => {
    for (let lenBytes = 4; lenBytes < good.length; lenBytes += 7) {
      const pkg = await open(good.subarray(0, lenBytes));
      expect(codes(pkg), `${lenBytes} bytes`).toEqual(["error zip-damaged"]);
    }
  });

  it("without a file", async () => {
    expect(codes(await open(makeZip({}, null)))).toEqual(["error no-manifest"]);
  });
});

describe("an image in a zip", () => {
  it("that is none keeps its name and says so", async () => {
    const elf = strToU8("\u007fELF and more");
    const fields = [fieldsOf("app.bin", elf, "app"), fieldsOf("net.bin", NET, "net")];
    const pkg = await open(makeZip({ "app.bin": elf, "net.bin": NET }, manifestOf(fields)));
    expect(pkg.images.map(({ image }) => image.name)).toEqual(["app.bin", "net.bin"]);
    expect(codes(pkg)).toEqual(["error elf-file"]);
  });

  it("that is damaged says what, and the other image stays without findings", async () => {
    const bad = join(APP.subarray(0, -10), area(0x6907, []));
    const fields = [fieldsOf("app.bin", bad, "app"), fieldsOf("net.bin", NET, "net")];
    const pkg = await open(makeZip({ "app.bin": bad, "net.bin": NET }, manifestOf(fields)));
    expect(pkg.images.map(({ findings }) => findings.length > 0)).toEqual([true, false]);
  });
});
