// SPDX-License-Identifier: MIT
// Findings in words. Where the boot loader has a reason, its sentence is used.
import { REASONS } from "../smp/words";
import type { Finding, Severity } from "./types";

const SENTENCES = new Map(Object.values(REASONS).map(({ name, text }) => [name, text]));

export function finding(severity: Severity, code: string, ...sentences: string[]): Finding {
  return { severity, code, text: sentences.filter((sentence) => sentence !== "").join(" ") };
}

/** The boot loader's reason in its own words, and what is known besides. */
export function reasonFinding(severity: Severity, reason: string, ...details: string[]): Finding {
  return finding(severity, reason, SENTENCES.get(reason) ?? reason, ...details);
}
