// SPDX-License-Identifier: MIT
// What carries whole SMP packets to a device, and what carries bytes.

/** Carries whole SMP packets. One at a time is open on a device. */
export interface Link {
  /** For people: "Virtual board, console", "Thingy (Bluetooth)". */
  readonly label: string;
  /** Names it in saved state: "board:app", "relay:serial:/dev/ttyACM0". */
  readonly id: string;
  /** Longer packets cannot be sent; 0: no limit. */
  readonly packetBytesMax: number;
  /**
   * True: a reset of the device closes the link (Bluetooth, USB). False: the
   * port stays (a UART, UDP); only questions tell that the device is away.
   */
  readonly endsWithDevice: boolean;
  /**
   * Not 0: packets have no marks here, so the device may hold half of one. It
   * gives that up after so long without a byte: wait for that before asking
   * again.
   */
  readonly silenceMs: number;
  readonly isOpen: boolean;
  /** Connect; also again after it was closed. Rejects with LinkError. */
  open(): Promise<void>;
  /** Harmless if it is not open. onClosed is not called for it. */
  close(): Promise<void>;
  /** The packet is on its way when this resolves, not more. */
  send(packet: Uint8Array): Promise<void>;
  /** Bytes for the shell behind a console; null: there is none. */
  readonly writeText: ((text: Uint8Array) => Promise<void>) | null;
  onPacket: ((packet: Uint8Array) => void) | null;
  /** Console bytes that are no frames: log and shell. */
  onText: ((text: Uint8Array) => void) | null;
  /** The peer or the port is gone; `why` is a sentence. */
  onClosed: ((why: string) => void) | null;
}

/** Carries bytes: a serial port, a UART of the virtual board. */
export interface ByteStream {
  readonly label: string;
  readonly id: string;
  readonly isOpen: boolean;
  open(): Promise<void>;
  close(): Promise<void>;
  /** Resolves when the next write may follow (back-pressure). */
  write(bytes: Uint8Array): Promise<void>;
  onBytes: ((bytes: Uint8Array) => void) | null;
  onClosed: ((why: string) => void) | null;
}

/** How packets are written on a ByteStream. */
export type Coding = "console" | "raw";

/** The link cannot be opened or used; the message is a sentence for people. */
export class LinkError extends Error {
  override name = "LinkError";
}

/** The person closed the browser's list without a choice: no error to show. */
export class NothingChosen extends LinkError {
  override name = "NothingChosen";
}
