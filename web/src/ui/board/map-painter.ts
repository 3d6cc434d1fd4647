// SPDX-License-Identifier: MIT
// Draws a flash on a canvas. A frame draws the squares that changed and those
// whose mark fades, never the rest.
import type { MemoryPicture } from "../../app/board-flash";
import {
  blockOfPage,
  cellOfPage,
  cellRect,
  LABEL_HEIGHT,
  type MapBlock,
  type MapLayout,
  type Rect,
} from "../../app/board-map";
import { kilobytes, percent, regionTone, type Tone } from "../../app/board-words";

const FADE_MS = 1200;
/** Without motion, so many pages keep the mark of what was done last. */
const STEADY_MARKS = 24;
const SHADES = 16;

type Rgb = readonly [number, number, number];
type ColorName =
  | "blank"
  | "ink"
  | "soft"
  | "edge"
  | "ground"
  | "erase"
  | "program"
  | "alarm"
  | Tone;

export type Colors = Record<ColorName, Rgb>;

const COLOR_VARIABLES: Record<ColorName, string> = {
  blank: "--vb-blank",
  ink: "--ink",
  soft: "--soft",
  edge: "--vb-frame",
  ground: "--paper",
  erase: "--vb-erase",
  program: "--vb-program",
  alarm: "--bad",
  boot: "--vb-boot",
  app: "--vb-app",
  net: "--vb-net",
  data: "--vb-data",
  free: "--vb-free",
};

/** The colours as the style sheet has them now, resolved by a probe element. */
export function readColors(probe: HTMLElement): Colors {
  const entries = Object.entries(COLOR_VARIABLES).map(([name, variable]) => {
    probe.style.setProperty("color", `var(${variable})`);
    const parts = getComputedStyle(probe).color.match(/[\d.]+/g) ?? [];
    return [name, [Number(parts[0] ?? 0), Number(parts[1] ?? 0), Number(parts[2] ?? 0)]];
  });
  return Object.fromEntries(entries) as Colors;
}

function mix(from: Rgb, to: Rgb, share: number): Rgb {
  const at = (i: 0 | 1 | 2) => Math.round(from[i] + (to[i] - from[i]) * share);
  return [at(0), at(1), at(2)];
}

function css(color: Rgb): string {
  return `rgb(${color[0]} ${color[1]} ${color[2]})`;
}

export interface PainterState {
  /** The page that the pointer or the keyboard is at. */
  page: number | null;
  /** First page of the region whose next operation cuts the power. */
  armedPage: number | null;
  isMotionless: boolean;
}

interface Frame {
  nowMs: number;
  state: PainterState;
}

export class MapPainter {
  private colors: Colors | null = null;
  private shades = new Map<Tone, string[]>();
  private layout: MapLayout | null = null;
  private isWhole = true;
  private drawnDetail = new Map<MapBlock, string>();
  private drawnState: PainterState | null = null;

  constructor(private readonly context: CanvasRenderingContext2D) {}

  /** Geometry or colours are new: the next frame draws everything. */
  reset(layout: MapLayout, colors: Colors, font: string): void {
    this.layout = layout;
    this.colors = colors;
    this.isWhole = true;
    this.shades.clear();
    this.drawnDetail.clear();
    this.context.font = font;
    this.context.textBaseline = "alphabetic";
  }

  /** True: a mark still fades, so there is a next frame to draw. */
  draw(picture: MemoryPicture, state: PainterState, nowMs: number): boolean {
    const layout = this.layout;
    if (!layout) {
      return false;
    }
    this.dropOldMarks(picture, state.isMotionless, nowMs);
    const dirty = picture.takeDirty();
    const isWhole = this.isWhole || dirty === null || this.hasMoved(state);
    const frame = { nowMs, state };
    if (isWhole) {
      this.drawAll(layout, picture, frame);
    } else {
      this.drawSome(layout, picture, dirty, frame);
    }
    this.isWhole = false;
    this.drawnState = { ...state };
    return !state.isMotionless && picture.marks.size > 0;
  }

  private hasMoved(state: PainterState): boolean {
    const drawn = this.drawnState;
    return drawn === null || drawn.page !== state.page || drawn.armedPage !== state.armedPage;
  }

