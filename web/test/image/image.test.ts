// SPDX-License-Identifier: MIT
// What the page tells of one image: each rule of the boot loader by the name
// of its reason, and each kind of file that is dropped by mistake.
import { describe, expect, it } from "vitest";
import { parseImage } from "../../src/image/image";
import { toHex, utf8 } from "../../src/lib/bytes";
import { REASONS } from "../../src/smp/words";
import { area, type ImageOptions, join, makeImage, numbers, randomBytes, sha256 } from "./build";
import { BAD_ROWS, GOOD_ROWS, TLV_OFF, tlv } from "./rows";

async function codesOf(bytes: Uint8Array): Promise<string[]> {
  const { findings } = await parseImage("x.bin", bytes);
  return findings.map(({ severity, code }) => `${severity} ${code}`);
}

function changed(bytes: Uint8Array, ...changes: [off: number, value: Uint8Array][]): Uint8Array {
  const copy = bytes.slice();
  for (const [off, value] of changes) {
    copy.set(value, off);
  }
  return copy;
}

const u16 = (value: number) => numbers([value, 2]);
const u32 = (value: number) => numbers([value, 4]);

describe("a good image", () => {
  it("tells version, core, digests, dependencies, key and counter, and has no findings", async () => {
    const bytes = makeImage({
      core: "net",
      version: [1, 2, 3, 4],
      securityCounter: 0xfffffffe,
      dependencies: [{ image: 0, version: [1, 1, 0] }],
    });
    const { image, findings } = await parseImage("net\u0007.bin", bytes);
    expect(findings).toEqual([]);
    expect(image).toMatchObject({
      name: "net?.bin",
      version: { major: 1, minor: 2, revision: 3, build: 4 },
      versionText: "1.2.3.4",
      core: "net",
      digestMatches: true,
      sha: toHex(sha256(bytes)),
      dependencies: [{ image: 0, version: { major: 1, minor: 1, revision: 0, build: 0 } }],
      keyHash: toHex(sha256(new Uint8Array([7]))),
      securityCounter: 0xfffffffe,
      imageIndex: null,
    });
    expect(image.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(image.digest).not.toBe(image.sha);
  });

  it.each(GOOD_ROWS)("%s is taken", async (_, options) => {
    expect(await codesOf(makeImage(options))).toEqual([]);
  });

  it("is read from a part of a larger buffer", async () => {
    const bytes = join(randomBytes(1, 5), makeImage());
    expect(await codesOf(bytes.subarray(5))).toEqual([]);
  });
});

describe("what the boot loader refuses", () => {
  it.each(BAD_ROWS)("%s (row %#)", async (reason, options) => {
    const severity = reason === "signature-type" ? "warning" : "error";
    expect(await codesOf(makeImage(options))).toContain(`${severity} ${reason}`);
  });

  it.each<[string, [number, Uint8Array]]>([
    ["header-size", [8, u16(28)]],
    ["digest-mismatch", [0x280, u32(0)]],
    ["digest-mismatch", [20, numbers([9, 1])]],
    ["cut-off", [12, u32(0xffffffff)]],
    ["cut-off", [8, u16(65532)]],
    ["tlv-magic", [TLV_OFF, u16(0x6906)]],
    ["tlv-protected-size", [10, u16(0)]],
    ["tlv-protected-size", [TLV_OFF + 2, u16(8)]],
    ["tlv-size", [TLV_OFF + 6, u16(5)]],
    ["tlv-size", [TLV_OFF + 12 + 2, u16(3)]],
    ["cut-off", [TLV_OFF + 12 + 2, u16(0xffff)]],
  ])("%s when bytes of a good one are changed (row %#)", async (reason, change) => {
    expect(await codesOf(changed(makeImage(), change))).toContain(`error ${reason}`);
  });

  it("is said with the boot loader's own sentence", async () => {
    const { findings } = await parseImage("x.bin", makeImage({ target: "net" }));
    const sentence = Object.values(REASONS).find(({ name }) => name === "core-mismatch")?.text;
    expect(sentence).toBeTruthy();
    expect(findings[0]?.text.startsWith(`${sentence} `)).toBe(true);
  });

  it("names what the flags ask for", async () => {
    const { findings } = await parseImage("x.bin", makeImage({ flags: 0x404 }));
    expect(findings[0]?.text).toMatch(/encrypted with AES-128, compressed with LZMA2/);
  });

  it("leaves version and digest in sight when the image is damaged", async () => {
    const { image } = await parseImage("x.bin", makeImage({ version: [3, 2, 1, 0], sp: 1 }));
    expect(image).toMatchObject({ versionText: "3.2.1", core: "app", digestMatches: true });
  });

  it("is an error at every length that is not the whole", async () => {
    const whole = makeImage({ headerBytes: 32, payloadBytes: 64 });
    for (let lenBytes = 0; lenBytes < whole.length; lenBytes++) {
      const { findings } = await parseImage("x.bin", whole.subarray(0, lenBytes));
      expect(
        findings.map(({ severity }) => severity),
        `${lenBytes} bytes`,
      ).toContain("error");
    }
  });
});

describe("signatures, without the board's keys", () => {
  const digest = (options: ImageOptions) => {
    const bytes = makeImage({ ...options, unprotectedTlvs: [] });
    return { type: 0x10, value: sha256(bytes.subarray(0, bytes.length - 4)) };
  };
  const withTlvs = (...tlvs: { type: number; value: Uint8Array }[]) =>
    makeImage({ unprotectedTlvs: [digest({}), ...tlvs] });

  it("none is a warning: a boot loader may be without keys", async () => {
    expect(await codesOf(makeImage({ isSigned: false }))).toEqual(["warning signature-missing"]);
  });

  it.each<[string, { type: number; value: Uint8Array }[]]>([
    ["warning signature-type", [tlv(0x01, 32), tlv(0x20, 256)]],
    ["warning key-unknown", [tlv(0x24, 64)]],
    ["warning key-unknown", [tlv(0x01, 32), tlv(0x02, 64), tlv(0x24, 64)]],
    ["error tlv-length", [tlv(0x01, 32), tlv(0x24, 60)]],
    ["error tlv-length", [tlv(0x01, 32), tlv(0x22, 7)]],
    ["error tlv-length", [tlv(0x01, 32), tlv(0x22, 73)]],
  ])("%s", async (code, tlvs) => {
    expect(await codesOf(withTlvs(...tlvs))).toEqual([code]);
  });

  it("a bad one before a good one does no harm", async () => {
    const tlvs = [tlv(0x24, 64), tlv(0x01, 32), tlv(0x22, 70)];
    expect(await codesOf(withTlvs(...tlvs))).toEqual([]);
  });
});

describe("bytes behind the image", () => {
  it("are a warning that counts them", async () => {
    const { findings } = await parseImage("x.bin", join(makeImage(), new Uint8Array(77)));
    expect(findings).toMatchObject([{ severity: "warning", code: "trailing-bytes" }]);
    expect(findings[0]?.text).toMatch(/^77 bytes/);
  });

  it.each([
    [0xff, "on trial"],
    [0x01, "for good"],
  ])("that are a trailer (image_ok %i) say that it installs %s", async (ok, words) => {
    const magic = Uint8Array.from(Buffer.from("77c295f360d2ef7f3552500f2cb67980", "hex"));
    const pad = new Uint8Array(100).fill(0xff);
    const trailer = join(pad, new Uint8Array([ok]), new Uint8Array(7).fill(0xff), magic);
    const { findings } = await parseImage("x.bin", join(makeImage(), trailer));
    expect(findings).toMatchObject([{ severity: "warning", code: "padded" }]);
    expect(findings[0]?.text).toContain(words);
  });
});

describe("a file that is no signed image says what to do", () => {
  const vectors = numbers([0x20001000, 4], [0xc241, 4]);
  const signedHex = ":100000003DB8F396000000000002000000000000A1\r\n:00000001FF\r\n";
  it.each<[string, Uint8Array, RegExp]>([
    ["no-bytes", new Uint8Array(), /empty/],
    ["magic", new Uint8Array([0x3d]), /signed image/],
    ["magic", randomBytes(3, 5000), /signed image/],
    ["empty", new Uint8Array(4096).fill(0xff), /blank/],
    ["elf-file", utf8.encode("\u007fELF rest"), /objcopy -O binary/],
    ["uf2-file", utf8.encode("UF2\n rest"), /duoboot sign/],
    ["hex-file", utf8.encode(signedHex), /objcopy -I ihex/],
    ["hex-file", utf8.encode(":020000040000FA\n:10C2000000100020C1\n"), /duoboot sign/],
    ["unsigned-file", join(vectors, randomBytes(1, 400)), /application core.*duoboot sign/],
    ["unsigned-file", numbers([0x21000800, 4], [0x01004401, 4]), /network core/],
    ["unsigned-file", numbers([0x20000800, 4], [0x00000401, 4]), /not signed\./],
    ["key-file", utf8.encode("-----BEGIN EC PRIVATE KEY-----\nMHc"), /private keys/],
    ["manifest-alone", utf8.encode('{"format-version": 1, "files": []}'), /zip/],
    ["suit", Uint8Array.from([0xd8, 0x6b, 0xa2]), /SUIT/],
    ["old-image", join(u32(0x96f3b83c), new Uint8Array(60)), /1\.0/],
    ["packed-file", Uint8Array.from([0x1f, 0x8b, 8, 0]), /Unpack/],
  ])("%s", async (code, bytes, words) => {
    const { image, findings } = await parseImage("x.bin", bytes);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ severity: "error", code });
    expect(findings[0]?.text).toMatch(words);
    expect(image).toMatchObject({ version: null, versionText: "", core: null, digest: "" });
  });
});

describe("memory and time", () => {
  it("a file of nothing but bad TLVs gives one finding, soon", async () => {
    const many = Array.from({ length: 12000 }, () => ({ type: 0xa5, value: new Uint8Array() }));
    const bytes = makeImage({ target: null, unprotectedTlvs: many });
    const { findings } = await parseImage("x.bin", bytes);
    expect(findings.map(({ code }) => code)).toEqual(["tlv-not-allowed"]);
  });

  it("an area that claims more than the file is read no further than an area can be", async () => {
    const big = new Uint8Array(8 << 20);
    const head = makeImage({ target: null, unprotectedTlvs: [] });
    big.set(head);
    big.set(u16(2), head.length - 2);
    expect((await codesOf(big))[0]).toBe("error tlv-size");
  });

  it("an area without a digest is said even if it is cut from a larger one", async () => {
    const bytes = join(makeImage({ target: null }).subarray(0, TLV_OFF), area(0x6907, []));
    expect(await codesOf(bytes)).toEqual(["error digest-missing"]);
  });
});
