// SPDX-License-Identifier: MIT
// The virtual board behind `duoboot web`: what it tells, kept for views that
// come later, and what it can be told. Connects again when it is lost.
import { concat, fromBase64, toBase64, utf8 } from "../lib/bytes";
import { type ByteStream, LinkError } from "../links/link";
import { RELAY_CLOSE } from "../links/relay-protocol";
import {
  drained,
  type MakeSocket,
  makeSocket,
  SOCKET_OPEN,
  WAITING_BYTES_MAX,
} from "../links/socket";
import { SteadySocket } from "../links/steady";
import { type RelayAddress, relayUrl } from "../links/token";
import { parseBoardEvent } from "./check";
import { FlashMap } from "./flashmap";
import { Listeners } from "./listeners";
import type {
  BoardCommand,
  BoardEvent,
  BoardHello,
  BoardNote,
  BoardPower,
  BoardUart,
  UartName,
} from "./protocol";
import { UartStream } from "./uart-stream";

/** What is kept of each UART, the latest. */
export const CONSOLE_BYTES_MAX = 65536;
/** More than a server keeps for a page that comes later. */
const PAST_EVENTS_MAX = 20_000;
/** Of a UART in one message. */
const WRITE_BYTES = 2048;

/**
 * - "off": not started, or stopped.
 * - "connecting": for the first time, or again; `why` tells what was lost.
 * - "ready": the board has said what it is and how it is.
 * - "ended": its run is over; a new one is waited for.
 */
export type SessionStatus = "off" | "connecting" | "ready" | "ended";

export interface SessionChange {
  status: SessionStatus;
  /** A sentence; "" if there is nothing to say. */
  why: string;
}

