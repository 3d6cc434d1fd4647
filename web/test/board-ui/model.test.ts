// SPDX-License-Identifier: MIT
// The board as the panel shows it, from a session's events.
import { beforeEach, describe, expect, it } from "vitest";
import { BoardModel, type BoardPort } from "../../src/app/board-model";
import { notices } from "../../src/app/store";
import { FlashMap } from "../../src/board/flashmap";
import type { BoardEvent, BoardFlash, BoardHello } from "../../src/board/protocol";
import type { SessionChange } from "../../src/board/session";
import { LinkError } from "../../src/links/link";

const HELLO: BoardHello = {
  type: "hello",
  protocol: 1,
  board: "dk",
  memories: [
    { name: "app", base_addr: 0, size_bytes: 0x100000, page_bytes: 0x1000 },
    { name: "ext", base_addr: 0, size_bytes: 0x800000, page_bytes: 0x1000 },
  ],
  partitions: [
    { name: "boot", role: "appboot", memory: "app", off_bytes: 0, size_bytes: 0xb000 },
    { name: "primary", role: "app_active", memory: "app", off_bytes: 0xc000, size_bytes: 0xf0000 },
    { name: "staged", role: "app-staged", memory: "ext", off_bytes: 0, size_bytes: 0xf0000 },
  ],
  led_count: 4,
  button_count: 4,
};

/** A session that is told what happens. */
class FakeSession {
  readonly flash = new FlashMap();
  status: BoardPort["status"] = "ready";
  why = "";
  hello: BoardHello | null = HELLO;
  timeUs = 0;
  power: boolean | null = true;
  leds: boolean[] = [false, false, false, false];
  buttons: boolean[] = [false, false, false, false];
  readonly sent: string[] = [];
  isGone = false;
  private onEvent: (event: BoardEvent) => void = () => {};
  private onChange: (change: SessionChange) => void = () => {};
  private onBytes = new Map<string, (bytes: Uint8Array) => void>();

  subscribe = (listener: (event: BoardEvent) => void) => {
    this.onEvent = listener;
    return () => {};
  };
  subscribeStatus = (listener: (change: SessionChange) => void) => {
    this.onChange = listener;
    return () => {};
  };
  subscribeUart = (uart: string, listener: (bytes: Uint8Array) => void) => {
    this.onBytes.set(uart, listener);
    return () => {};
  };
  consoleBytes = (uart: string) => new TextEncoder().encode(uart === "app" ? "earlier\n" : "");
  setPower = (on: boolean) => this.note(`power ${on}`);
  setButton = (button: number, pressed: boolean) => this.note(`button ${button} ${pressed}`);
  reset = () => this.note("reset");
  writeText = async (uart: string, text: string) => this.note(`${uart} ${text}`);

  private note(what: string): void {
    if (this.isGone) {
      throw new LinkError("The virtual board is not connected.");
    }
    this.sent.push(what);
  }

  tell(event: BoardEvent): void {
    this.flash.apply(event);
    if ("time_us" in event) {
      this.timeUs = event.time_us;
    }
    if (event.type === "power") {
      this.power = event.on;
    } else if (event.type === "led") {
      this.leds = this.leds.map((on, led) => (led === event.led ? event.on : on));
    }
    this.onEvent(event);
  }

  print(uart: string, text: string): void {
    this.onBytes.get(uart)?.(new TextEncoder().encode(text));
  }

  change(change: SessionChange): void {
    this.status = change.status;
    this.why = change.why;
    this.onChange(change);
  }
}

let session: FakeSession;
let model: BoardModel;
let waiting: (() => void)[];

function settle(): void {
  for (const run of waiting.splice(0)) {
    run();
  }
}

function op(memory: "app" | "ext", offBytes: number, endUs: number): BoardFlash {
  return {
    type: "flash",
    time_us: endUs,
    ops: [{ memory, kind: "program", off_bytes: offBytes, len_bytes: 256, end_us: endUs }],
    pages: [{ memory, page: Math.floor(offBytes / 0x1000), fill: 100 }],
  };
}

