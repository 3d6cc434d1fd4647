// SPDX-License-Identifier: MIT
// The page from a static host, in a folder of it: connects to `duoboot web` on
// this machine when a person pastes its address, and only if that allows it.
import { createReadStream, existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, extname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Person, SOON_MS } from "./person";
import { Rig } from "./rig";

const TYPES: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

let rig: Rig;
let host: Server;
let page = "";

beforeAll(async () => {
  rig = new Rig();
  const folder = join(dirname(rig.program), "../share/duoboot/web");
  host = createServer((request, answer) => {
    const path = (request.url ?? "").replace(/^\/tools\/manager/, "").replace(/\/$/, "/index.html");
    const file = join(folder, path);
    if (path.includes("..") || !existsSync(file)) {
      answer.writeHead(404).end();
      return;
    }
    answer.writeHead(200, { "content-type": TYPES[extname(file)] ?? "text/plain" });
    createReadStream(file).pipe(answer);
  });
  await new Promise<void>((done) => host.listen(0, "127.0.0.1", done));
  page = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
  rig.prepare();
});

afterAll(async () => {
  await rig.end();
  await new Promise((done) => host.close(done));
});

/** The page as its host has it, with the relay's address pasted. */
async function visit(): Promise<Person> {
  const context = await (await rig.launch()).newContext();
  const person = new Person(await context.newPage());
  await person.page.goto(`${page}/tools/manager/`);
  await person.go("connect");
  await person.at("relay-address").fill(rig.address);
  await person.at("relay-use").click();
  return person;
}

test("a host that `duoboot web` was not told of is refused, and the page says what to do", async () => {
  await rig.serve();
  const person = await visit();
  await person.reads("relay", /--allow-origin/);
  expect(await person.at("connect-board:link").count()).toBe(0);
  await rig.stopServer();
});

test("with --allow-origin the page from there lists both cores", async () => {
  await rig.serve(0, ["--allow-origin", page]);
  const person = await visit();
  await person.at("connect-board:link").waitFor({ timeout: SOON_MS });
  await person.connect("board:link");
  await person.runs("1.0.0", "1.0.0");
});
