// SPDX-License-Identifier: MIT
// States of images in words, and what actions would do.
import { describe, expect, it } from "vitest";
import {
  badgesOf,
  CORES,
  type CoreName,
  confirmPlan,
  coreWord,
  type DeviceView,
  fillOf,
  imageWord,
  isPrevious,
  netText,
  resetTexts,
  revertPlan,
  roleOf,
  sizeOf,
  stateText,
  whyNoRevert,
} from "../../src/app/words";
import type { ImageSlot, NetHealth, Partition } from "../../src/smp/types";

function image(index: number, slot: number, flags: Partial<ImageSlot> = {}): ImageSlot {
  return {
    image: index,
    slot,
    version: slot === 0 ? "1.0.0" : "2.0.0",
    digest: `${index}${slot}`.repeat(32),
    bootable: true,
    pending: false,
    confirmed: false,
    active: slot === 0,
    permanent: false,
    ...flags,
  };
}

// In the order of the partitions' numbers.
const STAGED_APP = 6;
const STAGED_NET = 7;
const MIRROR_NET = 8;
const BACKUP_NET = 10;

function map(used: Record<number, number> = {}): Partition[] {
  return Array.from({ length: 13 }, (_, at) => ({
    name: `p${at}`,
    memory: "m",
    addr: at * 4096,
    sizeBytes: 4096,
    usedBytes: used[at] ?? 0,
  }));
}

function view(slots: ImageSlot[], parts: Partial<DeviceView> = {}): DeviceView {
  return { slots, slotInfo: [], map: [], plan: null, net: null, ...parts };
}

function coreNamed(core: "app" | "net"): CoreName {
  const name = CORES.find((entry) => entry.core === core);
  if (name === undefined) {
    throw new Error("no such core");
  }
  return name;
}

const runs = image(1, 0, { confirmed: true });
const onTrial = image(1, 0);
const waits = image(1, 1);

describe("an image's role", () => {
  it("in slot 0 is to run, or to run on trial until it is confirmed", () => {
    expect(roleOf([runs], runs)).toBe("runs");
    expect(roleOf([onTrial], onTrial)).toBe("on-trial");
  });
  it("in slot 1 follows from its flags", () => {
    const test = image(1, 1, { pending: true });
    const permanent = image(1, 1, { pending: true, permanent: true });
    expect(roleOf([runs, test], test)).toBe("test");
    expect(roleOf([runs, permanent], permanent)).toBe("permanent");
    expect(roleOf([runs, waits], waits)).toBe("waits");
  });
  it("in slot 1 is to come back only while the other is on trial", () => {
    const before = image(1, 1, { confirmed: true });
    expect(roleOf([onTrial, before], before)).toBe("comes-back");
    expect(roleOf([runs, before], before)).toBe("waits");
  });
  it("does not follow from the other core's trial", () => {
    const before = image(0, 1, { confirmed: true });
    expect(roleOf([onTrial, image(0, 0, { confirmed: true }), before], before)).toBe("waits");
  });
});

describe("the words for a slot", () => {
  it("say when there is no image", () => {
    expect(stateText(view([runs]), 1, 1)).toBe("no image");
    expect(badgesOf(view([runs]), 1, 1)).toEqual([]);
  });
  it("say what to do about a trial", () => {
    expect(stateText(view([onTrial]), 1, 0)).toBe(
      "runs on trial: a reset without Confirm takes it back",
    );
  });
  it("tell the previous image from an uploaded one by the map", () => {
    const previous = view([runs, waits], { map: map({ [BACKUP_NET]: 900 }) });
    const uploaded = view([runs, waits], { map: map({ [STAGED_NET]: 800 }) });
    expect(stateText(previous, 1, 1)).toBe("the one before: Revert brings it back");
    expect(stateText(uploaded, 1, 1)).toBe("can be tested or confirmed");
    expect(isPrevious(view([runs, waits]), 1)).toBe(false);
  });
  it("are as badges the flags in mcumgr's order, and on trial and previous", () => {
    const texts = (of: DeviceView, slot: number) => badgesOf(of, 1, slot).map(({ text }) => text);
    expect(texts(view([runs]), 0)).toEqual(["active", "confirmed", "bootable"]);
    expect(texts(view([onTrial]), 0)).toEqual(["active", "bootable", "on trial"]);
    const asked = image(1, 1, { pending: true, permanent: true });
    expect(texts(view([runs, asked]), 1)).toEqual(["pending", "permanent", "bootable"]);
    const before = image(1, 1, { confirmed: true });
    expect(texts(view([onTrial, before]), 1)).toEqual(["confirmed", "bootable", "previous"]);
    expect(texts(view([runs, waits], { map: map({ [BACKUP_NET]: 1 }) }), 1)).toEqual([
      "bootable",
      "previous",
    ]);
  });
});

