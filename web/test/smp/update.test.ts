// SPDX-License-Identifier: MIT
import { createHash } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import type { ImageFile } from "../../src/image/types";
import { echo, images } from "../../src/smp/calls";
import { Client } from "../../src/smp/client";
import {
  restart,
  revert,
  type Step,
  Update,
  type UpdateOptions,
  type Wait,
} from "../../src/smp/update";
import { DeviceDouble, type DoubleOptions } from "./device-double";
import { failure } from "./failure";
import { VirtualClock } from "./virtual-clock";

// No test waits for real time; a busy machine may take long all the same.
vi.setConfig({ testTimeout: 60_000 });

const APP = imageOf("app.bin", 0, "c0");
const NET = imageOf("net.bin", 1, "d0");

function imageOf(name: string, image: number, digest: string): ImageFile {
  const bytes = Uint8Array.from({ length: 6000 }, (_, i) => (i * 13 + image) & 0xff);
  return {
    name,
    bytes,
    version: { major: 2, minor: 0, revision: 0, build: 0 },
    versionText: "2.0.0",
    core: image === 0 ? "app" : "net",
    digest: digest.repeat(32),
    digestMatches: true,
    sha: createHash("sha256").update(bytes).digest("hex"),
    dependencies: [],
    keyHash: "",
    securityCounter: null,
    imageIndex: image,
  };
}

function bench(options: Partial<DoubleOptions> = {}) {
  const clock = new VirtualClock();
  const device = new DeviceDouble(clock, options);
  for (const { sha, digest, versionText, imageIndex } of [APP, NET]) {
    device.files.set(sha, { digest, version: versionText, image: imageIndex ?? 0 });
  }
  const client = new Client(device, clock);
  const steps: Step[] = [];
  const waits: Wait[] = [];
  const update = (more: Partial<UpdateOptions>) =>
    clock.run(
      new Update(client, {
        images: [APP],
        mode: "test-and-confirm",
        onStep: (step) => steps.push(step),
        onWait: (wait) => waits.push(wait),
        ...more,
      }).run(),
    );
  return { clock, device, client, steps, waits, update };
}

function kinds(steps: readonly Step[]): string {
  return steps
    .map(({ step, imageIndex }) => `${step}${imageIndex === null ? "" : imageIndex}`)
    .join(" ");
}

