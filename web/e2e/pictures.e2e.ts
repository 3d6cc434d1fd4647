// SPDX-License-Identifier: MIT
// Pictures of the page for the documents, of a real board's run. Only when
// $DUO_PICTURES names the folder where they go.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Air } from "./air";
import { BoardProcess } from "./board-process";
import { Person, SOON_MS, UPDATE_MS } from "./person";
import { withPalette } from "./png8";
import { Rig, startRig } from "./rig";

const FOLDER = process.env.DUO_PICTURES ?? "";
const DESK = { width: 1280, height: 800 };
const PHONE = { width: 360, height: 740 };
const MTU_BYTES = 247;
/** They are kept with the source. */
const BYTES_MAX = 120_000;

async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  await page.mouse.move(0, 0);
  await page.evaluate(() => scrollTo(0, 0));
  const png = withPalette(await page.screenshot({ caret: "hide" }));
  expect(png.length, name).toBeLessThan(BYTES_MAX);
  writeFileSync(join(FOLDER, `${name}.png`), png);
}

async function top(page: Page): Promise<void> {
  await page.evaluate(() => {
    const board = document.querySelector("aside");
    if (board) {
      board.scrollTop = 0;
    }
  });
}

describe.runIf(FOLDER !== "").sequential("pictures", () => {
  let rig: Rig;
  let person: Person;
  const shot = (name: string) => picture(person.page, name);
  const step = (name: string) =>
    expect.poll(() => person.at(`step-${name}`).getAttribute("data-state"), {
      timeout: UPDATE_MS,
      interval: 20,
    });

  /** The middle of an installation, with the flashes in sight. */
  async function installs(): Promise<void> {
    await person.at("vb-map-app").evaluate((map) => {
      const board = map.closest("aside");
      const figure = map.closest("figure");
      if (board && figure) {
        board.scrollTop += figure.getBoundingClientRect().top - board.getBoundingClientRect().top;
      }
    });
    await person.at("vb-console-app").getByText("install-started").first().waitFor();
  }

  /** Cut at the next write of the network core's active slot. */
  async function arm(): Promise<void> {
    await person.at("vb-tool-arm").check({ force: true });
    await person.at("vb-map-net").focus();
    const told = () => person.at("vb-map-net").getAttribute("aria-valuetext");
    await person.page.keyboard.press("Home");
    for (let pages = 0; pages < 32 && !(await told())?.includes("Network, active"); pages++) {
      await person.page.keyboard.press("ArrowRight");
    }
    await person.page.keyboard.press("Enter");
    await person.at("vb-armed").waitFor();
  }

  beforeAll(async () => {
    rig = await startRig();
    person = new Person(await rig.open({ viewport: DESK }));
  });

  afterAll(() => rig?.end());

  test("of the connection and the board", async () => {
    await person.at("connect-board:link").waitFor();
    await person.reads("vb-console-net", /runs and was invited/);
    await shot("connect");
    await person.connect("board:link");
    await person.reads("net-health", /well/);
    await shot("board");
    await person.page.emulateMedia({ colorScheme: "dark" });
    await shot("dark-board");
    await person.page.emulateMedia({ colorScheme: "light" });
    await person.page.setViewportSize(PHONE);
    await top(person.page);
    await shot("phone-board");
    await person.page.setViewportSize(DESK);
  });

  test("of files that are looked at", async () => {
    await person.drop(rig.file("both-2.0.0.zip"));
    await shot("update-check");
    await person.drop(rig.file("app-0.9.0.bin"));
    await shot("update-warning");
  });

  test("of an update", async () => {
    await person.drop(rig.file("net-1.1.0.bin"));
    await person.choose("test-and-confirm");
    await person.begin();
    const done = async () => {
      const bar = person.at("progress-0");
      const [value, max] = [await bar.getAttribute("value"), await bar.getAttribute("max")];
      return Number(value) / Number(max);
    };
    await expect.poll(done, { timeout: SOON_MS, interval: 20 }).toBeGreaterThan(0.5);
    await shot("update-uploading");
    await step("install").toBe("now");
    await installs();
    await shot("update-installing");
    expect(await person.outcome()).toBe("done");
    await shot("update-done");
    await person.page.setViewportSize(PHONE);
    await top(person.page);
    await shot("phone-update");
    await person.page.setViewportSize(DESK);
  });

  test("of an image that the boot loader refuses", async () => {
    expect(await person.update(rig.file("wrong-key.bin"), "test-and-confirm")).toBe("failed");
    await top(person.page);
    await shot("update-refused");
  });

  test("of a trial, and what it leaves behind", async () => {
    expect(await person.update(rig.file("net-1.2.0.bin"), "test-only")).toBe("done");
    await person.runs("1.0.0", "1.2.0");
    await top(person.page);
    await shot("trial");
    await person.go("journal");
    await person.at("journal-refresh").click();
    await person.reads("journal", /trial/i);
    await shot("journal");
    await person.go("tools");
    await person.at("shell-input").fill("help");
    await person.at("shell-send").click();
    await person.at("log-read").click();
    await person.at("echo-send").click();
    await person.reads("echo-answer", /answered/);
    await shot("tools");
  });

  test("of a power cut", async () => {
    // The network core's trial ends: what is torn shall be of the update.
    await person.go("board");
    await person.sure("reset");
    await person.runs("1.0.0", "1.1.0");
    await person.at("notice-done").getByRole("button").click();
    await person.drop(rig.file("net-2.1.0.bin"));
    await person.choose("test-and-confirm");
    await arm();
    await person.begin();
    await person.at("vb-cut-report").waitFor({ timeout: UPDATE_MS });
    await person.at("vb-cut-report").evaluate((report) => report.scrollIntoView());
    await shot("board-cut");
    await person.at("vb-recover").click();
    expect(await person.outcome()).toBe("done");
    await person.runs("1.0.0", "2.1.0");
    await shot("board-recovered");
  });
});

describe.runIf(FOLDER !== "")("pictures of Bluetooth", () => {
  let rig: Rig;
  let board: BoardProcess;
  let air: Air;

  afterAll(async () => {
    air?.close();
    await board?.end();
    await rig?.end();
  });

  test("of its connection", async () => {
    rig = new Rig({ noBoard: true });
    rig.prepare();
    board = await BoardProcess.start(rig);
    await rig.serve();
    const page = await rig.open({ viewport: DESK }, async (fresh) => {
      air = await Air.create(await rig.launch(), fresh, board.port, MTU_BYTES);
    });
    const person = new Person(page);
    await person.at("connect-bluetooth").click();
    await person.isConnected();
    await person.go("connect");
    await picture(page, "bluetooth");
  });
});
