// SPDX-License-Identifier: MIT
// The picture of the three flashes, what it means, and the power cut by mouse.
import { useEffect, useRef, useState } from "preact/hooks";
import type { FlashRegion, MemoryPicture } from "../../app/board-flash";
import { isMapKey, pageBeside } from "../../app/board-map";
import type { BoardModel } from "../../app/board-model";
import { address, kilobytes, memoryLabel, percent, regionLabel } from "../../app/board-words";
import type { MemoryName } from "../../board/protocol";
import { MapTable } from "./MapTable";
import { MapStage, type Spot } from "./map-stage";
import "./flash.css";

type Tool = "look" | "cut" | "arm";

const TOOLS: { tool: Tool; title: string; hint: string }[] = [
  {
    tool: "look",
    title: "Look",
    hint: "Point at a page, tap it or use the arrow keys: the line below tells what it holds.",
  },
  {
    tool: "cut",
    title: "Cut the power now",
    hint: "The next click or tap on the map cuts the power at once.",
  },
  {
    tool: "arm",
    title: "Cut at the next write here",
    hint: "Click a partition: the power is cut as soon as something is erased or programmed in it.",
  },
];

const LEGEND: [string, string][] = [
  ["blank", "blank"],
  ["boot", "boot loader"],
  ["app", "application"],
  ["net", "network"],
  ["data", "settings, counters, journal"],
  ["erase", "erased just now"],
  ["program", "programmed just now"],
  ["torn", "torn by the power cut"],
];

function spotText(picture: MemoryPicture, page: number): string {
  const { memory } = picture;
  const region = picture.regionOf(page);
  const name =
    region && region.name !== "" ? `${regionLabel(region)} (${region.name})` : "no partition";
  const fill = picture.fillOf(page);
  const full = fill === 0 ? "blank" : `${percent(fill / 255)} programmed`;
  const where = address(memory.baseAddr + page * memory.pageBytes);
  return `${memoryLabel(memory.name)}, page ${page} at ${where}: ${name}, ${full}.`;
}

