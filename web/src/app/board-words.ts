// SPDX-License-Identifier: MIT
// What the board's panel calls things. Times are virtual: of the board's clock.
import type { MemoryName } from "../board/protocol";
import type { FlashOp, FlashRegion } from "./board-flash";

/** What colours a partition. */
export type Tone = "boot" | "app" | "net" | "data" | "free";

const ROLES: Record<string, { label: string; tone: Tone }> = {
  appboot: { label: "Boot loader", tone: "boot" },
  counters: { label: "Counters", tone: "data" },
  "app-active": { label: "Application, active", tone: "app" },
  settings: { label: "Settings", tone: "data" },
  netboot: { label: "Boot loader", tone: "boot" },
  "net-active": { label: "Network, active", tone: "net" },
  "app-staged": { label: "Application, staged", tone: "app" },
  "net-staged": { label: "Network, staged", tone: "net" },
  "net-mirror": { label: "Network, mirror", tone: "net" },
  "app-backup": { label: "Application, backup", tone: "app" },
  "net-backup": { label: "Network, backup", tone: "net" },
  journal: { label: "Boot journal", tone: "data" },
};

export function regionLabel(region: FlashRegion): string {
  return ROLES[region.role]?.label ?? (region.name === "" ? "Free for the product" : region.name);
}

export function regionTone(region: FlashRegion): Tone {
  return ROLES[region.role]?.tone ?? (region.name === "" ? "free" : "data");
}

const MEMORIES: Record<MemoryName, string> = {
  app: "Application flash",
  net: "Network flash",
  ext: "External flash",
};

export function memoryLabel(memory: MemoryName): string {
  return MEMORIES[memory];
}

export function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1024).toLocaleString("en")} KB`;
}

/** Never "0 %" of something, nor "100 %" of less than all. */
export function percent(share: number): string {
  if (share > 0 && share < 0.01) {
    return "<1 %";
  }
  return `${Math.floor(share * 100)} %`;
}

export function address(addr: number): string {
  return `0x${addr.toString(16).toUpperCase().padStart(8, "0")}`;
}

/** "12.345 s", "2:05.123" from a minute on. */
export function clockText(timeUs: number): string {
  const ms = Math.floor(timeUs / 1000);
  const seconds = Math.floor(ms / 1000);
  const rest = String(ms % 1000).padStart(3, "0");
  if (seconds < 60) {
    return `${seconds}.${rest} s`;
  }
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}.${rest}`;
}

export function opText(op: FlashOp, region: FlashRegion | null, baseAddr: number): string {
  const verb = op.kind === "erase" ? "erase" : "program";
  const where = region ? regionLabel(region) : memoryLabel(op.memory);
  const bytes = op.lenBytes >= 2048 ? kilobytes(op.lenBytes) : `${op.lenBytes} bytes`;
  return `${verb} of ${bytes} at ${address(baseAddr + op.offBytes)}, ${where}`;
}
