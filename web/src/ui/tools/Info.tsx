// SPDX-License-Identifier: MIT
// What the board says of its system, and its date and time.
import { linkState } from "../../app/connection";
import { info, infoState, readInfo, setBoardTime } from "../../app/tools";
import { Facts, Section } from "../parts";

export function Info() {
  const isOff = linkState.value !== "open";
  return (
    <Section title="System" level={3} testid="tool-info">
      <div class="actions">
        <button type="button" data-testid="info-read" disabled={isOff} onClick={readInfo}>
          Read
        </button>
        <button type="button" data-testid="time-set" disabled={isOff} onClick={setBoardTime}>
          Set the board's clock to this computer's
        </button>
      </div>
      <p role="status" class="soft">
        {infoState.value}
      </p>
      <div data-testid="info">
        <Facts rows={info.value.map(({ name, value }) => [name, value])} />
      </div>
    </Section>
  );
}
