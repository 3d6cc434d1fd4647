// SPDX-License-Identifier: MIT
// Versions: every spelling that MCUboot's and MCUmgr's programs use.
import { describe, expect, it } from "vitest";
import { compareVersions, formatVersion, parseVersion, readVersion } from "../../src/image/version";

describe("version", () => {
  it.each([
    ["1.2.3", [1, 2, 3, 0], "1.2.3"],
    ["1.2.3.4", [1, 2, 3, 4], "1.2.3.4"],
    ["1.2.3+4", [1, 2, 3, 4], "1.2.3.4"],
    ["1.2.3.0", [1, 2, 3, 0], "1.2.3"],
    ["0.0.0", [0, 0, 0, 0], "0.0.0"],
    ["255.255.65535.4294967295", [255, 255, 65535, 4294967295], "255.255.65535.4294967295"],
  ])(
    "%s is read and written as MCUmgr writes it",
    (text, [major, minor, revision, build], written) => {
      const version = parseVersion(text);
      expect(version).toEqual({ major, minor, revision, build });
      expect(version && formatVersion(version)).toBe(written);
    },
  );

  it.each([
    "",
    "1",
    "1.2",
    "1.2.3.",
    "1.2.3-4",
    "256.0.0",
    "0.256.0",
    "0.0.65536",
    "0.0.0.4294967296",
    "01.2.3",
    "1.2.3.04",
    " 1.2.3",
    "1.2.3 ",
    "-1.0.0",
    "1.2.3.4.5",
    "<???>",
    "1e1.0.0",
  ])("%j is no version", (text) => {
    expect(parseVersion(text)).toBeNull();
  });

  it("compares number by number and leaves the build number out", () => {
    const order = [
      "0.0.1",
      "0.0.2",
      "0.1.0",
      "0.9.9",
      "0.10.0",
      "1.0.0",
      "1.0.300",
      "2.0.0",
      "10.0.0",
    ];
    const versions = order.map(
      (text) => parseVersion(text) ?? { major: 0, minor: 0, revision: 0, build: 0 },
    );
    for (const [at, left] of versions.entries()) {
      for (const [other, right] of versions.entries()) {
        expect(Math.sign(compareVersions(left, right))).toBe(Math.sign(at - other));
      }
    }
    const [first, second] = ["1.2.3.4", "1.2.3.9"].map((text) => parseVersion(text));
    expect(first && second && compareVersions(first, second)).toBe(0);
  });

  it("is read from a header's 8 bytes, little endian", () => {
    const bytes = Uint8Array.from([0xff, 1, 2, 3, 4, 5, 0x34, 0x12, 0x78, 0x56]);
    expect(readVersion(new DataView(bytes.buffer), 2)).toEqual({
      major: 2,
      minor: 3,
      revision: 0x0504,
      build: 0x56781234,
    });
  });
});
