// SPDX-License-Identifier: MIT
// Settings of the board. Values are bytes; here they are shown and typed as text.
import { signal } from "@preact/signals";
import { printable, toHex, utf8 } from "../lib/bytes";
import * as calls from "../smp/calls";
import { ask } from "./dialog";
import { exclusively } from "./store";
import { attempt } from "./tools";

export const settingValue = signal("");
export const settingsState = signal("");

const WHAT = "settings";

/** Text, unless it has bytes that are none. */
export function valueText(bytes: Uint8Array): { text: string; isText: boolean } {
  const text = utf8.decode(bytes).replace(/\0+$/, "");
  const isText = !text.includes("\ufffd") && printable(text) === text;
  return { text: isText ? text : toHex(bytes), isText };
}

export async function readSetting(name: string): Promise<void> {
  const bytes = await attempt(settingsState, WHAT, (on) => calls.settingGet(on, name));
  if (bytes !== null) {
    const { text, isText } = valueText(bytes);
    settingValue.value = isText ? text : "";
    settingsState.value = isText
      ? `${name} is “${text}” (${bytes.length} bytes).`
      : `${name} is no text; its ${bytes.length} bytes are ${text} (hex).`;
  }
}

export async function writeSetting(name: string, value: string): Promise<void> {
  await exclusively("Writing a setting", () =>
    attempt(settingsState, WHAT, async (on) => {
      await calls.settingSet(on, name, utf8.encode(value));
      settingsState.value = `${name} is “${value}” now.`;
    }),
  );
}

export async function deleteSetting(name: string): Promise<void> {
  const isYes = await ask({
    title: `Delete the setting ${name}?`,
    texts: ["The board then uses its default."],
    okText: "Delete",
    isGrave: true,
  });
  if (isYes) {
    await exclusively("Deleting a setting", () =>
      attempt(settingsState, WHAT, async (on) => {
        await calls.settingDelete(on, name);
        settingsState.value = `${name} was deleted.`;
      }),
    );
  }
}

/** Boards with Zephyr's own server keep what was written only when asked to. */
export async function saveSettings(): Promise<void> {
  await exclusively("Saving the settings", () =>
    attempt(settingsState, WHAT, async (on) => {
      await calls.settingsDo(on, "save");
      settingsState.value = "The board has saved its settings.";
    }),
  );
}

export async function eraseAllSettings(): Promise<void> {
  const isYes = await ask({
    title: "Erase all settings of the board?",
    texts: [
      "All that the application has stored is erased; it begins with its defaults at the next reset.",
      "The images of both cores stay.",
    ],
    okText: "Erase",
    isGrave: true,
  });
  if (isYes) {
    await exclusively("Erasing all settings", () =>
      attempt(settingsState, "an erase of its storage", async (on) => {
        await calls.eraseStorage(on);
        settingsState.value = "All settings were erased.";
      }),
    );
  }
}
