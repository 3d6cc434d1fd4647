// SPDX-License-Identifier: MIT
// What the device tells of its images, looked at again after all that changes
// them, and the actions on one core.
import { computed, signal } from "@preact/signals";
import * as calls from "../smp/calls";
import type { Client } from "../smp/client";
import { type BootLoader, type Params, SmpError, type Unfinished } from "../smp/types";
import { client, linkState, noteAnswer, noteSilence } from "./connection";
import { ask } from "./dialog";
import { restartBoard, restartToRecovery } from "./restart";
import { addNotice, busy, exclusively, sentenceOf } from "./store";
import {
  type CoreName,
  confirmPlan,
  type DeviceView,
  imageWord,
  resetTexts,
  revertPlan,
  slotAt,
} from "./words";

export interface Device extends DeviceView {
  unfinished: Unfinished | null;
  params: Params;
  boot: BootLoader | null;
}

/** null: not looked at yet, or not connected. */
export const device = signal<Device | null>(null);
/** Why the last look failed; "": it did not. */
export const lookError = signal("");
export const isLooking = signal(false);

/** For words: what is known now, or nothing. */
export const view = computed<DeviceView>(
  () => device.value ?? { slots: [], slotInfo: [], map: [], plan: null, net: null },
);

/** A server that refuses does not have it; that is no failure. */
export async function optional<T>(wanted: Promise<T>): Promise<T | null> {
  try {
    return await wanted;
  } catch (error) {
    if (error instanceof SmpError && (error.kind === "refused" || error.kind === "malformed")) {
      return null;
    }
    throw error;
  }
}

// Only our own server has the rest: the first refusal spares the questions.
async function lookAtOurs(from: Client) {
  const map = await optional(calls.map(from));
  if (map === null) {
    return { map: [], net: null, plan: null, unfinished: null };
  }
  return {
    map,
    net: await optional(calls.netHealth(from)),
    plan: await optional(calls.install(from)),
    unfinished: await optional(calls.unfinished(from)),
  };
}

export async function look(from: Client): Promise<Device> {
  const slots = await calls.images(from);
  const slotInfo = (await optional(calls.slotInfo(from))) ?? [];
  const ours = await lookAtOurs(from);
  const boot = device.value?.boot ?? (await optional(calls.bootLoader(from)));
  return { slots, slotInfo, ...ours, boot, params: await from.params() };
}

async function lookOnce(from: Client): Promise<void> {
  try {
    const seen = await look(from);
    if (client.value === from) {
      device.value = seen;
      lookError.value = "";
      noteAnswer();
    }
  } catch (error) {
    if (client.value === from) {
      lookError.value = sentenceOf(error);
      noteSilence(error);
    }
  }
}

/** The look that is under way. */
let looking: Promise<void> | null = null;

/** Look again. Without an answer the page keeps what it showed and says so.
 * What a look that began before saw may be old: another follows it. */
export async function refresh(): Promise<void> {
  await looking;
  const from = client.value;
  if (from === null || linkState.value !== "open" || looking !== null) {
    return await (looking ?? undefined);
  }
  isLooking.value = true;
  looking = lookOnce(from);
  try {
    await looking;
  } finally {
    looking = null;
    isLooking.value = false;
  }
}

const LOOK_EVERY_MS = 3000;
/** A slow link is not filled with looks: most of the time is for others. */
const LOOK_SHARE = 4;

/** While nothing else goes on and somebody looks at the page. */
export function lookNowAndThen(): void {
  const look = async () => {
    const beganMs = performance.now();
    if (looking === null && busy.value === null && document.visibilityState === "visible") {
      await refresh();
    }
    const tookMs = performance.now() - beganMs;
    setTimeout(look, Math.max(LOOK_EVERY_MS, LOOK_SHARE * tookMs));
  };
  setTimeout(look, LOOK_EVERY_MS);
}

