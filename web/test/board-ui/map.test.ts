// SPDX-License-Identifier: MIT
// Where pages are in the picture.
import { describe, expect, it } from "vitest";
import {
  blockOfPage,
  cellOfPage,
  cellRect,
  choosePitch,
  layoutMap,
  type MapRegion,
  pageAt,
  pageBeside,
} from "../../src/app/board-map";

const measure = (text: string) => text.length * 6;

function regions(...counts: number[]): MapRegion[] {
  let next = 0;
  return counts.map((pageCount, index) => {
    const firstPage = next;
    next += pageCount;
    return {
      name: `p${index}`,
      label: `Partition ${index}`,
      detailWidest: "960 KB, 100 %",
      firstPage,
      pageCount,
      pagesPerCell: 1,
    };
  });
}

const APP = regions(11, 1, 240, 4);
const EXT = [
  ...regions(240, 64, 64, 240, 64, 16),
  {
    name: "",
    label: "Free",
    detailWidest: "5,440 KB",
    firstPage: 688,
    pageCount: 1360,
    pagesPerCell: 64,
  },
];

describe("map of a flash", () => {
  for (const width of [60, 240, 330, 540, 900, 1180]) {
    it(`gives every page its own square within ${width} px`, () => {
      for (const memory of [APP, EXT]) {
        const layout = layoutMap(memory, choosePitch([APP, EXT], width, measure), width, measure);
        expect(layout.width).toBeLessThanOrEqual(width);
        const places = new Set<string>();
        for (const block of layout.blocks) {
          for (let cell = 0; cell < block.cells; cell++) {
            const { x, y, size } = cellRect(layout, block, cell);
            places.add(`${x},${y}`);
            expect(x + size).toBeLessThanOrEqual(block.x + block.width);
            expect(y + size).toBeLessThanOrEqual(layout.height);
            const page = block.region.firstPage + cell * block.region.pagesPerCell;
            expect(pageAt(layout, x + size / 2, y + size / 2)).toBe(page);
          }
        }
        expect(places.size).toBe(layout.blocks.reduce((sum, block) => sum + block.cells, 0));
      }
    });

    it(`lets no two blocks overlap within ${width} px`, () => {
      const { blocks } = layoutMap(EXT, choosePitch([APP, EXT], width, measure), width, measure);
      blocks.forEach((a, index) => {
        for (const b of blocks.slice(index + 1)) {
          const isApart =
            a.x + a.width <= b.x ||
            b.x + b.width <= a.x ||
            a.y + a.height <= b.y ||
            b.y + b.height <= a.y;
          expect(isApart).toBe(true);
        }
      });
    });
  }

  it("shows the whole external flash in one row on a wide screen", () => {
    const layout = layoutMap(EXT, choosePitch([APP, EXT], 1180, measure), 1180, measure);
    expect(new Set(layout.blocks.slice(0, 6).map((block) => block.y)).size).toBe(1);
    expect(layout.pitch).toBeGreaterThanOrEqual(11);
  });

  it("has no page beside the squares, on labels and in short columns", () => {
    const layout = layoutMap(APP, 10, 1000, measure);
    expect(pageAt(layout, 2, 2)).toBeNull();
    expect(pageAt(layout, -5, 40)).toBeNull();
    const counters = blockOfPage(layout, 11);
    expect(counters && pageAt(layout, counters.gridX + 15, counters.gridY + 5)).toBeNull();
  });

  it("tells the folded square of each page in it", () => {
    const layout = layoutMap(EXT, 12, 1180, measure);
    const block = blockOfPage(layout, 2047);
    expect(block && cellOfPage(block, 2047)).toBe(21);
    expect(block?.cells).toBe(22);
    expect(blockOfPage(layout, 2048)).toBeNull();
  });

  it("goes with arrow keys through all pages and never out of the flash", () => {
    const layout = layoutMap(APP, 10, 1000, measure);
    let page = 0;
    for (let step = 0; step < 400; step++) {
      page = pageBeside(layout, page, step % 7 === 0 ? "ArrowRight" : "PageDown");
      expect(page).toBeLessThanOrEqual(255);
    }
    expect(pageBeside(layout, 0, "ArrowLeft")).toBe(0);
    expect(pageBeside(layout, 12, "ArrowDown")).toBe(13);
    expect(pageBeside(layout, 12, "ArrowRight")).toBe(20);
    expect(pageBeside(layout, 100, "PageUp")).toBe(11);
    expect(pageBeside(layout, 100, "PageDown")).toBe(252);
    expect(pageBeside(layout, 3, "End")).toBe(255);
    expect(pageBeside(layout, 255, "Home")).toBe(0);
  });
});
