// SPDX-License-Identifier: MIT
// The virtual board in the page: what it shows is what the ARM binaries do, and
// what a person presses reaches them.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isPowered } from "./flashes";
import { Person, SOON_MS, tellFailures } from "./person";
import { type Rig, startRig } from "./rig";

let rig: Rig;
let person: Person;

/** The canvas as numbers: one that changes when something is drawn. */
async function pictureOf(map: "app" | "net" | "ext"): Promise<number> {
  return await person.at(`vb-map-${map}`).evaluate((element) => {
    const canvas = element as HTMLCanvasElement;
    const data = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data;
    return [...(data ?? [])].reduce((sum, value) => (sum * 31 + value) >>> 0, 7);
  });
}

beforeAll(async () => {
  rig = await startRig();
  person = new Person(await rig.open());
});

tellFailures(() => ({ rig, person }));

afterAll(async () => {
  expect(rig?.complaints).toEqual([]);
  await rig?.end();
});

describe.sequential("the virtual board", () => {
  test("who comes later sees what the consoles have printed since the power is on", async () => {
    await person.reads("vb-console-app", /network core is well/);
    await person.page.reload();
    await person.reads("vb-console-app", /appboot [\s\S]*network core is well/);
    await person.reads("vb-console-net", /runs and was invited/);
  });

  test("a line that is typed to the application's console is answered by its shell", async () => {
    await person.at("vb-input-app").fill("version");
    await person.at("vb-input-app").press("Enter");
    await person.reads("vb-console-app", /uart:~\$ version\s+\S+/);
  });

  test("button 1 held over a reset: the boot loader waits in recovery, and LED 1 blinks", async () => {
    await person.at("vb-hold-1").click();
    await person.at("vb-reset").click();
    await person.reads("vb-console-app", /recovery/i);
    await expect
      .poll(() => person.at("vb-led-1").getAttribute("data-on"), { timeout: SOON_MS, interval: 20 })
      .toBe("true");
    await person.at("vb-hold-1").click();
    await person.at("vb-reset").click();
    await expect
      .poll(async () => (await person.text("vb-console-app")).match(/is well/g)?.length, {
        timeout: SOON_MS,
      })
      .toBeGreaterThan(1);
  });

  test("the map of the external flash changes while an image arrives", async () => {
    const before = await pictureOf("ext");
    await person.connect("board:link");
    expect(await person.update(rig.file("net-1.1.0.bin"), "upload-only")).toBe("done");
    await expect.poll(() => pictureOf("ext"), { timeout: SOON_MS }).not.toBe(before);
  });

  test("power off and on with the switch: the consoles begin again", async () => {
    await person.at("vb-power").click();
    await isPowered(person, false);
    await person.reads("vb-event-list", /power: off/);
    await person.at("vb-power").click();
    await isPowered(person, true);
    await person.reads("vb-event-list", /power: on/);
  });
});
