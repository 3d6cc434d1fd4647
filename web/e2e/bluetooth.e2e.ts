// SPDX-License-Identifier: MIT
// Updates over Bluetooth. The chooser, connecting, discovery, subscribing and
// the writes are the browser's, on its emulated adapter; behind that is the SMP
// server of the ARM binaries on the virtual board. The browser has no call by
// which a test could deliver a notification, so the test raises
// `characteristicvaluechanged` on the page's characteristic itself: that one
// step is not the browser's (see air.ts).
import { statSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Air } from "./air";
import { BoardProcess } from "./board-process";
import { inTheFlashes } from "./flashes";
import { Person, SOON_MS, tellFailures } from "./person";
import { Rig } from "./rig";

const MTU_BYTES = 247;
const MTU_BYTES_MIN = 23;

let rig: Rig;
let board: BoardProcess;
let air: Air;
let person: Person;

/** Power off, so that the flashes can be read, and on again. */
async function flashes(): Promise<string> {
  await board.power(false);
  await person.reads("link-state", "connection lost");
  const seen = inTheFlashes(rig);
  await board.power(true);
  await person.reads("link-state", /^connected$/);
  return seen;
}

async function connect(): Promise<void> {
  await person.go("connect");
  await person.at("connect-bluetooth").click();
  await person.isConnected();
}

beforeAll(async () => {
  rig = new Rig({ noBoard: true });
  rig.prepare();
  board = await BoardProcess.start(rig);
  await rig.serve();
  const page = await rig.open({}, async (fresh) => {
    air = await Air.create(await rig.launch(), fresh, board.port, MTU_BYTES);
  });
  board.onAway = () => void air.leave();
  board.onUp = () => air.comeBack();
  person = new Person(page);
});

afterAll(async () => {
  air?.close();
  await board?.end();
  expect(rig?.complaints).toEqual([]);
  await rig?.end();
});

tellFailures(() => ({ rig, person }));

describe.sequential("over Bluetooth", () => {
  test("the device is chosen in the browser's list, and both cores are shown", async () => {
    await connect();
    expect(await person.text("link-label")).toBe("Duoboot DK (Bluetooth)");
    expect(air.isSubscribed).toBe(true);
    await person.runs("1.0.0", "1.0.0");
  });

  test("network core: uploaded, tried and confirmed over a reset that takes the device away", async () => {
    air.pieces.length = 0;
    expect(await person.update(rig.file("net-1.1.0.bin"), "test-and-confirm")).toBe("done");
    await person.runs("1.0.0", "1.1.0");
    // The answers taught it the MTU, and it never went beyond.
    expect(Math.max(...air.pieces)).toBe(MTU_BYTES - 3);
    expect(air.lostCount).toBe(0);
    expect(await flashes()).toBe("1.0.0 1.1.0");
  });

  test("lost in the middle of an upload: it goes on where the device stands", async () => {
    const file = rig.file("app-1.1.0.bin");
    const half = statSync(file).size / 2;
    const isHalf = new Promise<void>((done) => {
      air.onPacket = () => (air.offsets.at(-1) ?? 0) > half && done();
    });
    air.offsets.length = 0;
    await person.drop(file);
    await person.choose("test-and-confirm");
    await person.begin();
    await isHalf;
    air.onPacket = null;
    await air.leave();
    expect(await person.outcome()).toBe("failed");
    await person.reads("link-state", "connection lost");
    await person.runs("1.0.0", "1.1.0");

    air.offsets.length = 0;
    air.comeBack();
    await person.reads("link-state", /^connected$/);
    await person.go("update");
    await person.at("resume").click();
    await person.at("cancel").waitFor();
    expect(await person.outcome()).toBe("done");
    // The first only asks where it stands.
    expect(air.offsets[0]).toBe(0);
    expect(Math.min(...air.offsets.slice(1))).toBeGreaterThan(half - 16 * 1024);
    await person.runs("1.1.0", "1.1.0");
    expect(await flashes()).toBe("1.1.0 1.1.0");
  });

  test("at the least MTU it works, too, in pieces of 20 bytes", async () => {
    await air.leave();
    await person.reads("link-state", "connection lost");
    air.mtuBytes = MTU_BYTES_MIN;
    air.pieces.length = 0;
    air.comeBack();
    await person.reads("link-state", /^connected$/);
    await person.go("tools");
    const text = "A sentence that does not fit into one piece.";
    await person.at("echo-input").fill(text);
    await person.at("echo-send").click();
    await expect
      .poll(() => person.text("echo-answer"), { timeout: SOON_MS })
      .toContain(`answered “${text}”`);
    expect(Math.max(...air.pieces)).toBe(MTU_BYTES_MIN - 3);
    expect(air.lostCount).toBe(0);
  });
});
