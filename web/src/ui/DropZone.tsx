// SPDX-License-Identifier: MIT
// Where files are dropped, or chosen with a button: one, or one for each core.
import { useRef, useState } from "preact/hooks";
import { isReading } from "../app/dropped";
import { chooseFiles, isRunning } from "../app/update";

export function DropZone() {
  const [isOver, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const take = (files: FileList | null | undefined) => {
    const list = [...(files ?? [])];
    if (list.length > 0 && !isRunning.value) {
      void chooseFiles(list);
    }
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
        Drop a signed image (.bin), one for each core, or a dfu_application.zip here. All is looked
        at before a byte is sent.
      </p>
      <button
        type="button"
        data-testid="drop-button"
        disabled={isRunning.value}
        onClick={() => input.current?.click()}
      >
        Choose files
      </button>
      <input
        ref={input}
        type="file"
        hidden
        multiple
        accept=".bin,.zip"
        aria-label="Images or a zip"
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
