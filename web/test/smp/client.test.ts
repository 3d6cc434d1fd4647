// SPDX-License-Identifier: MIT
import { describe, expect, it, vi } from "vitest";
import { echo, images, tasks } from "../../src/smp/calls";
import { Client } from "../../src/smp/client";
import { describe as describeError } from "../../src/smp/errors";
import { DeviceDouble, type DoubleOptions } from "./device-double";
import { failure } from "./failure";
import { VirtualClock } from "./virtual-clock";

// No test waits for real time; a busy machine may take long all the same.
vi.setConfig({ testTimeout: 60_000 });

function bench(options: Partial<DoubleOptions> = {}) {
  const clock = new VirtualClock();
  const device = new DeviceDouble(clock, options);
  return { clock, device, client: new Client(device, clock) };
}

describe("Client", () => {
  it("asks again what got no answer, four times at most, and says so", async () => {
    const { clock, device, client } = bench();
    device.isDead = true;
    const error = await clock.run(failure(echo(client, "x")));
    expect(error.kind).toBe("silent");
    expect(error.message).toContain("asked 4 times");
    expect(client.counts).toEqual({ requests: 4, retries: 3, stale: 0, malformed: 0 });
  });

  it("is silent before the last try, for who holds half a packet", async () => {
    const { clock, device, client } = bench();
    device.isDead = true;
    await clock.run(failure(echo(client, "x")));
    // Three waits of 2.5 s, 3.2 s of silence instead of the third, and the last.
    expect(clock.nowMs()).toBe(2 * 2500 + 3200 + 2500);
  });

  it("lets the link's silence pass before every further try", async () => {
    const { clock, device, client } = bench({ silenceMs: 4000 });
    device.isDead = true;
    await clock.run(failure(echo(client, "x")));
    expect(clock.nowMs()).toBe(3 * 4000 + 2500);
  });

  it("asks for images again soon: what a reset swallowed costs seconds", async () => {
    const { clock, device, client } = bench();
    device.isDead = true;
    await clock.run(failure(images(client)));
    expect(clock.nowMs()).toBe(2 * 2500 + 3200 + 2500);
  });

  it("takes the answer to any of its tries, and drops the others as stale", async () => {
    const { clock, client } = bench({ workMs: 4000 });
    expect(await clock.run(echo(client, "slow"))).toBe("slow");
    await clock.pass(20000);
    expect(client.counts.retries).toBe(1);
    expect(client.counts.stale).toBe(1);
  });

  it("gets each caller its own answer over a line that loses, doubles and delays", async () => {
    const faults = { drop: 100, twice: 200, late: 200, lateMs: 700 };
    const { clock, client } = bench({ faults });
    await clock.run(client.params());
    const words = Array.from({ length: 40 }, (_, i) => `word ${i}`);
    const all = Promise.all(words.map((word) => echo(client, word, { tries: 12 })));
    expect(await clock.run(all)).toEqual(words);
  });

  it("has no more calls in flight than the server has buffers for", async () => {
    const { clock, device, client } = bench({ bufCount: 4, workMs: 50 });
    await clock.run(client.params());
    await clock.run(Promise.all(Array.from({ length: 20 }, () => images(client))));
    expect(device.inFlightMost).toBe(3);
    expect(client.counts.retries).toBe(0);
  });

  it("asks one after the other before it knows how many that are", async () => {
    const { clock, device, client } = bench({ bufCount: 1, workMs: 50 });
    await clock.run(Promise.all(Array.from({ length: 5 }, () => images(client))));
    expect(device.inFlightMost).toBe(1);
  });

  it("asks for the parameters once, whoever wants them, until it forgets", async () => {
    const { clock, device, client } = bench();
    const [first, second] = await clock.run(Promise.all([client.params(), client.params()]));
    expect(first).toEqual({ bufBytes: 512, bufCount: 5, isTold: true });
    expect(second).toEqual(first);
    await clock.run(client.params());
    expect(device.requests.length).toBe(1);
    client.forget();
    await clock.run(client.params());
    expect(device.requests.length).toBe(2);
  });

  it("fails all that is asked, at once, when the link closes", async () => {
    const { clock, device, client } = bench({ workMs: 1000 });
    let told = "";
    client.onClosed = (why) => {
      told = why;
    };
    const asked = [echo(client, "a"), echo(client, "b"), client.params()].map(failure);
    clock.after(100, () => device.breakLink("the cable was pulled."));
    const errors = await clock.run(Promise.all(asked));
    expect(clock.nowMs()).toBe(100);
    expect(errors.map(({ kind }) => kind)).toEqual(["gone", "gone", "gone"]);
    expect(errors[0]?.message).toBe("The connection to The double is gone: the cable was pulled.");
    expect(told).toBe("the cable was pulled.");
    expect((await failure(echo(client, "c"))).kind).toBe("gone");
  });

  it("fails all that is asked when it is closed, and lets go of the link", async () => {
    const { clock, device, client } = bench();
    const asked = failure(echo(client, "a"));
    client.close();
    expect((await clock.run(asked)).kind).toBe("gone");
    expect(device.onPacket).toBeNull();
    expect((await failure(echo(client, "b"))).kind).toBe("gone");
  });

  it("stops a call by its signal alone: under way, in the line, and before", async () => {
    const { clock, device, client } = bench({ workMs: 1000 });
    const stop = new AbortController();
    const asked = ["a", "b"].map((word) => failure(echo(client, word, { signal: stop.signal })));
    const other = echo(client, "c");
    clock.after(100, () => stop.abort());
    const errors = await clock.run(Promise.all(asked));
    expect(clock.nowMs()).toBe(100);
    expect(errors.map(({ kind }) => kind)).toEqual(["cancelled", "cancelled"]);
    expect(await clock.run(other)).toBe("c");
    expect((await failure(echo(client, "d", { signal: stop.signal }))).kind).toBe("cancelled");
    expect(device.requests.map(({ body }) => body.d)).toEqual(["a", "c"]);
  });

  it("one who stops waiting for the parameters does not stop the others", async () => {
    const { clock, client } = bench();
    const stop = new AbortController();
    const stopped = failure(client.params(stop.signal));
    const waiting = client.params();
    stop.abort();
    expect((await stopped).kind).toBe("cancelled");
    expect((await clock.run(waiting)).isTold).toBe(true);
  });

  it("refuses what is longer than the link takes before it is sent", async () => {
    const { device, client } = bench();
    Object.defineProperty(device, "packetBytesMax", { value: 100 });
    expect((await failure(echo(client, "x".repeat(100)))).kind).toBe("request");
    expect(client.counts.requests).toBe(0);
  });

  it("says why a link does not send", async () => {
    const { device, client } = bench();
    device.send = () => Promise.reject(new Error("The port is gone."));
    expect(await failure(echo(client, "x"))).toMatchObject({
      kind: "gone",
      message: "The port is gone.",
    });
  });

  it("goes on with sequence numbers for ever", async () => {
    const { clock, client } = bench();
    for (let i = 0; i < 600; i++) {
      expect(await clock.run(echo(client, `${i}`))).toBe(`${i}`);
    }
    expect(client.counts).toEqual({ requests: 600, retries: 0, stale: 0, malformed: 0 });
  });

  it("tells what the server lacks as a refusal", async () => {
    const { clock, client } = bench();
    const error = await clock.run(failure(tasks(client)));
    expect(error).toMatchObject({ kind: "refused", group: -1, code: 8 });
    expect(error.message).toBe("The device does not have this command (group 0 OS, rc 8).");
  });
});

describe("describe", () => {
  it("has a whole sentence for every error, with its numbers", () => {
    expect(describeError(1, 9)).toMatch(/^No slot is free: .* \(group 1 image, error 9\)\.$/);
    expect(describeError(-1, 10)).toMatch(/^The device is busy.* \(rc 10\)\.$/);
    expect(describeError(500, 7)).toContain("(group 500, error 7)");
    for (let group = -1; group < 100; group++) {
      for (let code = 1; code < 60; code++) {
        expect(describeError(group, code)).toMatch(/^[A-Z"].*\(.*\d+\)\.$/);
      }
    }
  });

  it("says reasons of the boot loader in its own words", () => {
    expect(describeError(77, 23)).toBe(
      "The image is for the other core than its slot (group 77 duoboot, error 23).",
    );
  });
});
