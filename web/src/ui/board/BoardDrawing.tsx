// SPDX-License-Identifier: MIT
// The board as one looks at it: chips, LEDs, buttons, the power switch.
import type { BoardModel } from "../../app/board-model";
import { clockText } from "../../app/board-words";
import { Chip, FlashChip, LedLamp, PowerSwitch, PushButton, ResetButton } from "./parts";
import "./drawing.css";

export function BoardDrawing({ model }: { model: BoardModel }) {
  const view = model.view.value;
  return (
    <div class="vb-pcb">
      <div class="vb-pcb-edge">
        <PowerSwitch
          isOn={view.power}
          isDisabled={view.status !== "ready"}
          onSwitch={(on) => model.setPower(on)}
        />
        <div class="vb-clock">
          <span class="vb-silk">Virtual time</span>
          <span class="vb-clock-digits" data-testid="vb-clock" data-us={view.timeUs}>
            {clockText(view.timeUs)}
          </span>
        </div>
        <ResetButton onReset={() => model.reset()} />
      </div>
      <div class="vb-pcb-chips">
        <Chip cores={view.cores} />
        <span class={view.power ? "vb-bus vb-bus-on" : "vb-bus"} aria-hidden="true" />
        <FlashChip hasPower={view.power} />
      </div>
      <div class="vb-pcb-hands">
        <div class="vb-leds">
          {view.leds.map((led, index) => (
            <LedLamp key={index} index={index} led={led} />
          ))}
        </div>
        <div class="vb-buttons">
          {view.buttons.map((isDown, index) => (
            <PushButton
              key={index}
              index={index}
              isDown={isDown}
              onPress={(down) => model.press(index, down)}
            />
          ))}
        </div>
      </div>
    </div>
  );
}
