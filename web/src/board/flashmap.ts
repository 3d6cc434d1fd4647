// SPDX-License-Identifier: MIT
// What the flashes of the virtual board hold, page by page, for drawing: how
// full each page is, what was last done to it and when. No DOM.
import { fromBase64 } from "../lib/bytes";
import { MEMORY_NAMES } from "./check";
import type {
  BoardEvent,
  BoardFlash,
  BoardHello,
  BoardMemory,
  BoardPartition,
  BoardState,
  MemoryName,
} from "./protocol";

/** Values of MemoryModel.lastKind. */
export const PAGE_UNTOUCHED = 0;
export const PAGE_ERASED = 1;
export const PAGE_PROGRAMMED = 2;

export interface MemoryModel {
  readonly name: MemoryName;
  readonly baseAddr: number;
  readonly sizeBytes: number;
  readonly pageBytes: number;
  readonly pageCount: number;
  /** A byte for each page: 0 blank, else the programmed share of 255. */
  readonly fill: Uint8Array;
  /** What was last done to each page since the page was opened. */
  readonly lastKind: Uint8Array;
  /** When that ended, in virtual microseconds. */
  readonly lastUs: Float64Array;
  /** Erased pages and program operations since the page was opened. */
  erases: number;
  programs: number;
}

export interface PartitionModel extends BoardPartition {
  /** The first page, and the one after the last. */
  readonly firstPage: number;
  readonly endPage: number;
}

/** What changed for one view since it last looked. */
export class FlashView {
  readonly #dirty = new Map<MemoryName, Set<number>>();
  #isAll = true;

  constructor(private readonly onClose: (view: FlashView) => void) {}

  /** Pages to draw anew; isAll: everything, the geometry too. */
  take(): { isAll: boolean; pages: { memory: MemoryName; page: number }[] } {
    const pages = [...this.#dirty].flatMap(([memory, set]) =>
      [...set].map((page) => ({ memory, page })),
    );
    const isAll = this.#isAll;
    this.#isAll = false;
    this.#dirty.clear();
    return { isAll, pages: isAll ? [] : pages };
  }

  close(): void {
    this.onClose(this);
  }

  /** Of FlashMap alone. */
  mark(memory: MemoryName, page: number): void {
    if (this.#isAll) {
      return;
    }
    const set = this.#dirty.get(memory) ?? new Set();
    this.#dirty.set(memory, set.add(page));
  }

  /** Of FlashMap alone. */
  markAll(): void {
    this.#isAll = true;
    this.#dirty.clear();
  }
}

export class FlashMap {
  #memories: MemoryModel[] = [];
  #partitions: PartitionModel[] = [];
  #geometry = "";
  readonly #views = new Set<FlashView>();

  /** [] before the board has said hello. */
  get memories(): readonly MemoryModel[] {
    return this.#memories;
  }

  get partitions(): readonly PartitionModel[] {
    return this.#partitions;
  }

  memory(name: MemoryName): MemoryModel | null {
    return this.#memories.find((memory) => memory.name === name) ?? null;
  }

  /** Each view has its own list of what changed; close() it in the end. */
  view(): FlashView {
    const view = new FlashView((closed) => this.#views.delete(closed));
    this.#views.add(view);
    return view;
  }

  /** All events may be given; those that do not matter here are ignored. */
  apply(event: BoardEvent): void {
    if (event.type === "hello") {
      this.#hello(event);
    } else if (event.type === "state") {
      this.#state(event);
    } else if (event.type === "flash") {
      this.#flash(event);
    }
  }

  #hello(hello: BoardHello): void {
    const geometry = JSON.stringify([hello.board, hello.memories, hello.partitions]);
    // The same board once more, after a lost connection: its history stays.
    if (geometry === this.#geometry) {
      return;
    }
    this.#geometry = geometry;
    this.#memories = hello.memories.map(newMemory);
    this.#partitions = hello.partitions.flatMap((part) => {
      const memory = this.memory(part.memory);
      return memory === null ? [] : [newPartition(part, memory)];
    });
    for (const view of this.#views) {
      view.markAll();
    }
  }

  #state(state: BoardState): void {
    for (const name of MEMORY_NAMES) {
      const memory = this.memory(name);
      const fill = memory === null ? null : fromBase64(state.fill[name]);
      if (memory !== null && fill !== null && fill.length === memory.pageCount) {
        fill.forEach((value, page) => {
          this.#setFill(memory, page, value);
        });
      }
    }
  }

  #flash(flash: BoardFlash): void {
    for (const op of flash.ops) {
      this.#op(op);
    }
    for (const { memory: name, page, fill } of flash.pages) {
      const memory = this.memory(name);
      if (memory !== null && page < memory.pageCount) {
        this.#setFill(memory, page, fill);
      }
    }
  }

  #op(op: BoardFlash["ops"][number]): void {
    const memory = this.memory(op.memory);
    if (memory === null || op.len_bytes === 0 || op.off_bytes >= memory.sizeBytes) {
      return;
    }
    const endBytes = Math.min(op.off_bytes + op.len_bytes, memory.sizeBytes);
    const first = Math.floor(op.off_bytes / memory.pageBytes);
    const end = Math.ceil(endBytes / memory.pageBytes);
    const isErase = op.kind === "erase";
    memory.lastKind.fill(isErase ? PAGE_ERASED : PAGE_PROGRAMMED, first, end);
    memory.lastUs.fill(op.end_us, first, end);
    if (isErase) {
      memory.erases += end - first;
    } else {
      memory.programs++;
    }
    for (let page = first; page < end; page++) {
      this.#mark(memory, page);
    }
  }

  #setFill(memory: MemoryModel, page: number, fill: number): void {
    if (memory.fill[page] !== fill) {
      memory.fill[page] = fill;
      this.#mark(memory, page);
    }
  }

  #mark(memory: MemoryModel, page: number): void {
    for (const view of this.#views) {
      view.mark(memory.name, page);
    }
  }
}

function newMemory(memory: BoardMemory): MemoryModel {
  const pageCount = Math.ceil(memory.size_bytes / memory.page_bytes);
  return {
    name: memory.name,
    baseAddr: memory.base_addr,
    sizeBytes: memory.size_bytes,
    pageBytes: memory.page_bytes,
    pageCount,
    fill: new Uint8Array(pageCount),
    lastKind: new Uint8Array(pageCount),
    lastUs: new Float64Array(pageCount),
    erases: 0,
    programs: 0,
  };
}

function newPartition(part: BoardPartition, memory: MemoryModel): PartitionModel {
  return {
    ...part,
    firstPage: Math.floor(part.off_bytes / memory.pageBytes),
    endPage: Math.ceil((part.off_bytes + part.size_bytes) / memory.pageBytes),
  };
}
