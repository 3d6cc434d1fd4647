// SPDX-License-Identifier: MIT
// The virtual board as the page shows it. Events change plain state at once;
// what is drawn learns of it once a frame, however many there were.
import { type Signal, signal } from "@preact/signals";
import type { BoardEvent, BoardFlash, BoardNote, MemoryName } from "../board/protocol";
import type { BoardSession, SessionChange, SessionStatus } from "../board/session";
import { ConsoleText } from "./board-console";
import { type FlashOp, FlashPicture, type FlashRegion } from "./board-flash";
import { reportError } from "./store";

/** What of a session is used here. */
export type BoardPort = Pick<
  BoardSession,
  | "flash"
  | "status"
  | "why"
  | "hello"
  | "timeUs"
  | "power"
  | "leds"
  | "buttons"
  | "subscribe"
  | "subscribeStatus"
  | "subscribeUart"
  | "consoleBytes"
  | "setPower"
  | "setButton"
  | "reset"
  | "writeText"
>;

export type ConsoleName = "app" | "net";

export interface Led {
  isOn: boolean;
  /** It changed often lately: told as one state, not as each change. */
  isBlinking: boolean;
}

/** "unknown": this page came later than the last event that would tell. */
export type CoreState = "off" | "held" | "on" | "unknown";

export interface BoardEntry {
  id: number;
  timeUs: number;
  text: string;
  isBad: boolean;
}

/** What the last cut of the power met. */
export interface Cut {
  timeUs: number;
  by: "person" | "trigger" | "board";
  /** What ended before it, the newest last. */
  done: FlashOp[];
  /** What was under way: it is torn. */
  torn: FlashOp[];
}

export interface BoardView {
  timeUs: number;
  power: boolean;
  leds: Led[];
  /** What the board was told last. */
  buttons: boolean[];
  cores: { app: CoreState; net: CoreState };
  entries: readonly BoardEntry[];
  cut: Cut | null;
  armed: FlashRegion | null;
  status: SessionStatus;
  /** What is wrong with the connection, a sentence; else "". */
  why: string;
}

