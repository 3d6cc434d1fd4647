// SPDX-License-Identifier: MIT
// Bluetooth without a radio: the browser's own emulated adapter with a
// peripheral that has the SMP service, and behind it the SMP server of the
// ARM binaries on the virtual board: its link UART carries packets as they are,
// here by TCP.
//
// The browser does the chooser, connecting, discovery, subscribing and the
// writes. It has no call by which a test could deliver a notification, so the
// test raises `characteristicvaluechanged` on the page's characteristic itself:
// that one step is not the browser's.
import { connect, type Socket } from "node:net";
import { decode } from "cborg";
import type { Browser, CDPSession, Page } from "playwright-core";
import { Assembler } from "../src/smp/assemble";
import { HEADER_BYTES, loadHeader } from "../src/smp/packet";

const ADDRESS = "09:09:09:09:09:09";
const SERVICE = "8d53dc1d-1db7-4cd3-868b-8a527460aa84";
const CHARACTERISTIC = "da2e7828-fbce-4e01-ae9e-261174997c48";
const CCC = "00002902-0000-1000-8000-00805f9b34fb";
const ANSWER_BYTES_MAX = 8192;
const OP_WRITE = 2;
const GROUP_IMAGE = 1;
const UPLOAD = 1;

/** What Playwright's types do not know of the DevTools protocol. */
type Protocol = {
  send(method: string, params?: object): Promise<Record<string, unknown>>;
  on(event: string, listener: (params: Record<string, unknown>) => void): unknown;
};
const protocolOf = (session: CDPSession) => session as unknown as Protocol;

export class Air {
  /** Lengths of the pieces that the page wrote. */
  readonly pieces: number[] = [];
  /** Pieces that the MTU does not let through: they are lost. */
  lostCount = 0;
  /** Offsets of the pieces of images that the page uploaded. */
  readonly offsets: number[] = [];
  /** Each packet of the page. */
  onPacket: ((packet: Buffer) => void) | null = null;
  isSubscribed = false;
  private pending = Buffer.alloc(0);
  private readonly answers = new Assembler(ANSWER_BYTES_MAX);
  private serviceId: unknown = null;
  private isConnected = false;
  private isNear = true;
  private hasChosen = false;

  private constructor(
    private readonly browser: Protocol,
    private readonly page: Page,
    private readonly socket: Socket,
    /** Of the next connection, too. */
    public mtuBytes: number,
  ) {}

  /** The adapter with the peripheral; `port`: the board's TCP port. Before the
   * page is loaded. */
  static async create(browser: Browser, page: Page, port: number, mtuBytes: number): Promise<Air> {
    const session = protocolOf(await browser.newBrowserCDPSession());
    const air = new Air(session, page, connect(port, "127.0.0.1"), mtuBytes);
    air.socket.on("data", (bytes) => {
      for (const packet of air.answers.push(bytes)) {
        air.notify(Buffer.from(packet));
      }
    });
    await session.send("BluetoothEmulation.enable", { state: "powered-on", leSupported: true });
    await session.send("BluetoothEmulation.simulatePreconnectedPeripheral", {
      address: ADDRESS,
      name: "Duoboot DK",
      manufacturerData: [],
      knownServiceUuids: [SERVICE],
    });
    session.on("BluetoothEmulation.gattOperationReceived", (op) => void air.answerGatt(op));
    session.on("BluetoothEmulation.characteristicOperationReceived", (op) => air.answer(op));
    session.on("BluetoothEmulation.descriptorOperationReceived", (op) => air.answerDescriptor(op));
    await air.choose();
    await air.keepCharacteristic();
    return air;
  }

  close(): void {
    this.socket.destroy();
  }

  /** Out of reach: the connection breaks, and another is refused. */
  async leave(): Promise<void> {
    this.isNear = false;
    if (this.isConnected) {
      this.isConnected = false;
      this.pending = Buffer.alloc(0);
      await this.browser.send("BluetoothEmulation.simulateGATTDisconnection", { address: ADDRESS });
    }
  }

  comeBack(): void {
    this.isNear = true;
  }

  /** What a person does in the browser's chooser: take the first device. */
  private async choose(): Promise<void> {
    const session = protocolOf(await this.page.context().newCDPSession(this.page));
    await session.send("DeviceAccess.enable");
    session.on("DeviceAccess.deviceRequestPrompted", (prompt) => {
      const devices = prompt.devices as { id: string }[];
      if (devices[0] && !this.hasChosen) {
        this.hasChosen = true;
        void session.send("DeviceAccess.selectPrompt", { id: prompt.id, deviceId: devices[0].id });
      }
    });
  }

