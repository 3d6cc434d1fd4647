// SPDX-License-Identifier: MIT
// Tabs after the ARIA pattern: arrow keys move between them, panels stay in the
// page, so what was typed or scrolled is there when one comes back.
import type { ComponentChildren } from "preact";
import { type TabName, tab } from "../app/store";

export interface TabItem {
  name: TabName;
  title: string;
  /** A word beside the title: "46 %". */
  hint: string;
  content: ComponentChildren;
}

function nextIndex(key: string, index: number, count: number): number | null {
  switch (key) {
    case "ArrowRight":
      return (index + 1) % count;
    case "ArrowLeft":
      return (index + count - 1) % count;
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return null;
  }
}

export function Tabs({ items, label }: { items: TabItem[]; label: string }) {
  const onKey = (event: KeyboardEvent, index: number) => {
    const next = nextIndex(event.key, index, items.length);
    const item = next === null ? undefined : items[next];
    if (item !== undefined) {
      event.preventDefault();
      tab.value = item.name;
      document.getElementById(`tab-${item.name}`)?.focus();
    }
  };
  return (
    <>
      <div role="tablist" aria-label={label} class="tabs">
        {items.map((item, index) => (
          <button
            key={item.name}
            type="button"
            role="tab"
            id={`tab-${item.name}`}
            data-testid={`tab-${item.name}`}
            aria-controls={`panel-${item.name}`}
            aria-selected={tab.value === item.name}
            tabIndex={tab.value === item.name ? 0 : -1}
            onClick={() => {
              tab.value = item.name;
            }}
            onKeyDown={(event) => onKey(event, index)}
          >
            {item.title}
            {item.hint !== "" && <span class="tab-hint"> {item.hint}</span>}
          </button>
        ))}
      </div>
      {items.map((item) => (
        <div
          key={item.name}
          role="tabpanel"
          id={`panel-${item.name}`}
          aria-labelledby={`tab-${item.name}`}
          hidden={tab.value !== item.name}
          class="panel"
        >
          {item.content}
        </div>
      ))}
    </>
  );
}
