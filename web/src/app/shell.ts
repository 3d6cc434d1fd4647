// SPDX-License-Identifier: MIT
// The board's shell over SMP: a line is split into words, as a shell would.
import { signal } from "@preact/signals";
import * as calls from "../smp/calls";
import { attempt } from "./tools";

const CHARS_MAX = 65536;
const HISTORY_MAX = 200;

export const shellText = signal("");
export const shellHistory = signal<readonly string[]>([]);
export const shellState = signal("");

const WORD = /(?:\\.|"(?:\\.|[^"\\])*"|'[^']*'|[^\s"'\\])+/gs;
const QUOTED = /\\(.)|"((?:\\.|[^"\\])*)"|'([^']*)'/gs;

/** A word without its quotes. */
function plainWord(word: string): string {
  return word.replace(
    QUOTED,
    (_, escaped?: string, inDouble?: string, inSingle?: string) =>
      escaped ?? inDouble?.replace(/\\(.)/gs, "$1") ?? inSingle ?? "",
  );
}

/** Words between blanks; quotes keep blanks together, a backslash the next
 * letter. null: a quote is not closed. */
export function splitLine(line: string): string[] | null {
  const isWhole = line.replace(WORD, "").trim() === "";
  return isWhole ? (line.match(WORD) ?? []).map(plainWord) : null;
}

function print(text: string): void {
  shellText.value = (shellText.value + text).slice(-CHARS_MAX);
}

export async function runShell(line: string): Promise<void> {
  const words = splitLine(line);
  if (words === null) {
    shellState.value = "A quotation mark is not closed.";
    return;
  }
  if (words.length === 0) {
    return;
  }
  shellState.value = "";
  shellHistory.value = [...shellHistory.value.filter((old) => old !== line), line].slice(
    -HISTORY_MAX,
  );
  print(`$ ${line}\n`);
  const result = await attempt(shellState, "a shell", (on) => calls.shell(on, words));
  if (result !== null) {
    const end = result.output === "" || result.output.endsWith("\n") ? "" : "\n";
    print(`${result.output}${end}`);
    if (result.result !== 0) {
      print(`(result ${result.result})\n`);
    }
  } else {
    print(`(${shellState.value})\n`);
  }
}

export function clearShell(): void {
  shellText.value = "";
}
