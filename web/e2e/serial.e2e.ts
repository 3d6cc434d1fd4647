// SPDX-License-Identifier: MIT
// An update over Web Serial. Browsers show real ports only and cannot emulate
// one, so the test puts a double of the browser's port on the page: its streams
// end at the link UART of the virtual board with the ARM binaries. All above
// the port's two streams is the page's own.
import { connect, type Socket } from "node:net";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BoardProcess } from "./board-process";
import { inTheFlashes } from "./flashes";
import { Person, SOON_MS, tellFailures } from "./person";
import { Rig } from "./rig";

let rig: Rig;
let board: BoardProcess;
let socket: Socket;
let person: Person;

type Wire = { duoSend(text: string): Promise<void>; duoTake?(text: string): void };

/** The double: one port of a J-Link, which is opened as asked for. */
async function plugIn(page: Page): Promise<void> {
  await page.exposeFunction("duoSend", (text: string) => {
    socket.write(Buffer.from(text, "base64"));
  });
  await page.addInitScript(() => {
    const wire = window as unknown as Wire;
    let source: ReadableStreamDefaultController<Uint8Array> | null = null;
    wire.duoTake = (text) =>
      source?.enqueue(Uint8Array.from(atob(text), (char) => char.charCodeAt(0)));
    const port = Object.assign(new EventTarget(), {
      readable: null as ReadableStream<Uint8Array> | null,
      writable: null as WritableStream<Uint8Array> | null,
      connected: true,
      getInfo: () => ({ usbVendorId: 4966, usbProductId: 4193 }),
      open: async () => {
        port.readable = new ReadableStream({
          start: (controller) => {
            source = controller;
          },
        });
        port.writable = new WritableStream({
          write: (bytes) => wire.duoSend(btoa(String.fromCharCode(...bytes))),
        });
      },
      close: async () => {
        source = null;
        port.readable = null;
        port.writable = null;
      },
    });
    const serial = Object.assign(new EventTarget(), {
      requestPort: async () => port,
      getPorts: async () => [port],
    });
    Object.defineProperty(navigator, "serial", { value: serial, configurable: true });
  });
}

beforeAll(async () => {
  rig = new Rig({ noBoard: true });
  rig.prepare();
  board = await BoardProcess.start(rig);
  await rig.serve();
  socket = connect(board.port, "127.0.0.1");
  const page = await rig.open({}, plugIn);
  socket.on("data", (data) => {
    void page.evaluate(
      (text) => (window as unknown as Wire).duoTake?.(text),
      data.toString("base64"),
    );
  });
  person = new Person(page);
});

tellFailures(() => ({ rig, person }));

afterAll(async () => {
  socket?.destroy();
  await board?.end();
  expect(rig?.complaints).toEqual([]);
  await rig?.end();
});

describe.sequential("over Web Serial", () => {
  test("packets as they are: both cores are listed, with the adapter's name", async () => {
    await person.go("connect");
    await person.at("serial-coding").selectOption("raw");
    await person.at("connect-serial").click();
    await person.isConnected();
    await person.runs("1.0.0", "1.0.0");
    expect(await person.text("link-label")).toContain("SEGGER J-Link");
  });

  test("the network core is updated, and confirmed after the reset", async () => {
    expect(await person.update(rig.file("net-1.1.0.bin"), "test-and-confirm")).toBe("done");
    await person.runs("1.0.0", "1.1.0");
    await board.power(false);
    expect(inTheFlashes(rig)).toBe("1.0.0 1.1.0");
    await board.power(true);
  });

  test("after a reload the port that was allowed is opened again without a question", async () => {
    await person.page.reload();
    await person.isConnected();
    await expect.poll(() => person.text("link-state"), { timeout: SOON_MS }).toMatch(/^connected$/);
  });
});
