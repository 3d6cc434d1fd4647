// SPDX-License-Identifier: MIT
// The links that `duoboot web` relays: which there are, and each as a stream
// or, for datagrams, as a link.
import { printable } from "../lib/bytes";
import { type ByteStream, type Link, LinkError } from "./link";
import {
  RELAY_CLOSE,
  RELAY_MESSAGE_BYTES_MAX,
  type RelayLinkOffer,
  type RelayOffer,
} from "./relay-protocol";
import {
  closeWords,
  drained,
  type MakeSocket,
  makeSocket,
  sleep,
  WAITING_BYTES_MAX,
} from "./socket";
import { SteadySocket } from "./steady";
import { streamLink } from "./stream";
import { type RelayAddress, relayUrl } from "./token";

/** A port may take a while; more than that is no answer. */
const OPEN_MS = 10_000;
/** After a reload the page before may hold the link for another moment. */
const BUSY_TRIES = 4;
const BUSY_PAUSE_MS = 500;
/** An IPv4 datagram in an Ethernet frame. */
const DATAGRAM_BYTES_MAX = 1472;
/** Small enough that a slow port does not wait behind one message. */
const MESSAGE_BYTES = Math.min(16384, RELAY_MESSAGE_BYTES_MAX);
const LINKS_MAX = 256;
const TEXT_CHARS_MAX = 1024;

/** Watches what can be connected to, and connects again when it is lost. */
export class RelayOffers {
  /** Also when the links change. */
  onOffer: ((offer: RelayOffer) => void) | null = null;
  /** Once when the connection is lost or cannot be had; it is tried again. */
  onGone: ((why: string) => void) | null = null;
  #offer: RelayOffer | null = null;
  #hasToldGone = false;
  readonly #steady: SteadySocket;

  constructor(address: RelayAddress, make: MakeSocket = makeSocket) {
    this.#steady = new SteadySocket(relayUrl(address, { to: "offer" }), make, {
      message: (data) => this.#take(data),
      lost: (_code, why) => this.#lost(why),
    });
  }

  /** The latest; null: not connected. */
  get offer(): RelayOffer | null {
    return this.#offer;
  }

  start(): void {
    this.#steady.start();
  }

  stop(): void {
    this.#steady.stop();
    this.#offer = null;
    this.#hasToldGone = false;
  }

  #take(data: unknown): void {
    const offer = parseOffer(data);
    if (offer !== null) {
      this.#offer = offer;
      this.#hasToldGone = false;
      this.onOffer?.(offer);
    }
  }

  #lost(why: string): void {
    this.#offer = null;
    if (!this.#hasToldGone) {
      this.#hasToldGone = true;
      this.onGone?.(why);
    }
  }
}

/** null: it is no offer. Links that are not as they should be are left out. */
export function parseOffer(data: unknown): RelayOffer | null {
  const value = parseObject(data);
  if (value?.type !== "offer" || !Array.isArray(value.links)) {
    return null;
  }
  const links = value.links
    .slice(0, LINKS_MAX)
    .map(parseLinkOffer)
    .filter((link) => link !== null);
  const board = value.board;
  return {
    type: "offer",
    version: shown(value.version),
    board: typeof board === "string" ? shown(board) : null,
    links,
  };
}

function parseLinkOffer(value: unknown): RelayLinkOffer | null {
  if (typeof value !== "object" || value === null) {
    return null;
  }
  const { url, coding, title } = value as Partial<Record<keyof RelayLinkOffer, unknown>>;
  if (typeof url !== "string" || url === "" || url.length > TEXT_CHARS_MAX || !isCoding(coding)) {
    return null;
  }
  return { url, coding, title: shown(title) || shown(url) };
}

function isCoding(value: unknown): value is RelayLinkOffer["coding"] {
  return value === "console" || value === "raw" || value === "datagram";
}

function shown(value: unknown): string {
  return typeof value === "string" ? printable(value.slice(0, TEXT_CHARS_MAX)) : "";
}

