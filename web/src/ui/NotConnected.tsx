// SPDX-License-Identifier: MIT
// In the place of what only a connected board can show.
import { linkState } from "../app/connection";
import { lookError, refresh } from "../app/device";
import { tab } from "../app/store";

export function NotConnected({ what }: { what: string }) {
  if (linkState.value === "open") {
    return lookError.value === "" ? (
      <p>The board is being asked.</p>
    ) : (
      <div class="stack">
        <p class="bad" role="alert">
          {lookError.value}
        </p>
        <div class="actions">
          <button type="button" onClick={() => refresh()}>
            Ask again
          </button>
        </div>
      </div>
    );
  }
  return (
    <div class="stack">
      <p>No board is connected. A connected board {what}.</p>
      <div class="actions">
        <button
          type="button"
          onClick={() => {
            tab.value = "connect";
            document.getElementById("tab-connect")?.focus();
          }}
        >
          Choose a connection
        </button>
      </div>
    </div>
  );
}