beforeEach(() => {
  session = new FakeSession();
  session.flash.apply(HELLO);
  waiting = [];
  notices.value = [];
  model = new BoardModel(
    session,
    (run) => waiting.push(run),
    () => 1000,
  );
});

describe("model of the board", () => {
  it("draws once for any number of events", () => {
    let drawn = 0;
    model.view.subscribe(() => {
      drawn += 1;
    });
    for (let i = 0; i < 1000; i++) {
      session.tell({ type: "led", time_us: i, led: 0, on: i % 2 === 0 });
    }
    expect(waiting.length).toBe(1);
    settle();
    expect(drawn).toBe(2);
  });

  it("has what was printed before it and after it", () => {
    session.print("app", "later\n");
    expect(model.consoles.app.segments.map((segment) => segment.text).join("")).toBe(
      "earlier\nlater\n",
    );
  });

  it("calls an LED blinking, not on and off, while it changes often", () => {
    for (let i = 0; i < 6; i++) {
      session.tell({ type: "led", time_us: i * 250_000, led: 1, on: i % 2 === 0 });
    }
    settle();
    expect(model.view.value.leds[1]?.isBlinking).toBe(true);
    expect(model.view.value.leds[0]?.isBlinking).toBe(false);
    session.tell({ type: "time", time_us: 9_000_000 });
    settle();
    expect(model.view.value.leds[1]?.isBlinking).toBe(false);
  });

  it("follows the network core through notes, resets and power", () => {
    const net = () => {
      settle();
      return model.view.value.cores.net;
    };
    expect(net()).toBe("unknown");
    session.tell({ type: "note", time_us: 1, text: "network core: starts" });
    expect(net()).toBe("on");
    session.tell({ type: "note", time_us: 2, text: "application core: reset (pin)" });
    expect(net()).toBe("held");
    session.tell({ type: "power", time_us: 3, on: false });
    expect(net()).toBe("off");
    session.tell({ type: "power", time_us: 4, on: true });
    expect(net()).toBe("held");
  });

  it("presses a button once, and not at all if the board is away", () => {
    model.press(0, true);
    model.press(0, true);
    model.press(0, false);
    expect(session.sent).toEqual(["button 0 true", "button 0 false"]);
    session.isGone = true;
    model.press(1, true);
    settle();
    expect(model.view.value.buttons[1]).toBe(false);
    expect(notices.value.map((notice) => notice.text)).toEqual([
      "The virtual board is not connected.",
    ]);
  });

  it("ends a typed line as a terminal does", async () => {
    await model.type("net", "help");
    expect(session.sent).toEqual(["net help\r"]);
  });

  it("shows no power when the board is gone, and says why", () => {
    session.change({ status: "ended", why: "The run is over." });
    settle();
    expect(model.view.value.power).toBe(false);
    expect(model.view.value.why).toBe("The run is over.");
    expect(model.view.value.entries.at(-1)?.text).toBe("The run is over.");
  });
});

