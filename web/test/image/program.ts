// SPDX-License-Identifier: MIT
// The command line, for tests that hold the page's opinion against its. It is
// found by the environment: DUOBOOT is the program; DUO_FIRMWARE, if set, a
// folder with signed ARM images (*.signed.bin).
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const PROGRAM = process.env.DUOBOOT ?? "";
const FIRMWARE = process.env.DUO_FIRMWARE ?? "";
const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const OUTPUT_BYTES_MAX = 64 << 20;

export const hasProgram = PROGRAM !== "";
export const WITHOUT =
  "without the program nothing is compared: set DUOBOOT to the path of duoboot to run this";

export const KEYS = {
  p256: join(ROOT, "test/keys/test-p256.pem"),
  ed25519: join(ROOT, "test/keys/test-ed25519.pem"),
};

export interface Ended {
  code: number;
  out: string;
  err: string;
}

function run(program: string, args: readonly string[], input: string): Ended {
  const ended = spawnSync(program, args, {
    cwd: ROOT,
    input,
    encoding: "utf8",
    maxBuffer: OUTPUT_BYTES_MAX,
    timeout: 60_000,
  });
  if (ended.error !== undefined || ended.status === null) {
    throw new Error(`${program}: ${ended.error?.message ?? `signal ${ended.signal}`}`);
  }
  return { code: ended.status, out: ended.stdout, err: ended.stderr };
}

export function duoboot(...args: string[]): Ended {
  return run(PROGRAM, args, "");
}

export function duobootJson(...args: string[]): unknown {
  const { code, out, err } = duoboot(...args);
  if (out === "") {
    throw new Error(`duoboot ${args.join(" ")} ended with ${code}: ${err}`);
  }
  return JSON.parse(out);
}

/** A folder of one test file's own. */
export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), "duo-web-image-"));

  file(name: string, bytes: Uint8Array): string {
    const path = join(this.path, name);
    writeFileSync(path, bytes);
    return path;
  }

  at(name: string): string {
    return join(this.path, name);
  }

  read(name: string): Uint8Array {
    return new Uint8Array(readFileSync(this.at(name)));
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Firmware as a linker makes it, signed by the program. */
export function signedFirmware(
  folder: Folder,
  core: "app" | "net",
  options: readonly string[],
): Uint8Array {
  const layout = duoboot("layout", "show", "--json").out;
  const [raw, signed] = [folder.at(`${core}.bin`), folder.at(`${core}.signed.bin`)];
  const script = join(ROOT, "scripts/demo_firmware.py");
  const args = [script, "--core", core, "--size", "6K", "--seed", "7", "--output", raw];
  const made = run("python3", args, layout);
  const ended = made.code === 0 ? duoboot("sign", "--pad-header", ...options, raw, signed) : made;
  if (ended.code !== 0) {
    throw new Error(ended.err);
  }
  return folder.read(`${core}.signed.bin`);
}

export function armImages(): { name: string; bytes: Uint8Array }[] {
  return FIRMWARE === ""
    ? []
    : readdirSync(FIRMWARE)
        .filter((name) => name.endsWith(".signed.bin"))
        .map((name) => ({ name, bytes: new Uint8Array(readFileSync(join(FIRMWARE, name))) }));
}
