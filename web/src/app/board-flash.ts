// SPDX-License-Identifier: MIT
// What the picture of the flashes shows besides how full each page is: marks of
// what was just done, and sums for each partition. Events only note what
// changed; whoever draws takes the notes, so thousands of them cost one frame.
import type { FlashMap, FlashView, MemoryModel, PartitionModel } from "../board/flashmap";
import type { BoardFlash, MemoryName } from "../board/protocol";

export type MarkKind = "erase" | "program";

/** The last thing that was done to a page. */
export interface Mark {
  kind: MarkKind;
  /** Of the wall clock: marks fade. */
  atMs: number;
}

export interface RegionSums {
  eraseCount: number;
  programCount: number;
  programmedBytes: number;
}

/** A partition, or what lies between two. */
export interface FlashRegion {
  /** "" where no partition is. */
  name: string;
  role: string;
  memory: MemoryName;
  firstPage: number;
  pageCount: number;
  sums: RegionSums;
}

export interface FlashOp {
  memory: MemoryName;
  kind: MarkKind;
  offBytes: number;
  lenBytes: number;
  endUs: number;
}

const OPS_KEPT = 12;

export class MemoryPicture {
  readonly marks = new Map<number, Mark>();
  /** Pages that the last power cut met at work, until there is power again. */
  readonly torn = new Set<number>();
  readonly regions: FlashRegion[];
  /** Pages whose picture changed since it was drawn; null: all. */
  private dirty: Set<number> | null = null;

  constructor(
    readonly memory: MemoryModel,
    partitions: readonly PartitionModel[],
  ) {
    this.regions = regionsOf(memory, partitions);
  }

  fillOf(page: number): number {
    return this.memory.fill[page] ?? 0;
  }

  mark(page: number, mark: Mark): void {
    if (page >= 0 && page < this.memory.pageCount) {
      // Deleted first, so that the map's order is that of time.
      this.marks.delete(page);
      this.marks.set(page, mark);
      this.touch(page);
    }
  }

  unmark(page: number): void {
    if (this.marks.delete(page)) {
      this.touch(page);
    }
  }

  setTorn(page: number): void {
    this.torn.add(page);
    this.touch(page);
  }

  clearTorn(): void {
    for (const page of this.torn) {
      this.touch(page);
    }
    this.torn.clear();
  }

  touch(page: number): void {
    this.dirty?.add(page);
  }

  touchAll(): void {
    this.dirty = null;
  }

  takeDirty(): Set<number> | null {
    const dirty = this.dirty;
    this.dirty = new Set();
    return dirty;
  }

  regionOf(page: number): FlashRegion | null {
    return (
      this.regions.find(
        (region) => page >= region.firstPage && page < region.firstPage + region.pageCount,
      ) ?? null
    );
  }

  /** Programmed share of a region, 0 to 1. */
  shareOf(region: FlashRegion): number {
    let sum = 0;
    for (let page = region.firstPage; page < region.firstPage + region.pageCount; page++) {
      sum += this.fillOf(page);
    }
    return region.pageCount === 0 ? 0 : sum / (255 * region.pageCount);
  }
}

function newRegion(
  memory: MemoryName,
  firstPage: number,
  endPage: number,
  partition?: PartitionModel,
): FlashRegion {
  return {
    name: partition?.name ?? "",
    role: partition?.role.replaceAll("_", "-") ?? "",
    memory,
    firstPage,
    pageCount: endPage - firstPage,
    sums: { eraseCount: 0, programCount: 0, programmedBytes: 0 },
  };
}

/** The partitions of a memory in order, and the gaps; overlaps are cut. */
function regionsOf(memory: MemoryModel, partitions: readonly PartitionModel[]): FlashRegion[] {
  const regions: FlashRegion[] = [];
  const own = partitions
    .filter((partition) => partition.memory === memory.name)
    .sort((a, b) => a.firstPage - b.firstPage);
  let next = 0;
  for (const partition of own) {
    const first = Math.min(memory.pageCount, Math.max(next, partition.firstPage));
    const end = Math.min(memory.pageCount, partition.endPage);
    if (first > next) {
      regions.push(newRegion(memory.name, next, first));
    }
    if (end > first) {
      regions.push(newRegion(memory.name, first, end, partition));
    }
    next = Math.max(first, end);
  }
  if (next < memory.pageCount) {
    regions.push(newRegion(memory.name, next, memory.pageCount));
  }
  return regions;
}

export class FlashPicture {
  memories: readonly MemoryPicture[] = [];
  /** The last operations, the newest last. */
  lastOps: FlashOp[] = [];
  private source: readonly MemoryModel[] | null = null;
  private readonly changes: FlashView;

  constructor(private readonly map: FlashMap) {
    this.changes = map.view();
    this.update();
  }

  close(): void {
    this.changes.close();
  }

  /** Call it after events and before drawing. */
  update(): void {
    const { isAll, pages } = this.changes.take();
    if (this.source !== this.map.memories) {
      this.source = this.map.memories;
      this.memories = this.source.map((memory) => new MemoryPicture(memory, this.map.partitions));
      this.lastOps = [];
    } else if (isAll) {
      for (const picture of this.memories) {
        picture.touchAll();
      }
    }
    for (const { memory, page } of pages) {
      this.of(memory)?.touch(page);
    }
  }

  of(name: MemoryName): MemoryPicture | null {
    return this.memories.find((picture) => picture.memory.name === name) ?? null;
  }

  /** The region that an operation began in. */
  regionOfOp(op: { memory: MemoryName; offBytes: number }): FlashRegion | null {
    const picture = this.of(op.memory);
    return picture?.regionOf(Math.floor(op.offBytes / picture.memory.pageBytes)) ?? null;
  }

  takeOps(event: BoardFlash, nowMs: number): void {
    this.update();
    for (const op of event.ops) {
      const picture = this.of(op.memory);
      if (picture) {
        this.takeOp(picture, op, nowMs);
      }
    }
  }

  /** The board tells an operation that a cut ended as ending with it. */
  setTorn(ops: readonly FlashOp[]): void {
    for (const op of ops) {
      const picture = this.of(op.memory);
      const pageBytes = picture?.memory.pageBytes ?? 1;
      picture?.setTorn(Math.floor(op.offBytes / pageBytes));
    }
  }

  clearTorn(): void {
    for (const picture of this.memories) {
      picture.clearTorn();
    }
  }

  private takeOp(picture: MemoryPicture, op: BoardFlash["ops"][number], nowMs: number): void {
    const { pageBytes, pageCount } = picture.memory;
    const first = Math.floor(op.off_bytes / pageBytes);
    const last = Math.floor((op.off_bytes + Math.max(1, op.len_bytes) - 1) / pageBytes);
    for (let page = first; page <= Math.min(last, pageCount - 1); page++) {
      picture.mark(page, { kind: op.kind, atMs: nowMs });
    }
    const sums = picture.regionOf(first)?.sums;
    if (sums && op.kind === "erase") {
      sums.eraseCount += 1;
    } else if (sums) {
      sums.programCount += 1;
      sums.programmedBytes += op.len_bytes;
    }
    this.lastOps.push({
      memory: op.memory,
      kind: op.kind,
      offBytes: op.off_bytes,
      lenBytes: op.len_bytes,
      endUs: op.end_us,
    });
    if (this.lastOps.length > OPS_KEPT) {
      this.lastOps.shift();
    }
  }
}
