// SPDX-License-Identifier: MIT
// Where a page of a flash is in the picture. A partition is a block of squares
// under its label, filled column by column, so that an install moves through it
// from left to right. Blocks stand in the order of their addresses, small ones
// above each other; they wrap like words. All of it in CSS pixels, without DOM.

/** Squares of a block above each other, if there is room for its columns. */
const ROWS = 8;
/** A block of so few squares lies in rows and shares its column with others. */
const SMALL_CELLS = 32;
export const LABEL_HEIGHT = 30;
const GAP = 12;
const STACK_GAP = 6;
/** A column of small blocks may be so much higher than the others. */
const STACK_OVER = 10;
const PITCH_MAX = 13;
const PITCH_GOOD = 11;
const PITCH_MIN = 5;

/** What is to be drawn as one block. */
export interface MapRegion {
  /** "" where no partition is. */
  name: string;
  label: string;
  /** Second line; it may change while its width may not grow. */
  detailWidest: string;
  firstPage: number;
  pageCount: number;
  /** More than 1: folded. */
  pagesPerCell: number;
}

export interface MapBlock {
  region: MapRegion;
  x: number;
  y: number;
  width: number;
  height: number;
  /** Of the squares. */
  gridX: number;
  gridY: number;
  columns: number;
  rows: number;
  cells: number;
  /** Small blocks are filled row by row. */
  isByRow: boolean;
}

export interface MapLayout {
  pitch: number;
  width: number;
  height: number;
  blocks: MapBlock[];
}

export interface Rect {
  x: number;
  y: number;
  size: number;
}

/** Width of a label in CSS pixels. */
export type Measure = (text: string) => number;

/** Where a new block goes: along a shelf, and down in its last column. */
interface Cursor {
  shelfY: number;
  shelfHeight: number;
  x: number;
  /** Of the column of small blocks that may go on; null: there is none. */
  stack: { x: number; width: number; bottom: number } | null;
}

function shape(region: MapRegion, pitch: number, widthMax: number) {
  const cells = Math.ceil(region.pageCount / region.pagesPerCell);
  const columnsMax = Math.max(1, Math.floor(widthMax / pitch));
  if (cells <= SMALL_CELLS) {
    const columns = Math.min(ROWS, cells, columnsMax);
    return { cells, columns, rows: Math.ceil(cells / columns), isByRow: true };
  }
  const columns = Math.min(Math.ceil(cells / ROWS), columnsMax);
  return { cells, columns, rows: Math.ceil(cells / columns), isByRow: false };
}

function place(
  cursor: Cursor,
  size: { width: number; height: number },
  isSmall: boolean,
  rowHeight: number,
  widthMax: number,
) {
  const stack = cursor.stack;
  if (
    stack &&
    isSmall &&
    stack.bottom + STACK_GAP + size.height <= cursor.shelfY + rowHeight + STACK_OVER
  ) {
    const at = { x: stack.x, y: stack.bottom + STACK_GAP };
    stack.bottom = at.y + size.height;
    stack.width = Math.max(stack.width, size.width);
    cursor.x = Math.max(cursor.x, stack.x + stack.width + GAP);
    cursor.shelfHeight = Math.max(cursor.shelfHeight, stack.bottom - cursor.shelfY);
    return at;
  }
  if (cursor.x > 0 && cursor.x + size.width > widthMax) {
    cursor.shelfY += cursor.shelfHeight + GAP;
    cursor.shelfHeight = 0;
    cursor.x = 0;
  }
  const at = { x: cursor.x, y: cursor.shelfY };
  cursor.stack = isSmall ? { x: at.x, width: size.width, bottom: at.y + size.height } : null;
  cursor.x += size.width + GAP;
  cursor.shelfHeight = Math.max(cursor.shelfHeight, size.height);
  return at;
}

export function layoutMap(
  regions: readonly MapRegion[],
  pitch: number,
  widthMax: number,
  measure: Measure,
): MapLayout {
  const cursor: Cursor = { shelfY: 0, shelfHeight: 0, x: 0, stack: null };
  const blocks: MapBlock[] = [];
  for (const region of regions) {
    const form = shape(region, pitch, widthMax);
    const label = Math.ceil(Math.max(measure(region.label), measure(region.detailWidest)));
    const width = Math.min(Math.max(form.columns * pitch, label), widthMax);
    const height = LABEL_HEIGHT + form.rows * pitch;
    const at = place(
      cursor,
      { width, height },
      form.isByRow,
      LABEL_HEIGHT + ROWS * pitch,
      widthMax,
    );
    blocks.push({ region, ...at, width, height, gridX: at.x, gridY: at.y + LABEL_HEIGHT, ...form });
  }
  const width = blocks.reduce((most, block) => Math.max(most, block.x + block.width), 0);
  return { pitch, width, height: cursor.shelfY + cursor.shelfHeight, blocks };
}

