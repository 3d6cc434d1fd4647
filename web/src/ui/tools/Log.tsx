// SPDX-License-Identifier: MIT
// The board's log over SMP, and the console's own text if the link has any.

import { link } from "../../app/connection";
import { clearConsole, consoleText, sendConsole } from "../../app/console";
import { clearLog, isFollowing, logState, logText, readLog } from "../../app/log";
import { GROUP } from "../../app/support";
import { ReadButton, Section, Tool } from "../parts";
import { LineForm } from "./LineForm";
import { Terminal } from "./Terminal";

export function Log() {
  return (
    <Tool title="Log" testid="tool-log" group={GROUP.duoboot} what="its log">
      <Terminal label="Log of the board" text={logText.value} testid="log-output" />
      <div class="actions">
        <ReadButton testid="log-read" onClick={() => readLog(false)} />
        <label class="check">
          <input
            type="checkbox"
            data-testid="log-follow"
            checked={isFollowing.value}
            onChange={(event) => {
              isFollowing.value = event.currentTarget.checked;
            }}
          />
          follow it
        </label>
        <button type="button" class="small" onClick={clearLog}>
          Clear
        </button>
      </div>
      {logState.value !== "" && <p class="care">{logState.value}</p>}
    </Tool>
  );
}

/** Only a console has text beside its packets. */
export function Console() {
  const open = link.value;
  if (open === null || (open.writeText === null && consoleText.value === "")) {
    return null;
  }
  return (
    <Section title="Console" level={3} testid="tool-console">
      <Terminal label="Text of the console" text={consoleText.value} testid="console-output" />
      {open.writeText !== null && (
        <LineForm
          label="Line"
          button="Send"
          testid="console"
          isCleared
          onSend={(line) => sendConsole(open, line)}
        />
      )}
      <div class="actions">
        <button type="button" class="small" onClick={clearConsole}>
          Clear
        </button>
      </div>
    </Section>
  );
}
