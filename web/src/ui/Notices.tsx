// SPDX-License-Identifier: MIT
// What failed and what was done, as sentences. Both regions are always there,
// as a screen reader speaks only changes of a region that it knows.
import { dropNotice, type Notice, notices } from "../app/store";

function Line({ notice }: { notice: Notice }) {
  return (
    <div class={`notice notice-${notice.severity}`} data-testid={`notice-${notice.severity}`}>
      <p>
        {notice.severity === "error" && <strong>Error. </strong>}
        {notice.text}
      </p>
      <button
        type="button"
        class="small"
        aria-label={`Put away: ${notice.text}`}
        onClick={() => dropNotice(notice.id)}
      >
        Close
      </button>
    </div>
  );
}

function Region({ severity }: { severity: Notice["severity"] }) {
  return (
    <div role={severity === "error" ? "alert" : "status"}>
      {notices.value
        .filter((notice) => notice.severity === severity)
        .map((notice) => (
          <Line key={notice.id} notice={notice} />
        ))}
    </div>
  );
}

export function Notices() {
  return (
    <div class="notices" data-testid="notices">
      <Region severity="error" />
      <Region severity="done" />
    </div>
  );
}