describe("how full a slot is", () => {
  it("is the mirror's fill for the network core's slot 0", () => {
    expect(fillOf(view([runs], { map: map({ [MIRROR_NET]: 6656 }) }), 1, 0)).toBe(6656);
  });
  it("is the staged image's, or else the backup's, for slot 1", () => {
    const full = map({ [STAGED_NET]: 700, [BACKUP_NET]: 600 });
    expect(fillOf(view([runs, waits], { map: full }), 1, 1)).toBe(700);
    expect(fillOf(view([runs, waits], { map: map({ [BACKUP_NET]: 600 }) }), 1, 1)).toBe(600);
  });
  it("is nothing for a slot that the list does not have", () => {
    expect(fillOf(view([runs], { map: map({ [STAGED_APP]: 5 }) }), 1, 1)).toBe(0);
  });
  it("is not known without a map, or with a map of another layout", () => {
    expect(fillOf(view([runs]), 1, 0)).toBeNull();
    expect(fillOf(view([runs], { map: map().slice(1) }), 1, 0)).toBeNull();
    expect(fillOf(view([image(2, 0)], { map: map() }), 2, 0)).toBeNull();
  });
  it("has the slot's size from slot info, where it is told", () => {
    const info = [{ image: 1, slot: 1, sizeBytes: 262144, uploadImageId: 1 }];
    expect(sizeOf(view([], { slotInfo: info }), 1, 1)).toBe(262144);
    expect(sizeOf(view([], { slotInfo: info }), 0, 1)).toBeNull();
  });
});

describe("the network core's health", () => {
  const well: NetHealth = {
    held: false,
    well: true,
    seen: true,
    version: "1.0.0",
    beats: 1234,
    uptimeMs: 200,
  };
  it("is a sentence for each case", () => {
    expect(netText(null)).toBe("");
    expect(netText({ ...well, held: true })).toBe("The network core is held in reset.");
    expect(netText({ ...well, seen: false })).toBe(
      "The network core was started and has not been heard of yet.",
    );
    expect(netText(well)).toBe("The network core is well: version 1.0.0, up 0.2 s, 1,234 beats.");
    expect(netText({ ...well, well: false, beats: null, uptimeMs: null })).toBe(
      "The network core has fallen silent: version 1.0.0.",
    );
  });
});

describe("what the next reset does", () => {
  it("is nothing while nothing is asked for", () => {
    expect(resetTexts(view([runs, waits]))).toEqual([
      "The next reset starts what runs now; nothing is installed.",
    ]);
  });
  it("is a trial, or an installation for good, with its time", () => {
    const test = image(1, 1, { pending: true });
    const permanent = image(0, 1, { pending: true, permanent: true });
    const plan = { pending: [], ms: 3200 };
    expect(resetTexts(view([runs, test, permanent], { plan }))).toEqual([
      "The next reset installs version 2.0.0 on the application core, for good.",
      "The next reset tries version 2.0.0 on the network core; it then runs on trial.",
      "That takes about 3.2 s.",
    ]);
  });
  it("is the way back for what is on trial", () => {
    expect(resetTexts(view([onTrial, image(1, 1, { confirmed: true })]))).toEqual([
      "Version 1.0.0 of the network core is on trial: the next reset takes it back to version 2.0.0, unless it is confirmed first.",
    ]);
  });
});

describe("Revert", () => {
  const net = coreNamed("net");
  it("ends a trial", () => {
    expect(revertPlan(view([onTrial]), net)?.how).toBe("trial-ends");
  });
  it("withdraws a request", () => {
    const asked = image(1, 1, { pending: true });
    expect(revertPlan(view([runs, asked]), net)?.how).toBe("request-withdrawn");
  });
  it("asks for the previous image, by its digest", () => {
    const plan = revertPlan(view([runs, waits], { map: map({ [BACKUP_NET]: 1 }) }), net);
    expect(plan?.how).toBe("previous-asked");
    expect(plan?.digest).toBe(waits.digest);
  });
  it("is not offered with an empty slot 1, or with an uploaded image in it; the reason is told", () => {
    expect(revertPlan(view([runs]), net)).toBeNull();
    expect(whyNoRevert(view([runs]), net)).toContain("slot 1 is empty");
    const uploaded = view([runs, waits], { map: map({ [STAGED_NET]: 1 }) });
    expect(revertPlan(uploaded, net)).toBeNull();
    expect(whyNoRevert(uploaded, net)).toContain("Erase slot 1");
    expect(whyNoRevert(view([onTrial]), net)).toBe("");
  });
});

describe("Confirm", () => {
  const net = coreNamed("net");
  it("keeps what is on trial, before it looks at slot 1", () => {
    const plan = confirmPlan(view([onTrial, waits]), net);
    expect(plan?.digest).toBe(onTrial.digest);
    expect(plan?.text).toContain("It stays");
  });
  it("installs slot 1 for good where nothing is on trial", () => {
    const plan = confirmPlan(view([runs, waits]), net);
    expect(plan?.digest).toBe(waits.digest);
    expect(plan?.text).toContain("without a trial");
  });
  it("is not offered where there is nothing left to confirm", () => {
    expect(confirmPlan(view([runs]), net)).toBeNull();
    const asked = image(1, 1, { pending: true, permanent: true });
    expect(confirmPlan(view([runs, asked]), net)).toBeNull();
  });
});

describe("names", () => {
  it("are application, network, board, and a number for what is neither", () => {
    expect([coreWord("app"), coreWord("net"), coreWord(null)]).toEqual([
      "application",
      "network",
      "board",
    ]);
    expect([imageWord(0), imageWord(1), imageWord(2)]).toEqual([
      "application",
      "network",
      "image 2",
    ]);
  });
});
