// SPDX-License-Identifier: MIT
// Where `duoboot web` is, and the token that it wants: from the page's own
// address, or from what a person pastes. Kept for this tab only, so that a
// reload works.
import { LinkError } from "./link";

export interface RelayAddress {
  /** "ws://127.0.0.1:8077/ws", without a query. */
  url: string;
  token: string;
}

/** Parts of the window that are used here; a test has its own. */
export interface Surroundings {
  location: Pick<Location, "href" | "hash" | "pathname" | "search">;
  history: Pick<History, "replaceState" | "state">;
  storage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
}

const KEY = "duoboot.relay";
const TOKEN = /^[0-9a-f]{16,256}$/i;
const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);
const HOW =
  'Paste the whole address that `duoboot web` printed, such as "http://127.0.0.1:8077/#token=...".';

function here(): Surroundings {
  return { location: window.location, history: window.history, storage: window.sessionStorage };
}

/** Where the relay is; null: nobody has told. Takes the token out of the
 * address bar, where a screenshot or a shared link would give it away. */
export function relayAddress(at: Surroundings = here()): RelayAddress | null {
  const token = new URLSearchParams(at.location.hash.replace(/^#/, "")).get("token");
  if (token === null) {
    return kept(at);
  }
  at.history.replaceState(at.history.state, "", at.location.pathname + at.location.search);
  if (!TOKEN.test(token)) {
    return kept(at);
  }
  const address = { url: socketUrl(new URL(at.location.href)), token: token.toLowerCase() };
  keep(at, address);
  return address;
}

/** What a person pasted: kept if it can be right, else LinkError says why not. */
export function setRelayAddress(text: string, at: Surroundings = here()): RelayAddress {
  const address = parseRelayAddress(text);
  keep(at, address);
  return address;
}

export function forgetRelayAddress(at: Surroundings = here()): void {
  try {
    at.storage.removeItem(KEY);
  } catch {
    // Storage that is switched off holds nothing either.
  }
}

/** The printed address, also without "http://", or "ws:" with ?token=. */
export function parseRelayAddress(text: string): RelayAddress {
  const url = parseUrl(text.trim());
  if (url === null) {
    throw new LinkError(`This is not an address. ${HOW}`);
  }
  if (!LOOPBACK.has(url.hostname)) {
    throw new LinkError(
      `\`duoboot web\` serves this computer only: its address begins with 127.0.0.1 or localhost. ${HOW}`,
    );
  }
  const token =
    new URLSearchParams(url.hash.replace(/^#/, "")).get("token") ?? url.searchParams.get("token");
  if (token === null || !TOKEN.test(token)) {
    throw new LinkError(`The token is missing or not whole. ${HOW}`);
  }
  return { url: socketUrl(url), token: token.toLowerCase() };
}

/** The address of one WebSocket. */
export function relayUrl(address: RelayAddress, query: Record<string, string>): string {
  return `${address.url}?${new URLSearchParams({ token: address.token, ...query })}`;
}

function parseUrl(text: string): URL | null {
  const whole = /^[a-z]+:\/\//i.test(text) ? text : `http://${text}`;
  try {
    const url = new URL(whole);
    return /^(https?|wss?):$/.test(url.protocol) ? url : null;
  } catch {
    return null;
  }
}

function socketUrl(page: URL): string {
  const isSecure = page.protocol === "https:" || page.protocol === "wss:";
  return `${isSecure ? "wss" : "ws"}://${page.host}/ws`;
}

function keep(at: Surroundings, address: RelayAddress): void {
  try {
    at.storage.setItem(KEY, JSON.stringify(address));
  } catch {
    // Without storage the address has to be given again after a reload.
  }
}

function kept(at: Surroundings): RelayAddress | null {
  try {
    const value: unknown = JSON.parse(at.storage.getItem(KEY) ?? "null");
    return isAddress(value) ? { url: value.url, token: value.token } : null;
  } catch {
    return null;
  }
}

function isAddress(value: unknown): value is RelayAddress {
  if (typeof value !== "object" || value === null) {
    return false;
  }
  const { url, token } = value as Partial<Record<keyof RelayAddress, unknown>>;
  return (
    typeof url === "string" &&
    /^wss?:\/\/[^/?#]+\/ws$/.test(url) &&
    typeof token === "string" &&
    TOKEN.test(token)
  );
}
