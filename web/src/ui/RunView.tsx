// SPDX-License-Identifier: MIT
// An update that is under way, or how the last one ended.
import { percentOf, progressText, timeText } from "../app/format";
import { type ImageRun, isPastReset, type Run, type Step } from "../app/run";
import { cancelUpdate, isRunning, isStalled } from "../app/update";

const STATE_WORDS: Record<Step["state"], string> = {
  waits: "to come",
  now: "now",
  done: "done",
  failed: "failed",
  stopped: "stopped",
  skipped: "left out",
  undone: "not done",
};

/** Boots vary a little: only what is far over is worth a word. */
function isLate({ elapsedMs, expectedMs }: NonNullable<Run["wait"]>): boolean {
  return elapsedMs > 2 * expectedMs + 5000;
}

function Wait({ wait, isNow }: { wait: NonNullable<Run["wait"]>; isNow: boolean }) {
  const { elapsedMs, expectedMs } = wait;
  if (expectedMs === 0) {
    return <p class="soft">{timeText(elapsedMs)}; the board does not tell how long it takes.</p>;
  }
  return (
    <div>
      <progress
        value={Math.min(elapsedMs, expectedMs)}
        max={expectedMs}
        aria-label="Installation"
        data-testid="install-progress"
      />
      <p class="soft">
        {timeText(Math.min(elapsedMs, expectedMs))} of about {timeText(expectedMs)}
        {isNow && isLate(wait) && "; the board takes longer than it said"}
      </p>
    </div>
  );
}

function Transfer({ image, index }: { image: ImageRun; index: number }) {
  const { progress } = image;
  return (
    <div>
      <p>{image.label}</p>
      {progress === null ? (
        <p class="soft">{image.text}</p>
      ) : (
        <>
          <progress
            value={progress.offBytes}
            max={Math.max(1, progress.totalBytes)}
            aria-label={`Upload of ${image.label}`}
            aria-valuetext={`${percentOf(progress.offBytes, progress.totalBytes)} %`}
            data-testid={`progress-${index}`}
          />
          <p class="figure" data-testid={`progress-text-${index}`}>
            {image.text === "" ? progressText(progress) : image.text}
          </p>
        </>
      )}
    </div>
  );
}

function StepRow({ step, run }: { step: Step; run: Run }) {
  return (
    <li
      class={`step step-${step.state}`}
      aria-current={step.state === "now" ? "step" : undefined}
      data-testid={`step-${step.name}`}
      data-state={step.state}
    >
      <span class="step-state">{STATE_WORDS[step.state]}</span>
      <div>
        <p>
          <strong>{step.title}</strong>
          {step.text !== "" && <span class="soft"> {step.text}</span>}
        </p>
        {step.name === "upload" &&
          run.images.map((image, index) => (
            <Transfer key={image.label} image={image} index={index} />
          ))}
        {step.name === "upload" && step.state === "now" && (
          <p class="care" role="status" data-testid="stalled">
            {isStalled.value &&
              "The board does not answer. It is asked again and again; the upload goes on by itself once it answers."}
          </p>
        )}
        {step.name === "install" && run.wait !== null && (
          <Wait wait={run.wait} isNow={run.status === "running"} />
        )}
      </div>
    </li>
  );
}

function Result({ run }: { run: Run }) {
  return (
    <div class={`result result-${run.status}`} data-testid="result" data-status={run.status}>
      <h4>{run.headline}</h4>
      {run.results.length > 0 && (
        <ul>
          {run.results.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
      {run.why.length > 0 && (
        <>
          <p>What the board's journal says of it:</p>
          <ul data-testid="result-why">
            {run.why.map(({ text, isBad }, index) => (
              // The same may have been written twice.
              <li key={index}>
                {isBad && <strong>Trouble: </strong>}
                {text}
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

export function RunView({ run }: { run: Run }) {
  return (
    <section aria-labelledby="run-title" class="section">
      <h3 id="run-title">{run.images.map(({ label }) => label).join(" and ")}</h3>
      <div role={run.status === "failed" ? "alert" : "status"}>
        {run.status !== "running" && <Result run={run} />}
      </div>
      {/* Steps are spoken, not each byte. */}
      <p class="only-read" role="status">
        {run.spoken}
      </p>
      <ol class="steps" data-testid="steps">
        {run.steps.map((step) => (
          <StepRow key={step.name} step={step} run={run} />
        ))}
      </ol>
      {isRunning.value && (
        <div class="actions">
          <button type="button" data-testid="cancel" onClick={cancelUpdate}>
            {isPastReset(run) ? "Stop waiting" : "Cancel"}
          </button>
          {isPastReset(run) && (
            <span class="soft">
              The board installs by itself: only the waiting for it can be ended.
            </span>
          )}
        </div>
      )}
    </section>
  );
}
