// SPDX-License-Identifier: MIT
// The client against the recorded exchanges: it sends what was recorded and
// makes of the answers what was written down; of damaged ones an error.
import { describe, expect, it, vi } from "vitest";
import { Client } from "../../src/smp/client";
import { makeCall, type Told } from "./exchange-calls";
import {
  type Call,
  type Damage,
  ExchangeLink,
  recordedCalls,
  recordedLineCount,
} from "./exchanges";
import { VirtualClock } from "./virtual-clock";

// No test waits for real time; a busy machine may take long all the same.
vi.setConfig({ testTimeout: 60_000 });

const CALLS = recordedCalls();
/** Answers longer than that are damaged at their first bytes and here and there. */
const EVERY_BYTE_MAX = 32;
const STRIDE = 23;
const FLIPS = [0x01, 0x20, 0x80, 0xff];
/** Header and first keys are changed in all these ways, the rest in one of them. */
const EVERY_FLIP_MAX = 12;
/** No call asks that often. */
const SENT_MAX = 400;

async function play(call: Call, damage?: Damage): Promise<{ link: ExchangeLink; told: Told }> {
  const clock = new VirtualClock();
  const link = new ExchangeLink(call, clock, damage);
  const client = new Client(link, clock);
  return { link, told: await clock.run(makeCall(client, call.words)) };
}

function placesIn(call: Call): number[] {
  const longest = Math.max(
    0,
    ...call.exchanges.flatMap(({ answers }) => answers.map((answer) => answer.length)),
  );
  return Array.from({ length: longest }, (_, at) => at).filter(
    (at) => at < EVERY_BYTE_MAX || at % STRIDE === 0,
  );
}

function isFailure({ error }: Told): boolean {
  return error !== null;
}

/** These ask a second question, and tell less if that is not answered. */
function mayTellLess(call: Call): boolean {
  return call.words[0] === "bootloader" || call.words[0] === "groups";
}

describe("recorded exchanges", () => {
  it("are all of our client's calls", () => {
    expect(CALLS.length).toBe(recordedLineCount("call "));
    expect(CALLS.length).toBeGreaterThanOrEqual(122);
    const exchangeCount = CALLS.flatMap(({ exchanges }) => exchanges).length;
    expect(exchangeCount - CALLS.length).toBe(recordedLineCount("then"));
  });

  it.each(CALLS.map((call) => [call.exchanges[0]?.name ?? "", call] as const))(
    "%s: the same packets, the same result",
    async (_, call) => {
      const { link, told } = await play(call);
      expect(link.faults).toEqual([]);
      expect(told.told).toBe(call.told);
      expect(link.isAllAsked).toBe(true);
    },
  );

  it("errors are whole sentences with their number", async () => {
    let count = 0;
    for (const call of CALLS) {
      const { told } = await play(call);
      if (told.error !== null) {
        count++;
        expect(told.error.message).toMatch(/^[A-Z].{15,}[.?]$/);
      }
      if (told.error?.kind === "refused") {
        expect(told.error.message).toContain(String(told.error.code));
      }
    }
    expect(count).toBeGreaterThan(20);
  });
});

describe("damaged answers", () => {
  it("cut anywhere: an error, or nothing else than what was told", async () => {
    let count = 0;
    for (const call of CALLS) {
      for (const at of placesIn(call)) {
        const { link, told } = await play(call, { kind: "cut", at });
        count++;
        expect(link.sentCount).toBeLessThan(SENT_MAX);
        if (!mayTellLess(call) && !isFailure(told)) {
          expect(told.told, `${call.words} cut at ${at}`).toBe(call.told);
        }
      }
    }
    expect(count).toBeGreaterThan(3000);
  });

  it("cut the first time only: the second answer counts", async () => {
    for (const call of CALLS.filter(({ exchanges }) => exchanges.length === 1)) {
      const isOne = call.exchanges[0]?.answers.length === 1;
      for (const at of isOne ? placesIn(call) : []) {
        const { told } = await play(call, { kind: "cut-once", at });
        if (told.told !== "no answer" && told.told !== "malformed") {
          expect(told.told, `${call.words} cut at ${at}`).toBe(call.told);
        }
      }
    }
  });

  it("changed at any byte: an SmpError or a success, and never a hang", async () => {
    let count = 0;
    for (const call of CALLS) {
      for (const at of placesIn(call)) {
        for (const flip of at < EVERY_FLIP_MAX ? FLIPS : [FLIPS[at % FLIPS.length] ?? 0]) {
          const { link } = await play(call, { kind: "flip", at, flip });
          count++;
          expect(link.sentCount).toBeLessThan(SENT_MAX);
        }
      }
    }
    expect(count).toBeGreaterThan(5000);
  });
});
