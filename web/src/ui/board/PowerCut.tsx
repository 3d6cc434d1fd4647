// SPDX-License-Identifier: MIT
// Cutting the power, what that met, and the way back.
import { useEffect, useRef } from "preact/hooks";
import type { FlashOp } from "../../app/board-flash";
import type { BoardModel, Cut } from "../../app/board-model";
import { clockText, opText } from "../../app/board-words";

const CUT_BY: Record<Cut["by"], string> = {
  person: "You cut the power",
  trigger: "The power was cut, as you asked,",
  board: "The power was cut",
};

export function PowerCut({ model }: { model: BoardModel }) {
  const { power, cut, status } = model.view.value;
  const box = useRef<HTMLDivElement>(null);
  const wasUsed = useRef(false);
  // The button that was pressed goes away: who uses keys goes on at the next.
  useEffect(() => {
    if (wasUsed.current) {
      wasUsed.current = false;
      box.current?.querySelector("button")?.focus({ preventScroll: true });
    }
  }, [power]);
  const use = (on: boolean) => {
    wasUsed.current = true;
    model.setPower(on);
  };
  return (
    <div class="vb-cutter" ref={box}>
      {power ? (
        <>
          <button type="button" class="grave" data-testid="vb-cut" onClick={() => use(false)}>
            Cut the power
          </button>
          <p class="soft" id="vb-power-hint">
            Cuts the power now: what is being written is torn.
          </p>
        </>
      ) : (
        <p class="only-read" id="vb-power-hint">
          Switches the power on: the boot loaders start.
        </p>
      )}
      {!power && status === "ready" && (
        <Recover model={model} cut={cut} onPower={() => use(true)} />
      )}
    </div>
  );
}

function Recover(props: { model: BoardModel; cut: Cut | null; onPower: () => void }) {
  const { model, cut, onPower } = props;
  return (
    <div class="vb-torn" role="status" data-testid="vb-cut-report">
      <p>{cut ? `${CUT_BY[cut.by]} at ${clockText(cut.timeUs)}.` : "The board has no power."}</p>
      {cut && cut.torn.length === 0 && <p>No flash was at work at that moment.</p>}
      {cut && cut.torn.length > 0 && (
        <>
          <p>These were under way and are torn (crossed in the map):</p>
          <OpList model={model} ops={cut.torn} />
        </>
      )}
      {cut && cut.done.length > 0 && (
        <>
          <p>The last that ended before it:</p>
          <OpList model={model} ops={cut.done} />
        </>
      )}
      <button type="button" class="main" data-testid="vb-recover" onClick={onPower}>
        Power on and watch it recover
      </button>
    </div>
  );
}

function OpList({ model, ops }: { model: BoardModel; ops: readonly FlashOp[] }) {
  return (
    <ol>
      {ops.map((op) => (
        <li key={`${op.endUs}${op.memory}${op.offBytes}`}>
          <span class="figure">{clockText(op.endUs)}</span> {opWords(model, op)}
        </li>
      ))}
    </ol>
  );
}

function opWords(model: BoardModel, op: FlashOp): string {
  const baseAddr = model.flash.of(op.memory)?.memory.baseAddr ?? 0;
  return opText(op, model.flash.regionOfOp(op), baseAddr);
}
