// SPDX-License-Identifier: MIT
import { createHash } from "node:crypto";
import { decode } from "cborg";
import { describe, expect, it, vi } from "vitest";
import { Client } from "../../src/smp/client";
import { HEADER_BYTES } from "../../src/smp/packet";
import { type Progress, SmpError } from "../../src/smp/types";
import { type UploadOptions, type UploadResult, uploadImage } from "../../src/smp/upload";
import { Packer } from "../../src/smp/upload-pack";
import { DeviceDouble, type DoubleOptions } from "./device-double";
import { VirtualClock } from "./virtual-clock";

// No test waits for real time; a busy machine may take long all the same.
vi.setConfig({ testTimeout: 60_000 });

const FILE = Uint8Array.from({ length: 40_000 }, (_, i) => (i * 7 + (i >> 8)) & 0xff);

function shaOf(file: Uint8Array): string {
  return createHash("sha256").update(file).digest("hex");
}

function bench(options: Partial<DoubleOptions> = {}) {
  const clock = new VirtualClock();
  const device = new DeviceDouble(clock, options);
  const client = new Client(device, clock);
  const told: Progress[] = [];
  const begin = (more: Partial<UploadOptions> = {}): Promise<UploadResult> => {
    const file = more.file ?? FILE;
    return uploadImage(client, {
      file,
      imageIndex: 0,
      sha: shaOf(file),
      onProgress: (progress) => told.push(progress),
      ...more,
    });
  };
  const upload = (more: Partial<UploadOptions> = {}): Promise<UploadResult> =>
    clock.run(begin(more));
  const failure = async (more: Partial<UploadOptions> = {}): Promise<SmpError> => {
    const error: unknown = await clock.run(
      begin(more).then(
        () => null,
        (thrown: unknown) => thrown,
      ),
    );
    expect(error).toBeInstanceOf(SmpError);
    return error as SmpError;
  };
  return { clock, device, client, told, begin, upload, failure };
}

describe("Packer", () => {
  it("fills packets to the byte, whatever their length", () => {
    const packer = new Packer({
      file: FILE,
      imageIndex: 1,
      onlyUpgrade: true,
      sha: new Uint8Array(32),
    });
    for (const offBytes of [0, 1, 23, 24, 255, 256, 39_000]) {
      for (let packetBytes = 150; packetBytes < 900; packetBytes++) {
        const { packet, dataBytes } = packer.pack(offBytes, packetBytes, 1);
        const body = decode(packet.subarray(HEADER_BYTES));
        expect(body.off).toBe(offBytes);
        expect(Buffer.compare(body.data, FILE.subarray(offBytes, offBytes + dataBytes))).toBe(0);
        expect(packet.length).toBeLessThanOrEqual(packetBytes);
        // At most one byte is lost, where a longer string has a longer head.
        expect(packet.length).toBeGreaterThanOrEqual(packetBytes - 1);
        expect("sha" in body && "len" in body && body.upgrade && body.image === 1).toBe(
          offBytes === 0,
        );
      }
    }
  });

  it("ends where the device's words end, and at the file's end", () => {
    const packer = new Packer({
      file: FILE,
      imageIndex: null,
      onlyUpgrade: false,
      sha: new Uint8Array(32),
    });
    for (const align of [4, 16, 64]) {
      expect((400 + packer.pack(400, 333, align).dataBytes) % align).toBe(0);
    }
    expect(packer.pack(39_999, 333, 16).dataBytes).toBe(1);
  });

  it("says 0 where not even a byte fits", () => {
    const packer = new Packer({
      file: FILE,
      imageIndex: null,
      onlyUpgrade: false,
      sha: new Uint8Array(32),
    });
    expect(packer.pack(0, 40, 1).dataBytes).toBeLessThanOrEqual(0);
  });
});

