// SPDX-License-Identifier: MIT
// Lines for the board's shell, and what they print.
import { clearShell, runShell, shellHistory, shellState, shellText } from "../../app/shell";
import { GROUP } from "../../app/support";
import { Tool } from "../parts";
import { LineForm } from "./LineForm";
import { Terminal } from "./Terminal";

export function Shell() {
  return (
    <Tool title="Shell" testid="tool-shell" group={GROUP.shell} what="a shell">
      <Terminal label="Output of the shell" text={shellText.value} testid="shell-output" />
      <LineForm
        label="Command"
        button="Run"
        testid="shell"
        history={shellHistory.value}
        isCleared
        onSend={runShell}
      />
      <p class="soft">
        Arrow up and down bring earlier lines back.{" "}
        <button type="button" class="small" onClick={clearShell}>
          Clear the output
        </button>
      </p>
      {shellState.value !== "" && <p class="care">{shellState.value}</p>}
    </Tool>
  );
}
