// SPDX-License-Identifier: MIT
// What people who do not see the page well, or at all, get of it.
import type { Page } from "playwright-core";

export const TABS = ["connect", "board", "update", "journal", "tools"] as const;

interface AxNode {
  nodeId: string;
  childIds?: string[];
  ignored: boolean;
  role?: { value: string };
  name?: { value: string };
  properties?: { name: string; value: { value: unknown } }[];
}

const NAMED_ROLES = new Set([
  ...["button", "checkbox", "combobox", "link", "listbox", "menuitem", "option", "radio"],
  ...["searchbox", "slider", "spinbutton", "switch", "tab", "textbox", "DisclosureTriangle"],
  ...["progressbar", "ProgressIndicator", "meter", "image", "img", "tabpanel", "dialog", "table"],
]);

export interface Heard {
  /** Roles, each as often as it is there. */
  roles: string[];
  /** Levels in the order of the page. */
  headings: number[];
  /** Roles of what should have a name and has none. */
  nameless: string[];
}

/** They come in no order: as they are read. */
function inOrder(nodes: AxNode[]): AxNode[] {
  const known = new Map(nodes.map((node) => [node.nodeId, node]));
  const walk = (id: string): AxNode[] => {
    const node = known.get(id);
    return node === undefined ? [] : [node, ...(node.childIds ?? []).flatMap(walk)];
  };
  return walk(nodes[0]?.nodeId ?? "");
}

/** As a screen reader is told of the page. */
export async function hear(page: Page): Promise<Heard> {
  const session = await page.context().newCDPSession(page);
  const answer = await session.send("Accessibility.getFullAXTree");
  await session.detach();
  const nodes = inOrder(answer.nodes as AxNode[]).filter(({ ignored }) => !ignored);
  const roleOf = (node: AxNode) => node.role?.value ?? "";
  return {
    roles: nodes.map(roleOf),
    headings: nodes
      .filter((node) => roleOf(node) === "heading")
      .map((node) => Number(node.properties?.find(({ name }) => name === "level")?.value.value)),
    nameless: nodes
      .filter((node) => NAMED_ROLES.has(roleOf(node)) && (node.name?.value ?? "").trim() === "")
      .map(roleOf),
  };
}

/** Texts whose contrast is below that of WCAG 2 AA, with the figure; pictures
 * and what is disabled do not count. */
export async function faintTexts(page: Page, least = 4.5): Promise<string[]> {
  return await page.evaluate((leastRatio) => {
    type Colour = [number, number, number, number];
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    // Any syntax of CSS, as the browser paints it.
    const colourOf = (text: string): Colour => {
      if (canvas === null) {
        throw new Error("no canvas");
      }
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = text;
      canvas.fillRect(0, 0, 1, 1);
      const [r = 0, g = 0, b = 0, a = 0] = canvas.getImageData(0, 0, 1, 1).data;
      return [r, g, b, a / 255];
    };
    const over = (top: Colour, under: Colour): Colour => {
      const mix = (at: 0 | 1 | 2) => top[at] * top[3] + under[at] * (1 - top[3]);
      return [mix(0), mix(1), mix(2), 1];
    };
    const groundOf = (element: Element | null): Colour => {
      if (element === null) {
        return colourOf(getComputedStyle(document.documentElement).backgroundColor);
      }
      const own = colourOf(getComputedStyle(element).backgroundColor);
      return own[3] === 1 ? own : over(own, groundOf(element.parentElement));
    };
    const light = ([r, g, b]: Colour): number => {
      const part = (value: number) =>
        value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
      return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
    };
    const ratio = (one: Colour, other: Colour): number => {
      const [low = 0, high = 0] = [light(one), light(other)].sort((left, right) => left - right);
      return (high + 0.05) / (low + 0.05);
    };
    const opacityOf = (element: Element | null): number =>
      element === null
        ? 1
        : Number(getComputedStyle(element).opacity) * opacityOf(element.parentElement);

    const found: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const element = node.parentElement;
      const text = (node.textContent ?? "").trim();
      if (
        element === null ||
        text === "" ||
        !element.checkVisibility({ visibilityProperty: true })
      ) {
        continue;
      }
      if (element.closest(":disabled, [aria-disabled=true], .only-read, canvas, option")) {
        continue;
      }
      const ground = groundOf(element);
      const [r, g, b, a] = colourOf(getComputedStyle(element).color);
      const seen = ratio(over([r, g, b, a * opacityOf(element)], ground), ground);
      if (seen < leastRatio) {
        found.push(
          `${seen.toFixed(2)} of "${text.slice(0, 40)}" (${element.getAttribute("class")})`,
        );
      }
    }
    return found;
  }, least);
}

/** What makes the page wider than the window; empty: it is not. */
export async function tooWide(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) {
      return [];
    }
    const wide = [...document.querySelectorAll("body *")]
      .filter((element) => element.getBoundingClientRect().right > clientWidth + 0.5)
      .map((element) => `${element.tagName}.${element.className}`);
    return [`${scrollWidth} > ${clientWidth}`, ...wide.slice(0, 10)];
  });
}

/** What moves although the person wants no motion. */
export async function moving(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const longest = (text: string) =>
      Math.max(...text.split(",").map((part) => Number.parseFloat(part)));
    return [...document.querySelectorAll("*")].flatMap((element) =>
      [null, "::before", "::after"].flatMap((pseudo) => {
        const style = getComputedStyle(element, pseudo);
        const isMoving =
          longest(style.transitionDuration) > 0.01 ||
          (style.animationName !== "none" && longest(style.animationDuration) > 0.01);
        return isMoving
          ? [`${element.tagName}.${element.getAttribute("class")}${pseudo ?? ""}`]
          : [];
      }),
    );
  });
}
