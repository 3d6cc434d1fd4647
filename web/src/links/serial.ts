// SPDX-License-Identifier: MIT
// A serial port by Web Serial. Noise on the line does not end it; a port that
// is pulled out does, and can be opened again when it is back.
import { type ByteStream, type Coding, type Link, LinkError, NothingChosen } from "./link";
import { sleep } from "./socket";
import { streamLink } from "./stream";

export const BAUD_RATES = [115200, 230400, 460800, 921600, 1000000] as const;

export interface SerialSetup {
  baudRate: number;
  coding: Coding;
}

export const SERIAL_DEFAULT: SerialSetup = { baudRate: 115200, coding: "console" };

/** The browser's own 255 bytes overflow while a page draws. */
const BUFFER_BYTES = 65536;
/** A line that has nothing but errors is not read in a tight loop. */
const ERROR_PAUSE_MS = 10;

const VENDORS: Record<number, string> = {
  1027: "FTDI",
  1659: "Prolific",
  3368: "Arm DAPLink",
  4292: "Silicon Labs",
  4966: "SEGGER J-Link",
  6421: "Nordic Semiconductor",
  6790: "WCH",
  12259: "Zephyr",
};

/** Opens the browser's list: call it from a click. */
export async function requestSerial(serial: Serial = navigator.serial): Promise<SerialPort> {
  try {
    return await serial.requestPort();
  } catch (error) {
    if (nameOf(error) === "NotFoundError") {
      throw new NothingChosen("No serial port was chosen.");
    }
    if (nameOf(error) === "SecurityError") {
      throw new LinkError("The browser does not allow serial ports on this page.");
    }
    throw new LinkError(`The browser's list of ports could not be shown (${String(error)}).`);
  }
}

export function serialLink(port: SerialPort, setup: SerialSetup): Link {
  return streamLink(serialStream(port, setup), setup.coding);
}

export function serialStream(port: SerialPort, setup: SerialSetup): ByteStream {
  return new SerialStream(port, setup);
}

/** What a link's id begins with: the kind of adapter, if the browser tells. */
export function serialName(port: SerialPort): string {
  const { usbVendorId, usbProductId } = port.getInfo();
  return `serial:${hex(usbVendorId)}:${hex(usbProductId)}`;
}

/** For people. */
export function serialTitle(port: SerialPort): string {
  const { usbVendorId } = port.getInfo();
  if (usbVendorId === undefined) {
    return "Serial port";
  }
  return `Serial port (${VENDORS[usbVendorId] ?? `USB vendor ${hex(usbVendorId)}`})`;
}

class SerialStream implements ByteStream {
  readonly label: string;
  readonly id: string;
  onBytes: ByteStream["onBytes"] = null;
  onClosed: ByteStream["onClosed"] = null;
  #isOpen = false;
  #reader: ReadableStreamDefaultReader<Uint8Array> | null = null;
  #writer: WritableStreamDefaultWriter<Uint8Array> | null = null;
  #lastWrite: Promise<void> = Promise.resolve();
  /** The loop that reads; resolves when it has ended. */
  #loop: Promise<void> = Promise.resolve();

  constructor(
    private readonly port: SerialPort,
    private readonly setup: SerialSetup,
  ) {
    const raw = setup.coding === "raw" ? ", raw" : "";
    this.label = `${serialTitle(port)}, ${setup.baudRate} baud${raw}`;
    this.id = `${serialName(port)}:${setup.baudRate}:${setup.coding}`;
    port.addEventListener("disconnect", () => this.#lost());
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  async open(): Promise<void> {
    if (this.#isOpen) {
      return;
    }
    // One that was pulled out is still closing.
    await this.#loop;
    try {
      await this.port.open({ baudRate: this.setup.baudRate, bufferSize: BUFFER_BYTES });
    } catch (error) {
      throw this.#cannotOpen(error);
    }
    this.#isOpen = true;
    this.#loop = this.#read();
  }

  async close(): Promise<void> {
    this.#isOpen = false;
    // A reader that failed cannot be cancelled, and needs not be.
    await this.#reader?.cancel().catch(() => undefined);
    await this.#loop;
  }

  write(bytes: Uint8Array): Promise<void> {
    const written = this.#lastWrite.then(() => this.#write(bytes));
    this.#lastWrite = written.catch(() => undefined);
    return written;
  }

  async #write(bytes: Uint8Array): Promise<void> {
    const { writable } = this.port;
    if (!this.#isOpen || writable === null) {
      throw new LinkError(`${this.label} is not open.`);
    }
    const writer = writable.getWriter();
    this.#writer = writer;
    try {
      await writer.ready;
      await writer.write(bytes.slice());
    } catch (error) {
      throw new LinkError(`Nothing can be written to ${this.label} (${String(error)}).`);
    } finally {
      this.#writer = null;
      writer.releaseLock();
    }
  }

  /** Reads until the port is closed here or gone, and closes it then. */
  async #read(): Promise<void> {
    // After a break, a framing error or an overrun the port has a new stream;
    // after an error that is fatal it has none.
    while (this.#isOpen && this.port.readable !== null) {
      const reader = this.port.readable.getReader();
      this.#reader = reader;
      const isNoise = await this.#readUntilError(reader);
      this.#reader = null;
      reader.releaseLock();
      if (isNoise) {
        await sleep(ERROR_PAUSE_MS);
      }
    }
    // A port that is gone has to be closed as well, before it opens again; and
    // none closes while something writes to it.
    this.#lost();
    await this.#writer?.abort().catch(() => undefined);
    await this.#lastWrite;
    await this.port.close().catch(() => undefined);
  }

  /** True: an error. False: cancelled, or the end. */
  async #readUntilError(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<boolean> {
    for (;;) {
      let result: ReadableStreamReadResult<Uint8Array>;
      try {
        result = await reader.read();
      } catch {
        return true;
      }
      if (result.done) {
        return false;
      }
      if (this.#isOpen) {
        this.onBytes?.(result.value);
      }
    }
  }

  #lost(): void {
    if (this.#isOpen) {
      this.#isOpen = false;
      this.onClosed?.(`${this.label} is gone: it was pulled out, or the device restarts.`);
    }
  }

  #cannotOpen(error: unknown): LinkError {
    if (nameOf(error) === "InvalidStateError") {
      return new LinkError(`${this.label} is open already, elsewhere on this page.`);
    }
    return new LinkError(
      `${this.label} cannot be opened. Another program or tab may have it, it may be unplugged, or you may lack the right to use it (${String(error)}).`,
    );
  }
}

function hex(id: number | undefined): string {
  return id === undefined ? "-" : id.toString(16).padStart(4, "0");
}

function nameOf(error: unknown): string {
  return error instanceof Error || error instanceof DOMException ? error.name : "";
}
