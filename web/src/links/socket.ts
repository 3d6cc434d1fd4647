// SPDX-License-Identifier: MIT
// What all WebSockets to `duoboot web` share: how they are made, what their
// end means, and waiting until the browser has passed on what was written.
import { printable } from "../lib/bytes";
import { LinkError } from "./link";
import { RELAY_CLOSE } from "./relay-protocol";

export type MakeSocket = (url: string) => WebSocket;

export const makeSocket: MakeSocket = (url) => new WebSocket(url);

/** More than that is not left waiting in the browser. */
export const WAITING_BYTES_MAX = 65536;
/** Nothing tells when the browser has sent: it has to be asked. */
const LOOK_MS = 4;

/** WebSocket.OPEN, which Node 18 has no WebSocket for. */
export const SOCKET_OPEN = 1;

/** Refused upgrades look alike to a page, whatever the status was. */
const REFUSED =
  "`duoboot web` does not take the connection. It may have ended, or was started again with another " +
  "token: then open the address that it prints now. Or it does not allow this page (its option " +
  "--allow-origin does), no longer has what was asked for, or serves too many.";

const WORDS: Record<number, string> = {
  [RELAY_CLOSE.busy]: "Somebody else uses this link. Close it there, then connect again.",
  [RELAY_CLOSE.port]:
    "The port cannot be opened, or is gone. Look at the cable, then connect again.",
  [RELAY_CLOSE.limit]: "`duoboot web` closed the link: too much was sent, or too little was read.",
  [RELAY_CLOSE.ended]: "The virtual board has ended.",
};

/** Why a socket closed, as a sentence for people. */
export function closeWords(event: { code: number; reason: string }, wasOpen: boolean): string {
  const reason = printable(event.reason).trim();
  const words = WORDS[event.code];
  if (words !== undefined) {
    return reason === "" ? words : sentence(reason);
  }
  if (!wasOpen) {
    return REFUSED;
  }
  return reason === ""
    ? "The connection to `duoboot web` is gone: it has ended, or was stopped."
    : sentence(reason);
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** Resolves when little waits in the browser; rejects when the socket ends. */
export async function drained(socket: WebSocket, waitingBytesMax: number): Promise<void> {
  while (socket.readyState === SOCKET_OPEN && socket.bufferedAmount > waitingBytesMax) {
    await sleep(LOOK_MS);
  }
  if (socket.readyState !== SOCKET_OPEN) {
    throw new LinkError("The connection to `duoboot web` closed while something was being sent.");
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