  private dropOldMarks(picture: MemoryPicture, isMotionless: boolean, nowMs: number): void {
    // In the order of time: the first that stays ends it.
    for (const [page, mark] of picture.marks) {
      const isOld = isMotionless ? picture.marks.size > STEADY_MARKS : nowMs - mark.atMs >= FADE_MS;
      if (!isOld) {
        return;
      }
      picture.unmark(page);
    }
  }

  private drawAll(layout: MapLayout, picture: MemoryPicture, frame: Frame): void {
    this.context.clearRect(-2, 0, layout.width + 4, layout.height + 4);
    this.drawnDetail.clear();
    for (const block of layout.blocks) {
      for (let cell = 0; cell < block.cells; cell++) {
        this.drawCell(layout, picture, block, cell, frame);
      }
      this.drawLabel(picture, block, frame.state);
    }
    this.drawCursor(layout, frame.state);
  }

  private drawSome(
    layout: MapLayout,
    picture: MemoryPicture,
    dirty: Set<number>,
    frame: Frame,
  ): void {
    const touched = new Set<MapBlock>();
    const pages = frame.state.isMotionless ? dirty : new Set([...dirty, ...picture.marks.keys()]);
    for (const page of pages) {
      const block = blockOfPage(layout, page);
      if (block) {
        this.drawCell(layout, picture, block, cellOfPage(block, page), frame);
        if (dirty.has(page)) {
          touched.add(block);
        }
      }
    }
    for (const block of touched) {
      this.drawLabel(picture, block, frame.state);
    }
    this.drawCursor(layout, frame.state);
  }

  private drawCell(
    layout: MapLayout,
    picture: MemoryPicture,
    block: MapBlock,
    cell: number,
    frame: Frame,
  ): void {
    const { x, y, size } = cellRect(layout, block, cell);
    const first = block.region.firstPage + cell * block.region.pagesPerCell;
    const end = Math.min(
      first + block.region.pagesPerCell,
      block.region.firstPage + block.region.pageCount,
    );
    let fill = 0;
    let mark = picture.marks.get(first);
    for (let page = first; page < end; page++) {
      fill = Math.max(fill, picture.fillOf(page));
      mark = picture.marks.get(page) ?? mark;
    }
    this.context.fillStyle = this.shadeOf(picture, block, fill);
    this.context.fillRect(x, y, size, size);
    if (mark) {
      const left = frame.state.isMotionless ? 1 : 1 - (frame.nowMs - mark.atMs) / FADE_MS;
      this.drawMark({ x, y, size }, mark.kind, Math.max(0, Math.min(1, left)));
    }
    if (picture.torn.size > 0 && isAnyTorn(picture, first, end)) {
      this.drawCross({ x, y, size });
    }
  }

  private drawCross({ x, y, size }: Rect): void {
    const { colors, context } = this;
    if (!colors) {
      return;
    }
    context.fillStyle = css(colors.ground);
    context.fillRect(x, y, size, size);
    context.strokeStyle = css(colors.alarm);
    context.lineWidth = 2;
    context.beginPath();
    context.moveTo(x + 1, y + 1);
    context.lineTo(x + size - 1, y + size - 1);
    context.moveTo(x + size - 1, y + 1);
    context.lineTo(x + 1, y + size - 1);
    context.stroke();
  }

  /** Erased: a frame, for the page is empty now. Programmed: all of it. */
  private drawMark(rect: Rect, kind: string, left: number): void {
    const { colors, context } = this;
    if (!colors) {
      return;
    }
    context.globalAlpha = left;
    context.fillStyle = css(kind === "erase" ? colors.erase : colors.program);
    context.fillRect(rect.x, rect.y, rect.size, rect.size);
    if (kind === "erase") {
      const border = Math.max(2, Math.floor(rect.size / 4));
      context.fillStyle = css(colors.ground);
      const inner = rect.size - 2 * border;
      context.fillRect(rect.x + border, rect.y + border, inner, inner);
    }
    context.globalAlpha = 1;
  }