const ENTRIES_KEPT = 200;
const CUT_OPS = 4;
const BLINK_CHANGES = 4;
const BLINK_WINDOW_US = 4_000_000;
const REFRESH_MS = 100;
const BAD_NOTE = /fault|lockup|BKPT|reset \((watchdog|lockup)|not modelled|loses power|torn/i;

/** Calls back once, soon; in a page at most ten times a second. */
export type Later = (run: () => void) => void;

const laterByTimer: Later = (run) => {
  setTimeout(run, REFRESH_MS);
};

export class BoardModel {
  readonly view: Signal<BoardView>;
  /** They grow when consoles or flashes changed. */
  readonly consoleTick = signal(0);
  readonly flashTick = signal(0);
  readonly consoles: Record<ConsoleName, ConsoleText> = {
    app: new ConsoleText(),
    net: new ConsoleText(),
  };
  readonly flash: FlashPicture;

  /** Called at once when flashes changed: for what draws by frames. */
  onFlash: (() => void) | null = null;

  private ledTimes: number[][] = [];
  private buttons: boolean[] = [];
  private net: CoreState = "unknown";
  private hadPower: boolean | null = null;
  private entries: BoardEntry[] = [];
  private nextEntry = 1;
  private cut: Cut | null = null;
  private cutBy: Cut["by"] = "board";
  private armed: FlashRegion | null = null;
  private isWaiting = false;
  private changed = { view: false, console: false, flash: false };

  /** It listens as long as there is a session: a panel comes and goes. */
  constructor(
    private readonly port: BoardPort,
    private readonly later: Later = laterByTimer,
    private readonly nowMs: () => number = () => performance.now(),
  ) {
    this.flash = new FlashPicture(port.flash);
    this.hadPower = port.power;
    this.buttons = [...port.buttons];
    for (const uart of ["app", "net"] as const) {
      this.consoles[uart].push(port.consoleBytes(uart));
      port.subscribeUart(uart, (bytes) => {
        this.consoles[uart].push(bytes);
        this.tell("console");
      });
    }
    port.subscribe((event) => this.take(event));
    port.subscribeStatus((change) => this.takeStatus(change));
    this.view = signal(this.snapshot());
  }

  setPower(on: boolean): void {
    this.cutBy = "person";
    this.attempt(() => this.port.setPower(on));
  }

  reset(): void {
    this.attempt(() => this.port.reset());
  }

  press(button: number, pressed: boolean): void {
    if ((this.buttons[button] ?? false) !== pressed) {
      this.attempt(() => {
        this.port.setButton(button, pressed);
        this.buttons[button] = pressed;
      });
      this.tell("view");
    }
  }

  /** Cuts the power when the next operation in this region has ended: the
   * board then is in the middle of what comes after it. null: never mind. */
  arm(region: FlashRegion | null): void {
    this.armed = region;
    this.tell("view");
  }

  /** A line, ended as a terminal's Enter key does. */
  async type(uart: ConsoleName, text: string): Promise<void> {
    try {
      await this.port.writeText(uart, `${text}\r`);
    } catch (error) {
      reportError(error, "The text was not sent");
    }
  }

  private attempt(command: () => void): void {
    try {
      command();
    } catch (error) {
      reportError(error);
    }
  }

  private take(event: BoardEvent): void {
    switch (event.type) {
      case "hello":
        this.armed = null;
        this.tell("flash");
        break;
      case "state":
        this.hadPower = event.power;
        this.buttons = [...this.port.buttons];
        this.tell("flash");
        break;
      case "led":
        this.takeLed(event.led);
        break;
      case "power":
        this.takePower(event.on);
        break;
      case "flash":
        this.takeFlash(event);
        return;
      case "note":
        this.takeNote(event);
        break;
      case "error":
        this.addEntry(event.text, true);
        break;
      case "uart":
        return;
    }
    this.tell("view");
  }

  private takeStatus(change: SessionChange): void {
    if (change.status === "ended") {
      this.hadPower = null;
      this.addEntry(change.why, true);
    }
    this.tell("view");
  }

  private takeLed(led: number): void {
    const times = this.ledTimes[led] ?? [];
    this.ledTimes[led] = [...times, this.port.timeUs].slice(-BLINK_CHANGES);
  }

  private takePower(on: boolean): void {
    if (this.hadPower !== false && !on) {
      // One of the past, told to a page that came later, has no operations.
      if (this.port.status === "ready") {
        this.takeCut();
      }
      this.addEntry("power: off", true);
    } else if (this.hadPower !== true && on) {
      this.cut = null;
      this.flash.clearTorn();
      this.tell("flash");
      this.net = "held";
      this.addEntry("power: on", false);
    }
    this.cutBy = "board";
    this.hadPower = on;
  }

  private takeCut(): void {
    const { timeUs } = this.port;
    const lastOps = [...this.flash.lastOps].sort((a, b) => a.endUs - b.endUs);
    const torn = lastOps.filter((op) => op.endUs >= timeUs);
    const done = lastOps.filter((op) => op.endUs < timeUs).slice(-CUT_OPS);
    this.cut = { timeUs, by: this.cutBy, done, torn };
    this.flash.setTorn(torn);
    this.tell("flash");
  }

  private takeFlash(event: BoardFlash): void {
    this.flash.takeOps(event, this.nowMs());
    const armed = this.armed;
    if (armed && event.ops.some((op) => this.isIn(armed, op.memory, op.off_bytes))) {
      this.armed = null;
      this.cutBy = "trigger";
      this.attempt(() => this.port.setPower(false));
      this.tell("view");
    }
    this.tell("flash");
  }

  private isIn(region: FlashRegion, memory: MemoryName, offBytes: number): boolean {
    return this.flash.regionOfOp({ memory, offBytes }) === region;
  }

  private takeNote(note: BoardNote): void {
    if (/^network core: starts/.test(note.text)) {
      this.net = "on";
    } else if (/^network core: held|^application core: reset/.test(note.text)) {
      // A reset of the application core holds the other until it is released.
      this.net = "held";
    }
    this.addEntry(note.text, BAD_NOTE.test(note.text));
  }

  private addEntry(text: string, isBad: boolean): void {
    const entry = { id: this.nextEntry, timeUs: this.port.timeUs, text, isBad };
    this.nextEntry += 1;
    this.entries = [...this.entries.slice(1 - ENTRIES_KEPT), entry];
  }

  private tell(what: keyof typeof this.changed): void {
    this.changed[what] = true;
    if (what === "flash") {
      this.onFlash?.();
    }
    if (!this.isWaiting) {
      this.isWaiting = true;
      this.later(() => this.show());
    }
  }

  private show(): void {
    const changed = this.changed;
    this.changed = { view: false, console: false, flash: false };
    this.isWaiting = false;
    if (changed.view) {
      this.view.value = this.snapshot();
    }
    if (changed.console) {
      this.consoleTick.value += 1;
    }
    if (changed.flash) {
      this.flashTick.value += 1;
    }
  }

  private snapshot(): BoardView {
    const { port } = this;
    const power = port.status === "ready" && port.power === true;
    return {
      timeUs: port.timeUs,
      power,
      leds: port.leds.map((isOn, led) => ({
        isOn: isOn && power,
        isBlinking: power && this.isBlinking(led),
      })),
      buttons: port.buttons.map((_, i) => this.buttons[i] ?? false),
      cores: { app: power ? "on" : "off", net: power ? this.net : "off" },
      entries: this.entries,
      cut: this.cut,
      armed: this.armed,
      status: port.status,
      why: port.why,
    };
  }

  private isBlinking(led: number): boolean {
    const times = this.ledTimes[led] ?? [];
    const sinceUs = this.port.timeUs - (times[0] ?? 0);
    return times.length === BLINK_CHANGES && sinceUs >= 0 && sinceUs < BLINK_WINDOW_US;
  }
}

const models = new WeakMap<BoardPort, BoardModel>();

/** The one model of a session. Ask for it early: it hears from then on. */
export function boardModelOf(session: BoardPort): BoardModel {
  const model = models.get(session) ?? new BoardModel(session);
  models.set(session, model);
  return model;
}
