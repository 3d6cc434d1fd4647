// SPDX-License-Identifier: MIT
// Messages of the virtual board, which came over a socket: each is taken apart
// and put together anew out of what has the right type and size, or dropped.
import { printable } from "../lib/bytes";
import type {
  BoardEvent,
  BoardFlash,
  BoardHello,
  BoardMemory,
  BoardPartition,
  BoardState,
  MemoryName,
  UartName,
} from "./protocol";

/** Bounds for what a page can sensibly show. */
const NAME_CHARS_MAX = 64;
const TEXT_CHARS_MAX = 4096;
const PARTITIONS_MAX = 64;
const PINS_MAX = 32;
const PAGES_MAX = 65536;
const PAGE_BYTES_MIN = 16;
const OPS_MAX = 65536;
const MESSAGE_CHARS_MAX = 16 * 1024 * 1024;

export const MEMORY_NAMES: readonly MemoryName[] = ["app", "net", "ext"];
export const UART_NAMES: readonly UartName[] = ["app", "net", "link"];

type Raw = Record<string, unknown>;
type Check = (raw: Raw) => BoardEvent | null;

/** null: not a message of the protocol. */
export function parseBoardEvent(data: unknown): BoardEvent | null {
  if (typeof data !== "string" || data.length > MESSAGE_CHARS_MAX) {
    return null;
  }
  const raw = parseRaw(data);
  const type = raw?.type;
  if (raw === null || typeof type !== "string" || !Object.hasOwn(CHECKS, type)) {
    return null;
  }
  return CHECKS[type as BoardEvent["type"]](raw);
}

const CHECKS: Record<BoardEvent["type"], Check> = {
  hello: checkHello,
  state: checkState,
  uart: (raw) => {
    const { time_us, uart, data } = raw;
    return isTime(time_us) && isUart(uart) && typeof data === "string"
      ? { type: "uart", time_us, uart, data }
      : null;
  },
  led: (raw) => {
    const { time_us, led, on } = raw;
    return isTime(time_us) && isCount(led, PINS_MAX - 1) && typeof on === "boolean"
      ? { type: "led", time_us, led, on }
      : null;
  },
  power: (raw) => {
    const { time_us, on } = raw;
    return isTime(time_us) && typeof on === "boolean" ? { type: "power", time_us, on } : null;
  },
  flash: checkFlash,
  note: (raw) => {
    const { time_us, text } = raw;
    return isTime(time_us) && typeof text === "string"
      ? { type: "note", time_us, text: shown(text) }
      : null;
  },
  time: (raw) => {
    const { time_us } = raw;
    return isTime(time_us) ? { type: "time", time_us } : null;
  },
  end: (raw) => (typeof raw.text === "string" ? { type: "end", text: shown(raw.text) } : null),
  error: (raw) => (typeof raw.text === "string" ? { type: "error", text: shown(raw.text) } : null),
};

function checkHello(raw: Raw): BoardHello | null {
  const { protocol, board, led_count, button_count } = raw;
  const memories = checkAll(raw.memories, MEMORY_NAMES.length, checkMemory);
  if (
    protocol !== 1 ||
    typeof board !== "string" ||
    !isCount(led_count, PINS_MAX) ||
    !isCount(button_count, PINS_MAX) ||
    memories === null ||
    new Set(memories.map((memory) => memory.name)).size !== memories.length
  ) {
    return null;
  }
  const partitions = checkAll(raw.partitions, PARTITIONS_MAX, (part) =>
    checkPartition(part, memories),
  );
  return partitions === null
    ? null
    : {
        type: "hello",
        protocol,
        board: name(board),
        memories,
        partitions,
        led_count,
        button_count,
      };
}

function checkMemory(raw: Raw): BoardMemory | null {
  const { name: memory, base_addr, size_bytes, page_bytes } = raw;
  return isMemory(memory) &&
    isCount(base_addr, 0xffffffff) &&
    isCount(page_bytes, 0xffffffff) &&
    page_bytes >= PAGE_BYTES_MIN &&
    isCount(size_bytes, page_bytes * PAGES_MAX) &&
    size_bytes > 0
    ? { name: memory, base_addr, size_bytes, page_bytes }
    : null;
}

