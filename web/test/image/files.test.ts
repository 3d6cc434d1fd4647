// SPDX-License-Identifier: MIT
// Several files that were dropped together are one package.
import { describe, expect, it } from "vitest";
import { FILES_MAX, openFiles } from "../../src/image/files";
import { judge } from "../../src/image/judge";
import type { Package } from "../../src/image/types";
import { makeImage, makePackage } from "./build";

const APP = { name: "app.bin", bytes: makeImage({ version: [1, 2, 3, 0] }) };
const NET = { name: "net.bin", bytes: makeImage({ core: "net", version: [2, 0, 0, 0] }) };

function codes(pkg: Package): string[] {
  return [...pkg.findings, ...pkg.images.flatMap(({ findings }) => findings)].map(
    ({ severity, code }) => `${severity} ${code}`,
  );
}

/** A browser's File that tells whether it was read. */
function fileOf(name: string, size: number, bytes: Uint8Array | null) {
  const file = {
    name,
    size,
    reads: 0,
    arrayBuffer: async () => {
      file.reads++;
      if (bytes === null) {
        throw new Error("a folder");
      }
      return bytes.slice().buffer;
    },
  };
  return file;
}

describe("files that were dropped together", () => {
  it("one for each core are one package, the application first, whatever the order", async () => {
    for (const list of [
      [APP, NET],
      [NET, APP],
    ]) {
      const { pkg, files } = await openFiles(list);
      expect(pkg.kind).toBe("images");
      expect(pkg.images.map(({ image }) => [image.name, image.core, image.imageIndex])).toEqual([
        ["app.bin", "app", null],
        ["net.bin", "net", null],
      ]);
      expect(codes(pkg)).toEqual([]);
      expect(files).toEqual(list);
    }
    expect((await openFiles([NET, APP])).pkg.name).toBe("net.bin and app.bin");
  });

  it("one alone is what it would be alone: an image, or a package", async () => {
    expect((await openFiles([APP])).pkg).toMatchObject({ kind: "image", name: "app.bin" });
    const zip = { name: "x.zip", bytes: makePackage() };
    expect((await openFiles([zip])).pkg).toMatchObject({ kind: "zip", images: [{}, {}] });
  });

  it("two for one core are an error with both names, before a device is there", async () => {
    const other = { ...APP, name: "app (1).bin" };
    const { pkg } = await openFiles([APP, other, NET]);
    expect(pkg.name).toBe("app.bin, app (1).bin and net.bin");
    const judged = judge(pkg, null);
    expect(codes(judged)).toEqual(["error same-core", "error same-core"]);
    expect(judged.images[0]?.findings[0]?.text).toContain("'app.bin' and 'app (1).bin'");
  });

  it("what one needs of the other is looked for in the other", async () => {
    const needs = (version: [number, number, number]) => ({
      name: "app.bin",
      bytes: makeImage({ dependencies: [{ image: 1, version }] }),
    });
    const met = judge((await openFiles([NET, needs([2, 0, 0])])).pkg, null);
    expect(codes(met)).toEqual(["note dependency-met"]);
    const missed = judge((await openFiles([NET, needs([2, 0, 1])])).pkg, null);
    expect(codes(missed)).toEqual(["error dependency-package"]);
  });

  it("a zip among them is an error, and is not mixed with the others", async () => {
    const { pkg } = await openFiles([APP, { name: "dfu.zip", bytes: makePackage() }]);
    expect(codes(pkg)).toEqual(["error zip-among-files"]);
    expect(pkg.findings[0]?.text).toContain("'dfu.zip'");
    expect(pkg.images.map(({ image }) => image.name)).toEqual(["app.bin"]);
  });

  it("one that is no image says so; the other keeps what is said of it alone", async () => {
    const { pkg } = await openFiles([{ name: "notes.txt", bytes: Uint8Array.from([65]) }, APP]);
    const [first, second] = pkg.images;
    expect(first?.image.name).toBe("app.bin");
    expect(first?.findings).toEqual([]);
    expect(second?.findings[0]?.severity).toBe("error");
  });

  it("one that cannot be read is named, and is not kept", async () => {
    const folder = fileOf("fold\u001ber", 4096, null) as unknown as File;
    const { pkg, files } = await openFiles([folder, APP]);
    expect(codes(pkg)).toEqual(["error unreadable"]);
    expect(pkg.findings[0]?.text).toMatch(/^'fold\?er': /);
    expect(files).toEqual([APP]);
  });
});

describe("files that are too large or too many are not read", () => {
  it("one above 16 MB", async () => {
    const large = fileOf("x.bin", 17 << 20, new Uint8Array());
    const { pkg, files } = await openFiles([large as unknown as File]);
    expect(codes(pkg)).toEqual(["error file-large"]);
    expect([large.reads, files]).toEqual([0, []]);
  });

  it("several above 16 MB in all", async () => {
    const list = [9, 9].map((mb) => fileOf("x.bin", mb << 20, new Uint8Array()));
    const { pkg, files } = await openFiles(list as unknown as File[]);
    expect(codes(pkg)).toEqual(["error file-large"]);
    expect([list.map(({ reads }) => reads), files]).toEqual([[0, 0], []]);
  });

  it("more than a person can mean", async () => {
    const list = Array.from({ length: FILES_MAX + 1 }, (_, i) => fileOf(`${i}`, 10, null));
    const { pkg } = await openFiles(list as unknown as File[]);
    expect(pkg.name).toBe("9 files");
    expect(codes(pkg)).toEqual(["error too-many-files"]);
    expect(list.every(({ reads }) => reads === 0)).toBe(true);
  });

  it("each is read once", async () => {
    const app = fileOf("app.bin", APP.bytes.length, APP.bytes);
    const net = fileOf("net.bin", NET.bytes.length, NET.bytes);
    const { pkg } = await openFiles([app, net] as unknown as File[]);
    expect(codes(pkg)).toEqual([]);
    expect([app.reads, net.reads]).toEqual([1, 1]);
  });
});
