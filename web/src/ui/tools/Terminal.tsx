// SPDX-License-Identifier: MIT
// Text that grows: log, shell, console. Follows its end unless somebody scrolled
// up; can be reached and scrolled by the keyboard.
import { useEffect, useRef } from "preact/hooks";

const NEAR_END_PX = 24;

export function Terminal(props: { label: string; text: string; testid: string }) {
  const element = useRef<HTMLPreElement>(null);
  const isAtEnd = useRef(true);
  const { text } = props;
  // It is the text's growth that scrolls.
  useEffect(() => {
    if (element.current !== null && isAtEnd.current) {
      element.current.scrollTop = element.current.scrollHeight;
    }
  }, [text]);
  return (
    <pre
      ref={element}
      class="terminal"
      role="log"
      aria-label={props.label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: else the keyboard could not scroll it.
      tabIndex={0}
      data-testid={props.testid}
      onScroll={(event) => {
        const { scrollTop, clientHeight, scrollHeight } = event.currentTarget;
        isAtEnd.current = scrollTop + clientHeight > scrollHeight - NEAR_END_PX;
      }}
    >
      {text}
    </pre>
  );
}
