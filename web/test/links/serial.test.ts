// SPDX-License-Identifier: MIT
import { describe, expect, test } from "vitest";
import { NothingChosen } from "../../src/links/link";
import { requestSerial, serialLink, serialStream } from "../../src/links/serial";
import { encodeConsole } from "../../src/smp/console";
import { FakePort, packet } from "./fakes";

const SETUP = { baudRate: 460800, coding: "console" } as const;

/** Streams take turns of the event loop, not only promises. */
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

function opened() {
  const port = new FakePort();
  const stream = serialStream(port.asPort(), SETUP);
  const bytes: number[] = [];
  const whys: string[] = [];
  stream.onBytes = (some) => bytes.push(...some);
  stream.onClosed = (why) => whys.push(why);
  return { port, stream, bytes, whys };
}

/** Until something that needs turns of the loop has happened. */
async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) {
    await turn();
  }
}

test("the port is opened with its rate; bytes go both ways", async () => {
  const { port, stream, bytes } = opened();
  await stream.open();
  expect(port.openOptions).toMatchObject([{ baudRate: 460800 }]);
  port.receive(1, 2);
  port.receive(3);
  await stream.write(Uint8Array.of(4, 5));
  await until(() => bytes.length === 3);
  expect(bytes).toEqual([1, 2, 3]);
  expect(port.written).toEqual([4, 5]);
  expect(stream.label).toBe("Serial port (SEGGER J-Link), 460800 baud");
  expect(stream.id).toBe("serial:1366:1059:460800:console");
});

test.each(["BreakError", "FramingError", "ParityError", "BufferOverrunError"])(
  "reading goes on after a %s",
  async (name) => {
    const { port, stream, bytes, whys } = opened();
    await stream.open();
    port.receive(1);
    await until(() => bytes.length === 1);
    port.noise(name);
    port.receive(2);
    await until(() => bytes.length === 2);
    expect(bytes).toEqual([1, 2]);
    expect(whys).toEqual([]);
    expect(stream.isOpen).toBe(true);
  },
);

test("a port that is pulled out is told once, and can be opened again", async () => {
  const { port, stream, bytes, whys } = opened();
  await stream.open();
  port.unplug();
  await until(() => port.writable === null);
  expect(whys).toEqual([
    "Serial port (SEGGER J-Link), 460800 baud is gone: it was pulled out, or the device restarts.",
  ]);
  await expect(stream.write(Uint8Array.of(1))).rejects.toThrow("is not open");
  await stream.open();
  port.receive(9);
  await until(() => bytes.length === 1);
  expect(stream.isOpen).toBe(true);
});

test.each([
  ["pulled out", async ({ port }: ReturnType<typeof opened>) => port.unplug()],
  ["closed", async ({ stream }: ReturnType<typeof opened>) => stream.close()],
])("a port that is %s while a write is stuck ends the write, and opens again", async (_, end) => {
  const one = opened();
  const { port, stream } = one;
  await stream.open();
  port.gate = new Promise(() => undefined);
  const written = expect(stream.write(Uint8Array.of(1))).rejects.toThrow("Nothing can be written");
  await turn();
  await end(one);
  await written;
  port.gate = null;
  await stream.open();
  await stream.write(Uint8Array.of(2));
  expect(port.written).toEqual([2]);
});

test("close() is silent, frees the port, and the port opens again", async () => {
  const { port, stream, whys } = opened();
  await stream.open();
  await stream.close();
  expect(port.readable).toBeNull();
  await stream.open();
  expect(port.openOptions.length).toBe(2);
  expect(whys).toEqual([]);
});

test("writes at the same time do not fail, and keep their order", async () => {
  const { port, stream } = opened();
  await stream.open();
  await Promise.all([1, 2, 3].map((byte) => stream.write(Uint8Array.of(byte))));
  expect(port.written).toEqual([1, 2, 3]);
});

test("a write resolves when the port has taken it, not earlier", async () => {
  const { port, stream } = opened();
  await stream.open();
  let release = (): void => undefined;
  port.gate = new Promise((resolve) => {
    release = resolve;
  });
  let isDone = false;
  const written = stream.write(Uint8Array.of(1)).then(() => {
    isDone = true;
  });
  await turn();
  await turn();
  expect(isDone).toBe(false);
  release();
  await written;
});

describe("errors are sentences", () => {
  test("of a port that another program has", async () => {
    const { port, stream } = opened();
    port.openError = new DOMException("Failed to open serial port.", "NetworkError");
    await expect(stream.open()).rejects.toThrow("Another program or tab may have it");
  });

  test("of a port that this page has opened already", async () => {
    const { port, stream } = opened();
    await stream.open();
    const second = serialStream(port.asPort(), SETUP);
    await expect(second.open()).rejects.toThrow("is open already");
    expect(stream.isOpen).toBe(true);
  });

  test("of a list that was closed without a choice", async () => {
    const requestPort = () => Promise.reject(new DOMException("No port selected", "NotFoundError"));
    const serial = { requestPort } as unknown as Serial;
    await expect(requestSerial(serial)).rejects.toBeInstanceOf(NothingChosen);
  });
});

test("a link writes console lines and reads them between text", async () => {
  const port = new FakePort();
  const link = serialLink(port.asPort(), SETUP);
  const packets: Uint8Array[] = [];
  link.onPacket = (one) => packets.push(one);
  await link.open();
  await link.send(packet(10));
  expect(Uint8Array.from(port.written)).toEqual(encodeConsole(packet(10)));
  port.receive(0x68, 0x0a, ...encodeConsole(packet(10, 7, 1)));
  await until(() => packets.length === 1);
  expect(packets[0]).toEqual(packet(10, 7, 1));
});
