// SPDX-License-Identifier: MIT
// The board: both cores side by side, what the next reset does, and resets.
import { device, isLooking, lookError, refresh, resetBoard, view } from "../app/device";
import { timeText } from "../app/format";
import { restartWait } from "../app/restart";
import { isBusy } from "../app/store";
import { CORES, resetTexts } from "../app/words";
import { CoreCard } from "./CoreCard";
import { NotConnected } from "./NotConnected";
import { Section } from "./parts";

function Waiting() {
  const wait = restartWait.value;
  if (wait === null) {
    return null;
  }
  const expectedMs = wait.expectMs ?? 0;
  return (
    <div class="stack" data-testid="restart-wait">
      {expectedMs > 0 && (
        <progress
          value={Math.min(wait.elapsedMs, expectedMs)}
          max={expectedMs}
          aria-label="Until the board is back"
        />
      )}
      <p>
        The board is away for {timeText(wait.elapsedMs)}
        {expectedMs > 0 && ` of about ${timeText(expectedMs)}`}.
      </p>
    </div>
  );
}

function Reset() {
  return (
    <Section title="Next reset" testid="next-reset">
      {resetTexts(view.value).map((text) => (
        <p key={text}>{text}</p>
      ))}
      <div class="actions">
        <button
          type="button"
          data-testid="reset"
          disabled={isBusy.value}
          onClick={() => resetBoard(false)}
        >
          Reset
        </button>
        <button
          type="button"
          data-testid="reset-recovery"
          disabled={isBusy.value}
          onClick={() => resetBoard(true)}
        >
          Reset to recovery
        </button>
      </div>
      <Waiting />
    </Section>
  );
}

export function DevicePanel() {
  if (device.value === null) {
    return <NotConnected what="shows here what each core runs" />;
  }
  return (
    <div class="stack">
      <div class="card-head">
        <h2>Board</h2>
        <button
          type="button"
          class="small"
          data-testid="refresh"
          disabled={isLooking.value || isBusy.value}
          onClick={() => refresh()}
        >
          Look again
        </button>
      </div>
      {lookError.value !== "" && (
        <p class="bad" role="alert">
          What is shown is what the board said before. {lookError.value}
        </p>
      )}
      <div class="two">
        {CORES.map((name) => (
          <CoreCard key={name.core} name={name} />
        ))}
      </div>
      <Reset />
    </div>
  );
}
