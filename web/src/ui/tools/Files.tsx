// SPDX-License-Identifier: MIT
// Files of the board: to this computer, from it, their length and hash.
import { useRef, useState } from "preact/hooks";
import { linkState } from "../../app/connection";
import {
  downloadFile,
  fileProgress,
  fileState,
  hashFile,
  stopFile,
  uploadFile,
} from "../../app/files";
import { progressText } from "../../app/format";
import { isBusy } from "../../app/store";
import { GROUP } from "../../app/support";
import { Tool } from "../parts";

/** What boards with our server have; another name can be typed. */
const KNOWN = ["/boot/journal.txt", "/crash/last.txt", "/log/app.txt"];

function Transfer() {
  const progress = fileProgress.value;
  if (progress === null) {
    return null;
  }
  return (
    <div class="stack">
      <progress
        value={progress.offBytes}
        max={Math.max(1, progress.totalBytes)}
        aria-label="File transfer"
      />
      <p>{progressText(progress)}</p>
      <div class="actions">
        <button type="button" onClick={stopFile}>
          Cancel
        </button>
      </div>
    </div>
  );
}

export function Files() {
  const [path, setPath] = useState(KNOWN[0] ?? "");
  const input = useRef<HTMLInputElement>(null);
  const isOff = linkState.value !== "open" || isBusy.value || path.trim() === "";
  return (
    <Tool title="Files" testid="tool-files" group={GROUP.files} what="files">
      <div class="field">
        <label for="file-path">Path on the board</label>
        <input
          type="text"
          id="file-path"
          data-testid="file-path"
          list="file-names"
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          value={path}
          onInput={(event) => setPath(event.currentTarget.value)}
        />
        <datalist id="file-names">
          {KNOWN.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
      </div>
      <div class="actions">
        <button
          type="button"
          data-testid="file-download"
          disabled={isOff}
          onClick={() => downloadFile(path.trim())}
        >
          Download
        </button>
        <button
          type="button"
          data-testid="file-hash"
          disabled={isOff}
          onClick={() => hashFile(path.trim())}
        >
          Length and hash
        </button>
        <button type="button" disabled={isOff} onClick={() => input.current?.click()}>
          Upload…
        </button>
        <input
          ref={input}
          type="file"
          hidden
          aria-label="File to upload"
          data-testid="file-upload"
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            event.currentTarget.value = "";
            if (file !== undefined) {
              uploadFile(path.trim(), file);
            }
          }}
        />
      </div>
      <Transfer />
      <p role="status" data-testid="file-state">
        {fileState.value}
      </p>
    </Tool>
  );
}
