// SPDX-License-Identifier: MIT
// What a person can connect to, in the order in which it is offered; and links
// out of their ids, after a reload.
import type { BoardSession } from "../board/session";
import { bluetoothLink, requestBluetooth } from "./bluetooth";
import { type BoardLinkName, boardLink } from "./board";
import type { Link } from "./link";
import { relayLink } from "./relay";
import type { RelayLinkOffer, RelayOffer } from "./relay-protocol";
import {
  BAUD_RATES,
  requestSerial,
  SERIAL_DEFAULT,
  type SerialSetup,
  serialLink,
  serialName,
} from "./serial";
import type { RelayAddress } from "./token";

export type ChoiceKind = "board" | "bluetooth" | "serial" | "relay";

export interface Choice {
  /** Of the link, where it is known before somebody chooses. */
  id: string;
  title: string;
  /** One more line. */
  detail: string;
  kind: ChoiceKind;
  isAvailable: boolean;
  /** A sentence; "" if it is available. */
  whyNot: string;
  /** Call it from a click: the browser may ask which device. The link is open
   * when it resolves. Rejects with LinkError; NothingChosen if the person
   * closed the browser's list. The setup matters to kind "serial" only. */
  connect(setup?: SerialSetup): Promise<Link>;
}

/** What there is to choose from. */
export interface ChoiceContext {
  /** null: no `duoboot web` is known. */
  address: RelayAddress | null;
  offer: RelayOffer | null;
  session: BoardSession | null;
  /** What the browser has; navigator's unless told. */
  browser?: BrowserLinks;
}

export interface BrowserLinks {
  bluetooth?: Bluetooth | undefined;
  serial?: Serial | undefined;
  isSecure: boolean;
}

export function browserLinks(): BrowserLinks {
  return {
    bluetooth: "bluetooth" in navigator ? navigator.bluetooth : undefined,
    serial: "serial" in navigator ? navigator.serial : undefined,
    isSecure: globalThis.isSecureContext,
  };
}

export function choices(context: ChoiceContext): Choice[] {
  const { address, offer, session } = context;
  const browser = context.browser ?? browserLinks();
  const relayed = address === null || offer === null ? [] : offer.links;
  return [
    ...(session === null ? [] : boardChoices(session)),
    ...bluetoothChoices(browser),
    serialChoice(browser),
    ...relayed.flatMap((link) => (address === null ? [] : [relayChoice(address, link)])),
  ];
}

/** The link with this id if it can be had without a click; else null. Not open
 * yet. */
export async function linkById(id: string, context: ChoiceContext): Promise<Link | null> {
  const { address, offer, session } = context;
  if (id === "board:app" || id === "board:link") {
    return session === null ? null : boardLink(session, id === "board:app" ? "app" : "link");
  }
  const browser = context.browser ?? browserLinks();
  if (id.startsWith("serial:")) {
    return serialById(id, browser.serial);
  }
  if (id.startsWith("bluetooth:")) {
    return bluetoothById(id, browser.bluetooth);
  }
  const relayed = offer?.links.find((link) => id === `relay:${link.url}`);
  return address === null || relayed === undefined ? null : relayLink(address, relayed);
}

function boardChoices(session: BoardSession): Choice[] {
  const isGone = session.status === "off" || session.status === "ended";
  const whyNot = isGone ? session.why || "The virtual board is not running." : "";
  const one = (uart: BoardLinkName, title: string, detail: string): Choice => ({
    id: `board:${uart}`,
    title,
    detail,
    kind: "board",
    isAvailable: !isGone,
    whyNot,
    connect: () => opened(boardLink(session, uart)),
  });
  return [
    one(
      "app",
      "Virtual board, console (UART0)",
      "Console lines, between the log and the shell of the application.",
    ),
    one("link", "Virtual board, link (UART1)", "A UART for packets alone: the faster one."),
  ];
}

function bluetoothChoices(browser: BrowserLinks): Choice[] {
  const { bluetooth } = browser;
  const whyNot = bluetooth === undefined ? missing("Web Bluetooth", browser, BLUETOOTH_WHO) : "";
  const one = (isAny: boolean, title: string, detail: string): Choice => ({
    id: isAny ? "bluetooth:any" : "bluetooth",
    title,
    detail,
    kind: "bluetooth",
    isAvailable: bluetooth !== undefined,
    whyNot,
    connect: async () => opened(bluetoothLink(await requestBluetooth(isAny, bluetooth))),
  });
  return [
    one(false, "Bluetooth", "Devices near you that say they can be managed."),
    one(true, "Bluetooth, any device", "For one that does not say so in its advertising."),
  ];
}

function serialChoice(browser: BrowserLinks): Choice {
  const { serial } = browser;
  return {
    id: "serial",
    title: "Serial port",
    detail: "A USB cable or adapter: console lines, or packets alone.",
    kind: "serial",
    isAvailable: serial !== undefined,
    whyNot:
      serial === undefined
        ? missing("Web Serial", browser, "Chrome and Edge on a desktop have it")
        : "",
    connect: async (setup = SERIAL_DEFAULT) =>
      opened(serialLink(await requestSerial(serial), setup)),
  };
}

const BLUETOOTH_WHO =
  "Chrome and Edge have it; on Linux it may have to be switched on at chrome://flags, as " +
  "Experimental Web Platform features";

const CODING_WORDS: Record<RelayLinkOffer["coding"], string> = {
  console: "Serial port of this computer, console lines",
  raw: "Serial port of this computer, packets alone",
  datagram: "UDP",
};

function relayChoice(address: RelayAddress, link: RelayLinkOffer): Choice {
  return {
    id: `relay:${link.url}`,
    title: link.title,
    detail: `${CODING_WORDS[link.coding]}, by \`duoboot web\` (${link.url}).`,
    kind: "relay",
    isAvailable: true,
    whyNot: "",
    connect: () => opened(relayLink(address, link)),
  };
}

function missing(what: string, { isSecure }: BrowserLinks, who: string): string {
  return isSecure
    ? `This browser has no ${what}; ${who}.`
    : `${what} works on pages of this computer (127.0.0.1) and with https only.`;
}

async function opened(link: Link): Promise<Link> {
  await link.open();
  return link;
}

/** "serial:1366:1059:115200:console": a port for which the right was kept. */
async function serialById(id: string, serial: Serial | undefined): Promise<Link | null> {
  const parts = id.split(":");
  const [, vendor, product, baud, coding] = parts;
  const baudRate = BAUD_RATES.find((rate) => String(rate) === baud);
  const isKnown = baudRate !== undefined && (coding === "console" || coding === "raw");
  if (serial === undefined || parts.length !== 5 || !isKnown) {
    return null;
  }
  const name = `serial:${vendor}:${product}`;
  const ports = await serial.getPorts().catch(() => []);
  const port = ports.find((one) => serialName(one) === name);
  return port === undefined ? null : serialLink(port, { baudRate, coding });
}

async function bluetoothById(id: string, bluetooth: Bluetooth | undefined): Promise<Link | null> {
  // Some browsers have Bluetooth without this call.
  if (bluetooth === undefined || typeof bluetooth.getDevices !== "function") {
    return null;
  }
  const devices = await bluetooth.getDevices().catch(() => []);
  const device = devices.find((one) => id === `bluetooth:${one.id}`);
  return device === undefined ? null : bluetoothLink(device);
}