describe("Update", () => {
  it("test and confirm: both cores run the new images, confirmed", async () => {
    const { device, steps, update } = bench();
    const result = await update({ images: [APP, NET] });
    expect(kinds(steps)).toBe(
      "look upload0 uploaded0 upload1 uploaded1 test0 test1 reset wait back " +
        "confirm0 confirm1 result0 result1",
    );
    expect(result).toMatchObject({ ok: true, entries: [], hasJournal: true });
    expect(result.lines).toEqual([
      "app.bin: the application core runs version 2.0.0, confirmed.",
      "net.bin: the network core runs version 2.0.0, confirmed.",
    ]);
    expect(device.slots.map(({ active, isConfirmed }) => [active.digest, isConfirmed])).toEqual([
      [APP.digest, true],
      [NET.digest, true],
    ]);
    expect(device.resetCount).toBe(1);
  });

  it("test: runs on trial, and says that it goes unless it is confirmed", async () => {
    const { device, update } = bench();
    const result = await update({ mode: "test" });
    expect(result.ok).toBe(true);
    expect(result.lines[0]).toContain("on trial");
    expect(device.slots[0]).toMatchObject({ active: { digest: APP.digest }, isConfirmed: false });
  });

  it("confirm: is asked for before the reset, and not again", async () => {
    const { device, steps, update } = bench();
    expect((await update({ mode: "confirm" })).ok).toBe(true);
    expect(kinds(steps)).toBe("look upload0 uploaded0 confirm0 reset wait back result0");
    expect(device.slots[0]).toMatchObject({ active: { digest: APP.digest }, isConfirmed: true });
  });

  it("upload: leaves the device as it runs", async () => {
    const { device, steps, update } = bench();
    const result = await update({ mode: "upload" });
    expect(result.ok).toBe(true);
    expect(kinds(steps)).toBe("look upload0 uploaded0");
    expect(device.resetCount).toBe(0);
    expect(device.slots[0]).toMatchObject({ other: { digest: APP.digest }, isPending: false });
  });

  it("skips what is there, also what runs already, and does not reset for it", async () => {
    const { device, steps, update } = bench();
    await update({ mode: "upload" });
    steps.length = 0;
    await update({});
    expect(kinds(steps)).toContain("look skip0 test0 reset");
    const packets = device.uploadPackets;
    steps.length = 0;
    expect((await update({})).ok).toBe(true);
    expect(kinds(steps)).toBe("look skip0 result0");
    expect(device.uploadPackets).toBe(packets);
    expect(device.resetCount).toBe(1);
  });

  it("confirms what runs on trial already, without an upload or a reset", async () => {
    const { device, steps, update } = bench();
    await update({ mode: "test" });
    steps.length = 0;
    expect((await update({})).ok).toBe(true);
    expect(kinds(steps)).toBe("look skip0 confirm0 result0");
    expect(device.slots[0]?.isConfirmed).toBe(true);
    expect(device.resetCount).toBe(1);
  });

  it("tells why, from the journal, if something else runs", async () => {
    const { device, steps, update } = bench({ refused: [APP.digest] });
    device.note(1, "0.9.0"); // Before the update: says nothing about it.
    const result = await update({});
    expect(result.ok).toBe(false);
    expect(result.lines).toEqual([
      "app.bin: the application core runs version 1.0.0 and not 2.0.0.",
    ]);
    expect(result.entries.map(({ reason, version }) => [reason, version])).toEqual([[23, "2.0.0"]]);
    expect(steps.at(-1)).toMatchObject({
      step: "trouble",
      text: "wrong-core (version 2.0.0): The image is for the other core than its slot.",
    });
  });

  it("leaves out that another image was confirmed by the same boot", async () => {
    const { device, update } = bench({ refused: [APP.digest] });
    const onStep = ({ step }: Step) => step === "reset" && device.note(44, "1.9.0");
    const { entries } = await update({ onStep });
    expect(entries.map(({ reason }) => reason)).toEqual([23]);
  });

  it("says that a device without a journal cannot tell why", async () => {
    const { steps, waits, update } = bench({ refused: [APP.digest], isOurs: false });
    const result = await update({});
    expect(result).toMatchObject({ ok: false, hasJournal: false, entries: [] });
    expect(steps.at(-1)?.text).toBe("The device keeps no journal that could say why.");
    expect(waits.every(({ expectMs }) => expectMs === null)).toBe(true);
  });

  it("takes a recovery, which has neither test nor confirm, as it is", async () => {
    const { steps, update } = bench({ isRecovery: true, bufCount: 1, isOurs: false });
    const result = await update({});
    expect(kinds(steps)).toBe("look upload0 uploaded0 skip0 reset back result0");
    expect(result.ok).toBe(true);
  });

  it("opens the link again where a reset closes it", async () => {
    const { device, client, update } = bench({ endsWithDevice: true });
    let closedWhileRestarting = false;
    client.onClosed = () => {
      closedWhileRestarting = client.isRestarting;
    };
    expect((await update({})).ok).toBe(true);
    expect(closedWhileRestarting).toBe(true);
    expect(client.isRestarting).toBe(false);
    expect(device.openCount).toBeGreaterThan(1);
  });

  it("comes through a line that loses and doubles packets", async () => {
    for (let seed = 1; seed <= 5; seed++) {
      const faults = { drop: 50, twice: 50, late: 50, lateMs: 400 };
      const { update } = bench({ faults, seed: seed * 104729 });
      expect((await update({ images: [APP, NET] })).ok).toBe(true);
    }
  });

  it("works by a clock that goes on while it is looked at", async () => {
    const { clock, update } = bench({ endsWithDevice: true });
    clock.driftMs = 0.001;
    expect((await update({ images: [APP, NET] })).ok).toBe(true);
  });

  it("tells while it waits how long it takes and was said to take", async () => {
    const { waits, update } = bench({ bootMs: 4000 });
    await update({});
    expect(waits[0]).toEqual({ elapsedMs: 0, expectMs: 4000 });
    expect(waits.length).toBeGreaterThan(15);
    waits.reduce((last, next) => {
      expect(next.elapsedMs).toBeGreaterThan(last.elapsedMs);
      return next;
    });
  });

  it("says with the image's name what the device refuses", async () => {
    const { device, update } = bench();
    device.files.clear(); // What was uploaded is in no slot then.
    const error = await failure(update({}));
    expect(error).toMatchObject({ kind: "refused", group: 1, code: 8 });
    expect(error.message).toMatch(/^app\.bin: No slot holds an image with this digest/);
    expect(device.resetCount).toBe(0);
  });

  it("is stopped in the upload, and goes on from there", async () => {
    const { device, update } = bench({ workMs: 40 });
    const stop = new AbortController();
    const onProgress = (_: number, { offBytes }: { offBytes: number }) =>
      offBytes > 2000 && stop.abort();
    expect((await failure(update({ signal: stop.signal, onProgress }))).kind).toBe("cancelled");
    const heldBytes = device.uploaded.length;
    expect(heldBytes).toBeGreaterThan(2000);
    let resumedBytes = 0;
    await update({
      onProgress: (_, progress) => {
        resumedBytes = progress.resumedBytes;
      },
    });
    expect(resumedBytes).toBe(heldBytes);
  });

  it("is stopped while it waits for the device", async () => {
    const { clock, device, update } = bench({ bootMs: 60_000 });
    const stop = new AbortController();
    const onWait = ({ elapsedMs }: Wait) => elapsedMs > 5000 && stop.abort();
    expect((await failure(update({ signal: stop.signal, onWait }))).kind).toBe("cancelled");
    expect(clock.nowMs()).toBeLessThan(10_000);
    expect(device.resetCount).toBe(1);
  });

  it("gives a device up that does not come back, and says so", async () => {
    const { clock, update } = bench({ bootMs: 10_000_000, isOurs: false });
    const error = await failure(update({}));
    expect(error.kind).toBe("silent");
    expect(error.message).toMatch(/^The device was reset and has not come back\./);
    expect(clock.nowMs()).toBeGreaterThan(120_000);
    expect(clock.nowMs()).toBeLessThan(130_000);
  });
});

