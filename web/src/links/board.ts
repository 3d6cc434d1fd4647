// SPDX-License-Identifier: MIT
// Links to the virtual board: its console, and the UART that is for packets.
import type { BoardSession } from "../board/session";
import type { Link } from "./link";
import { streamLink } from "./stream";

export type BoardLinkName = "app" | "link";

/** Console frames on the application's UART, raw packets on the other. */
export function boardLink(session: BoardSession, uart: BoardLinkName): Link {
  return streamLink(session.uartStream(uart), uart === "app" ? "console" : "raw");
}
