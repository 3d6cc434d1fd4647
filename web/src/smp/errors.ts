// SPDX-License-Identifier: MIT
// What the errors of SMP servers mean, in whole sentences.
import { type Body, bytes, find, int, TEXT_CHARS, text, u32 } from "./body";
import { SmpError } from "./types";
import { GROUP_ERRORS, PROTOCOL_ERRORS, REASONS } from "./words";

/** Errors of group 77 are reasons of the boot loader. */
export const GROUP_DUOBOOT = 77;
/** Group of an SmpError that is of the protocol itself. */
export const GROUP_PROTOCOL = -1;
/** Errors of the protocol that the client itself acts upon. */
export const RC = {
  unknown: 1,
  noMemory: 2,
  invalid: 3,
  timeout: 4,
  tooLarge: 7,
  notSupported: 8,
  corrupt: 9,
  busy: 10,
  tooOld: 12,
  tooNew: 13,
} as const;

function wordsOf(group: number, code: number): string | undefined {
  if (group === GROUP_PROTOCOL) {
    return PROTOCOL_ERRORS[code];
  }
  return group === GROUP_DUOBOOT ? REASONS[code]?.text : GROUP_ERRORS[group]?.errors[code];
}

function numberOf(group: number, code: number, asked: number | null): string {
  const shown = group === GROUP_PROTOCOL ? asked : group;
  const kind = group === GROUP_PROTOCOL ? `rc ${code}` : `error ${code}`;
  if (shown === null) {
    return kind;
  }
  const name = GROUP_ERRORS[shown]?.name;
  return `group ${shown}${name === undefined ? "" : ` ${name}`}, ${kind}`;
}

/**
 * The sentence for an error of a server, with its numbers.
 *
 * @param group -1: the protocol itself.
 * @param asked The group of the request, where the error does not say one.
 */
export function describe(group: number, code: number, asked: number | null = null): string {
  const words = wordsOf(group, code);
  const number = numberOf(group, code, asked);
  if (words === undefined) {
    return `The device refuses with an error that this page does not know (${number}).`;
  }
  const sentence = words.replace(/\.$/, "");
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)} (${number}).`;
}

/** The reason's name and sentence; null: no such reason is known. */
export function reasonWords(reason: number): { name: string; text: string } | null {
  return REASONS[reason] ?? null;
}

function refusal(group: number, code: number, asked: number, body: Body): SmpError {
  const rsn = text(body, "rsn", TEXT_CHARS);
  const why = describe(group, code, asked);
  const message = rsn === null ? why : `${why.replace(/\.$/, "")}: ${rsn}.`;
  return new SmpError("refused", message, group, code);
}

/** null: the answer tells of no error. */
export function refusalOf(body: Body, asked: number): SmpError | null {
  const err = find(body, "err");
  const group = u32(err, "group");
  const code = u32(err, "rc");
  if (group !== null && code !== null && code !== 0) {
    return refusal(group, code, asked, body);
  }
  // Old shells answer with the command's own result as rc.
  const rc = bytes(body, "o") === null ? int(body, "rc") : null;
  if (rc === null || rc === 0) {
    return null;
  }
  // The protocol has no negative ones; a server's errno may be.
  return refusal(GROUP_PROTOCOL, rc > 0 && rc <= 0xffffffff ? rc : RC.unknown, asked, body);
}

/** The server does not have this command. */
export function isUnsupported(error: unknown): boolean {
  return (
    error instanceof SmpError &&
    error.kind === "refused" &&
    error.group === GROUP_PROTOCOL &&
    error.code === RC.notSupported
  );
}

export function cancelledError(): SmpError {
  return new SmpError("cancelled", "It was stopped before the device had answered.");
}

/** Of something that was thrown: an SmpError, whatever it was before. */
export function asSmpError(error: unknown): SmpError {
  if (error instanceof SmpError) {
    return error;
  }
  return new SmpError("gone", error instanceof Error ? error.message : String(error));
}
