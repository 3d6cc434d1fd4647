// SPDX-License-Identifier: MIT
// What an end-to-end test stands on: a folder with a virtual board and images,
// `duoboot web` that runs the ARM binaries on it, and Chromium with the page.
// The program is $DUOBOOT, the firmware's folder $DUO_FIRMWARE; the browser is
// $CHROMIUM or Debian's.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const SCRIPTS = resolve(dirname(fileURLToPath(import.meta.url)), "../../scripts");
const SERVER_START_MS = 30_000;
const PROGRAM_MS = 30_000;

function needed(name: string): string {
  const value = process.env[name];
  if (!value) {
    throw new Error(`${name} is not set; ctest sets it (scripts/web.sh tells what it is)`);
  }
  return resolve(value);
}

/** A run of the program; its output. Throws with it if it fails. */
export function duoboot(cwd: string, ...words: string[]): string {
  return execFileSync(needed("DUOBOOT"), words, {
    cwd,
    encoding: "utf8",
    stdio: "pipe",
    timeout: PROGRAM_MS,
  });
}

export interface RigOptions {
  /** Images of the factory; default app-1.0.0.bin and net-1.0.0.bin. */
  app?: string;
  net?: string;
  /** More words for `duoboot web`. */
  web?: string[];
  /** Virtual seconds for a real one; default 4, where the host can. */
  speed?: number;
  /** No virtual board behind the server. */
  noBoard?: boolean;
}

export class Rig {
  readonly folder: string;
  private server: ChildProcess | null = null;
  private browser: Browser | null = null;
  /** Where the page is, with the token. */
  address = "";
  /** What the server has said, for failures. */
  said = "";
  /** What the page has logged as errors, and requests that left this host. */
  readonly complaints: string[] = [];

  constructor(private readonly options: RigOptions = {}) {
    this.folder = mkdtempSync(join(tmpdir(), "duoboot-web-"));
  }

  get program(): string {
    return needed("DUOBOOT");
  }

  get firmware(): string {
    return needed("DUO_FIRMWARE");
  }

  file(name: string): string {
    return join(this.folder, name);
  }

  /** Images and a board that was never switched on. */
  prepare(): void {
    execFileSync(join(SCRIPTS, "demo_images.sh"), [this.firmware, this.folder], {
      env: { ...process.env, PATH: `${dirname(this.program)}:${process.env.PATH ?? ""}` },
      stdio: "pipe",
    });
    if (!this.options.noBoard) {
      const { app = "app-1.0.0.bin", net = "net-1.0.0.bin" } = this.options;
      duoboot(
        this.folder,
        "board",
        "create",
        "dk",
        "--key",
        "public.pem",
        "--app",
        app,
        "--net",
        net,
      );
    }
  }

  /** Start the server; resolves when it has told its address. */
  async serve(port = 0, more: string[] = []): Promise<void> {
    const board = ["--board", "dk", "--load", join(this.firmware, "appboot.elf")];
    board.push("--load", join(this.firmware, "netboot.elf"));
    board.push("--speed", String(this.options.speed ?? 4));
    const words = ["web", "--port", String(port), "--no-discover"];
    words.push(...(this.options.noBoard ? [] : board), ...(this.options.web ?? []), ...more);
    const server = spawn(this.program, words, {
      cwd: this.folder,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.server = server;
    this.said = "";
    server.stderr.on("data", (data: Buffer) => {
      this.said += data.toString();
    });
    this.address = await new Promise<string>((done, fail) => {
      const limit = setTimeout(
        () => fail(new Error(`duoboot web told no address:\n${this.said}`)),
        SERVER_START_MS,
      );
      server.stdout.on("data", (data: Buffer) => {
        this.said += data.toString();
        const told = /http:\/\/127\.0\.0\.1:\d+\/#token=[0-9a-f]+/.exec(this.said);
        if (told) {
          clearTimeout(limit);
          done(told[0]);
        }
      });
      server.on("exit", (code) => {
        clearTimeout(limit);
        fail(new Error(`duoboot web ended with ${code}:\n${this.said}`));
      });
    });
  }

  /** End the server; the board's flashes are saved. */
  async stopServer(): Promise<void> {
    const server = this.server;
    this.server = null;
    if (server && server.exitCode === null && server.signalCode === null) {
      const ended = new Promise((done) => server.once("exit", done));
      server.kill("SIGTERM");
      await ended;
    }
  }

  async launch(): Promise<Browser> {
    this.browser ??= await chromium.launch({
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        // Under Linux it is off by default.
        "--enable-features=WebBluetooth",
      ],
    });
    return this.browser;
  }

  /** A fresh page, as of a person who has never been there. `before`: what is
   * to be done with it before it loads. */
  async open(
    options: BrowserContextOptions = {},
    before: (page: Page) => Promise<unknown> = async () => {},
  ): Promise<Page> {
    const context = await (await this.launch()).newContext({
      viewport: { width: 1280, height: 900 },
      ...options,
    });
    const page = await context.newPage();
    this.watch(page);
    await before(page);
    await page.goto(this.address);
    return page;
  }

  /** Note errors and requests to anywhere else: the tests want none. */
  private watch(page: Page): void {
    page.on("pageerror", (error) => this.complaints.push(`page error: ${error.message}`));
    page.on("console", (message) => {
      if (message.type() === "error") {
        this.complaints.push(`console: ${message.text()}`);
      }
    });
    page.on("request", (request) => {
      const host = new URL(request.url()).hostname;
      if (host !== "127.0.0.1" && host !== "") {
        this.complaints.push(`a request left for ${request.url()}`);
      }
    });
  }

  async end(): Promise<void> {
    await this.browser?.close();
    this.browser = null;
    await this.stopServer();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A rig with a board that is on and a server that runs. */
export async function startRig(options: RigOptions = {}): Promise<Rig> {
  const rig = new Rig(options);
  try {
    rig.prepare();
    await rig.serve();
  } catch (error) {
    await rig.end();
    throw error;
  }
  return rig;
}
