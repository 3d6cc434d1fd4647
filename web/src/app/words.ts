// SPDX-License-Identifier: MIT
// What the flags of images mean, in the words that `duoboot device list` uses.
import type { Core, ImageSlot, InstallPlan, NetHealth, Partition, SlotInfo } from "../smp/types";
import { countText, timeText } from "./format";

/** What an image is to its core. */
export type Role = "runs" | "on-trial" | "test" | "permanent" | "comes-back" | "waits";

/** All that words are made of. Empty lists and null: the device does not tell. */
export interface DeviceView {
  slots: ImageSlot[];
  slotInfo: SlotInfo[];
  map: Partition[];
  plan: InstallPlan | null;
  net: NetHealth | null;
}

export interface CoreName {
  core: Core;
  image: number;
  /** "Network core". */
  title: string;
  /** "network". */
  word: string;
}

export const CORES: readonly CoreName[] = [
  { core: "app", image: 0, title: "Application core", word: "application" },
  { core: "net", image: 1, title: "Network core", word: "network" },
];

export function coreWord(core: Core | null): string {
  return CORES.find((name) => name.core === core)?.word ?? "board";
}

/** As a sentence begins: "Network", "Board". */
export function coreTitle(core: Core | null): string {
  const word = coreWord(core);
  return word.charAt(0).toUpperCase() + word.slice(1);
}

export function imageWord(image: number): string {
  return CORES.find((name) => name.image === image)?.word ?? `image ${image}`;
}

export function slotAt(slots: readonly ImageSlot[], image: number, slot: number): ImageSlot | null {
  return slots.find((entry) => entry.image === image && entry.slot === slot) ?? null;
}

function isOnTrial(slots: readonly ImageSlot[], image: number): boolean {
  const active = slotAt(slots, image, 0);
  return active !== null && !active.confirmed;
}

export function roleOf(slots: readonly ImageSlot[], entry: ImageSlot): Role {
  if (entry.slot === 0) {
    return entry.confirmed ? "runs" : "on-trial";
  }
  if (entry.pending) {
    return entry.permanent ? "permanent" : "test";
  }
  return entry.confirmed && isOnTrial(slots, entry.image) ? "comes-back" : "waits";
}

// The map is in the order of the partitions' numbers; another count is another
// layout, of which nothing is known.
const PARTITION_COUNT = 13;
const PARTITIONS = {
  active: [2, 8],
  staged: [6, 7],
  backup: [9, 10],
} as const;

function usedOf(view: DeviceView, kind: keyof typeof PARTITIONS, image: number): number | null {
  const at = PARTITIONS[kind][image];
  if (view.map.length !== PARTITION_COUNT || at === undefined) {
    return null;
  }
  return view.map[at]?.usedBytes ?? null;
}

function knowsPartitions(view: DeviceView, image: number): boolean {
  return view.map.length === PARTITION_COUNT && PARTITIONS.staged[image] !== undefined;
}

/** Does slot 1 hold an image that was uploaded, and not the previous one? */
export function isStaged(view: DeviceView, image: number): boolean {
  return (usedOf(view, "staged", image) ?? 0) > 0;
}

/** Does slot 1 show the image that ran before the last update? */
export function isPrevious(view: DeviceView, image: number): boolean {
  return (
    knowsPartitions(view, image) && !isStaged(view, image) && slotAt(view.slots, image, 1) !== null
  );
}

/** Bytes in use in a slot; null: the device does not tell. */
export function fillOf(view: DeviceView, image: number, slot: number): number | null {
  if (slotAt(view.slots, image, slot) === null) {
    return knowsPartitions(view, image) ? 0 : null;
  }
  if (slot === 0) {
    return usedOf(view, "active", image);
  }
  return usedOf(view, isStaged(view, image) ? "staged" : "backup", image);
}

export function sizeOf(view: DeviceView, image: number, slot: number): number | null {
  const found = view.slotInfo.find((info) => info.image === image && info.slot === slot);
  return found?.sizeBytes ?? null;
}

const ROLE_TEXTS: Record<Role, string> = {
  runs: "runs",
  "on-trial": "runs on trial: a reset without Confirm takes it back",
  test: "will be tried at the next reset",
  permanent: "will be installed for good at the next reset",
  "comes-back": "the one before: comes back at the next reset",
  waits: "can be tested or confirmed",
};

/** A slot in words, without a point at the end. */
export function stateText(view: DeviceView, image: number, slot: number): string {
  const entry = slotAt(view.slots, image, slot);
  if (entry === null) {
    return "no image";
  }
  const role = roleOf(view.slots, entry);
  if (role === "waits" && isPrevious(view, image)) {
    return "the one before: Revert brings it back";
  }
  return ROLE_TEXTS[role];
}

export type Tone = "good" | "care" | "bad" | "plain";

export interface Badge {
  text: string;
  tone: Tone;
}

function badgesOfFlags(entry: ImageSlot): Badge[] {
  const badges: Badge[] = [];
  if (entry.active) {
    badges.push({ text: "active", tone: "good" });
  }
  if (entry.confirmed) {
    badges.push({ text: "confirmed", tone: "good" });
  }
  if (entry.pending) {
    badges.push({ text: "pending", tone: "care" });
  }
  if (entry.permanent) {
    badges.push({ text: "permanent", tone: "care" });
  }
  if (entry.bootable) {
    badges.push({ text: "bootable", tone: "plain" });
  }
  return badges;
}