describe("uploadImage", () => {
  it("brings all bytes there, in packets as long as the device takes them", async () => {
    const { device, upload, told } = bench();
    const result = await upload();
    expect(device.uploaded).toEqual(FILE);
    expect(result).toMatchObject({ wasThere: false, hasMatch: true });
    expect(result.progress).toMatchObject({
      offBytes: FILE.length,
      totalBytes: FILE.length,
      resumedBytes: 0,
      resentPackets: 0,
    });
    expect(device.longestPacket).toBe(512);
    // 512 bytes less header, keys and numbers; the first has 56 bytes more of them.
    expect(device.uploadPackets).toBe(Math.ceil((FILE.length + 56) / (512 - 8 - 16)));
    expect(told.at(-1)).toEqual(result.progress);
  });

  it("has as many packets in flight as the device has buffers for, the first one alone", async () => {
    const { device, upload } = bench({ bufCount: 5, workMs: 20 });
    await upload();
    expect(device.inFlightMost).toBe(4);
    const second = device.requests.findIndex(({ body }) => "sha" in body) + 1;
    expect(device.requests[second]?.body.off).toBeGreaterThan(0);
  });

  it("computes the digest of the file where nobody did before", async () => {
    const { device, upload } = bench();
    const file = FILE.subarray(0, 1000);
    await upload({ file, sha: "" });
    const first = device.requests.find(({ body }) => "sha" in body);
    expect(Buffer.from(first?.body.sha as Uint8Array).toString("hex")).toBe(shaOf(file));
  });

  it("is not kept waiting by anything but the device", async () => {
    const { clock, device, upload } = bench({ workMs: 10, eraseMs: 0 });
    await upload();
    // The device is busy from the first packet to the last: 10 ms for each.
    expect(clock.nowMs()).toBeLessThan((device.uploadPackets + 1) * 10 + 10);
  });

  it("works by a clock that goes on while it is looked at", async () => {
    const { clock, device, upload } = bench({ busyCount: 1, silenceMs: 1000 });
    clock.driftMs = 0.001;
    await upload();
    expect(device.uploaded).toEqual(FILE);
    expect(clock.nowMs()).toBeLessThan(2000);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    "brings all bytes there over a line that loses, doubles and delays (%i)",
    async (seed) => {
      const faults = { drop: 60, twice: 60, late: 60, lateMs: 900 };
      const { device, clock, begin } = bench({ faults, seed: seed * 7919 });
      for (let tries = 0; tries < 10; tries++) {
        const error: unknown = await clock.run(
          begin().then(
            () => null,
            (thrown) => thrown,
          ),
        );
        if (error === null) {
          break;
        }
        expect(error).toBeInstanceOf(SmpError);
      }
      expect(device.uploaded).toEqual(FILE);
    },
  );

  it("goes on from where the device says, after it was stopped", async () => {
    const { device, clock, failure, upload } = bench();
    const stop = new AbortController();
    const error = await failure({
      signal: stop.signal,
      onProgress: ({ offBytes }) => offBytes > 15_000 && stop.abort(),
    });
    expect(error.kind).toBe("cancelled");
    const heldBytes = device.uploaded.length;
    // What was in flight was waited for: nothing comes after the end.
    expect(error.message).toContain(`The device holds ${heldBytes} of ${FILE.length} bytes`);
    await clock.pass(60_000);
    expect(device.uploaded.length).toBe(heldBytes);
    const { progress } = await upload();
    expect(progress.resumedBytes).toBe(heldBytes);
    expect(device.uploaded).toEqual(FILE);
  });

  it("stopped before anything was asked sends nothing", async () => {
    const { device, failure } = bench();
    expect((await failure({ signal: AbortSignal.abort() })).kind).toBe("cancelled");
    expect(device.uploadPackets).toBe(0);
  });

  it("ends within the drain if the device is dead when it is stopped", async () => {
    const { clock, device, failure } = bench();
    const stop = new AbortController();
    clock.after(1000, () => {
      device.isDead = true;
      clock.after(10, () => stop.abort());
    });
    expect((await failure({ signal: stop.signal, file: new Uint8Array(300_000) })).kind).toBe(
      "cancelled",
    );
    expect(clock.nowMs()).toBeLessThan(1010 + 2600);
  });

  it("sends nothing but the first packet of what is there already", async () => {
    const { device, upload } = bench();
    await upload();
    device.uploadPackets = 0;
    const result = await upload();
    expect(result).toMatchObject({ wasThere: true, hasMatch: true });
    expect(result.progress.offBytes).toBe(FILE.length);
    expect(device.uploadPackets).toBe(1);
  });

  it("begins anew when the device has forgotten all of it", async () => {
    const { clock, device, upload } = bench();
    clock.after(600, () => device.loseUpload());
    const { progress } = await upload();
    expect(device.uploaded).toEqual(FILE);
    expect(progress.resentPackets).toBeGreaterThan(0);
  });

  it("learns the words of a device that takes whole ones only", async () => {
    const { device, upload } = bench({ wordBytes: 16 });
    const { progress } = await upload();
    expect(device.uploaded).toEqual(FILE);
    expect(progress.resentPackets).toBeLessThan(8);
  });

  it("sends again what a busy device refused", async () => {
    const { device, upload } = bench({ busyCount: 10 });
    await upload();
    expect(device.uploaded).toEqual(FILE);
  });

  it("gives a device up that is busy for ever", async () => {
    const { failure } = bench({ busyCount: Number.POSITIVE_INFINITY });
    expect(await failure()).toMatchObject({ kind: "refused", code: 10 });
  });

  it("shortens its packets for a server that finds them too large", async () => {
    const { clock, device, client, upload } = bench({ bufBytes: 1024 });
    await clock.run(client.params());
    device.options.bufBytes = 512;
    await upload();
    expect(device.uploaded).toEqual(FILE);
    expect(device.longestPacket).toBe(1024);
  });

  it("says so when the device holds other bytes in the end", async () => {
    const { failure } = bench({ match: false });
    const error = await failure();
    expect(error.kind).toBe("malformed");
    expect(error.message).toContain("its digest of them is another one");
  });

  it("says how much the device holds when it no longer answers", async () => {
    const { clock, device, failure } = bench();
    clock.after(600, () => {
      device.isDead = true;
    });
    const error = await failure();
    expect(error.kind).toBe("silent");
    expect(error.message).toContain(`It holds ${device.uploaded.length} of ${FILE.length} bytes`);
  });

  it("fails at once when the link closes", async () => {
    const { clock, device, failure } = bench();
    clock.after(600, () => device.breakLink("the cable was pulled."));
    expect((await failure()).kind).toBe("gone");
    expect(clock.nowMs()).toBe(600);
  });

  it("gives a server up that never takes data, or lies about them", async () => {
    for (const answer of [{ off: 0 }, { off: 1 }, { off: 30_000 }, {}, { off: "x" }, { off: -1 }]) {
      const { device, failure } = bench();
      Object.defineProperty(device, "takeChunk", { value: () => answer });
      expect((await failure()).kind).toBe("malformed");
    }
  });

  it.each([0, 64 * 1024 * 1024 + 1])("refuses a file of %i bytes", async (length) => {
    const { failure } = bench();
    expect((await failure({ file: new Uint8Array(length), sha: "00".repeat(32) })).kind).toBe(
      "request",
    );
  });

  it("tells how it goes: what is held only grows, with a rate and the time left", async () => {
    const { told, upload } = bench({ workMs: 30, bufCount: 2 });
    await upload();
    expect(told.length).toBeGreaterThan(20);
    told.reduce((last, next) => {
      expect(next.offBytes).toBeGreaterThanOrEqual(last.offBytes);
      return next;
    });
    const late = told[Math.floor(told.length * 0.8)];
    // A packet of 489 bytes takes 32 ms here and there.
    expect(late?.bytesPerS).toBeGreaterThan(14_000);
    expect(late?.bytesPerS).toBeLessThan(16_500);
    expect(late?.leftMs).toBeGreaterThan(0);
    expect(told[0]?.leftMs).toBeNull();
  });
});
