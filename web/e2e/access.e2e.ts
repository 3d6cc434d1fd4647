// SPDX-License-Identifier: MIT
// The page for everybody: with the keyboard alone, read aloud, in 360 pixels,
// in both colour schemes, without motion. And nothing that its policy forbids.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Person, SOON_MS, tellFailures } from "./person";
import { type Rig, startRig } from "./rig";
import { faintTexts, hear, moving, TABS, tooWide } from "./senses";

/** More stops than the page has. */
const STOPS_MAX = 150;

let rig: Rig;
let person: Person;

interface Focus {
  testid: string;
  hasRing: boolean;
}

async function focus(): Promise<Focus> {
  return await person.page.evaluate(() => {
    const element = document.activeElement as HTMLElement;
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    return {
      testid: element.dataset.testid ?? "",
      hasRing:
        element === document.body ||
        (outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 1),
    };
  });
}

/** Tab until something has the focus; whatever had it on the way showed it. */
async function tabTo(testid: string): Promise<void> {
  for (let stops = 0; stops < STOPS_MAX; stops++) {
    await person.page.keyboard.press("Tab");
    const now = await focus();
    expect(now, "the focus is seen").toMatchObject({ hasRing: true });
    if (now.testid === testid) {
      return;
    }
  }
  throw new Error(`Tab does not lead to ${testid}`);
}

const press = (key: string) => person.page.keyboard.press(key);

/** Each text that a live region has had since the page was open. */
async function spoken(): Promise<string[]> {
  return await person.page.evaluate(() => (window as unknown as { spoken: string[] }).spoken);
}

const broken = () => person.page.evaluate(() => (window as unknown as { broken: string[] }).broken);

beforeAll(async () => {
  rig = await startRig();
  const page = await rig.open({}, (fresh) =>
    fresh.addInitScript(() => {
      const noted = { spoken: [] as string[], broken: [] as string[] };
      Object.assign(window, noted);
      document.addEventListener("securitypolicyviolation", (event) => {
        noted.broken.push(`${event.violatedDirective} ${event.blockedURI}`);
      });
      const live = "[role=status], [role=alert], [aria-live=polite], [aria-live=assertive]";
      const say = ({ target }: MutationRecord) => {
        const at = target instanceof Element ? target : target.parentElement;
        const text = at?.closest(live)?.textContent ?? "";
        if (text !== "" && noted.spoken.at(-1) !== text) {
          noted.spoken.push(text);
        }
      };
      new MutationObserver((changes) => {
        changes.forEach(say);
      }).observe(document, { subtree: true, childList: true, characterData: true });
    }),
  );
  page.on("filechooser", (chooser) => void chooser.setFiles(rig.file("net-1.1.0.bin")));
  person = new Person(page);
});

afterAll(async () => {
  expect(rig?.complaints).toEqual([]);
  await rig?.end();
});

tellFailures(() => ({ rig, person }));

describe.sequential("with the keyboard alone", () => {
  test("the first stop skips to the content", async () => {
    await press("Tab");
    await press("Enter");
    expect(await person.page.evaluate(() => document.activeElement?.id)).toBe("main");
  });

  test("connect, choose a file, update the network core: done, and told on the way", async () => {
    await tabTo("connect-board:link");
    await press("Enter");
    await person.isConnected();
    await tabTo("tab-board");
    await press("ArrowRight");
    expect((await focus()).testid).toBe("tab-update");

    await tabTo("drop-button");
    await press("Enter");
    await person.reads("package", "net-1.1.0.bin");
    await tabTo("mode-test-and-confirm");
    await press("ArrowDown");
    expect(await person.at("mode-test-only").isChecked()).toBe(true);
    await press("ArrowUp");
    expect(await person.at("mode-test-and-confirm").isChecked()).toBe(true);
    await expect.poll(() => person.whyNotStart(), { timeout: SOON_MS }).toBe("");
    await tabTo("start");
    await press("Space");
    expect(await person.outcome()).toBe("done");
    const said = (await spoken()).join("\n");
    for (const step of [/^Upload: /m, /^Ask for a test: /m, /^Install: /m, /^Confirm: /m]) {
      expect(said).toMatch(step);
    }
    // Steps are spoken, not each piece.
    expect((await spoken()).length).toBeLessThan(60);
  });

  test("a question takes the focus; Escape says no, and gives it back", async () => {
    await tabTo("tab-update");
    await press("ArrowLeft");
    await person.reads("version-net", "1.1.0");
    await tabTo("reset");
    await press("Enter");
    await person.at("dialog-ok").waitFor();
    const isInside = () =>
      person.page.evaluate(() => document.activeElement?.closest("dialog") !== null);
    expect(await isInside()).toBe(true);
    for (let stops = 0; stops < 5; stops++) {
      await press("Tab");
      const { testid } = await focus();
      expect(["dialog-ok", "dialog-cancel", ""]).toContain(testid);
    }
    await press("Escape");
    await person.at("dialog-ok").waitFor({ state: "detached" });
    expect((await focus()).testid).toBe("reset");
  });

  test("a map of the flash is walked with the arrow keys", async () => {
    await tabTo("vb-map-app");
    const told = () => person.at("vb-map-app").getAttribute("aria-valuetext");
    await press("Home");
    const first = await told();
    await press("ArrowRight");
    await expect.poll(told, { timeout: SOON_MS }).not.toBe(first);
  });

  test("the virtual board's power is switched off and on", async () => {
    await tabTo("vb-power");
    await press("Space");
    await expect.poll(() => person.at("vb-power").getAttribute("aria-checked")).toBe("false");
    await press("Space");
    await expect.poll(() => person.at("vb-power").getAttribute("aria-checked")).toBe("true");
    await person.reads("link-state", /^connected$/);
  });
});

