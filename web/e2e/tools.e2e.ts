// SPDX-License-Identifier: MIT
// The tab Tools and the buttons of the tab Board, each once, over the console,
// where SMP shares the line with log and shell.
import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Person, tellFailures } from "./person";
import { type Rig, startRig } from "./rig";

let rig: Rig;
let person: Person;

beforeAll(async () => {
  rig = await startRig();
  person = new Person(await rig.open());
  await person.connect("board:app");
  await person.go("tools");
});

tellFailures(() => ({ rig, person }));

afterAll(async () => {
  expect(rig?.complaints).toEqual([]);
  await rig?.end();
});

describe.sequential("tools", () => {
  test("echo: the board says it back", async () => {
    await person.at("echo-input").fill("hello, board");
    await person.at("echo-send").click();
    await person.reads("echo-answer", /hello, board/);
  });

  test("shell: a command runs on the board, and so does its error", async () => {
    await person.at("shell-input").fill("help");
    await person.at("shell-send").click();
    await person.reads("shell-output", /confirm/);
    await person.at("shell-input").fill("no-such-command");
    await person.at("shell-input").press("Enter");
    await person.reads("shell-output", /no-such-command[\s\S]*(unknown|there is no|not found)/i);
  });

  test("log: what the board keeps of it", async () => {
    await person.at("log-read").click();
    await person.reads("log-output", /network core is well/);
  });

  test("system, tasks and statistics are told", async () => {
    await person.at("info-read").click();
    await person.reads("info", /duoboot|appdemo/i);
    await person.at("tasks-read").click();
    await person.reads("tasks", /main|loop/i);
    await person.at("stats-read").click();
    await person.reads("stats", /smp/);
  });

  test("a setting is written, read back and deleted", async () => {
    await person.at("setting-name").fill("id/serial");
    await person.at("setting-value").fill("A-0042");
    await person.at("setting-write").click();
    await person.reads("setting-state", /id\/serial|written|A-0042/);
    await person.at("settings-save").click();
    await person.reads("setting-state", /saved/);
    await person.at("setting-value").fill("");
    await person.at("setting-read").click();
    await expect.poll(() => person.at("setting-value").inputValue()).toBe("A-0042");
    await person.at("setting-delete").click();
    const sure = person.at("dialog-ok");
    await sure.waitFor({ timeout: 2000 }).then(
      () => sure.click(),
      () => undefined,
    );
    await person.reads("setting-state", /deleted|gone|no longer/i);
  });

  test("a file goes to the board and comes back as it was; the journal can be saved", async () => {
    const content = Buffer.from(Array.from({ length: 3000 }, (_, index) => (index * 7) & 0xff));
    writeFileSync(rig.file("data.bin"), content);
    await person.at("file-path").fill("/ram/data.bin");
    await person.at("file-upload").setInputFiles(rig.file("data.bin"));
    await person.reads("file-state", /3,?000/);
    const loads = person.page.waitForEvent("download");
    await person.at("file-download").click();
    await (await loads).saveAs(rig.file("back.bin"));
    expect(readFileSync(rig.file("back.bin")).equals(content)).toBe(true);

    await person.at("file-path").fill("/boot/journal.txt");
    const journal = person.page.waitForEvent("download");
    await person.at("file-download").click();
    await (await journal).saveAs(rig.file("journal.txt"));
    expect(readFileSync(rig.file("journal.txt"), "latin1")).toMatch(/boot 1/);
  });

  test("a file that may not be written is refused with the reason", async () => {
    await person.at("file-path").fill("/boot/journal.txt");
    await person.at("file-upload").setInputFiles(rig.file("data.bin"));
    await person.reads("file-state", /read.only/i);
  });
});

describe.sequential("buttons of the board", () => {
  test("upload only, then erase of slot 1: asked before, and empty after", async () => {
    expect(await person.update(rig.file("net-1.1.0.bin"), "upload-only")).toBe("done");
    await person.go("board");
    await person.reads("version-net-slot1", /1\.1\.0/);
    await person.sure("erase-net");
    await person.reads("state-net-slot1", /no image/);
    await person.runs("1.0.0", "1.0.0");
  });

  test("reset: the board is back, and runs what it ran", async () => {
    await person.sure("reset");
    await person.reads("notices", /is back/);
    await person.runs("1.0.0", "1.0.0");
  });
});