export class BoardSession {
  readonly flash = new FlashMap();
  #change: SessionChange = { status: "off", why: "" };
  #hello: BoardHello | null = null;
  #timeUs = 0;
  #power: boolean | null = null;
  #leds: boolean[] = [];
  #buttons: boolean[] = [];
  #strangeCount = 0;
  /** Of this connection, until its first state; null after it. */
  #past: PastEvent[] | null = [];
  /** Of this run: the time of the last of each kind that was told. */
  readonly #toldUs = new Map<string, number>();
  /** The clock when this connection was begun, as an earlier one told it. */
  #lostUs = 0;
  readonly #steady: SteadySocket;
  readonly #events = new Listeners<BoardEvent>();
  readonly #changes = new Listeners<SessionChange>();
  readonly #uarts: Record<UartName, KeptUart> = {
    app: new KeptUart(),
    net: new KeptUart(),
    link: new KeptUart(),
  };

  constructor(address: RelayAddress, make: MakeSocket = makeSocket) {
    this.#steady = new SteadySocket(relayUrl(address, { to: "board" }), make, {
      begun: (why) => this.#begun(why),
      opened: (socket) => this.#opened(socket),
      message: (data) => this.#take(data),
      lost: (code, why) => this.#lost(code === RELAY_CLOSE.ended, why),
    });
  }

  get status(): SessionStatus {
    return this.#change.status;
  }

  get why(): string {
    return this.#change.why;
  }

  /** null: it was never connected. */
  get hello(): BoardHello | null {
    return this.#hello;
  }

  /** The virtual clock, as last told. */
  get timeUs(): number {
    return this.#timeUs;
  }

  /** null: not known yet. */
  get power(): boolean | null {
    return this.#power;
  }

  get leds(): readonly boolean[] {
    return this.#leds;
  }

  /** As this page and others hold them. */
  get buttons(): readonly boolean[] {
    return this.#buttons;
  }

  /** Messages that were not of the protocol, and were dropped. */
  get strangeCount(): number {
    return this.#strangeCount;
  }

  /** Every message that is right, after this object's state follows it. */
  subscribe(listener: (event: BoardEvent) => void): () => void {
    return this.#events.add(listener);
  }

  subscribeStatus(listener: (change: SessionChange) => void): () => void {
    return this.#changes.add(listener);
  }

  /** Bytes of one UART, from now on. */
  subscribeUart(uart: UartName, listener: (bytes: Uint8Array) => void): () => void {
    return this.#uarts[uart].listeners.add(listener);
  }

  /** The latest of what a UART printed. */
  consoleBytes(uart: UartName): Uint8Array {
    return this.#uarts[uart].bytes();
  }

  start(): void {
    this.#steady.start();
  }

  stop(): void {
    this.#steady.stop();
    this.#tell("off", "");
  }

  /** Off: now, in the middle of whatever is under way. */
  setPower(on: boolean): void {
    this.#command({ type: "power", on });
  }

  setButton(button: number, pressed: boolean): void {
    this.#command({ type: "button", button, pressed });
  }

  /** The reset pin. */
  reset(): void {
    this.#command({ type: "reset" });
  }

  /** Ask for all that changes; the answer comes as an event. */
  refresh(): void {
    this.#command({ type: "state" });
  }

  writeText(uart: UartName, text: string): Promise<void> {
    return this.writeBytes(uart, utf8.encode(text));
  }

  /** Resolves when the next write may follow. */
  async writeBytes(uart: UartName, bytes: Uint8Array): Promise<void> {
    for (let off = 0; off < bytes.length; off += WRITE_BYTES) {
      const data = toBase64(bytes.subarray(off, off + WRITE_BYTES));
      await drained(this.#command({ type: "uart", uart, data }), WAITING_BYTES_MAX);
    }
  }

  /** A UART as a port of its own; there may be several of the same. */
  uartStream(uart: UartName): ByteStream {
    return new UartStream(this, uart);
  }

  #command(command: BoardCommand): WebSocket {
    const { socket } = this.#steady;
    if (socket === null || this.status !== "ready" || socket.readyState !== SOCKET_OPEN) {
      throw new LinkError(this.why || "The virtual board is not connected.");
    }
    socket.send(JSON.stringify(command));
    return socket;
  }

  #begun(why: string): void {
    this.#past = [];
    this.#lostUs = this.#timeUs;
    // One that has ended stays so until a new one answers.
    if (this.status !== "ended") {
      this.#tell("connecting", why);
    }
  }

  /** A board that already runs does not begin anew for this page. */
  #opened(socket: WebSocket): void {
    socket.send(JSON.stringify({ type: "hello" } satisfies BoardCommand));
    socket.send(JSON.stringify({ type: "state" } satisfies BoardCommand));
  }

  #lost(isEnd: boolean, why: string): void {
    if (isEnd || this.status === "ended") {
      this.#tell("ended", this.status === "ended" ? this.why : why);
    } else {
      this.#tell("connecting", why);
    }
  }

  #take(data: unknown): void {
    const event = parseBoardEvent(data);
    // A board says what it is before anything else.
    if (event === null || (this.#hello === null && event.type !== "hello")) {
      this.#strangeCount++;
      return;
    }
    if (this.#past !== null && isPast(event)) {
      this.#past.push(event);
      // A server that never tells a state must not fill the memory.
      if (this.#past.length > PAST_EVENTS_MAX) {
        this.#past.shift();
      }
      return;
    }
    if (event.type === "state") {
      this.#catchUp(event.time_us);
    }
    this.#tellEvent(event);
    if (event.type === "state") {
      this.#tell("ready", "");
    }
  }

  #tellEvent(event: BoardEvent): void {
    if (isPast(event)) {
      this.#toldUs.set(kindOf(event), event.time_us);
    }
    this.#follow(event);
    this.#events.tell(event);
  }

  /** What was before this state, without what an earlier connection told. The
   * clock of a run never goes back: if it did, this is another run. */
  #catchUp(stateUs: number): void {
    const past = this.#past ?? [];
    this.#past = null;
    if (stateUs < this.#lostUs) {
      this.#toldUs.clear();
    }
    // A copy: of those that are told now, two of a kind may have the same time.
    const toldUs = new Map(this.#toldUs);
    for (const event of past) {
      if (event.time_us > (toldUs.get(kindOf(event)) ?? -1)) {
        this.#tellEvent(event);
      }
    }
  }

  #follow(event: BoardEvent): void {
    this.flash.apply(event);
    if ("time_us" in event) {
      this.#timeUs = event.time_us;
    }
    switch (event.type) {
      case "hello":
        this.#meet(event);
        break;
      case "state":
        this.#power = event.power;
        this.#leds = sized(event.leds, this.#hello?.led_count ?? 0);
        this.#buttons = sized(event.buttons, this.#hello?.button_count ?? 0);
        break;
      case "led":
        this.#leds = this.#leds.map((on, led) => (led === event.led ? event.on : on));
        break;
      case "power":
        this.#power = event.on;
        break;
      case "uart":
        this.#print(event);
        break;
      case "end":
        this.#tell("ended", event.text || "The virtual board has ended.");
        break;
    }
  }

  #meet(hello: BoardHello): void {
    this.#hello = hello;
    this.#leds = sized(this.#leds, hello.led_count);
    this.#buttons = sized(this.#buttons, hello.button_count);
  }

  #print(event: BoardUart): void {
    const bytes = fromBase64(event.data);
    if (bytes === null) {
      this.#strangeCount++;
      return;
    }
    const uart = this.#uarts[event.uart];
    uart.keep(bytes);
    uart.listeners.tell(bytes);
  }

  #tell(status: SessionStatus, why: string): void {
    if (status === "ended") {
      this.#toldUs.clear();
    }
    if (status !== this.#change.status || why !== this.#change.why) {
      this.#change = { status, why };
      this.#changes.tell(this.#change);
    }
  }
}

/** Events that a server keeps. */
type PastEvent = BoardUart | BoardNote | BoardPower;

function isPast(event: BoardEvent): event is PastEvent {
  return event.type === "uart" || event.type === "note" || event.type === "power";
}

function kindOf(event: PastEvent): string {
  return event.type === "uart" ? event.uart : event.type;
}

/** The latest bytes of a UART, and who hears of new ones. */
class KeptUart {
  readonly listeners = new Listeners<Uint8Array>();
  #parts: Uint8Array[] = [];
  #totalBytes = 0;

  keep(bytes: Uint8Array): void {
    this.#parts.push(bytes.slice(-CONSOLE_BYTES_MAX));
    this.#totalBytes += Math.min(bytes.length, CONSOLE_BYTES_MAX);
    // Put together now and then, not at every byte.
    if (this.#totalBytes > 2 * CONSOLE_BYTES_MAX || this.#parts.length > 1024) {
      const whole = this.bytes();
      this.#parts = [whole];
      this.#totalBytes = whole.length;
    }
  }

  bytes(): Uint8Array {
    return concat(...this.#parts).slice(-CONSOLE_BYTES_MAX);
  }
}

/** As many as there are; those that were not told are off. */
function sized(states: readonly boolean[], count: number): boolean[] {
  return Array.from({ length: count }, (_, i) => states[i] ?? false);
}
