// SPDX-License-Identifier: MIT
// What there is to connect to, why some of it cannot be used, and what is known
// of the connection that is open.
import { useState } from "preact/hooks";
import { choiceList, client, connect, disconnect, link, linkState } from "../app/connection";
import { device } from "../app/device";
import { address, leaveRelay, offer, relayWhy, useRelay } from "../app/relay";
import { isBusy, tab } from "../app/store";
import type { Choice } from "../links/choices";
import { BAUD_RATES, SERIAL_DEFAULT, type SerialSetup } from "../links/serial";
import { LinkWords } from "./LinkState";
import { Facts, Section } from "./parts";

async function choose(choice: Choice, setup: SerialSetup): Promise<void> {
  if (await connect(choice, setup)) {
    tab.value = "board";
    // The button that was pressed is no longer seen.
    document.getElementById("tab-board")?.focus();
  }
}

function SerialFields(props: { setup: SerialSetup; onSetup: (setup: SerialSetup) => void }) {
  const { setup, onSetup } = props;
  return (
    <div class="actions">
      <label class="field">
        Rate
        <select
          data-testid="serial-rate"
          value={String(setup.baudRate)}
          onChange={(event) => {
            const chosen = BAUD_RATES.find((rate) => String(rate) === event.currentTarget.value);
            onSetup({ ...setup, baudRate: chosen ?? setup.baudRate });
          }}
        >
          {BAUD_RATES.map((rate) => (
            <option key={rate} value={String(rate)}>
              {rate} baud
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        Packets
        <select
          data-testid="serial-coding"
          value={setup.coding}
          onChange={(event) =>
            onSetup({ ...setup, coding: event.currentTarget.value === "raw" ? "raw" : "console" })
          }
        >
          <option value="console">in console lines</option>
          <option value="raw">alone</option>
        </select>
      </label>
    </div>
  );
}

function ChoiceRow({ choice }: { choice: Choice }) {
  const [setup, setSetup] = useState(SERIAL_DEFAULT);
  const whyId = `why-${choice.id.replace(/\W/g, "-")}`;
  return (
    <li>
      <div class="stack">
        <div>
          <p class="choice-title">{choice.title}</p>
          <p class="soft">{choice.detail}</p>
          {!choice.isAvailable && (
            <p id={whyId} class="care">
              {choice.whyNot}
            </p>
          )}
        </div>
        {choice.kind === "serial" && choice.isAvailable && (
          <SerialFields setup={setup} onSetup={setSetup} />
        )}
      </div>
      <button
        type="button"
        data-testid={`connect-${choice.id}`}
        disabled={!choice.isAvailable || isBusy.value || linkState.value === "opening"}
        aria-describedby={choice.isAvailable ? undefined : whyId}
        onClick={() => choose(choice, setup)}
      >
        Connect<span class="only-read"> to {choice.title}</span>
      </button>
    </li>
  );
}

function bootText(): string {
  const boot = device.value?.boot ?? null;
  if (boot === null) {
    return "not told";
  }
  const mode = boot.mode === null ? "mode is not told" : `mode ${boot.mode}: ${boot.modeText}`;
  return `${boot.name}, ${mode}${boot.noDowngrade ? "; refuses older versions" : ""}`;
}

function bufferText(): string {
  const params = device.value?.params ?? null;
  if (params === null) {
    return "not asked yet";
  }
  const words = `${params.bufCount} of ${params.bufBytes} bytes`;
  return params.isTold ? words : `${words} (taken for granted: the server does not tell)`;
}

function Current() {
  const open = link.value;
  if (open === null) {
    return null;
  }
  const counts = client.value?.counts;
  return (
    <Section title="Connection" testid="connection">
      <Facts
        rows={[
          ["State", <LinkWords key="state" />],
          ["To", open.label],
          ["Buffers", <span key="buffers">{bufferText()}</span>],
          ["Boot loader", <span key="boot">{bootText()}</span>],
          [
            "Requests",
            <span key="counts">
              {device.value !== null && counts !== undefined
                ? `${counts.requests} sent, ${counts.retries} of them again`
                : "none yet"}
            </span>,
          ],
        ]}
      />
      <div class="actions">
        <button
          type="button"
          data-testid="disconnect"
          disabled={isBusy.value}
          onClick={() => disconnect()}
        >
          Disconnect
        </button>
      </div>
    </Section>
  );
}

function RelayForm() {
  const [text, setText] = useState("");
  const onSubmit = (event: Event) => {
    event.preventDefault();
    if (useRelay(text)) {
      setText("");
    }
  };
  return (
    <form class="field" onSubmit={onSubmit}>
      <label for="relay-address">Address that it printed</label>
      <input
        type="text"
        id="relay-address"
        data-testid="relay-address"
        autocomplete="off"
        spellcheck={false}
        placeholder="http://127.0.0.1:8077/#token=…"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <button type="submit" data-testid="relay-use">
        Use it
      </button>
    </form>
  );
}

function Relay() {
  const told = offer.value;
  return (
    <Section title="duoboot web" testid="relay">
      {told !== null && (
        <p class="good">
          <code>duoboot web</code> {told.version} is there
          {told.board === null ? "; it has no virtual board." : `, with the board ${told.board}.`}
        </p>
      )}
      {told === null && address.value !== null && (
        <p class="care">{relayWhy.value || "`duoboot web` is being asked what it offers."}</p>
      )}
      {address.value === null && (
        <>
          <p class="soft">
            The command <code>duoboot web</code> on this computer offers its serial ports, UDP and
            the virtual board to this page.
          </p>
          <RelayForm />
          <p class="bad" role="alert">
            {relayWhy.value}
          </p>
        </>
      )}
      {address.value !== null && told === null && (
        <div class="actions">
          <button type="button" onClick={leaveRelay}>
            Forget its address
          </button>
        </div>
      )}
    </Section>
  );
}

export function ConnectPanel() {
  return (
    <div>
      <Current />
      <Section title={link.value === null ? "Choose a connection" : "Other connections"}>
        <ul class="choices" data-testid="choices">
          {choiceList.value.map((choice) => (
            <ChoiceRow key={choice.id} choice={choice} />
          ))}
        </ul>
      </Section>
      <Relay />
    </div>
  );
}