/** The flags, as the tools of MCUmgr name them, and two words of ours. */
export function badgesOf(view: DeviceView, image: number, slot: number): Badge[] {
  const entry = slotAt(view.slots, image, slot);
  if (entry === null) {
    return [];
  }
  const badges = badgesOfFlags(entry);
  const role = roleOf(view.slots, entry);
  if (role === "on-trial") {
    badges.push({ text: "on trial", tone: "care" });
  }
  if (role === "comes-back" || (role === "waits" && isPrevious(view, image))) {
    badges.push({ text: "previous", tone: "plain" });
  }
  return badges;
}

/** The network core's health as a sentence; "" if the device does not tell. */
export function netText(net: NetHealth | null): string {
  if (net === null) {
    return "";
  }
  if (net.held) {
    return "The network core is held in reset.";
  }
  if (!net.seen) {
    return "The network core was started and has not been heard of yet.";
  }
  const parts = [`version ${net.version}`];
  if (net.uptimeMs !== null) {
    parts.push(`up ${timeText(net.uptimeMs)}`);
  }
  if (net.beats !== null) {
    parts.push(`${countText(net.beats)} beats`);
  }
  return `The network core ${net.well ? "is well" : "has fallen silent"}: ${parts.join(", ")}.`;
}

function resetSentence(view: DeviceView, name: CoreName): string | null {
  const active = slotAt(view.slots, name.image, 0);
  const other = slotAt(view.slots, name.image, 1);
  if (other?.pending) {
    const how = other.permanent ? "installs" : "tries";
    const end = other.permanent ? ", for good" : "; it then runs on trial";
    return `The next reset ${how} version ${other.version} on the ${name.word} core${end}.`;
  }
  if (active !== null && !active.confirmed) {
    const back = other === null ? "the image before" : `version ${other.version}`;
    return `Version ${active.version} of the ${name.word} core is on trial: the next reset takes it back to ${back}, unless it is confirmed first.`;
  }
  return null;
}

/** What the next reset does, as sentences; never empty. */
export function resetTexts(view: DeviceView): string[] {
  const texts = CORES.map((name) => resetSentence(view, name)).filter((text) => text !== null);
  if (texts.length === 0) {
    return ["The next reset starts what runs now; nothing is installed."];
  }
  if (view.plan !== null && view.plan.ms > 0) {
    texts.push(`That takes about ${timeText(view.plan.ms)}.`);
  }
  return texts;
}

/** How one core is brought back; as `duoboot revert` decides it. */
export type RevertHow = "trial-ends" | "request-withdrawn" | "previous-asked";

export interface RevertPlan {
  how: RevertHow;
  /** What the button's question says. */
  text: string;
  /** Of the image that is asked for. */
  digest: string;
}

/** null: there is nothing to go back to; `why` of whyNoRevert says it. */
export function revertPlan(view: DeviceView, name: CoreName): RevertPlan | null {
  const active = slotAt(view.slots, name.image, 0);
  const other = slotAt(view.slots, name.image, 1);
  const digest = other?.digest ?? "";
  if (active !== null && !active.confirmed) {
    const back = other === null ? "the image before" : `version ${other.version}`;
    return {
      how: "trial-ends",
      text: `Version ${active.version} of the ${name.word} core is on trial. The board is reset now, and its boot loader takes it back to ${back}.`,
      digest,
    };
  }
  if (other?.pending) {
    return {
      how: "request-withdrawn",
      text: `Version ${other.version} waits for the reset of the ${name.word} core. It is erased from slot 1; what runs now goes on running.`,
      digest,
    };
  }
  if (other === null || isStaged(view, name.image)) {
    return null;
  }
  return {
    how: "previous-asked",
    text: `Version ${active?.version ?? "that runs"} of the ${name.word} core is confirmed. Version ${other.version}, the one before, is asked for in its place, and the board is reset now to install it.`,
    digest,
  };
}

/** Why Revert is not offered; "": it is. */
export function whyNoRevert(view: DeviceView, name: CoreName): string {
  if (revertPlan(view, name) !== null) {
    return "";
  }
  return slotAt(view.slots, name.image, 1) === null
    ? "There is nothing to go back to: slot 1 is empty."
    : "Slot 1 holds an uploaded image, not the previous one. Erase slot 1 uncovers the previous one.";
}

export interface ConfirmPlan {
  digest: string;
  text: string;
}

/** null: all of this core is confirmed, and slot 1 is empty. */
export function confirmPlan(view: DeviceView, name: CoreName): ConfirmPlan | null {
  const active = slotAt(view.slots, name.image, 0);
  const other = slotAt(view.slots, name.image, 1);
  if (active !== null && !active.confirmed) {
    return {
      digest: active.digest,
      text: `Version ${active.version} runs on trial on the ${name.word} core. It stays, also after a reset.`,
    };
  }
  if (other === null || (other.pending && other.permanent)) {
    return null;
  }
  return {
    digest: other.digest,
    text: `Version ${other.version} in slot 1 of the ${name.word} core is installed for good at the next reset, without a trial.`,
  };
}
