// SPDX-License-Identifier: MIT
// SMP over Web Bluetooth. A packet goes out in as many writes as it takes and
// comes back in as many notifications; its header tells where it ends.
import { Assembler } from "../smp/assemble";
import { type Link, LinkError, NothingChosen } from "./link";
import { echoRequest, isProbeAnswer, PieceSize, paramsRequest } from "./piece-size";
import { sleep } from "./socket";
import { ANSWER_BYTES_MAX } from "./stream";

export const SMP_SERVICE = "8d53dc1d-1db7-4cd3-868b-8a527460aa84";
export const SMP_CHARACTERISTIC = "da2e7828-fbce-4e01-ae9e-261174997c48";

/** A device that restarts is back within that, or has not even begun. */
const PATIENCE_MS = 20_000;
const RETRY_MS = 1000;
/** One attempt; some systems wait for a device that is gone for ever. */
const CONNECT_MS = 15_000;
const PROBE_MS = 1500;
/** While another operation of the page on the same device is under way. */
const BUSY_TRIES = 200;
const BUSY_MS = 10;

/** Opens the browser's list: call it from a click. `any`: also devices that do
 * not say in their advertising that they speak SMP. */
export async function requestBluetooth(
  any: boolean,
  bluetooth: Bluetooth = navigator.bluetooth,
): Promise<BluetoothDevice> {
  try {
    return await bluetooth.requestDevice(
      any
        ? { acceptAllDevices: true, optionalServices: [SMP_SERVICE] }
        : { filters: [{ services: [SMP_SERVICE] }] },
    );
  } catch (error) {
    throw chooserError(error);
  }
}

function chooserError(error: unknown): LinkError {
  // The same error, whether the list was closed or could not be shown.
  if (nameOf(error) === "NotFoundError") {
    return /cancel/i.test(String(error))
      ? new NothingChosen("No device was chosen.")
      : new LinkError("Bluetooth is switched off, or this computer has none.");
  }
  if (nameOf(error) === "SecurityError") {
    return new LinkError("The browser does not allow Bluetooth on this page.");
  }
  return new LinkError(`The browser's list of devices could not be shown (${String(error)}).`);
}

export function bluetoothLink(device: BluetoothDevice): Link {
  return new BluetoothLink(device);
}

/** Trying again does not help. */
class HopelessError extends LinkError {}

class BluetoothLink implements Link {
  readonly label: string;
  readonly id: string;
  readonly packetBytesMax = 0;
  readonly endsWithDevice = true;
  /** The radio loses nothing in between; see #isHalf. */
  readonly silenceMs = 0;
  readonly writeText = null;
  onPacket: Link["onPacket"] = null;
  onText: Link["onText"] = null;
  onClosed: Link["onClosed"] = null;
  #characteristic: BluetoothRemoteGATTCharacteristic | null = null;
  #isOpen = false;
  #opening = 0;
  #pending: Promise<void> | null = null;
  #size = new PieceSize();
  #last: Promise<void> = Promise.resolve();
  /** A packet broke off, so the device holds half of one. */
  #isHalf = false;
  #onProbe: ((answer: Uint8Array | null) => void) | null = null;
  readonly #assembler = new Assembler(ANSWER_BYTES_MAX);

  constructor(private readonly device: BluetoothDevice) {
    this.label = `${device.name || "Device without a name"} (Bluetooth)`;
    this.id = `bluetooth:${device.id}`;
    device.addEventListener("gattserverdisconnected", () => this.#lost());
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  open(): Promise<void> {
    if (this.#isOpen) {
      return Promise.resolve();
    }
    // Whoever asks again meanwhile waits for the same attempt.
    this.#pending ??= this.#open().finally(() => {
      this.#pending = null;
    });
    return this.#pending;
  }

  async #open(): Promise<void> {
    const opening = ++this.#opening;
    const endMs = performance.now() + PATIENCE_MS;
    while (!(await this.#try(opening, endMs))) {
      await sleep(RETRY_MS);
    }
    this.#isOpen = true;
    await this.#learnSize();
    if (!this.#isOpen) {
      throw new LinkError(`${this.label} went away while it was being connected.`);
    }
  }

  /** Connect once; false: try again. */
  async #try(opening: number, endMs: number): Promise<boolean> {
    let failure: unknown = null;
    try {
      // Not if it was closed during the pause before.
      await (opening === this.#opening ? this.#connect() : undefined);
    } catch (error) {
      failure = error;
    }
    if (opening !== this.#opening) {
      this.#drop();
      throw new LinkError("The connection was closed while it was being opened.");
    }
    if (failure === null) {
      return true;
    }
    this.#drop();
    if (failure instanceof HopelessError || performance.now() + RETRY_MS >= endMs) {
      throw failure instanceof LinkError ? failure : this.#cannot(failure);
    }
    return false;
  }

  async close(): Promise<void> {
    this.#opening++;
    this.#drop();
    await this.#pending?.catch(() => undefined);
  }

  send(packet: Uint8Array): Promise<void> {
    // One operation at a time is what a browser allows on a device.
    const sent = this.#last.then(() => this.#write(packet));
    this.#last = sent.catch(() => undefined);
    return sent;
  }

  async #connect(): Promise<void> {
    const { gatt } = this.device;
    if (gatt === undefined) {
      throw new HopelessError("The browser does not allow this device's services to be used.");
    }
    const server = await inTime(gatt.connect(), CONNECT_MS);
    const characteristic = await this.#find(server);
    this.#assembler.reset();
    this.#size = new PieceSize();
    this.#isHalf = false;
    this.#last = Promise.resolve();
    this.#characteristic = characteristic;
    characteristic.addEventListener("characteristicvaluechanged", this.#onValue);
    await inTime(characteristic.startNotifications(), CONNECT_MS);
  }

