// SPDX-License-Identifier: MIT
// SMP packets on a stream of bytes: in the lines of a console, between log and
// shell, or as they are, one after the other.
import { Assembler } from "../smp/assemble";
import { ConsoleDecoder, encodeConsole } from "../smp/console";
import type { ByteStream, Coding, Link } from "./link";

/** Longer answers are taken for noise; servers have a few KB. */
export const ANSWER_BYTES_MAX = 16384;
/** The device gives half a packet up after so long without a byte; so does
 * the assembler here. */
export const RAW_SILENCE_MS = 1000;

/** The stream belongs to the link from now on. */
export function streamLink(stream: ByteStream, coding: Coding): Link {
  return coding === "console" ? new ConsoleLink(stream) : new RawLink(stream);
}

/** What both have in common: the stream's life and the order of writes. */
abstract class StreamLink implements Link {
  readonly label: string;
  readonly id: string;
  readonly packetBytesMax = 0;
  readonly endsWithDevice = false;
  abstract readonly silenceMs: number;
  abstract readonly writeText: ((text: Uint8Array) => Promise<void>) | null;
  onPacket: Link["onPacket"] = null;
  onText: Link["onText"] = null;
  onClosed: Link["onClosed"] = null;
  #last: Promise<void> = Promise.resolve();

  constructor(protected readonly stream: ByteStream) {
    this.label = stream.label;
    this.id = stream.id;
  }

  get isOpen(): boolean {
    return this.stream.isOpen;
  }

  async open(): Promise<void> {
    if (this.stream.isOpen) {
      return;
    }
    // What was half read or still to be written is of another time.
    this.forget();
    this.#last = Promise.resolve();
    this.stream.onBytes = (bytes) => this.take(bytes);
    this.stream.onClosed = (why) => this.onClosed?.(why);
    await this.stream.open();
  }

  async close(): Promise<void> {
    await this.stream.close();
    this.forget();
  }

  abstract send(packet: Uint8Array): Promise<void>;
  /** Bytes came. */
  protected abstract take(bytes: Uint8Array): void;
  /** Drop what is half read. */
  protected abstract forget(): void;

  /** Whole writes, one after the other: nothing comes between the lines of a
   * packet. */
  protected write(bytes: Uint8Array): Promise<void> {
    const written = this.#last.then(() => this.stream.write(bytes));
    this.#last = written.catch(() => undefined);
    return written;
  }
}

class ConsoleLink extends StreamLink {
  readonly silenceMs = 0;
  readonly writeText = (text: Uint8Array): Promise<void> => this.write(text);
  readonly #decoder = new ConsoleDecoder();

  constructor(stream: ByteStream) {
    super(stream);
    this.#decoder.onPacket = (packet) => this.onPacket?.(packet);
    this.#decoder.onText = (text) => this.onText?.(text);
  }

  send(packet: Uint8Array): Promise<void> {
    return this.write(encodeConsole(packet));
  }

  protected take(bytes: Uint8Array): void {
    this.#decoder.push(bytes);
  }

  protected forget(): void {
    this.#decoder.reset();
  }
}

class RawLink extends StreamLink {
  readonly silenceMs = RAW_SILENCE_MS;
  readonly writeText = null;
  readonly #assembler = new Assembler(ANSWER_BYTES_MAX);

  send(packet: Uint8Array): Promise<void> {
    return this.write(packet);
  }

  protected take(bytes: Uint8Array): void {
    for (const packet of this.#assembler.push(bytes)) {
      this.onPacket?.(packet);
    }
  }

  protected forget(): void {
    this.#assembler.reset();
  }
}
