// SPDX-License-Identifier: MIT
// What a core prints, and a line to type to it.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { BoardModel, ConsoleName } from "../../app/board-model";
import "./console.css";

const NEAR_END_PX = 24;
const HISTORY_LINES = 50;

interface Props {
  model: BoardModel;
  name: ConsoleName;
  title: string;
}

export function Console({ model, name, title }: Props) {
  const [hasFrames, showFrames] = useState(false);
  const console = model.consoles[name];
  // Read, so that what is printed is shown.
  model.consoleTick.value;
  return (
    <section class="vb-console" aria-label={title}>
      <div class="vb-console-head">
        <h4>{title}</h4>
        {console.frameCount > 0 && (
          <label class="check" data-testid={name === "app" ? "vb-frames" : "vb-frames-net"}>
            <input
              type="checkbox"
              checked={hasFrames}
              onChange={(event) => showFrames(event.currentTarget.checked)}
            />
            <span>{framesText(console.frameCount, hasFrames)}</span>
          </label>
        )}
      </div>
      <Screen model={model} name={name} title={title} hasFrames={hasFrames} />
      <Prompt model={model} name={name} title={title} />
    </section>
  );
}

function framesText(count: number, areShown: boolean): string {
  const frames = `${count.toLocaleString("en")} SMP ${count === 1 ? "frame" : "frames"}`;
  return areShown ? `${frames} shown` : `${frames} hidden: show`;
}

function Screen({ model, name, title, hasFrames }: Props & { hasFrames: boolean }) {
  const box = useRef<HTMLDivElement>(null);
  const [isFollowing, follow] = useState(true);
  // Read, so that this part is drawn anew, too.
  model.consoleTick.value;
  const { segments, lostChars } = model.consoles[name];
  const isEmpty = segments.every((segment) => (hasFrames ? segment.all : segment.text) === "");
  useLayoutEffect(() => {
    if (isFollowing && box.current) {
      box.current.scrollTop = box.current.scrollHeight;
    }
  });
  const onScroll = () => {
    const el = box.current;
    if (el) {
      follow(el.scrollHeight - el.scrollTop - el.clientHeight < NEAR_END_PX);
    }
  };
  return (
    <div class="vb-screen">
      {/* A log that is not read out by itself: it may print thousands of lines. */}
      <div
        class="vb-screen-text"
        ref={box}
        onScroll={onScroll}
        role="log"
        aria-live="off"
        aria-label={`${title}: what it printed`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: to scroll it with keys
        tabIndex={0}
        data-testid={`vb-console-${name}`}
      >
        {lostChars > 0 && <span class="vb-screen-note">What was older is gone.{"\n"}</span>}
        {isEmpty && <span class="vb-screen-note">Nothing yet.</span>}
        {segments.map((segment) => (
          <span key={segment.id}>{hasFrames ? segment.all : segment.text}</span>
        ))}
      </div>
      {!isFollowing && (
        <button type="button" class="small vb-newest" onClick={() => follow(true)}>
          To the newest line
        </button>
      )}
    </div>
  );
}

function Prompt({ model, name, title }: Props) {
  const [text, setText] = useState("");
  const history = useRef<string[]>([]);
  const at = useRef(0);
  const send = (event: Event) => {
    event.preventDefault();
    void model.type(name, text);
    if (text !== "") {
      history.current = [...history.current.slice(1 - HISTORY_LINES), text];
    }
    at.current = history.current.length;
    setText("");
  };
  const onKey = (event: KeyboardEvent) => {
    const step = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
    if (step !== 0) {
      event.preventDefault();
      at.current = Math.min(history.current.length, Math.max(0, at.current + step));
      setText(history.current[at.current] ?? "");
    }
  };
  return (
    <form class="vb-prompt" onSubmit={send}>
      <input
        type="text"
        value={text}
        maxLength={1024}
        aria-label={`Type to: ${title}`}
        placeholder="Type a line; Enter sends it"
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        data-testid={`vb-input-${name}`}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKey}
      />
      <button type="submit" class="small">
        Send
      </button>
    </form>
  );
}
