// SPDX-License-Identifier: MIT
// What a browser has and Node has not: WebSocket, Web Bluetooth, Web Serial.
// Each behaves as the real one does where a link depends on it.
import type { MakeSocket } from "../../src/links/socket";

/** Lets everything happen that waits for nothing but promises. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 50; i++) {
    await Promise.resolve();
  }
}

export class FakeSocket {
  binaryType = "blob";
  readyState = 0;
  bufferedAmount = 0;
  /** What send() leaves in bufferedAmount until drain(). */
  keepsBytes = false;
  readonly sent: (string | Uint8Array)[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;

  constructor(readonly url: string) {}

  send(data: string | Uint8Array): void {
    if (this.readyState !== 1) {
      throw new DOMException("not open", "InvalidStateError");
    }
    this.sent.push(data);
    this.bufferedAmount += this.keepsBytes ? data.length : 0;
  }

  close(): void {
    if (this.readyState < 2) {
      this.readyState = 2;
      setTimeout(() => this.end(1005, ""), 0);
    }
  }

  accept(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  say(value: unknown): void {
    this.onmessage?.({ data: typeof value === "string" ? value : JSON.stringify(value) });
  }

  bytes(...bytes: number[]): void {
    this.onmessage?.({ data: Uint8Array.from(bytes).buffer });
  }

  end(code: number, reason: string): void {
    this.readyState = 3;
    this.onclose?.({ code, reason });
  }

  get query(): URLSearchParams {
    return new URL(this.url).searchParams;
  }
}

/** Makes sockets and remembers them. */
export function socketMaker(): { make: MakeSocket; all: FakeSocket[]; last(): FakeSocket } {
  const all: FakeSocket[] = [];
  return {
    all,
    make: (url) => {
      const socket = new FakeSocket(url);
      all.push(socket);
      return socket as unknown as WebSocket;
    },
    last: () => {
      const socket = all.at(-1);
      if (socket === undefined) {
        throw new Error("no socket was made");
      }
      return socket;
    },
  };
}

/** An SMP packet, a request unless `op` says otherwise. */
export function packet(payloadBytes: number, sequence = 7, op = 0): Uint8Array {
  const bytes = new Uint8Array(8 + payloadBytes).fill(0x55, 8);
  bytes.set([8 | op, 0, payloadBytes >> 8, payloadBytes & 255, 0, 1, sequence, 0]);
  return bytes;
}

/** An SMP server behind a characteristic, and the radio in between. */
export class FakePeripheral extends EventTarget {
  mtu = 23;
  /** How a system takes a write that is longer than the MTU allows. */
  tooLong: "refused" | "cut" = "refused";
  /** Answers params with it; null: it does not know the command. */
  bufBytes: number | null = 2475;
  isSilent = false;
  hasService = true;
  connectErrors = 0;
  busyWrites = 0;
  /** The n-th write from now fails, at any length; 0: none. */
  failingWrite = 0;
  subscribeCount = 0;
  connectCount = 0;
  readonly requests: Uint8Array[] = [];
  readonly writeBytes: number[] = [];
  value: DataView | undefined;
  #half: number[] = [];
  #isWriting = false;
  readonly device: EventTarget & { gatt: FakeGatt; id: string; name: string };

  constructor() {
    super();
    const gatt = new FakeGatt(this);
    this.device = Object.assign(new EventTarget(), { gatt, id: "thing-1", name: "Thing" });
  }

  /** What a link is made of. */
  asDevice(): BluetoothDevice {
    return this.device as unknown as BluetoothDevice;
  }

  async startNotifications(): Promise<this> {
    this.subscribeCount++;
    return this;
  }

  async stopNotifications(): Promise<this> {
    this.#half = [];
    return this;
  }

  async writeValueWithoutResponse(piece: Uint8Array): Promise<void> {
    if (!this.device.gatt.connected) {
      throw new DOMException("GATT Server is disconnected.", "NetworkError");
    }
    if (this.#isWriting || this.busyWrites > 0) {
      this.busyWrites--;
      throw new DOMException("GATT operation already in progress.", "NetworkError");
    }
    this.#isWriting = true;
    await Promise.resolve();
    this.#isWriting = false;
    if (this.failingWrite > 0 && --this.failingWrite === 0) {
      throw new DOMException("GATT operation failed for unknown reason.", "NotSupportedError");
    }
    if (piece.length > this.mtu - 3 && this.tooLong === "refused") {
      throw new DOMException("GATT operation failed for unknown reason.", "NotSupportedError");
    }
    this.writeBytes.push(piece.length);
    this.#take(piece.slice(0, this.mtu - 3));
  }

  /** In pieces as long as the MTU allows. */
  notify(answer: Uint8Array): void {
    for (let at = 0; at < answer.length; at += this.mtu - 3) {
      const piece = answer.slice(at, at + this.mtu - 3);
      // A window into something larger, as in a browser.
      const memory = new Uint8Array(piece.length + 5);
      memory.set(piece, 5);
      this.value = new DataView(memory.buffer, 5, piece.length);
      this.dispatchEvent(new Event("characteristicvaluechanged"));
      memory.fill(0xee);
    }
  }

  disconnect(): void {
    this.device.gatt.connected = false;
    this.#half = [];
    this.device.dispatchEvent(new Event("gattserverdisconnected"));
  }

  #take(piece: Uint8Array): void {
    this.#half.push(...piece);
    const lenBytes = 8 + (((this.#half[2] ?? 0) << 8) | (this.#half[3] ?? 0));
    if (this.#half.length < 8 || this.#half.length < lenBytes) {
      return;
    }
    const request = Uint8Array.from(this.#half.splice(0, lenBytes));
    this.requests.push(request);
    if (!this.isSilent) {
      queueMicrotask(() => this.#answer(request));
    }
  }

  #answer(request: Uint8Array): void {
    const isOs = request[5] === 0;
    const { bufBytes } = this;
    if (isOs && request[7] === 6 && bufBytes !== null) {
      // {"buf_size": n, "buf_count": 4}
      const text = [...new TextEncoder().encode("buf_size")];
      this.#reply(request, [0xa1, 0x68, ...text, 0x19, bufBytes >> 8, bufBytes & 255]);
    } else if (isOs && request[7] === 0 && request.length <= (bufBytes ?? 384)) {
      this.#reply(request, [0xa1, 0x61, 0x72, ...request.slice(11)]);
    } else {
      this.#reply(request, [0xa1, 0x62, 0x72, 0x63, 0x08]);
    }
  }

  #reply(request: Uint8Array, payload: number[]): void {
    const answer = Uint8Array.from([...request.slice(0, 8), ...payload]);
    answer[0] = (answer[0] ?? 0) | 1;
    answer[2] = payload.length >> 8;
    answer[3] = payload.length & 255;
    this.notify(answer);
  }
}

class FakeGatt {
  connected = false;
  maxWriteWithoutResponseSize: number | undefined;

  constructor(private readonly peripheral: FakePeripheral) {}

  async connect(): Promise<this> {
    this.peripheral.connectCount++;
    if (this.peripheral.connectErrors > 0) {
      this.peripheral.connectErrors--;
      throw new DOMException("Connection attempt failed.", "NetworkError");
    }
    this.connected = true;
    return this;
  }

  disconnect(): void {
    if (this.connected) {
      this.peripheral.disconnect();
    }
  }

  async getPrimaryService(): Promise<this> {
    if (!this.peripheral.hasService) {
      throw new DOMException("No Services matching UUID found in Device.", "NotFoundError");
    }
    return this;
  }

  async getCharacteristic(): Promise<FakePeripheral> {
    return this.peripheral;
  }
}

/** A serial port with real streams. */
export class FakePort extends EventTarget {
  readable: ReadableStream<Uint8Array> | null = null;
  writable: WritableStream<Uint8Array> | null = null;
  openError: DOMException | null = null;
  readonly written: number[] = [];
  readonly openOptions: unknown[] = [];
  /** While it is not null, writes wait for it. */
  gate: Promise<void> | null = null;
  info: { usbVendorId?: number; usbProductId?: number } = {
    usbVendorId: 0x1366,
    usbProductId: 0x1059,
  };
  #controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  #stopWrite: () => void = () => undefined;

  asPort(): SerialPort {
    return this as unknown as SerialPort;
  }

  getInfo(): { usbVendorId?: number; usbProductId?: number } {
    return this.info;
  }

  async open(options: unknown): Promise<void> {
    if (this.openError !== null) {
      throw this.openError;
    }
    if (this.readable !== null || this.writable !== null) {
      throw new DOMException("The port is already open.", "InvalidStateError");
    }
    this.openOptions.push(options);
    this.#newReadable();
    this.writable = new WritableStream<Uint8Array>({
      // As in a browser: what is under way ends when the port is lost, and
      // when the stream is aborted.
      write: async (bytes, controller) => {
        const stopped = new Promise<never>((_, reject) => {
          const stop = () => reject(new DOMException("The port is gone.", "NetworkError"));
          controller.signal.addEventListener("abort", stop);
          this.#stopWrite = stop;
        });
        await Promise.race([this.gate, stopped]);
        this.written.push(...bytes);
      },
    });
  }

  async close(): Promise<void> {
    if (this.readable?.locked || this.writable?.locked) {
      throw new TypeError("Cannot close a locked stream.");
    }
    this.readable = null;
    this.writable = null;
  }

  receive(...bytes: number[]): void {
    this.#controller?.enqueue(Uint8Array.from(bytes));
  }

  /** A break or a framing error: the stream ends, another takes its place. */
  noise(name: string): void {
    this.#controller?.error(new DOMException("noise", name));
    this.#newReadable();
  }

  /** The cable is pulled out. */
  unplug(): void {
    this.#controller?.error(new DOMException("The device has been lost.", "NetworkError"));
    this.readable = null;
    this.#stopWrite();
    this.dispatchEvent(new Event("disconnect"));
  }

  #newReadable(): void {
    this.readable = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#controller = controller;
      },
    });
  }
}
