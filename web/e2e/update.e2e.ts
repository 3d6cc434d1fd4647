// SPDX-License-Identifier: MIT
// Updates from the page: one core, the other, both, tried, kept, taken back and
// refused. What the page says in the end is held against the board's flashes,
// which another program reads when the power is off.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { flashes } from "./flashes";
import { Person, tellFailures } from "./person";
import { type Rig, startRig } from "./rig";

let rig: Rig;
let person: Person;

beforeAll(async () => {
  rig = await startRig();
  person = new Person(await rig.open());
  await person.connect("board:link");
});

tellFailures(() => ({ rig, person }));

afterAll(async () => {
  expect(rig?.complaints).toEqual([]);
  await rig?.end();
});

describe.sequential("an update from the page", () => {
  test("network core alone: uploaded, tried, confirmed; the application is as it was", async () => {
    await person.drop(rig.file("net-1.1.0.bin"));
    expect(await person.text("package-core-0")).toMatch(/network core/i);
    await person.choose("test-and-confirm");
    await person.begin();
    expect(await person.outcome()).toBe("done");
    expect(await person.text("result")).toContain("1.1.0");
    await person.runs("1.0.0", "1.1.0");
    expect(await person.text("state-net")).toBe("runs");
    expect(await flashes(rig, person)).toBe("1.0.0 1.1.0");
  });

  test("application alone: the same", async () => {
    expect(await person.update(rig.file("app-1.1.0.bin"), "test-and-confirm")).toBe("done");
    await person.runs("1.1.0", "1.1.0");
    expect(await flashes(rig, person)).toBe("1.1.0 1.1.0");
  });

  test("on trial and not confirmed: the next reset takes it back, and the journal tells", async () => {
    expect(await person.update(rig.file("net-1.2.0.bin"), "test-only")).toBe("done");
    await person.runs("1.1.0", "1.2.0");
    expect(await person.text("state-net")).toMatch(/trial/);
    await person.sure("reset");
    await person.runs("1.1.0", "1.1.0");
    await person.go("journal");
    await person.reads("journal", /revert/i);
    expect(await flashes(rig, person)).toBe("1.1.0 1.1.0");
  });

  test("on trial, then confirmed with the button: it stays over a reset", async () => {
    expect(await person.update(rig.file("net-1.2.0.bin"), "test-only")).toBe("done");
    await person.runs("1.1.0", "1.2.0");
    await person.sure("confirm-net");
    await person.reads("state-net", /^runs$/);
    await person.sure("reset");
    await person.runs("1.1.0", "1.2.0");
    expect(await flashes(rig, person)).toBe("1.1.0 1.2.0");
  });

  test("older than what runs: warned, and installed if a person wants that", async () => {
    await person.drop(rig.file("app-0.9.0.bin"));
    expect(await person.text("finding-older-version")).toMatch(/0\.9\.0.*1\.1\.0|1\.1\.0.*0\.9\.0/);
    expect(await person.whyNotStart()).toContain("warnings");
    await person.choose("test-only");
    await person.begin();
    expect(await person.outcome()).toBe("done");
    await person.runs("0.9.0", "1.2.0");
    expect(await flashes(rig, person)).toBe("0.9.0? 1.2.0");
  });

  test("a zip for both cores that need each other: both are installed and confirmed", async () => {
    await person.drop(rig.file("both-2.0.0.zip"));
    expect(await person.text("package-core-0")).toMatch(/application/i);
    expect(await person.text("package-core-1")).toMatch(/network/i);
    await person.choose("test-and-confirm");
    await person.begin();
    expect(await person.outcome()).toBe("done");
    await person.runs("2.0.0", "2.0.0");
    expect(await flashes(rig, person)).toBe("2.0.0 2.0.0");
  });

  test("revert with the button: the image before comes back without an upload", async () => {
    expect(await person.update(rig.file("net-2.1.0.bin"), "test-and-confirm")).toBe("done");
    await person.runs("2.0.0", "2.1.0");
    await person.sure("revert-net");
    await person.runs("2.0.0", "2.0.0");
    expect(await flashes(rig, person)).toBe("2.0.0 2.0.0");
  });
});

describe.sequential("a wrong image", () => {
  test.each([
    ["wrong-digest.bin", /digest/i],
    ["wrong-size.bin", /the slot of the network image takes/],
  ])("%s is refused before a byte is sent", async (name, words) => {
    await person.drop(rig.file(name));
    expect(await person.text("package")).toMatch(words);
    expect(await person.whyNotStart()).toContain("errors");
  });

  test("signed with a stranger's key: the boot loader refuses it, and the page says why", async () => {
    expect(await person.update(rig.file("wrong-key.bin"), "test-and-confirm")).toBe("failed");
    expect(await person.text("result")).toMatch(/key/i);
    await person.runs("2.0.0", "2.0.0");
    expect(await flashes(rig, person)).toBe("2.0.0 2.0.0");
  });

  test("half of a pair: warned before, refused after; both cores are as they were", async () => {
    await person.drop(rig.file("net-3.0.0.bin"));
    expect(await person.text("finding-dependency-missing")).toMatch(/3\.0\.0/);
    expect(await person.whyNotStart()).toContain("warnings");
    await person.choose("test-and-confirm");
    await person.begin();
    expect(await person.outcome()).toBe("failed");
    await person.runs("2.0.0", "2.0.0");
    expect(await flashes(rig, person)).toBe("2.0.0 2.0.0");
  });
});
