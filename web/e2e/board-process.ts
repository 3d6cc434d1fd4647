// SPDX-License-Identifier: MIT
// The virtual board as a process of the test's own, with its link UART as a TCP
// port: what Bluetooth's SMP server stands on.
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { BoardEvent } from "../src/board/protocol";
import { duoboot, type Rig } from "./rig";

const START_MS = 30_000;
/** The last that the application prints of its start. */
const IS_UP = /network image: \w+/;

export class BoardProcess {
  /** TCP on 127.0.0.1. */
  port = 0;
  /** A reset, or no power. */
  onAway: (() => void) | null = null;
  /** The application runs. */
  onUp: (() => void) | null = null;
  /** What it has said, for failures. */
  said = "";
  private printed = "";
  private onPower: (() => void) | null = null;

  private constructor(private readonly child: ChildProcess) {}

  /** Creates the board `dk` in the rig's folder and switches it on. */
  static async start(rig: Rig): Promise<BoardProcess> {
    const images = ["--app", "app-1.0.0.bin", "--net", "net-1.0.0.bin"];
    duoboot(rig.folder, "board", "create", "dk", "--key", "public.pem", ...images);
    const words = ["board", "run", "dk", "--control", "--uart", "link=tcp:0"];
    for (const name of ["appboot.elf", "netboot.elf"]) {
      words.push("--load", join(rig.firmware, name));
    }
    const child = spawn(rig.program, words, { cwd: rig.folder, stdio: "pipe" });
    const board = new BoardProcess(child);
    try {
      await board.begin();
    } catch (error) {
      await board.end();
      throw error;
    }
    return board;
  }

  /** Resolves when the application is up for the first time. */
  private async begin(): Promise<void> {
    await new Promise<void>((done, fail) => {
      const broken = (why: string) => fail(new Error(`the board ${why}:\n${this.said}`));
      const limit = setTimeout(() => broken("did not start"), START_MS);
      this.onUp = () => {
        clearTimeout(limit);
        done();
      };
      this.child.once("exit", (code) => broken(`ended with ${code}`));
      this.child.stderr?.on("data", (data: Buffer) => {
        this.said += data.toString();
        this.port = Number(/TCP port (\d+)/.exec(this.said)?.[1] ?? 0);
      });
      if (this.child.stdout) {
        const lines = createInterface({ input: this.child.stdout });
        lines.on("line", (line) => this.take(JSON.parse(line) as BoardEvent));
      }
    });
    this.onUp = null;
    if (this.port === 0) {
      throw new Error(`the board told no TCP port:\n${this.said}`);
    }
  }

  private take(event: BoardEvent): void {
    if (event.type === "note" && event.text.startsWith("application core: reset")) {
      this.said += `${event.text}\n`;
      this.printed = "";
      this.onAway?.();
    } else if (event.type === "power") {
      this.printed = "";
      this.onAway?.();
      this.onPower?.();
    } else if (event.type === "uart" && event.uart === "app") {
      const text = Buffer.from(event.data, "base64").toString("latin1");
      this.said += text;
      const wasUp = IS_UP.test(this.printed);
      this.printed += text;
      if (!wasUp && IS_UP.test(this.printed)) {
        this.onUp?.();
      }
    }
  }

  /** Off: when it resolves, the flashes are saved. */
  async power(isOn: boolean): Promise<void> {
    const told = new Promise<void>((done) => {
      this.onPower = done;
    });
    this.child.stdin?.write(`${JSON.stringify({ type: "power", on: isOn })}\n`);
    await told;
    this.onPower = null;
  }

  /** Ends the run; the flashes are saved. */
  async end(): Promise<void> {
    const { child } = this;
    if (child.exitCode === null && child.signalCode === null) {
      const ended = new Promise((done) => child.once("exit", done));
      child.stdin?.end();
      await ended;
    }
  }
}