export function FlashMaps({ model }: { model: BoardModel }) {
  const box = useRef<HTMLDivElement>(null);
  const probe = useRef<HTMLSpanElement>(null);
  const stage = useRef<MapStage | null>(null);
  const [tool, setTool] = useState<Tool>("look");
  const [spot, setSpot] = useState<Spot | null>(null);
  const [isUnfolded, unfold] = useState(false);
  const { armed, power } = model.view.value;
  // Read, so that new geometry and new fills are shown.
  model.flashTick.value;
  const { memories } = model.flash;

  useEffect(() => {
    if (!box.current || !probe.current) {
      return;
    }
    const own = new MapStage(model, box.current, probe.current);
    stage.current = own;
    for (const canvas of box.current.querySelectorAll("canvas")) {
      own.attach(canvas.dataset.memory as MemoryName, canvas);
    }
    return () => {
      own.close();
      stage.current = null;
    };
  }, [model, memories]);
  useEffect(
    () => stage.current?.set({ spot, armed, isUnfolded }),
    [spot, armed, isUnfolded, memories],
  );

  const use = (at: Spot) => {
    setSpot(at);
    const region = model.flash.of(at.memory)?.regionOf(at.page) ?? null;
    if (tool === "cut" && power) {
      model.setPower(false);
    } else if (tool === "arm" && power) {
      model.arm(region);
    }
    if (tool !== "look") {
      setTool("look");
    }
  };
  const onKey = (memory: MemoryName, event: KeyboardEvent) => {
    const picture = model.flash.of(memory);
    const layout = stage.current?.layoutOf(memory);
    const page = spot?.memory === memory ? spot.page : 0;
    if (!picture || !layout) {
      return;
    }
    if (isMapKey(event.key)) {
      event.preventDefault();
      const next = spot?.memory === memory ? pageBeside(layout, page, event.key) : 0;
      setSpot({ memory, page: next });
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      use({ memory, page });
    }
  };
  const onPoint = (memory: MemoryName, event: MouseEvent) => {
    const at = stage.current?.spotAt(memory, event) ?? null;
    if (at?.memory !== spot?.memory || at?.page !== spot?.page) {
      setSpot(at);
    }
  };
  const onClick = (memory: MemoryName, event: MouseEvent) => {
    const at = stage.current?.spotAt(memory, event);
    if (at) {
      use(at);
    }
  };

  const picture = spot ? model.flash.of(spot.memory) : null;
  return (
    <section class="vb-flash" aria-labelledby="vb-flash-title">
      <div class="vb-flash-head">
        <h3 id="vb-flash-title">Flashes</h3>
        <Tools tool={tool} setTool={setTool} isOff={!power} />
      </div>
      <p class="soft vb-hint">{TOOLS.find((each) => each.tool === tool)?.hint}</p>
      {armed && <Armed region={armed} onDrop={() => model.arm(null)} />}
      <div class={`vb-maps vb-tool-${tool}`} ref={box}>
        <span class="vb-probe" ref={probe} />
        {memories.map((each) => (
          <figure key={each.memory.name}>
            <figcaption>
              <strong>{memoryLabel(each.memory.name)}</strong>{" "}
              <span class="soft">
                {kilobytes(each.memory.sizeBytes)}, a square is a page of{" "}
                {kilobytes(each.memory.pageBytes)}
              </span>
            </figcaption>
            <canvas
              data-testid={`vb-map-${each.memory.name}`}
              data-memory={each.memory.name}
              tabIndex={0}
              // Screen readers tell a slider's value as arrow keys change it.
              role="slider"
              aria-label={`${memoryLabel(each.memory.name)}, page`}
              aria-valuemin={0}
              aria-valuemax={each.memory.pageCount - 1}
              aria-valuenow={spot?.memory === each.memory.name ? spot.page : 0}
              aria-valuetext={spotText(each, spot?.memory === each.memory.name ? spot.page : 0)}
              onKeyDown={(event) => onKey(each.memory.name, event)}
              onMouseMove={(event) => onPoint(each.memory.name, event)}
              onMouseLeave={() => setSpot(null)}
              onClick={(event) => onClick(each.memory.name, event)}
            />
          </figure>
        ))}
      </div>
      <p class="vb-spot" data-testid="vb-spot">
        {spot && picture ? spotText(picture, spot.page) : "\u00a0"}
      </p>
      <div class="vb-legend">
        {LEGEND.map(([name, text]) => (
          <span key={name}>
            <i class={`vb-swatch vb-swatch-${name}`} /> {text}
          </span>
        ))}
        <label class="check">
          <input
            type="checkbox"
            checked={isUnfolded}
            onChange={(event) => unfold(event.currentTarget.checked)}
          />
          Unfold the free area
        </label>
      </div>
      <MapTable model={model} />
    </section>
  );
}

function Tools(props: { tool: Tool; setTool: (tool: Tool) => void; isOff: boolean }) {
  return (
    <fieldset class="vb-tools">
      <legend class="only-read">A click on the map</legend>
      {TOOLS.map(({ tool, title }) => (
        <label key={tool} class="vb-tool">
          <input
            type="radio"
            name="vb-tool"
            data-testid={`vb-tool-${tool}`}
            checked={props.tool === tool}
            disabled={props.isOff && tool !== "look"}
            onChange={() => props.setTool(tool)}
          />
          <span>{title}</span>
        </label>
      ))}
    </fieldset>
  );
}

function Armed({ region, onDrop }: { region: FlashRegion; onDrop: () => void }) {
  return (
    <div class="notice notice-care" role="status" data-testid="vb-armed">
      <span>
        The power will be cut at the next erase or write in &ldquo;{regionLabel(region)}&rdquo; of
        the {memoryLabel(region.memory).toLowerCase()}.
      </span>
      <button type="button" class="small" onClick={onDrop}>
        Never mind
      </button>
    </div>
  );
}
