// SPDX-License-Identifier: MIT
// The question before something lasting is done. A modal <dialog>: the browser
// keeps the focus in it and gives it back to the button that opened it.
import { useEffect, useRef } from "preact/hooks";
import { question } from "../app/dialog";

export function Dialog() {
  const asked = question.value;
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    if (asked !== null && element !== null && !element.open) {
      element.showModal();
    } else if (asked === null && element?.open) {
      element.close();
    }
  }, [asked]);
  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby="dialog-title"
      aria-describedby="dialog-text"
      data-testid="dialog"
      onClose={() => question.value?.answer(false)}
    >
      {asked !== null && (
        <>
          <h2 id="dialog-title">{asked.title}</h2>
          <div id="dialog-text">
            {asked.texts.map((text) => (
              <p key={text}>{text}</p>
            ))}
          </div>
          <div class="actions actions-end">
            <button type="button" data-testid="dialog-cancel" onClick={() => asked.answer(false)}>
              Cancel
            </button>
            <button
              type="button"
              class={asked.isGrave ? "grave" : "main"}
              data-testid="dialog-ok"
              onClick={() => asked.answer(true)}
            >
              {asked.okText}
            </button>
          </div>
        </>
      )}
    </dialog>
  );
}
