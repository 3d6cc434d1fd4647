// SPDX-License-Identifier: MIT
// What a person does on the page, by the hooks of src/ui (data-testid).
import { basename } from "node:path";
import type { Page } from "playwright-core";
import { afterEach, expect } from "vitest";
import type { Rig } from "./rig";

export const UPDATE_MS = 90_000;
export const SOON_MS = 20_000;

export type Choice = "board:app" | "board:link";

export class Person {
  constructor(readonly page: Page) {}

  at(testid: string) {
    return this.page.getByTestId(testid);
  }

  async go(tab: "connect" | "board" | "update" | "journal" | "tools"): Promise<void> {
    await this.at(`tab-${tab}`).click();
  }

  async connect(choice: string): Promise<void> {
    await this.go("connect");
    await this.at(`connect-${choice}`).click();
    await this.isConnected();
  }

  async isConnected(): Promise<void> {
    await this.at("version-app").waitFor({ state: "attached", timeout: SOON_MS });
  }

  /** Drop a file, and see that the check has come to an end. */
  async drop(path: string): Promise<void> {
    await this.go("update");
    await this.at("drop-input").setInputFiles(path);
    await this.reads("package", basename(path));
  }

  async choose(mode: string): Promise<void> {
    await this.at(`mode-${mode}`).check();
  }

  async begin(): Promise<void> {
    if (await this.at("warnings-read").isVisible()) {
      await this.at("warnings-read").check();
    }
    // The reason belongs to the failure.
    await expect.poll(() => this.whyNotStart(), { timeout: SOON_MS }).toBe("");
    await this.at("start").click();
  }

  /** What stands beside a button that cannot be pressed; "": it can. */
  async whyNotStart(): Promise<string> {
    const isReady = await this.at("start").isEnabled();
    return isReady ? "" : (await this.page.locator("#why-not-start").textContent()) || "busy";
  }

  /** The end of an update: "done", "failed" or "cancelled". */
  async outcome(): Promise<string> {
    const result = this.at("result");
    await result.waitFor({ timeout: UPDATE_MS });
    return (await result.getAttribute("data-status")) ?? "";
  }

  async update(path: string, mode: string): Promise<string> {
    await this.drop(path);
    await this.choose(mode);
    await this.begin();
    return await this.outcome();
  }

  /** Press a button that asks, and say yes. */
  async sure(testid: string): Promise<void> {
    await this.at(testid).click();
    await this.at("dialog-ok").click();
  }

  /** Text of the first element with this hook, hidden or not. */
  async text(testid: string): Promise<string> {
    return (await this.at(testid).first().textContent()) ?? "";
  }

  /** Wait until the hook's text has this in it. */
  async reads(testid: string, text: string | RegExp): Promise<void> {
    await expect.poll(() => this.text(testid), { timeout: SOON_MS }).toMatch(text);
  }

  /** Have the power cut at the next write into a partition, with the keyboard:
   * `map` is its memory, `label` what its pages are called there. */
  async arm(map: "app" | "net" | "ext", label: string): Promise<void> {
    await this.at("vb-tool-arm").click();
    const canvas = this.at(`vb-map-${map}`);
    await canvas.focus();
    for (let page = 0; page < 256; page++) {
      if ((await canvas.getAttribute("aria-valuetext"))?.includes(label)) {
        break;
      }
      await canvas.press("ArrowRight");
    }
    await canvas.press("Enter");
    await this.at("vb-armed").waitFor({ timeout: SOON_MS });
  }

  /** What the cards of the board say. */
  async runs(app: string, net: string): Promise<void> {
    await this.go("board");
    await this.reads("version-app", new RegExp(`^${app.replaceAll(".", "\\.")}$`));
    await this.reads("version-net", new RegExp(`^${net.replaceAll(".", "\\.")}$`));
  }
}

/** After a test that failed: what the page showed, and what the server said. */
export function tellFailures(of: () => { rig: Rig; person: Person }): void {
  afterEach(async (context) => {
    if (context.task.result?.state === "fail") {
      const { rig, person } = of();
      console.log(`--- the page at the end of "${context.task.name}"`);
      console.log(await person.page.locator("body").ariaSnapshot());
      console.log(`--- the server\n${rig.said}${rig.complaints.join("\n")}`);
    }
  });
}
