// SPDX-License-Identifier: MIT
// The boot journal in plain words: the newest boot first, each boot as it went.
import { linkState } from "../app/connection";
import { timeText } from "../app/format";
import {
  entries,
  filter,
  groups,
  isLive,
  isReading,
  journalState,
  readJournal,
} from "../app/journal";
import { type BootGroup, type JournalFilter, toneOf } from "../app/journal-words";
import { coreWord } from "../app/words";
import type { JournalEntry } from "../smp/types";
import { NotConnected } from "./NotConnected";

function Entry({ entry }: { entry: JournalEntry }) {
  const isBad = toneOf(entry) === "bad";
  // Of an image that was refused unread the journal has no version.
  const isKnown = entry.core !== null && entry.version !== "" && entry.version !== "0.0.0";
  const version = isKnown ? ` ${entry.version}` : "";
  return (
    <li class={`entry${isBad ? " entry-bad" : ""}`}>
      <span class="figure">+{timeText(entry.ms)}</span>
      <span>
        {coreWord(entry.core)}
        {version}
      </span>
      <span>
        {isBad && <strong class="bad">Trouble: </strong>}
        {entry.text}{" "}
        <span class="entry-name">
          {entry.name}
          {entry.detail !== 0 && `, ${entry.detail}`}
        </span>
      </span>
    </li>
  );
}

function Boot({ group }: { group: BootGroup }) {
  return (
    <section class="section">
      <h3>Boot {group.boot}</h3>
      <ul class="journal">
        {group.entries.map((entry) => (
          <Entry key={entry.sequence} entry={entry} />
        ))}
      </ul>
    </section>
  );
}

const CORE_CHOICES: [JournalFilter["core"], string][] = [
  ["all", "both cores and the board"],
  ["app", "application core"],
  ["net", "network core"],
  ["board", "board"],
];

function Filter() {
  const change = (part: Partial<JournalFilter>) => {
    filter.value = { ...filter.value, ...part };
  };
  return (
    <search class="actions" aria-label="Journal">
      <label class="field">
        Words
        <input
          type="search"
          data-testid="journal-filter"
          value={filter.value.text}
          onInput={(event) => change({ text: event.currentTarget.value })}
        />
      </label>
      <label class="field">
        Of
        <select
          data-testid="journal-core"
          value={filter.value.core}
          onChange={(event) => {
            const chosen = CORE_CHOICES.find(([core]) => core === event.currentTarget.value);
            change({ core: chosen?.[0] ?? "all" });
          }}
        >
          {CORE_CHOICES.map(([core, text]) => (
            <option key={core} value={core}>
              {text}
            </option>
          ))}
        </select>
      </label>
      <label class="check">
        <input
          type="checkbox"
          data-testid="journal-trouble"
          checked={filter.value.onlyTrouble}
          onChange={(event) => change({ onlyTrouble: event.currentTarget.checked })}
        />
        only trouble
      </label>
      <label class="check">
        <input
          type="checkbox"
          data-testid="journal-live"
          checked={isLive.value}
          onChange={(event) => {
            isLive.value = event.currentTarget.checked;
          }}
        />
        keep it up to date
      </label>
      <button
        type="button"
        data-testid="journal-refresh"
        disabled={isReading.value || linkState.value !== "open"}
        onClick={() => readJournal(false)}
      >
        Read again
      </button>
    </search>
  );
}

export function JournalPanel() {
  const known = entries.value;
  if (known.length === 0 && linkState.value !== "open") {
    return <NotConnected what="tells here what its boot loaders refused, installed or repaired" />;
  }
  const shown = groups.value;
  return (
    <div class="stack">
      <h2>Boot journal</h2>
      <Filter />
      <p class="soft" role="status">
        {journalState.value !== ""
          ? journalState.value
          : `${shown.reduce((sum, group) => sum + group.entries.length, 0)} of ${known.length} entries, the newest boot first.`}
      </p>
      <div data-testid="journal">
        {shown.map((group) => (
          <Boot key={group.boot} group={group} />
        ))}
      </div>
    </div>
  );
}
