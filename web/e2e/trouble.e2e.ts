// SPDX-License-Identifier: MIT
// What goes wrong in the middle of an update: the power, the connection, the
// person's mind, the page itself. Each ends with the right image.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { flashes, isPowered } from "./flashes";
import { Person, SOON_MS, tellFailures, UPDATE_MS } from "./person";
import { type Rig, startRig } from "./rig";

let rig: Rig;
let person: Person;
/** Break the connection of the page to the board, now. */
let breakConnection: () => void = () => {};

/** Bytes that the device holds, by the first image's progress. */
async function sentBytes(): Promise<number> {
  const value = await person.at("progress-0").getAttribute("value");
  return Number(value ?? 0);
}

/** An upload is under way, and not over. */
async function uploading(path: string, mode: string): Promise<void> {
  await person.drop(path);
  await person.choose(mode);
  await person.begin();
  await expect.poll(sentBytes, { timeout: SOON_MS, interval: 20 }).toBeGreaterThan(8000);
}

beforeAll(async () => {
  rig = await startRig();
  const page = await rig.open({}, async (fresh) => {
    await fresh.routeWebSocket(/to=board/, (socket) => {
      socket.connectToServer();
      breakConnection = () => void socket.close({ code: 1012, reason: "broken by the test" });
    });
  });
  person = new Person(page);
  await person.connect("board:link");
});

tellFailures(() => ({ rig, person }));

afterAll(async () => {
  expect(rig?.complaints).toEqual([]);
  await rig?.end();
});

describe.sequential("power", () => {
  test("cut while the network core is installed: it goes on by itself and comes to its end", async () => {
    await person.drop(rig.file("net-1.1.0.bin"));
    await person.choose("test-and-confirm");
    await person.arm("net", "Network, active");
    await person.begin();
    // The boot loader's first write into the core's slot meets the cut.
    await person.at("vb-cut-report").waitFor({ timeout: UPDATE_MS });
    await isPowered(person, false);
    await person.at("vb-recover").click();
    expect(await person.outcome()).toBe("done");
    await person.runs("1.0.0", "1.1.0");
    expect(await person.text("state-net")).toBe("runs");
    await person.go("journal");
    await person.reads("journal", /power|went on|resum/i);
    expect(await flashes(rig, person)).toBe("1.0.0 1.1.0");
  });

  test("cut in the middle of an upload: it goes on where the flash is when power is back", async () => {
    await uploading(rig.file("app-1.1.0.bin"), "test-and-confirm");
    await person.at("vb-cut").click();
    await isPowered(person, false);
    await person.at("vb-recover").click();
    expect(await person.outcome()).toBe("done");
    await person.runs("1.1.0", "1.1.0");
  });
});

describe.sequential("connection", () => {
  test("lost in the middle of an upload: told, opened again, and resumed from there", async () => {
    await uploading(rig.file("app-2.1.0.bin"), "confirm-only");
    breakConnection();
    expect(await person.outcome()).toBe("failed");
    expect(await person.text("result")).toMatch(/connection/i);
    await person.isConnected();
    const resume = person.at("resume");
    await expect.poll(() => resume.isEnabled(), { timeout: SOON_MS }).toBe(true);
    await resume.click();
    // It does not begin at 0 again.
    await expect.poll(sentBytes, { timeout: SOON_MS, interval: 20 }).toBeGreaterThan(4000);
    expect(await person.outcome()).toBe("done");
    await person.runs("2.1.0", "1.1.0");
  });

  test("cancelled by the person, then resumed", async () => {
    await uploading(rig.file("app-2.2.0.bin"), "test-only");
    await person.at("cancel").click();
    expect(await person.outcome()).toBe("cancelled");
    await person.at("resume").click();
    expect(await person.outcome()).toBe("done");
    await person.runs("2.2.0", "1.1.0");
    await person.sure("confirm-app");
    await person.reads("state-app", /^runs$/);
  });

  test("page reloaded in the middle of an upload: connected again by itself, and resumed", async () => {
    await uploading(rig.file("app-1.1.1.bin"), "confirm-only");
    await person.page.reload();
    await person.go("update");
    await person.at("left-resume").waitFor({ timeout: SOON_MS });
    expect(await person.text("unfinished")).toContain("app-1.1.1.bin");
    await expect.poll(() => person.at("left-resume").isEnabled(), { timeout: SOON_MS }).toBe(true);
    await person.at("left-resume").click();
    expect(await person.outcome()).toBe("done");
    await person.runs("1.1.1", "1.1.0");
    expect(await flashes(rig, person)).toBe("1.1.1 1.1.0");
  });
});
