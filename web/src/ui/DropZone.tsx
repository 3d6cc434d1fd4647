// SPDX-License-Identifier: MIT
// Where a file is dropped, or chosen with a button; one for each browser's user.
import { useRef, useState } from "preact/hooks";
import { isReading } from "../app/dropped";
import { reportError } from "../app/store";
import { chooseFile, isRunning } from "../app/update";

export function DropZone() {
  const [isOver, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const take = (files: FileList | null | undefined) => {
    const file = files?.[0];
    if (file === undefined || isRunning.value) {
      return;
    }
    if ((files?.length ?? 0) > 1) {
      reportError(
        new Error(
          "Several files were dropped: only one is taken. Both cores' images go into one zip.",
        ),
      );
      return;
    }
    chooseFile(file);
  };
  return (
    // A drop is a second way: the button does the same with the keyboard.
    // biome-ignore lint/a11y/noStaticElementInteractions: see above.
    <div
      class={`drop${isOver ? " drop-over" : ""}`}
      data-testid="drop-zone"
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer?.files);
      }}
    >
      <p>
        Drop a signed image (.bin) or a dfu_application.zip here. It is looked at before a byte is
        sent.
      </p>
      <button
        type="button"
        data-testid="drop-button"
        disabled={isRunning.value}
        onClick={() => input.current?.click()}
      >
        Choose a file
      </button>
      <input
        ref={input}
        type="file"
        hidden
        accept=".bin,.zip"
        aria-label="Image or zip"
        data-testid="drop-input"
        onChange={(event) => {
          take(event.currentTarget.files);
          event.currentTarget.value = "";
        }}
      />
      {isReading.value && <p role="status">The file is being read.</p>}
    </div>
  );
}