/** An action on the device; afterwards the page shows what came of it. */
async function act(what: string, work: (on: Client) => Promise<string>): Promise<void> {
  const done = await exclusively(what, async () => {
    const on = client.value;
    if (on === null) {
      throw new SmpError("gone", "No board is connected: choose a connection first.");
    }
    return await work(on);
  });
  if (done !== null) {
    addNotice("done", done);
  }
  await refresh();
}

export async function confirmCore(name: CoreName): Promise<void> {
  const plan = confirmPlan(view.value, name);
  if (plan === null) {
    return;
  }
  const isYes = await ask({
    title: `Confirm the ${name.word} core's image?`,
    texts: [plan.text],
    okText: "Confirm",
    isGrave: false,
  });
  if (isYes) {
    await act(`Confirming the ${name.word} core's image`, async (on) => {
      await calls.setState(on, { digest: plan.digest, confirm: true });
      return `Confirmed. ${plan.text}`;
    });
  }
}

export async function testCore(name: CoreName): Promise<void> {
  const other = slotAt(view.value.slots, name.image, 1);
  if (other === null) {
    return;
  }
  const isYes = await ask({
    title: `Test the image in slot 1 of the ${name.word} core?`,
    texts: [
      `The next reset installs version ${other.version} on the ${name.word} core, on trial. Without Confirm the reset after that takes it back.`,
    ],
    okText: "Test",
    isGrave: false,
  });
  if (isYes) {
    await act(`Asking for a test on the ${name.word} core`, async (on) => {
      await calls.setState(on, { digest: other.digest, confirm: false });
      return `Version ${other.version} will be tried on the ${name.word} core at the next reset.`;
    });
  }
}

export async function revertCore(name: CoreName): Promise<void> {
  const plan = revertPlan(view.value, name);
  if (plan === null) {
    return;
  }
  const isYes = await ask({
    title: `Revert the ${name.word} core?`,
    texts: [plan.text],
    okText: "Revert",
    isGrave: true,
  });
  if (!isYes) {
    return;
  }
  await act(`Reverting the ${name.word} core`, async (on) => {
    if (plan.how === "request-withdrawn") {
      await calls.eraseSlot(on, name.image * 2 + 1);
      return "The request is withdrawn: slot 1 was erased.";
    }
    if (plan.how === "previous-asked") {
      await calls.setState(on, { digest: plan.digest, confirm: true });
    }
    return await restartBoard(on);
  });
}

export async function eraseCore(name: CoreName): Promise<void> {
  const other = slotAt(view.value.slots, name.image, 1);
  const what = other === null ? "what is left of an upload" : `version ${other.version}`;
  const isYes = await ask({
    title: `Erase slot 1 of the ${name.word} core?`,
    texts: [
      `Slot 1 of the ${imageWord(name.image)} core holds ${what}; it is erased. What runs now goes on running.`,
    ],
    okText: "Erase",
    isGrave: true,
  });
  if (isYes) {
    await act(`Erasing slot 1 of the ${name.word} core`, async (on) => {
      await calls.eraseSlot(on, name.image * 2 + 1);
      return `Slot 1 of the ${name.word} core was erased.`;
    });
  }
}

export async function resetBoard(toRecovery: boolean): Promise<void> {
  const texts = toRecovery
    ? [
        "Nothing runs after this reset but the boot loader. It waits in recovery on the console port for an upload.",
        "A reset without recovery ends that.",
      ]
    : resetTexts(view.value);
  const isYes = await ask({
    title: toRecovery ? "Reset the board to recovery?" : "Reset the board?",
    texts,
    okText: "Reset",
    isGrave: toRecovery,
  });
  if (isYes) {
    await act(toRecovery ? "Resetting to recovery" : "Resetting the board", (on) =>
      toRecovery ? restartToRecovery(on) : restartBoard(on),
    );
  }
}

/** For what changes images outside these actions. */
export function forgetDevice(): void {
  device.value = null;
  lookError.value = "";
}
