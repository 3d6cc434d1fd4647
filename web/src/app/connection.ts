// SPDX-License-Identifier: MIT
// The one link that is open, and its life: chosen, open, lost, opened again,
// also after the page was reloaded.
import { computed, signal } from "@preact/signals";
import { type Choice, type ChoiceContext, choices, linkById } from "../links/choices";
import { type Link, NothingChosen } from "../links/link";
import type { SerialSetup } from "../links/serial";
import { Client } from "../smp/client";
import { SmpError } from "../smp/types";
import { takeText } from "./console";
import { address, offer, relayTick, session } from "./relay";
import { addNotice, reportError, sentenceOf } from "./store";

/**
 * - "none": nothing is connected.
 * - "opening": for the first time.
 * - "open": packets can be sent.
 * - "lost": it was open; it is tried again and again.
 */
export type LinkState = "none" | "opening" | "open" | "lost";

export const linkState = signal<LinkState>("none");
export const link = signal<Link | null>(null);
export const client = signal<Client | null>(null);
/** Why it is lost; "" if it is not. */
export const lostWhy = signal("");
/** The link is there but the board does not answer: a sentence. */
export const silence = signal("");
/** Others start or stop what depends on a connection. */
const watchers: { opened: () => void; closed: () => void }[] = [];

export function onConnection(watcher: { opened: () => void; closed: () => void }): void {
  watchers.push(watcher);
}

const KEY = "duoboot.link";

function context(): ChoiceContext {
  return { address: address.value, offer: offer.value, session: session.value };
}

export const choiceList = computed<Choice[]>(() => {
  // The session itself is no signal: its changes count there.
  relayTick.value;
  return choices(context());
});

// --- Kept over a reload ---

function keepId(id: string | null): void {
  try {
    if (id === null) {
      sessionStorage.removeItem(KEY);
    } else {
      sessionStorage.setItem(KEY, id);
    }
  } catch {
    // Without storage a reload asks for the connection anew.
  }
}

function keptId(): string | null {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}

// --- Open, lost, open again ---

const RETRY_MS = [500, 1000, 2000, 4000, 8000];
let retryTimer: ReturnType<typeof setTimeout> | null = null;
/** What was asked for last; what was begun before it no longer counts. */
let turn = 0;

function stopRetry(): void {
  if (retryTimer !== null) {
    clearTimeout(retryTimer);
    retryTimer = null;
  }
}

function retry(of: Client, count: number): void {
  stopRetry();
  const waitMs = RETRY_MS[Math.min(count, RETRY_MS.length - 1)] ?? 1000;
  retryTimer = setTimeout(async () => {
    if (client.value !== of || linkState.value !== "lost") {
      return;
    }
    try {
      await of.link.open();
      reopened(of);
    } catch (error) {
      if (client.value === of) {
        lostWhy.value = sentenceOf(error);
        retry(of, count + 1);
      }
    }
  }, waitMs);
}

function reopened(of: Client): void {
  if (client.value !== of) {
    return;
  }
  stopRetry();
  of.forget();
  linkState.value = "open";
  lostWhy.value = "";
  silence.value = "";
  for (const watcher of watchers) {
    watcher.opened();
  }
}

function lost(of: Client, why: string): void {
  if (client.value !== of) {
    return;
  }
  linkState.value = "lost";
  lostWhy.value = why;
  // Whoever asked for the reset opens the link again.
  if (!of.isRestarting) {
    retry(of, 0);
  }
}

/** After a restart that opened and closed the link itself. */
export function settleLink(of: Client): void {
  if (client.value !== of) {
    return;
  }
  if (!of.link.isOpen) {
    linkState.value = "lost";
    retry(of, 0);
  } else if (linkState.value !== "open") {
    reopened(of);
  }
}

function use(opened: Link): void {
  const mine = new Client(opened);
  mine.onClosed = (why) => lost(mine, why);
  opened.onText = takeText;
  link.value = opened;
  client.value = mine;
  linkState.value = "open";
  lostWhy.value = "";
  silence.value = "";
  keepId(opened.id);
  for (const watcher of watchers) {
    watcher.opened();
  }
}

async function letGo(): Promise<void> {
  turn += 1;
  stopRetry();
  const old = client.value;
  link.value = null;
  client.value = null;
  linkState.value = "none";
  lostWhy.value = "";
  silence.value = "";
  for (const watcher of watchers) {
    watcher.closed();
  }
  if (old !== null) {
    old.close();
    old.link.onText = null;
    await old.link.close();
  }
}

/** Call it from a click: the browser may ask which device. */
export async function connect(choice: Choice, setup?: SerialSetup): Promise<boolean> {
  try {
    await letGo();
  } catch (error) {
    reportError(error);
  }
  const mine = turn;
  linkState.value = "opening";
  try {
    const opened = await choice.connect(setup);
    if (mine !== turn) {
      await opened.close();
      return false;
    }
    use(opened);
    return true;
  } catch (error) {
    if (mine === turn) {
      linkState.value = "none";
    }
    if (!(error instanceof NothingChosen)) {
      reportError(error, `${choice.title} could not be opened`);
    }
    return false;
  }
}

export async function disconnect(): Promise<void> {
  const label = link.value?.label ?? "";
  keepId(null);
  try {
    await letGo();
    if (label !== "") {
      addNotice("done", `Disconnected from ${label}.`);
    }
  } catch (error) {
    reportError(error);
  }
}

// --- What the board's answers tell of the link ---

export function noteAnswer(): void {
  silence.value = "";
}

export function noteSilence(error: unknown): void {
  if (error instanceof SmpError && error.kind === "silent") {
    silence.value = error.message;
  }
}

// --- After a reload ---

const RESTORE_MS = 500;
const RESTORE_TRIES = 20;

/** What was open before a reload is opened again, as soon as it can be had. */
export async function restoreLink(): Promise<void> {
  const id = keptId();
  if (id === null) {
    return;
  }
  const mine = turn;
  for (let tries = 0; tries < RESTORE_TRIES && mine === turn; tries++) {
    try {
      const found = await linkById(id, context());
      if (found !== null && mine === turn && linkState.value === "none") {
        linkState.value = "opening";
        await found.open();
        use(found);
        return;
      }
    } catch (error) {
      if (mine === turn) {
        linkState.value = "none";
        lostWhy.value = sentenceOf(error);
      }
    }
    await new Promise((resolve) => setTimeout(resolve, RESTORE_MS));
  }
  if (mine === turn) {
    keepId(null);
    addNotice(
      "error",
      "The connection from before the reload cannot be had any more. Choose a connection.",
    );
  }
}
