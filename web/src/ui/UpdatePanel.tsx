// SPDX-License-Identifier: MIT
// An update from the file to what runs in the end.
import { linkState } from "../app/connection";
import { device } from "../app/device";
import {
  checked,
  hasErrors,
  hasReadWarnings,
  hasWarnings,
  keptFile,
  MODES,
  mode,
  setReadWarnings,
} from "../app/dropped";
import { isBusy } from "../app/store";
import {
  canResume,
  discardLeft,
  isRunning,
  leftText,
  resumeLeft,
  run,
  startUpdate,
  whyNotStart,
} from "../app/update";
import { DropZone } from "./DropZone";
import { PackageView } from "./PackageView";
import { RunView } from "./RunView";

function Left() {
  const text = leftText.value;
  if (text === "") {
    return null;
  }
  return (
    <div class="notice notice-care" data-testid="unfinished">
      <p>{text}</p>
      <div class="actions">
        {keptFile.value !== null && (
          <>
            <button
              type="button"
              class="main"
              data-testid="left-resume"
              disabled={isBusy.value || linkState.value !== "open" || device.value === null}
              onClick={() => resumeLeft()}
            >
              Resume
            </button>
            <button type="button" data-testid="left-discard" onClick={() => discardLeft()}>
              Discard
            </button>
          </>
        )}
      </div>
    </div>
  );
}

function Modes() {
  return (
    <fieldset class="modes">
      <legend>What to do with it</legend>
      {MODES.map((choice) => (
        <label key={choice.mode} class="check">
          <input
            type="radio"
            name="mode"
            value={choice.mode}
            data-testid={`mode-${choice.mode}`}
            checked={mode.value === choice.mode}
            onChange={() => {
              mode.value = choice.mode;
            }}
          />
          <span>
            <strong>{choice.title}.</strong> <span class="soft">{choice.text}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** Start, or after an upload that did not end: Resume. */
function Begin() {
  const why = whyNotStart.value;
  return (
    <div class="actions">
      <button
        type="button"
        class="main"
        data-testid={canResume.value ? "resume" : "start"}
        disabled={why !== "" || isBusy.value}
        aria-describedby="why-not-start"
        onClick={() => startUpdate()}
      >
        {canResume.value ? "Resume" : "Start"}
      </button>
      <span id="why-not-start" class="soft" role="status">
        {why}
      </span>
    </div>
  );
}

function WarningsRead() {
  if (!hasWarnings.value || hasErrors.value) {
    return null;
  }
  return (
    <label class="check">
      <input
        type="checkbox"
        data-testid="warnings-read"
        checked={hasReadWarnings.value}
        onChange={(event) => setReadWarnings(event.currentTarget.checked)}
      />
      I have read the warnings and want to go on.
    </label>
  );
}

/** What will be done, before it is begun. */
function Prepare() {
  return (
    <>
      <Left />
      <DropZone />
      {checked.value === null && device.value === null && (
        <p class="soft">
          No board is connected yet: a file can be looked at already, but not compared with the
          board.
        </p>
      )}
      <PackageView />
      {checked.value !== null && (
        <>
          <Modes />
          <WarningsRead />
          {!canResume.value && <Begin />}
        </>
      )}
    </>
  );
}

export function UpdatePanel() {
  return (
    <div class="stack">
      <h2>Update</h2>
      {run.value !== null && <RunView run={run.value} />}
      {canResume.value && checked.value !== null && <Begin />}
      {!isRunning.value && <Prepare />}
    </div>
  );
}