/** Shelves: how often the blocks wrapped. */
function shelfCount(layout: MapLayout): number {
  return new Set(layout.blocks.filter((block) => block.x === 0).map((block) => block.y)).size;
}

/**
 * The size of a square for all flashes: large, but rather somewhat smaller than
 * one shelf more; and the largest partition stays whole where it can.
 */
export function choosePitch(
  memories: readonly (readonly MapRegion[])[],
  widthMax: number,
  measure: Measure,
): number {
  const columnsMost = memories.flat().reduce((most, region) => {
    const cells = Math.ceil(region.pageCount / region.pagesPerCell);
    return Math.max(most, cells <= SMALL_CELLS ? 1 : Math.ceil(cells / ROWS));
  }, 1);
  const most = Math.max(PITCH_MIN, Math.min(PITCH_MAX, Math.floor(widthMax / columnsMost)));
  let best = { pitch: most, shelves: Number.POSITIVE_INFINITY };
  for (let pitch = most; pitch >= Math.min(most, PITCH_GOOD); pitch--) {
    const shelves = memories.reduce(
      (sum, regions) => sum + shelfCount(layoutMap(regions, pitch, widthMax, measure)),
      0,
    );
    if (shelves < best.shelves) {
      best = { pitch, shelves };
    }
  }
  return best.pitch;
}

/** Column and row of a block's square. */
function cellPlace(block: MapBlock, cell: number): { column: number; row: number } {
  return block.isByRow
    ? { column: cell % block.columns, row: Math.floor(cell / block.columns) }
    : { column: Math.floor(cell / block.rows), row: cell % block.rows };
}

export function cellOfPage(block: MapBlock, page: number): number {
  return Math.floor((page - block.region.firstPage) / block.region.pagesPerCell);
}

export function blockOfPage(layout: MapLayout, page: number): MapBlock | null {
  return (
    layout.blocks.find(
      ({ region }) => page >= region.firstPage && page < region.firstPage + region.pageCount,
    ) ?? null
  );
}

export function cellRect(layout: MapLayout, block: MapBlock, cell: number): Rect {
  const { column, row } = cellPlace(block, cell);
  return {
    x: block.gridX + column * layout.pitch,
    y: block.gridY + row * layout.pitch,
    size: layout.pitch - 1,
  };
}

/** The block at a point, its label included. */
export function blockAt(layout: MapLayout, x: number, y: number): MapBlock | null {
  return (
    layout.blocks.find(
      (block) =>
        x >= block.x && x < block.x + block.width && y >= block.y && y < block.y + block.height,
    ) ?? null
  );
}

/** The page at a point (the first of a folded square), or null. */
export function pageAt(layout: MapLayout, x: number, y: number): number | null {
  const block = blockAt(layout, x, y);
  if (!block || y < block.gridY) {
    return null;
  }
  const column = Math.floor((x - block.gridX) / layout.pitch);
  const row = Math.floor((y - block.gridY) / layout.pitch);
  if (column < 0 || column >= block.columns || row < 0 || row >= block.rows) {
    return null;
  }
  const cell = block.isByRow ? row * block.columns + column : column * block.rows + row;
  return cell < block.cells ? block.region.firstPage + cell * block.region.pagesPerCell : null;
}

export type MapKey =
  | "ArrowLeft"
  | "ArrowRight"
  | "ArrowUp"
  | "ArrowDown"
  | "Home"
  | "End"
  | "PageUp"
  | "PageDown";

export function isMapKey(key: string): key is MapKey {
  return /^(Arrow(Left|Right|Up|Down)|Home|End|Page(Up|Down))$/.test(key);
}

/** Up and down: the next page; left and right: the next column; PageUp and
 * PageDown: the next partition. It never leaves the flash. */
export function pageBeside(layout: MapLayout, page: number, key: MapKey): number {
  const first = layout.blocks[0];
  const last = layout.blocks.at(-1);
  const block = blockOfPage(layout, page);
  if (!first || !last || !block) {
    return first?.region.firstPage ?? 0;
  }
  const step = block.region.pagesPerCell;
  const across = (block.isByRow ? 1 : block.rows) * step;
  const down = (block.isByRow ? block.columns : 1) * step;
  const index = layout.blocks.indexOf(block);
  const end = last.region.firstPage + last.region.pageCount - 1;
  const targets: Record<MapKey, number> = {
    ArrowLeft: page - across,
    ArrowRight: page + across,
    ArrowUp: page - down,
    ArrowDown: page + down,
    Home: first.region.firstPage,
    End: end,
    PageUp: layout.blocks[Math.max(0, index - 1)]?.region.firstPage ?? page,
    PageDown:
      layout.blocks[Math.min(layout.blocks.length - 1, index + 1)]?.region.firstPage ?? page,
  };
  return Math.min(end, Math.max(first.region.firstPage, targets[key]));
}
