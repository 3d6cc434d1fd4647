// SPDX-License-Identifier: MIT
// Press and hold with mouse, touch, keys, and with what can only click.
import { useEffect, useRef } from "preact/hooks";

/** How long a click presses that has no down and up, as of a screen reader. */
const CLICK_MS = 250;

function isPressKey(event: KeyboardEvent): boolean {
  return event.key === " " || event.key === "Enter";
}

/** Handlers for a button; `onPress(true)` and `onPress(false)` alternate. */
export function usePress(onPress: (isDown: boolean) => void) {
  const isDown = useRef(false);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const latest = useRef(onPress);
  latest.current = onPress;
  const set = (down: boolean) => {
    if (isDown.current !== down) {
      isDown.current = down;
      latest.current(down);
    }
  };
  useEffect(
    () => () => {
      if (timer.current !== null) {
        clearTimeout(timer.current);
      }
      if (isDown.current) {
        isDown.current = false;
        latest.current(false);
      }
    },
    [],
  );
  return {
    onPointerDown: (event: PointerEvent) => {
      if (event.button === 0 && event.currentTarget instanceof Element) {
        // So that its release is heard wherever it happens.
        event.currentTarget.setPointerCapture(event.pointerId);
        set(true);
      }
    },
    onPointerUp: () => set(false),
    onPointerCancel: () => set(false),
    onLostPointerCapture: () => set(false),
    onContextMenu: (event: Event) => event.preventDefault(),
    onKeyDown: (event: KeyboardEvent) => {
      if (isPressKey(event)) {
        event.preventDefault();
        set(true);
      }
    },
    onKeyUp: (event: KeyboardEvent) => {
      if (isPressKey(event)) {
        event.preventDefault();
        set(false);
      }
    },
    onBlur: () => set(false),
    onClick: (event: MouseEvent) => {
      // A click by mouse has its number; one by software has none.
      if (event.detail === 0) {
        set(true);
        timer.current = setTimeout(() => set(false), CLICK_MS);
      }
    },
  };
}
