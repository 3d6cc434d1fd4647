// SPDX-License-Identifier: MIT
// Small parts that several screens use.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { linkState } from "../app/connection";
import { percentOf, shortDigest, sizeText } from "../app/format";
import { reportError } from "../app/store";
import { has, lacks } from "../app/support";
import type { Badge } from "../app/words";

export function Badges({ list }: { list: Badge[] }) {
  return (
    <span class="badges">
      {list.map((badge) => (
        <span key={badge.text} class={`badge badge-${badge.tone}`}>
          {badge.text}
        </span>
      ))}
    </span>
  );
}

/** A bar, and beside it what it shows. */
export function Meter(props: { label: string; used: number | null; size: number | null }) {
  const { label, used, size } = props;
  if (used === null || size === null || size === 0) {
    return (
      <span>{size === null ? "size is not told" : `${sizeText(size)}, fill is not told`}</span>
    );
  }
  return (
    <span class="meter">
      <progress value={used} max={size} aria-label={label} />
      <span>
        {sizeText(used)} of {sizeText(size)} ({percentOf(used, size)} %)
      </span>
    </span>
  );
}

export function CopyButton({ text, what }: { text: string; what: string }) {
  const [said, say] = useState("");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      say("Copied");
    } catch (error) {
      reportError(error, `The ${what} could not be copied`);
    }
  };
  return (
    <button type="button" class="small" onClick={copy} onBlur={() => say("")}>
      <span aria-live="polite">{said === "" ? "Copy" : said}</span>
      <span class="only-read"> {what}</span>
    </button>
  );
}

/** Twelve characters that tell digests apart; all 64 on demand. */
export function Digest({ digest, testid }: { digest: string; testid: string }) {
  const [isFull, setFull] = useState(false);
  if (digest === "") {
    return <span>not told</span>;
  }
  return (
    <span class="digest">
      <code data-testid={testid}>{isFull ? digest : shortDigest(digest)}</code>{" "}
      <button type="button" class="small" aria-expanded={isFull} onClick={() => setFull(!isFull)}>
        {isFull ? "Short" : "Full"}
        <span class="only-read"> digest</span>
      </button>{" "}
      <CopyButton text={digest} what="digest" />
    </span>
  );
}

/** Asks the board; off while none is connected. */
export function ReadButton({ testid, onClick }: { testid: string; onClick: () => unknown }) {
  return (
    <button
      type="button"
      data-testid={testid}
      disabled={linkState.value !== "open"}
      onClick={() => onClick()}
    >
      Read
    </button>
  );
}

/** A heading with what belongs to it. */
export function Section(props: {
  title: string;
  level?: 2 | 3;
  children: ComponentChildren;
  testid?: string;
}) {
  const Heading = props.level === 3 ? "h3" : "h2";
  return (
    <section class="section" data-testid={props.testid}>
      <Heading>{props.title}</Heading>
      {props.children}
    </section>
  );
}

/** Rows of a data sheet: what it is, and its value. */
export function Facts({ rows }: { rows: [string, ComponentChildren][] }) {
  return (
    <dl class="facts">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A tool; only a sentence where the server says that it lacks the group. */
export function Tool(props: {
  title: string;
  testid: string;
  group: number;
  /** "a shell". */
  what: string;
  children: ComponentChildren;
}) {
  return (
    <Section title={props.title} level={3} testid={props.testid}>
      {has(props.group) ? props.children : <p class="soft">{lacks(props.what)}</p>}
    </Section>
  );
}
