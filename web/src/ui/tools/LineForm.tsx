// SPDX-License-Identifier: MIT
// A line that is typed and sent. With a history, the arrow keys bring older
// lines back, as in a terminal.
import { useRef, useState } from "preact/hooks";
import { linkState } from "../../app/connection";

interface Props {
  label: string;
  button: string;
  testid: string;
  initial?: string;
  /** The newest last. */
  history?: readonly string[];
  /** It goes away once it is sent. */
  isCleared?: boolean;
  isDisabled?: boolean;
  onSend: (line: string) => void;
}

export function LineForm(props: Props) {
  const [line, setLine] = useState(props.initial ?? "");
  /** How far back in the history; 0: the line that is typed. */
  const back = useRef(0);
  const history = props.history ?? [];

  const onKey = (event: KeyboardEvent) => {
    const step = event.key === "ArrowUp" ? 1 : event.key === "ArrowDown" ? -1 : 0;
    if (step === 0 || history.length === 0) {
      return;
    }
    event.preventDefault();
    back.current = Math.min(history.length, Math.max(0, back.current + step));
    setLine(history[history.length - back.current] ?? "");
  };
  const onSubmit = (event: Event) => {
    event.preventDefault();
    props.onSend(line);
    back.current = 0;
    if (props.isCleared) {
      setLine("");
    }
  };
  return (
    <form class="field" onSubmit={onSubmit}>
      <label for={`${props.testid}-line`}>{props.label}</label>
      <input
        type="text"
        id={`${props.testid}-line`}
        data-testid={`${props.testid}-input`}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        value={line}
        onInput={(event) => setLine(event.currentTarget.value)}
        onKeyDown={onKey}
      />
      <button
        type="submit"
        data-testid={`${props.testid}-send`}
        disabled={linkState.value !== "open" || props.isDisabled}
      >
        {props.button}
      </button>
    </form>
  );
}