/** Every kind of text is somewhere: warnings, errors, results, figures. */
async function fill(): Promise<void> {
  await person.drop(rig.file("wrong-digest.bin"));
  await person.go("board");
  await person.at("digest-app").waitFor();
  await person.go("journal");
  await person.reads("journal", /\w/);
  await person.go("tools");
  await person.at("echo-send").click();
  await person.reads("echo-answer", /answered/);
  await person.at("info-read").click();
  await person.at("info").waitFor();
}

describe.sequential("each part of the page", () => {
  test("has every kind of text in it", fill);

  test.each(TABS)("%s: whatever one can use has a name, and it has landmarks", async (tab) => {
    await person.go(tab);
    const heard = await hear(person.page);
    expect(heard.nameless).toEqual([]);
    for (const role of ["banner", "main", "complementary", "contentinfo", "tablist", "tabpanel"]) {
      expect(heard.roles).toContain(role);
    }
    expect(heard.headings.filter((level) => level === 1)).toEqual([1]);
    for (const [at, level] of heard.headings.entries()) {
      expect(level, `heading ${at} of ${heard.headings}`).toBeLessThanOrEqual(
        (heard.headings[at - 1] ?? 0) + 1,
      );
    }
  });

  test.each(TABS)("%s: text stands out from its ground, light and dark", async (tab) => {
    await person.go(tab);
    // No text stands out that much: so texts are looked at.
    expect((await faintTexts(person.page, 22)).length).toBeGreaterThan(20);
    for (const colorScheme of ["dark", "light"] as const) {
      await person.page.emulateMedia({ colorScheme });
      expect(await faintTexts(person.page), colorScheme).toEqual([]);
    }
  });

  test.each(TABS)("%s: 360 pixels are wide enough", async (tab) => {
    await person.page.setViewportSize({ width: 360, height: 740 });
    await person.go(tab);
    expect(await tooWide(person.page)).toEqual([]);
    await person.page.setViewportSize({ width: 1280, height: 900 });
  });

  test("who wants no motion gets none", async () => {
    await person.page.emulateMedia({ reducedMotion: "reduce" });
    expect(await moving(person.page)).toEqual([]);
  });
});

describe("the page's policy", () => {
  test("is strict, and comes with every answer of the server", async () => {
    const { origin } = new URL(rig.address);
    const script = await person.page.evaluate(
      () => document.querySelector("script")?.getAttribute("src") ?? "",
    );
    for (const path of ["/", new URL(script, origin).pathname, "/no-such-page"]) {
      const { headers } = await fetch(origin + path);
      const policy = headers.get("content-security-policy") ?? "";
      expect(policy).toMatch(/default-src '(none|self)'/);
      expect(policy).not.toMatch(/unsafe|https?:|[ ;]\*|ws:\/\/(?!127\.0\.0\.1|localhost)/);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
    }
  });

  test("was never broken", async () => {
    expect(await broken()).toEqual([]);
  });
});