describe("restart", () => {
  it("waits until the device was away and is back, on a link that stays open", async () => {
    const { clock, device, client } = bench({ bootMs: 2000 });
    const { tookMs } = await clock.run(restart(client, {}));
    expect(tookMs).toBeGreaterThan(2250);
    expect(tookMs).toBeLessThan(3500);
    expect(device.resetCount).toBe(1);
    expect(await clock.run(echo(client, "back"))).toBe("back");
  });

  it("takes a device for started again that is never seen away", async () => {
    const { clock, client } = bench({ bootMs: 1 });
    const { tookMs } = await clock.run(restart(client, {}));
    expect(tookMs).toBeLessThan(4000);
  });

  it("passes force and boot mode on", async () => {
    const { clock, device, client } = bench();
    await clock.run(restart(client, { force: true, bootMode: 1 }));
    const reset = device.requests.find(({ group, command }) => group === 0 && command === 5);
    expect(reset?.body).toEqual({ force: 1, boot_mode: 1 });
  });

  it("gives a link up that never opens, and one that never answers opening", async () => {
    for (const open of [
      () => Promise.reject(new Error("Nobody is there.")),
      () => new Promise<void>(() => undefined),
    ]) {
      const { clock, device, client } = bench({ endsWithDevice: true });
      device.open = open;
      const error = await failure(clock.run(restart(client, { backMsMax: 20_000 })));
      expect(error.message).toMatch(/^The device was reset and has not come back\./);
      expect(clock.nowMs()).toBeLessThan(22_000);
    }
  });

  it("is stopped while the link opens", async () => {
    const { clock, device, client } = bench({ endsWithDevice: true });
    const stop = new AbortController();
    device.open = () => new Promise<void>(() => undefined);
    clock.after(5000, () => stop.abort());
    const error = await failure(clock.run(restart(client, { signal: stop.signal })));
    expect(error.kind).toBe("cancelled");
    expect(clock.nowMs()).toBe(5000);
  });
});

describe("revert", () => {
  it("of an image on trial needs a reset alone", async () => {
    const { clock, client, update } = bench();
    await update({ mode: "test" });
    expect(await clock.run(revert(client, 0))).toBe("trial-ends");
    await clock.run(restart(client));
    const slots = await clock.run(images(client));
    expect(slots[0]).toMatchObject({ version: "1.0.0", active: true, confirmed: true });
  });

  it("of a request drops it", async () => {
    const { clock, device, client } = bench();
    const other = { digest: APP.digest, version: "2.0.0" };
    device.slots[0] = Object.assign(device.slots[0] ?? {}, { other, isPending: true }) as never;
    expect(await clock.run(revert(client, 0))).toBe("request-dropped");
    expect(device.slots[0]).toMatchObject({ other: null, isPending: false });
  });

  it("of a confirmed image asks for the previous one, for good", async () => {
    const { clock, device, client, update } = bench();
    await update({ mode: "confirm" });
    expect(await clock.run(revert(client, 0))).toBe("previous-asked");
    expect(device.slots[0]).toMatchObject({ isPending: true, isPermanent: true });
  });

  it("is refused where there is nothing to go back to", async () => {
    const { clock, client } = bench();
    const error = await failure(clock.run(revert(client, 1)));
    expect(error.message).toMatch(/nothing to go back to on the network core/);
  });
});
