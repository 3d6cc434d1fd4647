// SPDX-License-Identifier: MIT
// How uploads fail, in sentences; and which refusals may pass.
import { GROUP_PROTOCOL, RC } from "./errors";
import { SmpError } from "./types";

/** How far it is: for sentences. */
export interface Where {
  heldBytes: number;
  totalBytes: number;
}

const GOES_ON = "the same upload goes on from there.";

/** Of the protocol: may pass if it is sent again, and how often to try. */
export function patienceWith(error: SmpError, triesMax: number): number {
  if (error.group !== GROUP_PROTOCOL) {
    return 0;
  }
  switch (error.code) {
    case RC.noMemory:
    case RC.timeout:
    case RC.corrupt:
    case RC.busy:
      return triesMax;
    case RC.invalid: // A packet that was damaged on a line without checks.
      return 2;
    default:
      return 0;
  }
}

export function isTooLarge(error: SmpError): boolean {
  return error.group === GROUP_PROTOCOL && error.code === RC.tooLarge;
}

export function tooShortError(packetBytes: number): SmpError {
  return new SmpError(
    "request",
    `Packets of ${packetBytes} bytes, which is what the device takes, are too short for an upload.`,
  );
}

export function silentError(where: Where): SmpError {
  return new SmpError(
    "silent",
    `The device no longer answers. It holds ${where.heldBytes} of ${where.totalBytes} bytes: ${GOES_ON}`,
  );
}

export function stoppedError(where: Where): SmpError {
  return new SmpError(
    "cancelled",
    `It was stopped. The device holds ${where.heldBytes} of ${where.totalBytes} bytes: ${GOES_ON}`,
  );
}

export function stuckError(where: Where): SmpError {
  return new SmpError(
    "malformed",
    "The device answers, but takes no more data: it stays at " +
      `${where.heldBytes} of ${where.totalBytes} bytes.`,
  );
}

export function forgetfulError(count: number): SmpError {
  return new SmpError(
    "malformed",
    `The device forgot the upload ${count} times. Does it reset, or does another program ` +
      "upload to it?",
  );
}

export function mismatchError(where: Where): SmpError {
  return new SmpError(
    "malformed",
    `The device has all ${where.totalBytes} bytes, but not these: its digest of them is ` +
      "another one. Upload it again.",
  );
}
