// SPDX-License-Identifier: MIT
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { bluetoothLink, requestBluetooth, SMP_SERVICE } from "../../src/links/bluetooth";
import { NothingChosen } from "../../src/links/link";
import { FakePeripheral, packet, settle } from "./fakes";

function connected(change: (one: FakePeripheral) => void = () => undefined) {
  const peripheral = new FakePeripheral();
  change(peripheral);
  const link = bluetoothLink(peripheral.asDevice());
  const packets: Uint8Array[] = [];
  const whys: string[] = [];
  link.onPacket = (one) => packets.push(one);
  link.onClosed = (why) => whys.push(why);
  return { peripheral, link, packets, whys };
}

/** The requests that are not the link's own. */
function asked(peripheral: FakePeripheral): Uint8Array[] {
  return peripheral.requests.filter((request) => request[6] !== 0xff);
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("size of writes", () => {
  test.each([
    { mtu: 23, tooLong: "cut" as const },
    { mtu: 185, tooLong: "cut" as const },
    { mtu: 247, tooLong: "refused" as const },
    { mtu: 498, tooLong: "cut" as const },
  ])("an MTU of $mtu is found out; no write is longer ($tooLong)", async ({ mtu, tooLong }) => {
    const { peripheral, link } = connected((one) => {
      one.mtu = mtu;
      one.tooLong = tooLong;
    });
    await link.open();
    const before = peripheral.writeBytes.length;
    await link.send(packet(1000));
    expect(asked(peripheral)).toEqual([packet(1000)]);
    expect(Math.max(...peripheral.writeBytes)).toBe(mtu - 3);
    expect(peripheral.writeBytes.length - before).toBe(Math.ceil(1008 / (mtu - 3)));
  });

  test("the echo is no longer than the device's buffers", async () => {
    const { peripheral, link } = connected((one) => {
      one.mtu = 498;
      one.bufBytes = 384;
    });
    await link.open();
    expect(Math.max(...peripheral.requests.map((request) => request.length))).toBe(368);
    await link.send(packet(1000));
    expect(Math.max(...peripheral.writeBytes)).toBe(368);
  });

  test("a browser that tells the size is believed, without a question to the device", async () => {
    const { peripheral, link } = connected((one) => {
      one.mtu = 247;
      one.device.gatt.maxWriteWithoutResponseSize = 244;
    });
    await link.open();
    expect(peripheral.requests).toEqual([]);
    await link.send(packet(400));
    expect(peripheral.writeBytes).toEqual([244, 164]);
  });

  test("writes that are refused become shorter, and the packet arrives whole", async () => {
    const { peripheral, link } = connected((one) => {
      one.mtu = 131;
      one.device.gatt.maxWriteWithoutResponseSize = 512;
    });
    await link.open();
    await link.send(packet(400));
    expect(asked(peripheral)).toEqual([packet(400)]);
    expect(Math.max(...peripheral.writeBytes)).toBe(128);
  });

  test("a device that does not answer the question is still connected, with short writes", async () => {
    const { peripheral, link } = connected((one) => {
      one.mtu = 247;
      one.isSilent = true;
    });
    const opening = link.open();
    await vi.advanceTimersByTimeAsync(5000);
    await opening;
    await link.send(packet(100));
    expect(asked(peripheral)).toEqual([packet(100)]);
    expect(Math.max(...peripheral.writeBytes)).toBe(20);
    peripheral.notify(packet(300, 7, 1));
    await link.send(packet(300));
    expect(Math.max(...peripheral.writeBytes)).toBe(244);
  });
});

describe("packets", () => {
  test("answers in pieces are put together, byte for byte", async () => {
    const { peripheral, link, packets } = connected((one) => {
      one.mtu = 60;
    });
    await link.open();
    peripheral.notify(packet(500, 3, 1));
    peripheral.notify(packet(2, 4, 1));
    expect(packets).toEqual([packet(500, 3, 1), packet(2, 4, 1)]);
  });

  test("packets sent at once go out one after the other, not mixed", async () => {
    const { peripheral, link } = connected();
    await link.open();
    await Promise.all([
      link.send(packet(90, 1)),
      link.send(packet(90, 2)),
      link.send(packet(90, 3)),
    ]);
    expect(asked(peripheral)).toEqual([packet(90, 1), packet(90, 2), packet(90, 3)]);
  });

  test("another operation that is in progress is waited for", async () => {
    const { peripheral, link } = connected();
    await link.open();
    peripheral.busyWrites = 3;
    const sent = link.send(packet(50));
    await vi.advanceTimersByTimeAsync(100);
    await sent;
    expect(asked(peripheral)).toEqual([packet(50)]);
  });

  test("a packet that broke off is not continued by the next: the device drops its half", async () => {
    const { peripheral, link } = connected();
    await link.open();
    const subscriptions = peripheral.subscribeCount;
    peripheral.failingWrite = 3;
    await expect(link.send(packet(90, 1))).rejects.toThrow("cannot be reached");
    await link.send(packet(90, 2));
    expect(asked(peripheral)).toEqual([packet(90, 2)]);
    expect(peripheral.subscribeCount).toBe(subscriptions + 1);
  });
});

describe("connection", () => {
  test("a device that goes in the middle of an answer is told once; half of it is forgotten", async () => {
    const { peripheral, link, packets, whys } = connected((one) => {
      one.mtu = 247;
    });
    await link.open();
    const answer = packet(100, 5, 1);
    peripheral.notify(answer.slice(0, 50));
    peripheral.disconnect();
    expect(whys.length).toBe(1);
    expect(whys[0]).toContain("Thing");
    expect(link.isOpen).toBe(false);
    await expect(link.send(packet(1))).rejects.toThrow("not connected");
    await link.open();
    peripheral.notify(answer);
    expect(packets).toEqual([answer]);
  });

  test("a device that is not there yet is tried again for a while", async () => {
    const { peripheral, link } = connected((one) => {
      one.connectErrors = 3;
    });
    const opening = link.open();
    await vi.advanceTimersByTimeAsync(3500);
    await opening;
    expect(peripheral.connectCount).toBe(4);
    expect(link.isOpen).toBe(true);
  });

  test("a device that does not come back ends with a sentence", async () => {
    const { link } = connected((one) => {
      one.connectErrors = 1000;
    });
    const opening = link.open();
    const refused = expect(opening).rejects.toThrow("cannot be reached: is it switched on");
    await vi.advanceTimersByTimeAsync(25_000);
    await refused;
    expect(link.isOpen).toBe(false);
  });

  test("a device without the service is told at once, and let go", async () => {
    const { peripheral, link } = connected((one) => {
      one.hasService = false;
    });
    await expect(link.open()).rejects.toThrow("no SMP service");
    expect(peripheral.connectCount).toBe(1);
    expect(peripheral.device.gatt.connected).toBe(false);
  });

  test("close() is silent, and ends an attempt that is under way", async () => {
    const { peripheral, link, whys } = connected();
    await link.open();
    await link.close();
    expect(peripheral.device.gatt.connected).toBe(false);
    peripheral.connectErrors = 1000;
    const refused = expect(link.open()).rejects.toThrow("closed while it was being opened");
    await settle();
    const closing = link.close();
    await vi.advanceTimersByTimeAsync(2000);
    await Promise.all([closing, refused]);
    expect(whys).toEqual([]);
    expect(peripheral.connectCount).toBe(2);
  });
});

describe("the browser's list", () => {
  const bluetooth = (answer: () => Promise<unknown>) => {
    const requestDevice = vi.fn(answer);
    return { requestDevice, asBluetooth: { requestDevice } as unknown as Bluetooth };
  };

  test("shows devices with the service, or any, whose service may be used then", async () => {
    const fake = bluetooth(async () => "device");
    await requestBluetooth(false, fake.asBluetooth);
    await requestBluetooth(true, fake.asBluetooth);
    expect(fake.requestDevice.mock.calls).toEqual([
      [{ filters: [{ services: [SMP_SERVICE] }] }],
      [{ acceptAllDevices: true, optionalServices: [SMP_SERVICE] }],
    ]);
  });

  test("closing it is no error; no Bluetooth is", async () => {
    const closed = bluetooth(() =>
      Promise.reject(
        new DOMException("User cancelled the requestDevice() chooser.", "NotFoundError"),
      ),
    );
    await expect(requestBluetooth(false, closed.asBluetooth)).rejects.toBeInstanceOf(NothingChosen);
    const off = bluetooth(() =>
      Promise.reject(new DOMException("Bluetooth adapter not available.", "NotFoundError")),
    );
    await expect(requestBluetooth(false, off.asBluetooth)).rejects.toThrow("switched off");
  });
});
