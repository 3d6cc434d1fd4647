// SPDX-License-Identifier: MIT
// Figures for docs/WEB.md, with DUO_FIGURES=1: the upload rate of the page
// beside that of the command line, on the same board by the same link, in turns
// in one run; the page's size; the time to its first picture. They are printed;
// what has to hold on any machine is asserted without it, too: both upload the
// same bytes, and the page is not large.
import { execFile } from "node:child_process";
import { createSocket } from "node:dgram";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Person, tellFailures, UPDATE_MS } from "./person";
import { type Rig, startRig } from "./rig";

const IS_WANTED = process.env.DUO_FIGURES === "1";
const ROUNDS = IS_WANTED ? 3 : 1;
const PAINTS = IS_WANTED ? 7 : 1;
const PAGE_BYTES_MAX = 512 * 1024;
const IMAGE = "app-1.1.0.bin";

let rig: Rig;
let person: Person;
/** The link UART, for both. */
let url = "";

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** By the command line, in seconds, as it tells them itself. */
async function byCommand(): Promise<number> {
  const words = ["upload", "--mode", "none", IMAGE, "-d", url];
  const run = promisify(execFile)(rig.program, words, { cwd: rig.folder, timeout: UPDATE_MS });
  const { stdout, stderr } = await run;
  const told = /in ([\d.]+) s/.exec(stdout + stderr);
  expect(told, stdout + stderr).not.toBeNull();
  return Number(told?.[1]);
}

/** By the page, in seconds, as it tells them itself. */
async function byPage(): Promise<number> {
  await person.drop(rig.file(IMAGE));
  await person.choose("upload-only");
  await person.begin();
  expect(await person.outcome()).toBe("done");
  const told = /sent in ([\d.]+) s/.exec(await person.text("progress-text-0"));
  expect(told).not.toBeNull();
  return Number(told?.[1]);
}

async function empty(): Promise<void> {
  await person.go("board");
  await person.at("refresh").click();
  await person.reads("state-app-slot1", /can be tested/);
  await person.sure("erase-app");
  await person.reads("state-app-slot1", /no image/);
}

/** A UDP port that is free just now. */
async function freePort(): Promise<number> {
  const socket = createSocket("udp4");
  await new Promise<void>((done) => socket.bind(0, "127.0.0.1", done));
  const { port } = socket.address();
  await new Promise<void>((done) => socket.close(done));
  return port;
}

beforeAll(async () => {
  const port = await freePort();
  url = `udp:127.0.0.1:${port}`;
  rig = await startRig({ web: ["--uart", `link=udp:${port}`, "--device", url], speed: 1 });
  person = new Person(await rig.open());
});

tellFailures(() => ({ rig, person }));

afterAll(async () => {
  await rig?.end();
});

describe.sequential("figures", () => {
  test("the page uploads what the command line uploads, on the same board", async () => {
    await person.connect(`relay:${url}`);
    const bytes = statSync(rig.file(IMAGE)).size;
    const command: number[] = [];
    const page: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      command.push(await byCommand());
      await empty();
      page.push(await byPage());
      await empty();
    }
    const kb = (seconds: number) => (bytes / 1000 / seconds).toFixed(2);
    const [ours, theirs] = [median(page), median(command)];
    console.log(
      `| upload of ${bytes} bytes, UDP over UART1 at 115,200 baud | page, by the relay: ` +
        `${kb(ours)} KB/s; command line: ${kb(theirs)} KB/s; ratio ${(theirs / ours).toFixed(3)} |`,
    );
  });

  test("the page is small, and nothing in it comes from elsewhere", () => {
    const folder = join(dirname(rig.program), "../share/duoboot/web");
    const files = readdirSync(folder, { recursive: true })
      .map((name) => join(folder, String(name)))
      .filter((name) => statSync(name).isFile());
    const all = files.map((name) => readFileSync(name));
    const bytes = all.reduce((sum, file) => sum + file.length, 0);
    const packed = all.reduce((sum, file) => sum + gzipSync(file, { level: 9 }).length, 0);
    console.log(`| size of the page | ${bytes} bytes in ${files.length} files | gzip ${packed} |`);
    expect(bytes).toBeLessThan(PAGE_BYTES_MAX);
    for (const file of all) {
      expect(file.toString("latin1")).not.toMatch(/(src|href)="https?:/);
    }
  });

  test("the first picture", async () => {
    const paints: number[] = [];
    for (let round = 0; round < PAINTS; round++) {
      const page = await rig.open();
      const painted = await page.waitForFunction(
        () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime,
      );
      paints.push(await painted.evaluate((ms) => Number(ms)));
      await page.context().close();
    }
    console.log(`| time to the first picture | ${median(paints).toFixed(0)} ms |`);
    expect(paints.every((ms) => ms > 0)).toBe(true);
  });
});
