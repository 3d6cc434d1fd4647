// SPDX-License-Identifier: MIT
// What the board's flashes hold, told by another program than the page.
import { cpSync, rmSync } from "node:fs";
import { expect } from "vitest";
import { type Person, SOON_MS } from "./person";
import { duoboot, type Rig } from "./rig";

interface BoardImage {
  slots: { version: string | null }[];
  on_trial: boolean;
}

/** "1.1.0 1.0.0?" of application and network core ("?": on trial). Of a copy:
 * the server has the board itself, and saved it when the power went. */
export function inTheFlashes(rig: Rig): string {
  const copy = rig.file("copy");
  cpSync(rig.file("dk"), copy, { recursive: true });
  const state = JSON.parse(duoboot(rig.folder, "board", "state", "copy", "--json")) as {
    images: BoardImage[];
  };
  rmSync(copy, { recursive: true });
  return state.images
    .map((image) => `${image.slots[0]?.version}${image.on_trial ? "?" : ""}`)
    .join(" ");
}

/** Power off by the page's switch, look, and on again. */
export async function flashes(rig: Rig, person: Person): Promise<string> {
  await person.at("vb-power").click();
  await isPowered(person, false);
  const seen = inTheFlashes(rig);
  await person.at("vb-power").click();
  await isPowered(person, true);
  return seen;
}

export async function isPowered(person: Person, on: boolean): Promise<void> {
  await expect
    .poll(() => person.at("vb-power").getAttribute("aria-checked"), { timeout: SOON_MS })
    .toBe(String(on));
}
