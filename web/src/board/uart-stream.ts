// SPDX-License-Identifier: MIT
// A UART of the virtual board as a port. It behaves as an adapter that is
// plugged into the board: it stays when the board's power is cut, and bytes
// for a board without power are lost.
import { type ByteStream, LinkError } from "../links/link";
import type { UartName } from "./protocol";
import type { BoardSession } from "./session";

/** A page that was reloaded connects to relay and board at the same time. */
const READY_MS = 5000;

const TITLES: Record<UartName, string> = {
  app: "Virtual board, console (UART0)",
  net: "Virtual board, network core's console",
  link: "Virtual board, link (UART1)",
};

export class UartStream implements ByteStream {
  readonly label: string;
  readonly id: string;
  onBytes: ByteStream["onBytes"] = null;
  onClosed: ByteStream["onClosed"] = null;
  #unsubscribe: (() => void) | null = null;

  constructor(
    private readonly session: BoardSession,
    private readonly uart: UartName,
  ) {
    this.label = TITLES[uart];
    this.id = `board:${uart}`;
  }

  get isOpen(): boolean {
    return this.#unsubscribe !== null;
  }

  /** A board without power is told at once: nothing would answer. */
  async open(): Promise<void> {
    if (this.isOpen) {
      return;
    }
    await this.#ready();
    if (this.session.power === false) {
      throw new LinkError("The virtual board has no power. Switch it on, then connect again.");
    }
    const offBytes = this.session.subscribeUart(this.uart, (bytes) => this.onBytes?.(bytes));
    const offStatus = this.session.subscribeStatus(({ status, why }) => {
      if (status !== "ready") {
        this.#close();
        this.onClosed?.(why || "The virtual board was disconnected.");
      }
    });
    this.#unsubscribe = () => {
      offBytes();
      offStatus();
    };
  }

  async close(): Promise<void> {
    this.#close();
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (!this.isOpen) {
      throw new LinkError(`${this.label} is not connected.`);
    }
    await this.session.writeBytes(this.uart, bytes);
  }

  #close(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = null;
  }

  /** Resolves when the board has answered; rejects if it does not. */
  #ready(): Promise<void> {
    const { session } = this;
    if (session.status === "ready") {
      return Promise.resolve();
    }
    if (session.status !== "connecting") {
      return Promise.reject(new LinkError(session.why || "The virtual board is not connected."));
    }
    return new Promise((resolve, reject) => {
      const end = (error: LinkError | null) => {
        clearTimeout(timer);
        off();
        if (error === null) {
          resolve();
        } else {
          reject(error);
        }
      };
      const late = () =>
        end(
          new LinkError(
            session.why || "The virtual board does not answer. Is `duoboot web` running?",
          ),
        );
      const timer = setTimeout(late, READY_MS);
      const off = session.subscribeStatus(({ status, why }) => {
        if (status === "ready") {
          end(null);
        } else if (status !== "connecting") {
          end(new LinkError(why || "The virtual board is not connected."));
        }
      });
    });
  }
}