  async #find(server: BluetoothRemoteGATTServer): Promise<BluetoothRemoteGATTCharacteristic> {
    try {
      const service = await inTime(server.getPrimaryService(SMP_SERVICE), CONNECT_MS);
      return await inTime(service.getCharacteristic(SMP_CHARACTERISTIC), CONNECT_MS);
    } catch (error) {
      if (nameOf(error) === "NotFoundError") {
        throw new HopelessError(
          `${this.label} has no SMP service. If it runs other firmware now, it cannot be updated this way.`,
        );
      }
      throw error;
    }
  }

  readonly #onValue = (event: Event): void => {
    const { value } = event.target as BluetoothRemoteGATTCharacteristic;
    if (event.target !== this.#characteristic || value === undefined) {
      return;
    }
    // A copy: the browser may use the same memory for the next one.
    const bytes = new Uint8Array(value.byteLength);
    bytes.set(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    this.#size.learn(bytes.length);
    for (const packet of this.#assembler.push(bytes)) {
      if (this.#onProbe !== null && isProbeAnswer(packet)) {
        this.#onProbe(packet);
      } else {
        this.onPacket?.(packet);
      }
    }
  };

  /** Where the browser does not tell how long a write may be, a long answer
   * does: see piece-size.ts. Without an answer it stays at the least. */
  async #learnSize(): Promise<void> {
    const told = toldPieceBytes(this.device.gatt);
    if (told !== null) {
      this.#size.learn(told);
      return;
    }
    const params = await this.#probe(paramsRequest());
    if (params !== null) {
      await this.#probe(echoRequest(params));
    }
  }

  async #probe(request: Uint8Array): Promise<Uint8Array | null> {
    const answered = new Promise<Uint8Array | null>((resolve) => {
      this.#onProbe = resolve;
    });
    const timer = setTimeout(() => this.#onProbe?.(null), PROBE_MS);
    try {
      await this.send(request);
      return await answered;
    } catch {
      return null;
    } finally {
      clearTimeout(timer);
      this.#onProbe = null;
    }
  }

  async #write(packet: Uint8Array): Promise<void> {
    if (this.#isHalf) {
      await this.#resubscribe();
    }
    this.#isHalf = true;
    for (let off = 0; off < packet.length; ) {
      const piece = packet.slice(off, off + this.#size.bytes);
      if (await this.#writePiece(piece)) {
        off += piece.length;
      }
    }
    this.#isHalf = false;
  }

  /** False: it was too long, and nothing of it was sent. */
  async #writePiece(piece: Uint8Array<ArrayBuffer>): Promise<boolean> {
    try {
      await this.#whenFree((one) => one.writeValueWithoutResponse(piece));
      return true;
    } catch (error) {
      if (this.#isOpen && !(error instanceof LinkError) && this.#size.refuse(piece.length)) {
        return false;
      }
      throw error instanceof LinkError ? error : this.#cannot(error);
    }
  }

  /** A server drops half a packet when nobody is subscribed. */
  async #resubscribe(): Promise<void> {
    try {
      await this.#whenFree((one) => one.stopNotifications());
      await this.#whenFree((one) => one.startNotifications());
    } catch (error) {
      throw error instanceof LinkError ? error : this.#cannot(error);
    }
    this.#assembler.reset();
  }

  /** Does one operation, when others of this page on the device are done. */
  async #whenFree(
    operation: (one: BluetoothRemoteGATTCharacteristic) => Promise<unknown>,
  ): Promise<void> {
    for (let tries = 1; ; tries++) {
      const characteristic = this.#characteristic;
      if (characteristic === null) {
        throw new LinkError(`${this.label} is not connected.`);
      }
      try {
        await operation(characteristic);
        return;
      } catch (error) {
        if (!/already in progress/i.test(String(error)) || tries === BUSY_TRIES) {
          throw error;
        }
        await sleep(BUSY_MS);
      }
    }
  }

  #lost(): void {
    // Told late: it is connected again.
    if (this.device.gatt?.connected) {
      return;
    }
    const wasOpen = this.#isOpen;
    this.#forget();
    if (wasOpen) {
      this.onClosed?.(
        `The Bluetooth connection to ${this.device.name || "the device"} ended: it restarts, is out of reach, or was switched off.`,
      );
    }
  }

  #drop(): void {
    this.#forget();
    this.device.gatt?.disconnect();
  }

  #forget(): void {
    this.#isOpen = false;
    this.#characteristic?.removeEventListener("characteristicvaluechanged", this.#onValue);
    this.#characteristic = null;
    this.#assembler.reset();
    this.#onProbe?.(null);
  }

  #cannot(error: unknown): LinkError {
    if (nameOf(error) === "SecurityError") {
      return new LinkError(
        `The browser does not allow the SMP service of ${this.label}. Choose the device again.`,
      );
    }
    return new LinkError(
      `${this.label} cannot be reached: is it switched on, near, and not connected to something else? (${String(error)})`,
    );
  }
}

/** A proposal that some browsers have: what fits into one write. */
function toldPieceBytes(gatt: BluetoothRemoteGATTServer | undefined): number | null {
  const told: unknown = (gatt as { maxWriteWithoutResponseSize?: unknown } | undefined)
    ?.maxWriteWithoutResponseSize;
  return typeof told === "number" && Number.isInteger(told) && told > 0 ? told : null;
}

async function inTime<T>(promise: Promise<T>, ms: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("it did not answer in time")), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error || error instanceof DOMException ? error.name : "";
}
