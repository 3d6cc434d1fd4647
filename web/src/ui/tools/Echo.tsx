// SPDX-License-Identifier: MIT
// A text to the board and back: does it answer, and how fast.
import { echoAnswer, sendEcho } from "../../app/tools";
import { Section } from "../parts";
import { LineForm } from "./LineForm";

export function Echo() {
  return (
    <Section title="Echo" level={3} testid="tool-echo">
      <LineForm label="Text" button="Send" testid="echo" initial="hello" onSend={sendEcho} />
      <p role="status" data-testid="echo-answer">
        {echoAnswer.value}
      </p>
    </Section>
  );
}