  private shadeOf(picture: MemoryPicture, block: MapBlock, fill: number): string {
    const region = picture.regionOf(block.region.firstPage);
    const tone = region ? regionTone(region) : "free";
    let shades = this.shades.get(tone);
    if (!shades && this.colors) {
      const { blank } = this.colors;
      const full = this.colors[tone];
      // A page that holds anything stands out from a blank one.
      shades = Array.from({ length: SHADES + 1 }, (_, step) =>
        css(step === 0 ? blank : mix(blank, full, 0.3 + (0.7 * step) / SHADES)),
      );
      this.shades.set(tone, shades);
    }
    return shades?.[Math.ceil((fill / 255) * SHADES)] ?? "";
  }

  private drawLabel(picture: MemoryPicture, block: MapBlock, state: PainterState): void {
    const { colors, context } = this;
    const region = picture.regionOf(block.region.firstPage);
    if (!colors || !region) {
      return;
    }
    const detail = detailOf(picture, block);
    if (this.drawnDetail.get(block) === detail) {
      return;
    }
    this.drawnDetail.set(block, detail);
    const isArmed = state.armedPage === block.region.firstPage;
    context.clearRect(block.x, block.y, block.width + 2, LABEL_HEIGHT - 2);
    context.fillStyle = css(isArmed ? colors.alarm : colors.ink);
    context.fillText(block.region.label, block.x, block.y + 11, block.width);
    context.fillStyle = css(isArmed ? colors.alarm : colors.soft);
    context.fillText(detail, block.x, block.y + 24, block.width);
    this.drawOutline(block, isArmed ? colors.alarm : colors.edge, isArmed);
  }

  /** Around the squares there are: the last column or row may be short. */
  private drawOutline(block: MapBlock, color: Rgb, isStrong: boolean): void {
    const pitch = this.layout?.pitch ?? 1;
    const { context } = this;
    const left = block.gridX - 1.5;
    const top = block.gridY - 1.5;
    const full = Math.floor(block.cells / (block.isByRow ? block.columns : block.rows)) * pitch;
    const rest = (block.cells % (block.isByRow ? block.columns : block.rows)) * pitch;
    const width = block.columns * pitch + 2;
    const height = block.rows * pitch + 2;
    context.strokeStyle = css(color);
    context.lineWidth = isStrong ? 2 : 1;
    context.beginPath();
    if (rest === 0) {
      context.rect(left, top, width, height);
    } else if (block.isByRow) {
      polygon(context, [
        [left, top],
        [left + width, top],
        [left + width, top + full + 1],
        [left + rest + 1, top + full + 1],
        [left + rest + 1, top + height],
        [left, top + height],
      ]);
    } else {
      polygon(context, [
        [left, top],
        [left + width, top],
        [left + width, top + rest + 1],
        [left + full + 1, top + rest + 1],
        [left + full + 1, top + height],
        [left, top + height],
      ]);
    }
    context.stroke();
  }

  private drawCursor(layout: MapLayout, state: PainterState): void {
    const block = state.page === null ? null : blockOfPage(layout, state.page);
    if (!block || state.page === null || !this.colors) {
      return;
    }
    const { x, y, size } = cellRect(layout, block, cellOfPage(block, state.page));
    this.context.strokeStyle = css(this.colors.ink);
    this.context.lineWidth = 2;
    this.context.strokeRect(x, y, size, size);
  }
}

function isAnyTorn(picture: MemoryPicture, first: number, end: number): boolean {
  for (let page = first; page < end; page++) {
    if (picture.torn.has(page)) {
      return true;
    }
  }
  return false;
}

function polygon(context: CanvasRenderingContext2D, points: readonly [number, number][]): void {
  points.forEach(([x, y], index) => {
    if (index === 0) {
      context.moveTo(x, y);
    } else {
      context.lineTo(x, y);
    }
  });
  context.closePath();
}

export function detailOf(picture: MemoryPicture, block: MapBlock): string {
  const region = picture.regionOf(block.region.firstPage);
  const bytes = block.region.pageCount * picture.memory.pageBytes;
  return `${kilobytes(bytes)} \u00b7 ${percent(region ? picture.shareOf(region) : 0)}`;
}