describe("power cut", () => {
  it("tells what was torn from what had ended, until there is power again", () => {
    session.tell(op("ext", 0x2000, 900));
    session.tell(op("app", 0xc000, 1000));
    model.setPower(false);
    session.tell({ type: "power", time_us: 1000, on: false });
    settle();
    const { cut } = model.view.value;
    expect(cut?.by).toBe("person");
    expect(cut?.done.map((each) => each.offBytes)).toEqual([0x2000]);
    expect(cut?.torn.map((each) => each.offBytes)).toEqual([0xc000]);
    expect([...(model.flash.of("app")?.torn ?? [])]).toEqual([12]);
    session.tell({ type: "power", time_us: 1001, on: true });
    settle();
    expect(model.view.value.cut).toBeNull();
    expect(model.flash.of("app")?.torn.size).toBe(0);
  });

  it("comes by itself at the next write in the armed partition, once", () => {
    model.arm(model.flash.of("app")?.regionOf(12) ?? null);
    session.tell(op("ext", 0xc000, 10));
    session.tell(op("app", 0xb000, 20));
    expect(session.sent).toEqual([]);
    session.tell(op("app", 0xc000, 30));
    session.tell(op("app", 0xc100, 40));
    expect(session.sent).toEqual(["power false"]);
    session.tell({ type: "power", time_us: 50, on: false });
    settle();
    expect(model.view.value.cut?.by).toBe("trigger");
    expect(model.view.value.armed).toBeNull();
  });

  it("of before the page came is told in the list, without operations that it cannot know", () => {
    session.status = "connecting";
    session.tell({ type: "power", time_us: 100, on: false });
    session.tell({ type: "power", time_us: 200, on: true });
    session.tell({ type: "power", time_us: 300, on: false });
    session.change({ status: "ready", why: "" });
    settle();
    const { cut, entries } = model.view.value;
    expect(cut).toBeNull();
    expect(entries.map(({ timeUs, text }) => `${timeUs} ${text}`)).toEqual([
      "100 power: off",
      "200 power: on",
      "300 power: off",
    ]);
  });

  it("does not come when the trigger was put away", () => {
    model.arm(model.flash.of("app")?.regionOf(12) ?? null);
    model.arm(null);
    session.tell(op("app", 0xc000, 30));
    expect(session.sent).toEqual([]);
  });
});

describe("picture of the flashes", () => {
  it("has partitions and the gaps between them, in order and without overlap", () => {
    const regions = model.flash.of("app")?.regions ?? [];
    expect(regions.map((each) => [each.name, each.firstPage, each.pageCount])).toEqual([
      ["boot", 0, 11],
      ["", 11, 1],
      ["primary", 12, 240],
      ["", 252, 4],
    ]);
    expect(regions[2]?.role).toBe("app-active");
  });

  it("cuts partitions that overlap or leave the memory", () => {
    const flash = new FlashMap();
    flash.apply({
      ...HELLO,
      partitions: [
        { name: "a", role: "", memory: "app", off_bytes: 0, size_bytes: 0x8000 },
        { name: "b", role: "", memory: "app", off_bytes: 0x4000, size_bytes: 0x900000 },
        { name: "c", role: "", memory: "app", off_bytes: 0x900000, size_bytes: 0x1000 },
      ],
    });
    session = new FakeSession();
    const own = new BoardModel(Object.assign(session, { flash }), () => {});
    const regions = own.flash.of("app")?.regions ?? [];
    expect(regions.map((each) => [each.name, each.firstPage, each.pageCount])).toEqual([
      ["a", 0, 8],
      ["b", 8, 248],
    ]);
  });

  it("asks to draw only what changed since the last frame", () => {
    const picture = model.flash.of("ext");
    expect(picture?.takeDirty()).toBeNull();
    session.tell(op("ext", 0x5000, 10));
    session.tell(op("ext", 0x5100, 20));
    model.flash.update();
    expect([...(picture?.takeDirty() ?? [])]).toEqual([5]);
    expect(picture?.takeDirty()?.size).toBe(0);
  });

  it("counts what was done in each partition", () => {
    session.tell(op("ext", 0x5000, 10));
    session.tell(op("ext", 0x5100, 20));
    const region = model.flash.of("ext")?.regionOf(5);
    expect(region?.sums).toEqual({ eraseCount: 0, programCount: 2, programmedBytes: 512 });
  });

  it("keeps its history when the same board says hello again", () => {
    session.tell(op("ext", 0x5000, 10));
    session.tell(HELLO);
    expect(model.flash.of("ext")?.regionOf(5)?.sums.programCount).toBe(1);
  });
});