  /** The page's characteristic, for notify(). */
  private async keepCharacteristic(): Promise<void> {
    await this.page.addInitScript(() => {
      const types = window as unknown as Record<
        string,
        { prototype: BluetoothRemoteGATTCharacteristic }
      >;
      const prototype = types.BluetoothRemoteGATTCharacteristic?.prototype;
      if (!prototype) {
        throw new Error("this browser has no Web Bluetooth");
      }
      const start = prototype.startNotifications;
      prototype.startNotifications = function (this: BluetoothRemoteGATTCharacteristic) {
        Object.assign(window, { duoCharacteristic: this });
        return start.call(this);
      };
    });
  }

  /** The peripheral's services; a connection that ends takes them with it. */
  private async addServices(): Promise<void> {
    const { browser } = this;
    if (this.serviceId !== null) {
      const { serviceId } = this;
      await browser.send("BluetoothEmulation.removeService", { serviceId }).catch(() => undefined);
    }
    const service = await browser.send("BluetoothEmulation.addService", {
      address: ADDRESS,
      serviceUuid: SERVICE,
    });
    this.serviceId = service.serviceId;
    const characteristic = await browser.send("BluetoothEmulation.addCharacteristic", {
      serviceId: service.serviceId,
      characteristicUuid: CHARACTERISTIC,
      properties: { writeWithoutResponse: true, notify: true },
    });
    await browser.send("BluetoothEmulation.addDescriptor", {
      characteristicId: characteristic.characteristicId,
      descriptorUuid: CCC,
    });
  }

  private async answerGatt(op: Record<string, unknown>): Promise<void> {
    if (op.type === "discovery") {
      await this.addServices();
    }
    const isRefused = op.type === "connection" && !this.isNear;
    this.isConnected = op.type === "connection" ? !isRefused : this.isConnected;
    await this.browser.send("BluetoothEmulation.simulateGATTOperationResponse", {
      address: op.address,
      type: op.type,
      code: isRefused ? 0x3e : 0,
    });
  }

  private answerDescriptor(op: Record<string, unknown>): void {
    void this.browser.send("BluetoothEmulation.simulateDescriptorOperationResponse", {
      descriptorId: op.descriptorId,
      type: op.type,
      code: 0,
    });
  }

  private answer(op: Record<string, unknown>): void {
    if (op.type === "subscribe-to-notifications") {
      this.isSubscribed = true;
    } else if (op.type === "write") {
      this.take(Buffer.from(String(op.data), "base64"));
    }
    if (op.writeType !== "write-without-response") {
      void this.browser.send("BluetoothEmulation.simulateCharacteristicOperationResponse", {
        characteristicId: op.characteristicId,
        type: op.type,
        code: 0,
      });
    }
  }

  /** A piece from the page: the board gets whole packets. */
  private take(piece: Buffer): void {
    this.pieces.push(piece.length);
    if (piece.length > this.mtuBytes - 3) {
      this.lostCount++;
      return;
    }
    this.pending = Buffer.concat([this.pending, piece]);
    while (this.pending.length >= HEADER_BYTES) {
      const bytes = HEADER_BYTES + this.pending.readUInt16BE(2);
      if (this.pending.length < bytes) {
        return;
      }
      const packet = this.pending.subarray(0, bytes);
      this.pending = this.pending.subarray(bytes);
      this.socket.write(packet);
      this.note(packet);
    }
  }

  private note(packet: Buffer): void {
    const header = loadHeader(packet);
    if (header?.op === OP_WRITE && header.group === GROUP_IMAGE && header.command === UPLOAD) {
      const { off } = decode(packet.subarray(HEADER_BYTES)) as { off: number };
      this.offsets.push(off);
    }
    this.onPacket?.(packet);
  }

  /** An answer of the board, in pieces as the MTU has it. */
  private notify(packet: Buffer): void {
    if (!this.isConnected) {
      return;
    }
    const pieces: string[] = [];
    for (let off = 0; off < packet.length; off += this.mtuBytes - 3) {
      pieces.push(packet.subarray(off, off + this.mtuBytes - 3).toString("base64"));
    }
    const raised = this.page.evaluate((list) => {
      const { duoCharacteristic: target } = window as unknown as { duoCharacteristic: EventTarget };
      for (const piece of list) {
        const bytes = Uint8Array.from(atob(piece), (char) => char.charCodeAt(0));
        Object.defineProperty(target, "value", {
          value: new DataView(bytes.buffer),
          configurable: true,
        });
        target.dispatchEvent(new Event("characteristicvaluechanged"));
      }
    }, pieces);
    // A page that is being closed hears nothing any more.
    raised.catch((error) => {
      if (!this.page.isClosed()) {
        throw error;
      }
    });
  }
}
