// SPDX-License-Identifier: MIT
// What the virtual board says and takes: JSON objects, one a line on its
// standard streams, one a message on the WebSocket. docs/VIRTUAL_BOARD.md,
// "Control by another program", is the same for people.

export type MemoryName = "app" | "net" | "ext";
export type UartName = "app" | "net" | "link";

export interface BoardMemory {
  name: MemoryName;
  base_addr: number;
  size_bytes: number;
  page_bytes: number;
}

export interface BoardPartition {
  name: string;
  /** "app-active", "net-staged", ...; "" for what is not of the boot loader. */
  role: string;
  memory: MemoryName;
  off_bytes: number;
  size_bytes: number;
}

/** First of all, and in answer to {"type": "hello"}. */
export interface BoardHello {
  type: "hello";
  protocol: 1;
  /** Name of the board's directory. */
  board: string;
  memories: BoardMemory[];
  partitions: BoardPartition[];
  led_count: number;
  button_count: number;
}

/** All that changes, in answer to {"type": "state"}. */
export interface BoardState {
  type: "state";
  time_us: number;
  power: boolean;
  leds: boolean[];
  buttons: boolean[];
  /** Base64 of a byte for each page: 0 blank, else its programmed share of
   * 255, rounded up. */
  fill: Record<MemoryName, string>;
}

export interface BoardUart {
  type: "uart";
  time_us: number;
  uart: UartName;
  /** Base64. */
  data: string;
}

export interface BoardLed {
  type: "led";
  time_us: number;
  led: number;
  on: boolean;
}

export interface BoardPower {
  type: "power";
  time_us: number;
  on: boolean;
}

/** Flash operations that ended, the oldest first: at most some 50 messages a
 * second, each with all that happened since the last. */
export interface BoardFlash {
  type: "flash";
  time_us: number;
  ops: {
    memory: MemoryName;
    kind: "erase" | "program";
    off_bytes: number;
    len_bytes: number;
    end_us: number;
  }[];
  /** The pages they touched, as they are now: fill as in BoardState. */
  pages: { memory: MemoryName; page: number; fill: number }[];
}

/** A reset, a fault, something that the model noticed. */
export interface BoardNote {
  type: "note";
  time_us: number;
  text: string;
}

/** Some four times a second while there is power: the virtual clock. */
export interface BoardTime {
  type: "time";
  time_us: number;
}

/** The run is over; nothing comes after it. */
export interface BoardEnd {
  type: "end";
  text: string;
}

/** A command was not understood; the run goes on. */
export interface BoardError {
  type: "error";
  text: string;
}

export type BoardEvent =
  | BoardHello
  | BoardState
  | BoardUart
  | BoardLed
  | BoardPower
  | BoardFlash
  | BoardNote
  | BoardTime
  | BoardEnd
  | BoardError;

/** To the board. */
export type BoardCommand =
  | { type: "hello" }
  | { type: "state" }
  | { type: "uart"; uart: UartName; data: string }
  | { type: "button"; button: number; pressed: boolean }
  | { type: "reset" }
  /** Off: the power is cut now; what is under way is torn. */
  | { type: "power"; on: boolean };
