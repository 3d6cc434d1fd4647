// SPDX-License-Identifier: MIT
// The drawing's parts: chips, LEDs, switches.
import { useState } from "preact/hooks";
import type { CoreState, Led } from "../../app/board-model";
import { usePress } from "./press";

const CORE_WORDS: Record<CoreState, string> = {
  off: "no power",
  held: "held in force-off",
  on: "powered",
  unknown: "not told yet",
};

/** The package with its pins, and the two cores in it. */
export function Chip({ cores }: { cores: { app: CoreState; net: CoreState } }) {
  const label = `nRF5340. Application core: ${CORE_WORDS[cores.app]}. Network core: ${CORE_WORDS[cores.net]}.`;
  const pins = Array.from({ length: 14 }, (_, i) => 22 + i * 18);
  return (
    <svg class="vb-chip" viewBox="0 0 280 132" role="img" aria-label={label}>
      {pins.map((x) => (
        <g key={x} class="vb-pin">
          <rect x={x} y="2" width="7" height="8" />
          <rect x={x} y="122" width="7" height="8" />
        </g>
      ))}
      <rect class="vb-package" x="6" y="9" width="268" height="114" rx="5" />
      <circle class="vb-dot" cx="18" cy="21" r="4" />
      <text class="vb-mark" x="30" y="25">
        nRF5340
      </text>
      <Core x={13} name="Application core" speed="Cortex-M33, 128 MHz" state={cores.app} />
      <Core x={142} name="Network core" speed="Cortex-M33, 64 MHz" state={cores.net} />
    </svg>
  );
}

function Core(props: { x: number; name: string; speed: string; state: CoreState }) {
  const { x, name, speed, state } = props;
  return (
    <g class={`vb-core vb-core-${state}`}>
      <rect class="vb-die" x={x} y="34" width="125" height="76" rx="3" />
      <text class="vb-core-name" x={x + 8} y="54">
        {name}
      </text>
      <text class="vb-core-speed" x={x + 8} y="70">
        {speed}
      </text>
      <circle class="vb-core-lamp" cx={x + 15} cy="92" r="4.5" />
      <text class="vb-core-state" x={x + 26} y="96">
        {CORE_WORDS[state]}
      </text>
    </g>
  );
}

/** The external flash, in its small package. */
export function FlashChip({ hasPower }: { hasPower: boolean }) {
  return (
    <svg
      class="vb-flash-chip"
      viewBox="0 0 96 132"
      role="img"
      aria-label={`External flash: ${hasPower ? "powered" : "no power"}.`}
    >
      {[32, 52, 72, 92].map((y) => (
        <g key={y} class="vb-pin">
          <rect x="2" y={y} width="9" height="7" />
          <rect x="85" y={y} width="9" height="7" />
        </g>
      ))}
      <rect class="vb-package" x="10" y="22" width="76" height="88" rx="4" />
      <circle class="vb-dot" cx="20" cy="33" r="3.5" />
      <text class="vb-mark" x="48" y="62" text-anchor="middle">
        MX25R64
      </text>
      <text class="vb-core-speed" x="48" y="78" text-anchor="middle">
        QSPI, 8 MB
      </text>
    </svg>
  );
}

function ledWords(led: Led): string {
  return led.isBlinking ? "blinking" : led.isOn ? "on" : "off";
}

export function LedLamp({ index, led }: { index: number; led: Led }) {
  return (
    <span class="vb-led">
      <svg
        viewBox="0 0 34 26"
        class={led.isOn ? "vb-lamp vb-lamp-on" : "vb-lamp"}
        role="img"
        // Not a live region: a lamp that blinks must not talk all the time.
        aria-label={`LED ${index + 1}: ${ledWords(led)}`}
        data-testid={`vb-led-${index + 1}`}
        data-on={String(led.isOn)}
      >
        <circle class="vb-halo" cx="17" cy="13" r="12.5" />
        <rect class="vb-pad" x="4" y="7" width="5" height="12" />
        <rect class="vb-pad" x="25" y="7" width="5" height="12" />
        <rect class="vb-lens" x="8" y="6" width="18" height="14" rx="2.5" />
      </svg>
      <span class="vb-silk" aria-hidden="true">
        LED{index + 1}
      </span>
    </span>
  );
}

function Cap({ isDown }: { isDown: boolean }) {
  return (
    <svg viewBox="0 0 44 44" class={isDown ? "vb-cap vb-cap-down" : "vb-cap"} aria-hidden="true">
      <rect class="vb-cap-base" x="2" y="2" width="40" height="40" rx="4" />
      <circle class="vb-cap-rivet" cx="7" cy="7" r="2" />
      <circle class="vb-cap-rivet" cx="37" cy="7" r="2" />
      <circle class="vb-cap-rivet" cx="7" cy="37" r="2" />
      <circle class="vb-cap-rivet" cx="37" cy="37" r="2" />
      <circle class="vb-cap-top" cx="22" cy="22" r="12" />
    </svg>
  );
}

/** A push button; it stays down with "Hold", for one who has one hand or one
 * finger, and needs two buttons. */
export function PushButton(props: {
  index: number;
  isDown: boolean;
  onPress: (isDown: boolean) => void;
}) {
  const { index, isDown, onPress } = props;
  const [isHeld, hold] = useState(false);
  const press = usePress((down) => {
    if (!isHeld) {
      onPress(down);
    }
  });
  const toggle = () => {
    hold(!isHeld);
    onPress(!isHeld);
  };
  return (
    <span class="vb-button">
      <button
        type="button"
        class="vb-push"
        aria-label={`Button ${index + 1}`}
        aria-pressed={isDown}
        data-testid={`vb-button-${index + 1}`}
        {...press}
      >
        <Cap isDown={isDown} />
      </button>
      <span class="vb-silk" aria-hidden="true">
        BUTTON{index + 1}
      </span>
      <button
        type="button"
        class="vb-hold"
        aria-pressed={isHeld}
        data-testid={`vb-hold-${index + 1}`}
        onClick={toggle}
      >
        Hold<span class="only-read"> button {index + 1}</span>
      </button>
    </span>
  );
}

export function ResetButton({ onReset }: { onReset: () => void }) {
  return (
    <span class="vb-button vb-button-reset">
      <button
        type="button"
        class="vb-push"
        aria-label="Reset"
        data-testid="vb-reset"
        onClick={onReset}
      >
        <Cap isDown={false} />
      </button>
      <span class="vb-silk" aria-hidden="true">
        RESET
      </span>
    </span>
  );
}

export function PowerSwitch(props: {
  isOn: boolean;
  isDisabled: boolean;
  onSwitch: (isOn: boolean) => void;
}) {
  const { isOn, isDisabled, onSwitch } = props;
  return (
    <span class="vb-power">
      <button
        type="button"
        role="switch"
        class="vb-switch"
        aria-checked={isOn}
        aria-label="Power of the board"
        aria-describedby="vb-power-hint"
        disabled={isDisabled}
        data-testid="vb-power"
        onClick={() => onSwitch(!isOn)}
      >
        <svg viewBox="0 0 70 34" aria-hidden="true">
          <rect class="vb-switch-well" x="1" y="1" width="68" height="32" rx="4" />
          <g class="vb-switch-knob">
            <rect x="5" y="5" width="28" height="24" rx="2.5" />
            <path d="M13 10v14M19 10v14M25 10v14" />
          </g>
        </svg>
      </button>
      <span class="vb-silk" aria-hidden="true">
        POWER {isOn ? "ON" : "OFF"}
      </span>
    </span>
  );
}
