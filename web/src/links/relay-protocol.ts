// SPDX-License-Identifier: MIT
// The WebSockets of `duoboot web`, at /ws on its own address. The token, from
// the fragment of the page's address, and what is wanted are in the query:
//   /ws?token=HEX&to=offer        what there is to connect to; stays open
//   /ws?token=HEX&to=board        the virtual board: board/protocol.ts as text.
//                                 First its hello and what it said before, as
//                                 it came: the latest "uart" (but of the link),
//                                 "note" and "power". Then all that it says; the
//                                 first "state" stands after the whole past
//   /ws?token=HEX&to=link&url=URL one of the offered links: bytes or datagrams
// A refused upgrade is HTTP 403 (origin or token), 404 (no such URL offered) or
// 503 (too many). A close carries a code and a sentence as its reason.

/** The first message at to=offer, and again when the links change. */
export interface RelayOffer {
  type: "offer";
  /** Version of the program. */
  version: string;
  /** Name of the virtual board, or null if there is none. */
  board: string | null;
  links: RelayLinkOffer[];
}

export interface RelayLinkOffer {
  /** "serial:/dev/ttyACM0?baud=115200", "raw:...", "udp:192.0.2.2:1337". */
  url: string;
  /** "console" and "raw": a byte stream and how packets are written on it;
   * "datagram": each message is one packet. */
  coding: "console" | "raw" | "datagram";
  /** For people: "nRF5340 DK (SEGGER J-Link)". */
  title: string;
}

/** The first message at to=link, before any bytes: the port is open. Text;
 * what follows is binary. */
export interface RelayLinkOpen {
  type: "open";
  url: string;
  coding: RelayLinkOffer["coding"];
}

export const RELAY_CLOSE = {
  /** Somebody else uses the link. */
  busy: 4001,
  /** The port cannot be opened, or is gone. */
  port: 4002,
  /** A message was too long, or the page does not read. */
  limit: 4003,
  /** The board has ended. */
  ended: 4004,
} as const;

/** Longer messages from the page end the connection. */
export const RELAY_MESSAGE_BYTES_MAX = 65536;
