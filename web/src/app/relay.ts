// SPDX-License-Identifier: MIT
// `duoboot web`, if there is one: what it offers, and its virtual board.
import { signal } from "@preact/signals";
import { BoardSession } from "../board/session";
import { RelayOffers } from "../links/relay";
import type { RelayOffer } from "../links/relay-protocol";
import {
  forgetRelayAddress,
  type RelayAddress,
  relayAddress,
  setRelayAddress,
} from "../links/token";
import { boardModelOf } from "./board-model";
import { sentenceOf } from "./store";

export const address = signal<RelayAddress | null>(null);
export const offer = signal<RelayOffer | null>(null);
export const session = signal<BoardSession | null>(null);
/** Why there is no offer; "" if there is one, or none is wanted. */
export const relayWhy = signal("");
/** Grows when the session's state changes. */
export const relayTick = signal(0);

let offers: RelayOffers | null = null;

function takeOffer(from: RelayAddress, fresh: RelayOffer): void {
  offer.value = fresh;
  relayWhy.value = "";
  if (fresh.board !== null && session.value === null) {
    const begun = new BoardSession(from);
    begun.subscribeStatus(() => {
      relayTick.value += 1;
    });
    // It hears from the first event on, whether it is shown or not.
    boardModelOf(begun);
    session.value = begun;
    begun.start();
  }
}

function watch(at: RelayAddress): void {
  const watching = new RelayOffers(at);
  watching.onOffer = (fresh) => takeOffer(at, fresh);
  watching.onGone = (why) => {
    offer.value = null;
    relayWhy.value = why;
  };
  address.value = at;
  offers = watching;
  watching.start();
}

export function startRelay(): void {
  const at = relayAddress();
  if (at !== null) {
    watch(at);
  }
}

/** What a person pasted; false: it is wrong, and `relayWhy` says how. */
export function useRelay(text: string): boolean {
  try {
    const at = setRelayAddress(text);
    forgetSession();
    watch(at);
    return true;
  } catch (error) {
    relayWhy.value = sentenceOf(error);
    return false;
  }
}

function forgetSession(): void {
  offers?.stop();
  offers = null;
  session.value?.stop();
  session.value = null;
  offer.value = null;
  address.value = null;
}

export function leaveRelay(): void {
  forgetSession();
  forgetRelayAddress();
  relayWhy.value = "";
}