function parseObject(data: unknown): Record<string, unknown> | null {
  if (typeof data !== "string") {
    return null;
  }
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** One offered link as bytes. A message is never split or joined on the way,
 * so it carries datagrams as well. */
export function relayStream(
  address: RelayAddress,
  offer: RelayLinkOffer,
  make: MakeSocket = makeSocket,
): ByteStream {
  return new RelayStream(address, offer, make);
}

/** One offered link, however packets are written on it. */
export function relayLink(
  address: RelayAddress,
  offer: RelayLinkOffer,
  make: MakeSocket = makeSocket,
): Link {
  const stream = relayStream(address, offer, make);
  return offer.coding === "datagram" ? new DatagramLink(stream) : streamLink(stream, offer.coding);
}

class BusyError extends LinkError {}

class RelayStream implements ByteStream {
  readonly label: string;
  readonly id: string;
  onBytes: ByteStream["onBytes"] = null;
  onClosed: ByteStream["onClosed"] = null;
  #socket: WebSocket | null = null;
  #isOpen = false;
  /** Ends the attempt that is under way. */
  #giveUp: ((error: LinkError) => void) | null = null;
  #opening = 0;

  constructor(
    private readonly address: RelayAddress,
    private readonly offer: RelayLinkOffer,
    private readonly make: MakeSocket,
  ) {
    this.label = offer.title;
    this.id = `relay:${offer.url}`;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  async open(): Promise<void> {
    if (this.#isOpen) {
      return;
    }
    await this.close();
    const opening = this.#opening;
    for (let tries = 1; ; tries++) {
      try {
        return await this.#connect();
      } catch (error) {
        if (!(error instanceof BusyError) || tries === BUSY_TRIES) {
          throw error;
        }
        await sleep(BUSY_PAUSE_MS);
        if (opening !== this.#opening) {
          throw new LinkError("The connection was closed while it was being opened.");
        }
      }
    }
  }

  async close(): Promise<void> {
    this.#opening++;
    const socket = this.#socket;
    this.#socket = null;
    this.#isOpen = false;
    this.#giveUp?.(new LinkError("The connection was closed while it was being opened."));
    socket?.close();
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let off = 0; off < bytes.length; off += MESSAGE_BYTES) {
      const socket = this.#socket;
      if (socket === null || !this.#isOpen) {
        throw new LinkError(`${this.label} is not connected.`);
      }
      socket.send(bytes.slice(off, off + MESSAGE_BYTES));
      await drained(socket, WAITING_BYTES_MAX);
    }
  }

  #connect(): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = this.make(relayUrl(this.address, { to: "link", url: this.offer.url }));
      const timer = setTimeout(
        () => fail(new LinkError("The port was not opened in time.")),
        OPEN_MS,
      );
      let wasOpen = false;
      const settle = () => {
        clearTimeout(timer);
        if (this.#giveUp === fail) {
          this.#giveUp = null;
        }
      };
      const fail = (error: LinkError) => {
        settle();
        this.#drop(socket);
        reject(error);
      };
      this.#socket = socket;
      this.#giveUp = fail;
      socket.binaryType = "arraybuffer";
      socket.onopen = () => {
        wasOpen = true;
      };
      socket.onmessage = (event) => {
        if (this.#isFirst(socket, event.data)) {
          settle();
          this.#isOpen = true;
          resolve();
        } else {
          this.#take(socket, event.data);
        }
      };
      socket.onclose = (event) => {
        const why = closeWords(event, wasOpen);
        if (this.#isOpen) {
          this.#closed(socket, why);
        } else {
          fail(event.code === RELAY_CLOSE.busy ? new BusyError(why) : new LinkError(why));
        }
      };
    });
  }

  /** "open", before anything else. */
  #isFirst(socket: WebSocket, data: unknown): boolean {
    return socket === this.#socket && !this.#isOpen && parseObject(data)?.type === "open";
  }

  /** Bytes before the port is open, and texts after, are not of this protocol
   * and are dropped. */
  #take(socket: WebSocket, data: unknown): void {
    if (socket === this.#socket && this.#isOpen && data instanceof ArrayBuffer) {
      this.onBytes?.(new Uint8Array(data));
    }
  }

  #drop(socket: WebSocket): void {
    if (this.#socket === socket) {
      this.#socket = null;
    }
    socket.close();
  }

  #closed(socket: WebSocket, why: string): void {
    if (socket === this.#socket) {
      this.#socket = null;
      this.#isOpen = false;
      this.onClosed?.(why);
    }
  }
}

/** Each message is one packet. */
class DatagramLink implements Link {
  readonly label: string;
  readonly id: string;
  readonly packetBytesMax = DATAGRAM_BYTES_MAX;
  readonly endsWithDevice = false;
  readonly silenceMs = 0;
  readonly writeText = null;
  onPacket: Link["onPacket"] = null;
  onText: Link["onText"] = null;
  onClosed: Link["onClosed"] = null;

  constructor(private readonly stream: ByteStream) {
    this.label = stream.label;
    this.id = stream.id;
    stream.onBytes = (packet) => this.onPacket?.(packet);
    stream.onClosed = (why) => this.onClosed?.(why);
  }

  get isOpen(): boolean {
    return this.stream.isOpen;
  }

  open(): Promise<void> {
    return this.stream.open();
  }

  close(): Promise<void> {
    return this.stream.close();
  }

  async send(packet: Uint8Array): Promise<void> {
    if (packet.length > DATAGRAM_BYTES_MAX) {
      throw new LinkError(
        `A packet of ${packet.length} bytes does not fit into a datagram of ${DATAGRAM_BYTES_MAX}.`,
      );
    }
    await this.stream.write(packet);
  }
}
