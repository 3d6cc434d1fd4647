// SPDX-License-Identifier: MIT
// The connection in a few words, in the page's head and on its own tab.
import { link, linkState, lostWhy, silence } from "../app/connection";
import { busy } from "../app/store";
import type { Tone } from "../app/words";

function state(): { tone: Tone; text: string; why: string } {
  switch (linkState.value) {
    case "none":
      return { tone: "plain", text: "not connected", why: lostWhy.value };
    case "opening":
      return { tone: "care", text: "connecting", why: "" };
    case "lost":
      return {
        tone: "bad",
        text: "connection lost",
        why: `${lostWhy.value} ${busy.value === null ? "It is tried again." : ""}`.trim(),
      };
    case "open":
      return silence.value === ""
        ? { tone: "good", text: "connected", why: "" }
        : { tone: "care", text: "no answer", why: silence.value };
  }
}

/** In two places: only the head's is named for tests. */
export function LinkWords({ isNamed = false }: { isNamed?: boolean }) {
  const { tone, text, why } = state();
  return (
    <span class="link-state">
      <span class={`badge badge-${tone}`} data-testid={isNamed ? "link-state" : undefined}>
        {text}
      </span>
      {why !== "" && (
        <span
          class={tone === "bad" ? "bad" : "care"}
          data-testid={isNamed ? "link-why" : undefined}
        >
          {why}
        </span>
      )}
    </span>
  );
}

export function HeadState() {
  return (
    <div class="link-state">
      <span role="status">
        <LinkWords isNamed />
      </span>
      {link.value !== null && <span data-testid="link-label">{link.value.label}</span>}
      {busy.value !== null && (
        <span class="soft" role="status" data-testid="busy">
          {busy.value} …
        </span>
      )}
    </div>
  );
}