function checkPartition(raw: Raw, memories: readonly BoardMemory[]): BoardPartition | null {
  const { name: own, role, memory, off_bytes, size_bytes } = raw;
  const where = memories.find((one) => one.name === memory);
  if (where === undefined || typeof own !== "string" || typeof role !== "string") {
    return null;
  }
  return isCount(off_bytes, where.size_bytes) &&
    isCount(size_bytes, where.size_bytes - off_bytes) &&
    size_bytes > 0
    ? { name: name(own), role: name(role), memory: where.name, off_bytes, size_bytes }
    : null;
}

function checkState(raw: Raw): BoardState | null {
  const { time_us, power } = raw;
  const leds = checkBooleans(raw.leds);
  const buttons = checkBooleans(raw.buttons);
  const fill = asRaw(raw.fill);
  if (!isTime(time_us) || typeof power !== "boolean" || !leds || !buttons || fill === null) {
    return null;
  }
  const { app, net, ext } = fill;
  return typeof app === "string" && typeof net === "string" && typeof ext === "string"
    ? { type: "state", time_us, power, leds, buttons, fill: { app, net, ext } }
    : null;
}

function checkFlash(raw: Raw): BoardFlash | null {
  const { time_us } = raw;
  const ops = checkAll(raw.ops, OPS_MAX, checkOp);
  const pages = checkAll(raw.pages, OPS_MAX, checkPage);
  return isTime(time_us) && ops !== null && pages !== null
    ? { type: "flash", time_us, ops, pages }
    : null;
}

function checkOp(raw: Raw): BoardFlash["ops"][number] | null {
  const { memory, kind, off_bytes, len_bytes, end_us } = raw;
  return isMemory(memory) &&
    (kind === "erase" || kind === "program") &&
    isCount(off_bytes, 0xffffffff) &&
    isCount(len_bytes, 0xffffffff) &&
    isTime(end_us)
    ? { memory, kind, off_bytes, len_bytes, end_us }
    : null;
}

function checkPage(raw: Raw): BoardFlash["pages"][number] | null {
  const { memory, page, fill } = raw;
  return isMemory(memory) && isCount(page, PAGES_MAX - 1) && isCount(fill, 255)
    ? { memory, page, fill }
    : null;
}

/** null unless it is a list of which every item is right. */
function checkAll<T>(value: unknown, countMax: number, check: (raw: Raw) => T | null): T[] | null {
  if (!Array.isArray(value) || value.length > countMax) {
    return null;
  }
  const all: T[] = [];
  for (const item of value) {
    const raw = asRaw(item);
    const checked = raw === null ? null : check(raw);
    if (checked === null) {
      return null;
    }
    all.push(checked);
  }
  return all;
}

function checkBooleans(value: unknown): boolean[] | null {
  return Array.isArray(value) &&
    value.length <= PINS_MAX &&
    value.every((one): one is boolean => typeof one === "boolean")
    ? value
    : null;
}

function parseRaw(text: string): Raw | null {
  try {
    return asRaw(JSON.parse(text));
  } catch {
    return null;
  }
}

function asRaw(value: unknown): Raw | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Raw)
    : null;
}

function isCount(value: unknown, max: number): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= max;
}

function isTime(value: unknown): value is number {
  return isCount(value, Number.MAX_SAFE_INTEGER);
}

function isMemory(value: unknown): value is MemoryName {
  return MEMORY_NAMES.includes(value as MemoryName);
}

function isUart(value: unknown): value is UartName {
  return UART_NAMES.includes(value as UartName);
}

function name(text: string): string {
  return printable(text.slice(0, NAME_CHARS_MAX));
}

function shown(text: string): string {
  return printable(text.slice(0, TEXT_CHARS_MAX));
}
