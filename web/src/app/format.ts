// SPDX-License-Identifier: MIT
// Numbers as people read them; the same forms as the command line prints.
import type { Progress } from "../smp/types";

/** "812 B", "55.5 KB", "1 MB": 1024 bytes are a KB, as the flash is counted. */
export function sizeText(bytes: number): string {
  if (bytes < 1024) {
    return `${bytes} B`;
  }
  const isKb = bytes < 1048576;
  const scaled = bytes / (isKb ? 1024 : 1048576);
  return `${Number.isInteger(scaled) ? scaled : scaled.toFixed(1)} ${isKb ? "KB" : "MB"}`;
}

/** "1,048,576". */
export function countText(value: number): string {
  return String(Math.trunc(value)).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** "0.4 s", "12 s", "2:05 min", "3:10:00 h". */
export function timeText(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 9.95) {
    return `${seconds.toFixed(1)} s`;
  }
  const whole = Math.round(seconds);
  if (whole < 100) {
    return `${whole} s`;
  }
  const twoDigits = (value: number) => String(value).padStart(2, "0");
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) {
    return `${minutes}:${twoDigits(whole % 60)} min`;
  }
  return `${Math.floor(minutes / 60)}:${twoDigits(minutes % 60)}:${twoDigits(whole % 60)} h`;
}

/** "9.8 KB/s"; "" while it is not known. */
export function rateText(bytesPerS: number): string {
  if (!Number.isFinite(bytesPerS) || bytesPerS <= 0) {
    return "";
  }
  return bytesPerS < 1024
    ? `${Math.round(bytesPerS)} B/s`
    : `${(bytesPerS / 1024).toFixed(1)} KB/s`;
}

/** Whole percents, rounded down: 100 is only what is done. */
export function percentOf(part: number, whole: number): number {
  if (whole <= 0) {
    return 0;
  }
  return Math.min(100, Math.max(0, Math.floor((part / whole) * 100)));
}

/** Time left in steps that do not flicker: seconds, then tens of seconds. */
export function leftText(leftMs: number | null): string {
  if (leftMs === null || !Number.isFinite(leftMs)) {
    return "time left is not known yet";
  }
  const seconds = Math.ceil(Math.max(0, leftMs) / 1000);
  if (seconds <= 1) {
    return "about a second left";
  }
  if (seconds < 20) {
    return `about ${seconds} s left`;
  }
  if (seconds < 95) {
    return `about ${Math.ceil(seconds / 5) * 5} s left`;
  }
  return `about ${Math.ceil(seconds / 60)} min left`;
}

/** "12,288 of 56,832 bytes, 21 %". */
export function amountText({ offBytes, totalBytes }: Progress): string {
  return `${countText(offBytes)} of ${countText(totalBytes)} bytes, ${percentOf(offBytes, totalBytes)} %`;
}

/** "12,288 of 56,832 bytes, 21 %, 9.8 KB/s, about 5 s left". */
export function progressText(progress: Progress): string {
  const parts = [amountText(progress)];
  if (progress.offBytes >= progress.totalBytes) {
    parts.push(`sent in ${timeText(progress.elapsedMs)}`);
    return parts.join(", ");
  }
  const rate = rateText(progress.bytesPerS);
  if (rate !== "") {
    parts.push(rate);
  }
  parts.push(leftText(progress.leftMs));
  return parts.join(", ");
}

/** What makes digests different for people. */
export function shortDigest(digest: string): string {
  return digest.slice(0, 12);
}
