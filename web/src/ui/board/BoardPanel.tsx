// SPDX-License-Identifier: MIT
// The virtual board in the page.
import { type BoardModel, boardModelOf } from "../../app/board-model";
import { clockText } from "../../app/board-words";
import type { BoardSession } from "../../board/session";
import { BoardDrawing } from "./BoardDrawing";
import { Console } from "./Console";
import { FlashMaps } from "./FlashMaps";
import { PowerCut } from "./PowerCut";
import "./board.css";

export function BoardPanel({ session }: { session: BoardSession }) {
  const model = boardModelOf(session);
  const { status, why } = model.view.value;
  const name = session.hello?.board ?? "";
  return (
    <section class="vb" aria-labelledby="vb-title" data-testid="vb">
      <div class="vb-inner">
        <div class="vb-head">
          <h2 id="vb-title">Virtual board{name === "" ? "" : ` \u201c${name}\u201d`}</h2>
          {status !== "ready" && (
            <p class={status === "ended" ? "bad" : "soft"} role="status" data-testid="vb-status">
              {statusText(status, why)}
            </p>
          )}
        </div>
        {session.hello && (
          <>
            <div class="vb-hardware">
              <BoardDrawing model={model} />
              <PowerCut model={model} />
            </div>
            <FlashMaps model={model} />
            <Events model={model} />
            <div class="vb-consoles">
              <Console model={model} name="app" title="Application core, console" />
              <Console model={model} name="net" title="Network core, console" />
            </div>
          </>
        )}
      </div>
    </section>
  );
}

function statusText(status: string, why: string): string {
  if (why !== "") {
    return why;
  }
  return status === "connecting"
    ? "Connecting to the virtual board."
    : "Not connected to the virtual board.";
}

function Events({ model }: { model: BoardModel }) {
  const { entries } = model.view.value;
  return (
    <section class="vb-notes" aria-labelledby="vb-notes-title">
      <h3 id="vb-notes-title">What happened on the board</h3>
      {entries.length === 0 ? (
        <p class="soft">Nothing since this page is open: resets, faults and power are told here.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: to scroll it with keys
        <ol data-testid="vb-event-list" tabIndex={0} aria-label="The newest first">
          {[...entries].reverse().map((entry) => (
            <li key={entry.id} class={entry.isBad ? "bad" : ""}>
              <span class="figure">{clockText(entry.timeUs)}</span> {entry.text}
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
