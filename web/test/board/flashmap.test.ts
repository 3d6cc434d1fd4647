// SPDX-License-Identifier: MIT
import { describe, expect, test } from "vitest";
import { FlashMap, PAGE_ERASED, PAGE_PROGRAMMED, PAGE_UNTOUCHED } from "../../src/board/flashmap";
import { flash, HELLO, op, state } from "./events";

function mapped(...events: Parameters<FlashMap["apply"]>[0][]): FlashMap {
  const map = new FlashMap();
  for (const event of [HELLO, ...events]) {
    map.apply(event);
  }
  return map;
}

describe("geometry", () => {
  test("comes from the hello: pages of each memory, page ranges of partitions", () => {
    const map = mapped();
    expect(map.memories.map((one) => [one.name, one.pageCount])).toEqual([
      ["app", 256],
      ["net", 128],
      ["ext", 2048],
    ]);
    expect(map.partitions.map((one) => [one.name, one.firstPage, one.endPage])).toEqual([
      ["boot", 0, 12],
      ["app", 12, 76],
      ["net", 17, 21],
    ]);
  });

  test("before the hello nothing is drawn, and events do no harm", () => {
    const map = new FlashMap();
    map.apply(state());
    map.apply(flash([op("erase", 0, 4096)], [{ memory: "app", page: 0, fill: 1 }]));
    expect(map.memories).toEqual([]);
  });

  test("the same board once more keeps its history; another one begins anew", () => {
    const map = mapped(flash([op("erase", 0, 4096)]));
    map.apply({ ...HELLO });
    expect(map.memory("app")?.erases).toBe(1);
    map.apply({ ...HELLO, board: "other" });
    expect(map.memory("app")?.erases).toBe(0);
  });
});

describe("operations", () => {
  test("are counted, and mark their pages with kind and time", () => {
    const map = mapped(flash([op("erase", 4096, 8192, 100), op("program", 8192 + 4000, 200, 200)]));
    const memory = map.memory("app");
    expect([...(memory?.lastKind.subarray(0, 5) ?? [])]).toEqual([
      PAGE_UNTOUCHED,
      PAGE_ERASED,
      PAGE_PROGRAMMED,
      PAGE_PROGRAMMED,
      PAGE_UNTOUCHED,
    ]);
    expect([...(memory?.lastUs.subarray(0, 5) ?? [])]).toEqual([0, 100, 200, 200, 0]);
    expect([memory?.erases, memory?.programs]).toEqual([2, 1]);
    expect(map.memory("net")?.erases).toBe(0);
  });

  test("beyond the memory's end touch what is there, or nothing", () => {
    const map = mapped(
      flash(
        [
          op("erase", 1048576 - 4096, 0xffffffff),
          op("program", 0xfffffff0, 256),
          op("erase", 0, 0),
        ],
        [{ memory: "net", page: 60000, fill: 9 }],
      ),
    );
    const memory = map.memory("app");
    expect([memory?.erases, memory?.programs]).toEqual([1, 0]);
    expect(memory?.lastKind[255]).toBe(PAGE_ERASED);
    expect(memory?.lastKind[0]).toBe(PAGE_UNTOUCHED);
  });

  test("fill follows the pages of flash events, and the whole state", () => {
    const map = mapped(state({}, [[3, 17]]));
    expect(map.memory("app")?.fill[3]).toBe(17);
    map.apply(flash([], [{ memory: "app", page: 3, fill: 0 }]));
    expect(map.memory("app")?.fill[3]).toBe(0);
  });

  test.each(["", "AA==", "not base64!", "A".repeat(4096)])(
    "a fill of the wrong length (%#) changes nothing",
    (app) => {
      const map = mapped(state({}, [[3, 17]]));
      map.apply(state({ fill: { app, net: "", ext: "" } }));
      expect(map.memory("app")?.fill[3]).toBe(17);
    },
  );
});

describe("views", () => {
  test("see everything at first, then each changed page once", () => {
    const map = mapped(state());
    const view = map.view();
    expect(view.take()).toEqual({ isAll: true, pages: [] });
    map.apply(
      flash([op("erase", 0, 4096), op("program", 0, 256)], [{ memory: "app", page: 0, fill: 9 }]),
    );
    map.apply(flash([op("erase", 8192, 4096)]));
    expect(view.take()).toEqual({
      isAll: false,
      pages: [
        { memory: "app", page: 0 },
        { memory: "app", page: 2 },
      ],
    });
    expect(view.take()).toEqual({ isAll: false, pages: [] });
  });

  test("do not take from each other, and see everything again with another board", () => {
    const map = mapped();
    const [one, two] = [map.view(), map.view()];
    one.take();
    two.take();
    map.apply(flash([op("erase", 0, 4096)]));
    expect(one.take().pages.length).toBe(1);
    expect(two.take().pages.length).toBe(1);
    two.close();
    map.apply({ ...HELLO, board: "other" });
    map.apply(flash([op("erase", 0, 4096)]));
    expect(one.take()).toEqual({ isAll: true, pages: [] });
    expect(two.take()).toEqual({ isAll: false, pages: [] });
  });

  test("a state that changes nothing draws nothing", () => {
    const map = mapped(state({}, [[3, 17]]));
    const view = map.view();
    view.take();
    map.apply(state({}, [[3, 17]]));
    expect(view.take().pages).toEqual([]);
    map.apply(state({}, [[3, 18]]));
    expect(view.take().pages).toEqual([{ memory: "app", page: 3 }]);
  });
});
