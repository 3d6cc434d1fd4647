// SPDX-License-Identifier: MIT
// Settings of the board by name: read, write, delete; and erase of all.
import { useState } from "preact/hooks";
import { linkState } from "../../app/connection";
import {
  deleteSetting,
  eraseAllSettings,
  readSetting,
  saveSettings,
  settingsState,
  settingValue,
  writeSetting,
} from "../../app/settings";
import { isBusy } from "../../app/store";
import { GROUP } from "../../app/support";
import { Tool } from "../parts";

export function Settings() {
  const [name, setName] = useState("");
  const isOff = linkState.value !== "open" || isBusy.value;
  const isNameless = isOff || name.trim() === "";
  return (
    <Tool title="Settings" testid="tool-settings" group={GROUP.settings} what="settings">
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          readSetting(name.trim());
        }}
      >
        <div class="field">
          <label for="setting-name">Name</label>
          <input
            type="text"
            id="setting-name"
            data-testid="setting-name"
            autocomplete="off"
            autocapitalize="off"
            spellcheck={false}
            placeholder="id/serial"
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
          <button type="submit" data-testid="setting-read" disabled={isNameless}>
            Read
          </button>
        </div>
        <div class="field">
          <label for="setting-value">Value</label>
          <input
            type="text"
            id="setting-value"
            data-testid="setting-value"
            autocomplete="off"
            autocapitalize="off"
            spellcheck={false}
            value={settingValue.value}
            onInput={(event) => {
              settingValue.value = event.currentTarget.value;
            }}
          />
          <button
            type="button"
            data-testid="setting-write"
            disabled={isNameless}
            onClick={() => writeSetting(name.trim(), settingValue.value)}
          >
            Write
          </button>
        </div>
        <div class="actions">
          <button
            type="button"
            data-testid="setting-delete"
            disabled={isNameless}
            onClick={() => deleteSetting(name.trim())}
          >
            Delete
          </button>
          <button
            type="button"
            data-testid="settings-save"
            disabled={isOff}
            onClick={saveSettings}
            title="Some boards keep over a reset only what was saved"
          >
            Save
          </button>
          <button
            type="button"
            data-testid="settings-erase"
            disabled={isOff}
            onClick={eraseAllSettings}
          >
            Erase all settings
          </button>
        </div>
      </form>
      <p role="status" class="soft" data-testid="setting-state">
        {settingsState.value}
      </p>
    </Tool>
  );
}
