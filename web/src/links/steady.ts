// SPDX-License-Identifier: MIT
// A WebSocket to `duoboot web` that is made again, every second, until it is
// no longer wanted.
import { closeWords, type MakeSocket } from "./socket";

const RETRY_MS = 1000;

export interface SteadyListener {
  /** A connection is being made. `why` tells how the one before ended; "": there
   * was none. */
  begun?(why: string): void;
  opened?(socket: WebSocket): void;
  message(data: unknown): void;
  /** It is gone, or could not be had; another is made in a second. `code` is
   * that of the close, `why` a sentence. */
  lost(code: number, why: string): void;
}

export class SteadySocket {
  #socket: WebSocket | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly url: string,
    private readonly make: MakeSocket,
    private readonly listener: SteadyListener,
  ) {}

  /** null: there is none, until the next try. It need not be open yet. */
  get socket(): WebSocket | null {
    return this.#socket;
  }

  start(): void {
    if (this.#socket === null && this.#timer === null) {
      this.#connect("");
    }
  }

  /** Nothing is told after this. */
  stop(): void {
    if (this.#timer !== null) {
      clearTimeout(this.#timer);
      this.#timer = null;
    }
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #connect(why: string): void {
    this.#timer = null;
    const socket = this.make(this.url);
    let wasOpen = false;
    this.#socket = socket;
    this.listener.begun?.(why);
    // A socket that was let go may still have something to say.
    const isOurs = () => socket === this.#socket;
    socket.onopen = () => {
      wasOpen = true;
      if (isOurs()) {
        this.listener.opened?.(socket);
      }
    };
    socket.onmessage = (event) => {
      if (isOurs()) {
        this.listener.message(event.data);
      }
    };
    socket.onclose = (event) => {
      if (isOurs()) {
        const lostWhy = closeWords(event, wasOpen);
        this.#socket = null;
        this.#timer = setTimeout(() => this.#connect(lostWhy), RETRY_MS);
        this.listener.lost(event.code, lostWhy);
      }
    };
  }
}
