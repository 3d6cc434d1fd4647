// SPDX-License-Identifier: MIT
// The canvases of the flashes: their sizes, their colours, and when they are
// drawn. It draws on animation frames, and only while there is something new.
import type { FlashRegion, MemoryPicture } from "../../app/board-flash";
import {
  blockAt,
  choosePitch,
  layoutMap,
  type MapLayout,
  type MapRegion,
  type Measure,
  pageAt,
} from "../../app/board-map";
import type { BoardModel } from "../../app/board-model";
import { kilobytes, regionLabel } from "../../app/board-words";
import type { MemoryName } from "../../board/protocol";
import { MapPainter, readColors } from "./map-painter";

const FOLD_PAGES = 256;
const FOLD_CELLS = 24;
/** Room for outlines at the edges of a canvas. */
const MARGIN = 2;
const FONT_PX = 12;

interface Sheet {
  canvas: HTMLCanvasElement;
  painter: MapPainter;
  layout: MapLayout;
}

export interface Spot {
  memory: MemoryName;
  page: number;
}

function mapRegions(picture: MemoryPicture, isUnfolded: boolean): MapRegion[] {
  return picture.regions.map((region) => ({
    name: region.name,
    label: regionLabel(region),
    detailWidest: `${kilobytes(region.pageCount * picture.memory.pageBytes)} \u00b7 100 %`,
    firstPage: region.firstPage,
    pageCount: region.pageCount,
    pagesPerCell: isUnfolded ? 1 : pagesPerCell(region),
  }));
}

function pagesPerCell(region: FlashRegion): number {
  return region.name === "" && region.pageCount > FOLD_PAGES
    ? 2 ** Math.ceil(Math.log2(region.pageCount / FOLD_CELLS))
    : 1;
}

export class MapStage {
  private readonly sheets = new Map<MemoryName, Sheet>();
  private readonly canvases = new Map<MemoryName, HTMLCanvasElement>();
  private readonly still = matchMedia("(prefers-reduced-motion: reduce)");
  private readonly dark = matchMedia("(prefers-color-scheme: dark)");
  private readonly resize: ResizeObserver;
  private frame = 0;
  private width = 0;
  private spot: Spot | null = null;
  private armed: FlashRegion | null = null;
  private isUnfolded = false;
  private drawnMemories: readonly MemoryPicture[] = [];

  constructor(
    private readonly model: BoardModel,
    private readonly box: HTMLElement,
    private readonly probe: HTMLElement,
  ) {
    this.resize = new ResizeObserver(() => this.measure());
    this.resize.observe(box);
    this.dark.addEventListener("change", this.restyle);
    this.still.addEventListener("change", this.restyle);
    model.onFlash = () => this.poke();
    this.measure();
  }

  close(): void {
    this.resize.disconnect();
    this.dark.removeEventListener("change", this.restyle);
    this.still.removeEventListener("change", this.restyle);
    this.model.onFlash = null;
    cancelAnimationFrame(this.frame);
  }

  attach(memory: MemoryName, canvas: HTMLCanvasElement | null): void {
    if (canvas && this.canvases.get(memory) !== canvas) {
      this.canvases.set(memory, canvas);
      this.lay();
    } else if (!canvas) {
      this.canvases.delete(memory);
      this.sheets.delete(memory);
    }
  }

  set(state: { spot: Spot | null; armed: FlashRegion | null; isUnfolded: boolean }): void {
    this.spot = state.spot;
    this.armed = state.armed;
    if (state.isUnfolded !== this.isUnfolded) {
      this.isUnfolded = state.isUnfolded;
      this.lay();
    }
    this.poke();
  }

  layoutOf(memory: MemoryName): MapLayout | null {
    return this.sheets.get(memory)?.layout ?? null;
  }

  /** The page there; on a label, the partition's first one. */
  spotAt(memory: MemoryName, event: MouseEvent): Spot | null {
    const sheet = this.sheets.get(memory);
    if (!sheet) {
      return null;
    }
    const box = sheet.canvas.getBoundingClientRect();
    const x = event.clientX - box.left - MARGIN;
    const y = event.clientY - box.top;
    const page = pageAt(sheet.layout, x, y) ?? blockAt(sheet.layout, x, y)?.region.firstPage;
    return page === undefined ? null : { memory, page };
  }

  /** Draws soon; however often it is called, once a frame. */
  poke(): void {
    if (this.frame === 0) {
      this.frame = requestAnimationFrame(() => this.draw());
    }
  }

  private readonly restyle = (): void => this.lay();

  private measure(): void {
    const width = Math.floor(this.box.clientWidth);
    if (width > 0 && width !== this.width) {
      this.width = width;
      this.lay();
    }
  }

  private lay(): void {
    const memories = this.model.flash.memories;
    this.drawnMemories = memories;
    if (this.width === 0) {
      return;
    }
    const widthMax = this.width - 2 * MARGIN;
    const font = `${FONT_PX}px ${getComputedStyle(this.box).fontFamily}`;
    const measure = measureWith(font);
    const regions = memories.map((picture) => mapRegions(picture, this.isUnfolded));
    const pitch = choosePitch(regions, widthMax, measure);
    memories.forEach((picture, index) => {
      const canvas = this.canvases.get(picture.memory.name);
      const layout = layoutMap(regions[index] ?? [], pitch, widthMax, measure);
      if (canvas) {
        this.layOne(picture.memory.name, canvas, layout, font);
      }
    });
    this.poke();
  }

  private layOne(
    memory: MemoryName,
    canvas: HTMLCanvasElement,
    layout: MapLayout,
    font: string,
  ): void {
    const context = canvas.getContext("2d");
    if (!context) {
      return;
    }
    const width = layout.width + 2 * MARGIN;
    const height = layout.height + MARGIN;
    const ratio = devicePixelRatio;
    canvas.width = Math.ceil(width * ratio);
    canvas.height = Math.ceil(height * ratio);
    canvas.style.setProperty("width", `${width}px`);
    canvas.style.setProperty("height", `${height}px`);
    context.setTransform(ratio, 0, 0, ratio, MARGIN * ratio, 0);
    const painter = new MapPainter(context);
    painter.reset(layout, readColors(this.probe), font);
    this.sheets.set(memory, { canvas, painter, layout });
  }

  private draw(): void {
    this.frame = 0;
    const { flash } = this.model;
    flash.update();
    if (flash.memories !== this.drawnMemories) {
      this.lay();
    }
    let isFading = false;
    for (const picture of flash.memories) {
      const { name } = picture.memory;
      const painter = this.sheets.get(name)?.painter;
      const state = {
        page: this.spot?.memory === name ? this.spot.page : null,
        armedPage: this.armed?.memory === name ? this.armed.firstPage : null,
        isMotionless: this.still.matches,
      };
      isFading = painter?.draw(picture, state, performance.now()) === true || isFading;
    }
    if (isFading) {
      this.poke();
    }
  }
}

function measureWith(font: string): Measure {
  const context = document.createElement("canvas").getContext("2d");
  if (context) {
    context.font = font;
  }
  return (text) => context?.measureText(text).width ?? text.length * (FONT_PX / 2);
}
