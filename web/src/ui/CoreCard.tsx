// SPDX-License-Identifier: MIT
// One core as on a data sheet: what runs, its slots, and what can be done.
import type { ComponentChildren } from "preact";
import { confirmCore, device, eraseCore, revertCore, testCore, view } from "../app/device";
import { isBusy } from "../app/store";
import {
  badgesOf,
  type CoreName,
  confirmPlan,
  fillOf,
  isPrevious,
  netText,
  revertPlan,
  roleOf,
  sizeOf,
  slotAt,
  stateText,
  whyNoRevert,
} from "../app/words";
import { Badges, Digest, Facts, Meter } from "./parts";

function Slot({ name, slot }: { name: CoreName; slot: 0 | 1 }) {
  const seen = view.value;
  const entry = slotAt(seen.slots, name.image, slot);
  const key = slot === 0 ? name.core : `${name.core}-slot1`;
  const rows: [string, ComponentChildren][] = [];
  if (entry !== null && slot === 1) {
    rows.push([
      "Version",
      <span key="version" class="figure" data-testid={`version-${key}`}>
        {entry.version}
      </span>,
    ]);
  }
  rows.push([
    "State",
    <span key="state">
      <span data-testid={`state-${key}`}>{stateText(seen, name.image, slot)}</span>{" "}
      <Badges list={badgesOf(seen, name.image, slot)} />
    </span>,
  ]);
  if (entry !== null) {
    rows.push(["Digest", <Digest key="digest" digest={entry.digest} testid={`digest-${key}`} />]);
  }
  rows.push([
    "Used",
    <Meter
      key="used"
      label={`Used of slot ${slot} of the ${name.word} core`}
      used={fillOf(seen, name.image, slot)}
      size={sizeOf(seen, name.image, slot)}
    />,
  ]);
  return (
    <div class="slot">
      <h4>Slot {slot}</h4>
      <Facts rows={rows} />
    </div>
  );
}

function Health() {
  const { net } = view.value;
  const isBad = net !== null && !net.held && net.seen && !net.well;
  return (
    <p class={isBad ? "bad" : "soft small"} data-testid="net-health">
      {netText(net) || "The board does not tell how the network core is."}
    </p>
  );
}

/** A disabled button cannot say why: this can. */
function WhyNoRevert({ name }: { name: CoreName }) {
  const seen = view.value;
  const isEmpty = slotAt(seen.slots, name.image, 1) === null;
  const why = whyNoRevert(seen, name);
  return why === "" || isEmpty ? null : <p class="soft small">No Revert: {why}</p>;
}

function Actions({ name }: { name: CoreName }) {
  const seen = view.value;
  const other = slotAt(seen.slots, name.image, 1);
  const canTest = other !== null && roleOf(seen.slots, other) === "waits";
  const isHalf = device.value?.unfinished?.image === name.image;
  const canErase = isHalf || (other !== null && !isPrevious(seen, name.image));
  return (
    <div class="actions">
      <button
        type="button"
        data-testid={`confirm-${name.core}`}
        disabled={isBusy.value || confirmPlan(seen, name) === null}
        onClick={() => confirmCore(name)}
      >
        Confirm<span class="only-read"> the {name.word} core's image</span>
      </button>
      <button
        type="button"
        data-testid={`test-${name.core}`}
        disabled={isBusy.value || !canTest}
        onClick={() => testCore(name)}
      >
        Test<span class="only-read"> the image in slot 1 of the {name.word} core</span>
      </button>
      <button
        type="button"
        data-testid={`revert-${name.core}`}
        disabled={isBusy.value || revertPlan(seen, name) === null}
        onClick={() => revertCore(name)}
      >
        Revert<span class="only-read"> the {name.word} core</span>
      </button>
      <button
        type="button"
        data-testid={`erase-${name.core}`}
        disabled={isBusy.value || !canErase}
        onClick={() => eraseCore(name)}
      >
        Erase slot 1<span class="only-read"> of the {name.word} core</span>
      </button>
    </div>
  );
}

export function CoreCard({ name }: { name: CoreName }) {
  const active = slotAt(view.value.slots, name.image, 0);
  const titleId = `core-title-${name.core}`;
  return (
    <section class="card" aria-labelledby={titleId} data-testid={`core-${name.core}`}>
      <div class="card-head">
        <h3 id={titleId}>{name.title}</h3>
        <p class="version">
          <span class="only-read">Runs version </span>
          <span data-testid={`version-${name.core}`}>{active?.version ?? "no image"}</span>
        </p>
      </div>
      {name.core === "net" && <Health />}
      <Slot name={name} slot={0} />
      <Slot name={name} slot={1} />
      <Actions name={name} />
      <WhyNoRevert name={name} />
    </section>
  );
}
