// SPDX-License-Identifier: MIT
// Bluetooth without a radio: the browser's own emulated adapter with a
// peripheral that has the SMP service, and behind it the SMP server of the
// ARM binaries on the virtual board, by its link UART as UDP.
//
// The browser does the chooser, connecting, discovery, subscribing and the
// writes. It has no call by which a test could deliver a notification, so the
// test raises `characteristicvaluechanged` on the page's characteristic itself:
// that one step is not the browser's.
import { createSocket, type Socket } from "node:dgram";
import type { Browser, CDPSession, Page } from "playwright-core";

const ADDRESS = "09:09:09:09:09:09";
const SERVICE = "8d53dc1d-1db7-4cd3-868b-8a527460aa84";
const CHARACTERISTIC = "da2e7828-fbce-4e01-ae9e-261174997c48";
const CCC = "00002902-0000-1000-8000-00805f9b34fb";
const SMP_HEADER_BYTES = 8;

/** What Playwright's types do not know of the DevTools protocol. */
type Protocol = {
  send(method: string, params?: object): Promise<Record<string, unknown>>;
  on(event: string, listener: (params: Record<string, unknown>) => void): unknown;
};
const protocolOf = (session: CDPSession) => session as unknown as Protocol;

export class Air {
  /** Lengths of the pieces that the page wrote. */
  readonly pieces: number[] = [];
  packetCount = 0;
  isSubscribed = false;
  private pending = Buffer.alloc(0);
  private isConnected = false;
  private isNear = true;
  private hasChosen = false;

  private constructor(
    private readonly browser: Protocol,
    private readonly page: Page,
    private readonly socket: Socket,
    private readonly port: number,
    private readonly mtuBytes: number,
  ) {}

  /** The adapter with the peripheral; `port`: the board's UDP port. Before the
   * page is loaded. */
  static async create(browser: Browser, page: Page, port: number, mtuBytes: number): Promise<Air> {
    const session = protocolOf(await browser.newBrowserCDPSession());
    const air = new Air(session, page, createSocket("udp4"), port, mtuBytes);
    air.socket.on("message", (packet) => air.notify(packet));
    await session.send("BluetoothEmulation.enable", { state: "powered-on", leSupported: true });
    await session.send("BluetoothEmulation.simulatePreconnectedPeripheral", {
      address: ADDRESS,
      name: "Duoboot DK",
      manufacturerData: [],
      knownServiceUuids: [SERVICE],
    });
    session.on("BluetoothEmulation.gattOperationReceived", (op) => air.answerGatt(op));
    session.on("BluetoothEmulation.characteristicOperationReceived", (op) => air.answer(op));
    session.on("BluetoothEmulation.descriptorOperationReceived", (op) => air.answerDescriptor(op));
    const service = await session.send("BluetoothEmulation.addService", {
      address: ADDRESS,
      serviceUuid: SERVICE,
    });
    const characteristic = await session.send("BluetoothEmulation.addCharacteristic", {
      serviceId: service.serviceId,
      characteristicUuid: CHARACTERISTIC,
      properties: { writeWithoutResponse: true, notify: true },
    });
    await session.send("BluetoothEmulation.addDescriptor", {
      characteristicId: characteristic.characteristicId,
      descriptorUuid: CCC,
    });
    await air.choose();
    await air.keepCharacteristic();
    return air;
  }

  close(): void {
    this.socket.close();
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

  private answerGatt(op: Record<string, unknown>): void {
    const isRefused = op.type === "connection" && !this.isNear;
    this.isConnected = op.type === "connection" ? !isRefused : this.isConnected;
    void this.browser.send("BluetoothEmulation.simulateGATTOperationResponse", {
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
    this.pending = Buffer.concat([this.pending, piece]);
    while (this.pending.length >= SMP_HEADER_BYTES) {
      const bytes = SMP_HEADER_BYTES + this.pending.readUInt16BE(2);
      if (this.pending.length < bytes) {
        return;
      }
      this.socket.send(this.pending.subarray(0, bytes), this.port, "127.0.0.1");
      this.pending = this.pending.subarray(bytes);
      this.packetCount++;
    }
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
    void this.page.evaluate((list) => {
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
  }
}
