// SPDX-License-Identifier: MIT
// Messages as a virtual board sends them.
import type { BoardFlash, BoardHello, BoardState } from "../../src/board/protocol";
import { toBase64, utf8 } from "../../src/lib/bytes";

export const HELLO: BoardHello = {
  type: "hello",
  protocol: 1,
  board: "dk",
  memories: [
    { name: "app", base_addr: 0, size_bytes: 1048576, page_bytes: 4096 },
    { name: "net", base_addr: 0x1000000, size_bytes: 262144, page_bytes: 2048 },
    { name: "ext", base_addr: 0x10000000, size_bytes: 8388608, page_bytes: 4096 },
  ],
  partitions: [
    { name: "boot", role: "app-boot", memory: "app", off_bytes: 0, size_bytes: 0xc000 },
    {
      name: "app",
      role: "app-active",
      memory: "app",
      off_bytes: 0xc000,
      size_bytes: 0x40000,
    },
    { name: "net", role: "net-active", memory: "net", off_bytes: 0x8800, size_bytes: 0x2000 },
  ],
  led_count: 4,
  button_count: 4,
};

const PAGES = { app: 256, net: 128, ext: 2048 };

/** All blank but for pages that are told. */
export function state(
  change: Partial<BoardState> = {},
  appFill: [number, number][] = [],
): BoardState {
  const app = new Uint8Array(PAGES.app);
  for (const [page, fill] of appFill) {
    app[page] = fill;
  }
  return {
    type: "state",
    time_us: 1000,
    power: true,
    leds: [false, true, false, false],
    buttons: [false, false, false, true],
    fill: {
      app: toBase64(app),
      net: toBase64(new Uint8Array(PAGES.net)),
      ext: toBase64(new Uint8Array(PAGES.ext)),
    },
    ...change,
  };
}

export function flash(ops: BoardFlash["ops"], pages: BoardFlash["pages"] = []): BoardFlash {
  return { type: "flash", time_us: 5000, ops, pages };
}

export function op(
  kind: "erase" | "program",
  offBytes: number,
  lenBytes: number,
  endUs = 4000,
): BoardFlash["ops"][number] {
  return { memory: "app", kind, off_bytes: offBytes, len_bytes: lenBytes, end_us: endUs };
}

export function uart(name: string, text: string): Record<string, unknown> {
  return { type: "uart", time_us: 2000, uart: name, data: toBase64(utf8.encode(text)) };
}
