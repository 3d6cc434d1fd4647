// SPDX-License-Identifier: MIT
// Numbers as people read them.
import { describe, expect, it } from "vitest";
import {
  countText,
  leftText,
  percentOf,
  progressText,
  rateText,
  shortDigest,
  sizeText,
  timeText,
} from "../../src/app/format";
import type { Progress } from "../../src/smp/types";

describe("sizes", () => {
  it("are bytes below 1024, then KB and MB of 1024", () => {
    expect(sizeText(0)).toBe("0 B");
    expect(sizeText(1023)).toBe("1023 B");
    expect(sizeText(1024)).toBe("1 KB");
    expect(sizeText(56832)).toBe("55.5 KB");
    expect(sizeText(983040)).toBe("960 KB");
    expect(sizeText(1048576)).toBe("1 MB");
    expect(sizeText(1572864)).toBe("1.5 MB");
  });
});

describe("counts", () => {
  it("have a comma before every three digits and none in front", () => {
    expect(countText(0)).toBe("0");
    expect(countText(999)).toBe("999");
    expect(countText(1000)).toBe("1,000");
    expect(countText(123456)).toBe("123,456");
    expect(countText(1048576)).toBe("1,048,576");
  });
});

describe("times", () => {
  it("have tenths only below ten seconds", () => {
    expect(timeText(0)).toBe("0.0 s");
    expect(timeText(402)).toBe("0.4 s");
    expect(timeText(9949)).toBe("9.9 s");
    expect(timeText(9950)).toBe("10 s");
    expect(timeText(99499)).toBe("99 s");
  });
  it("are minutes and hours from a hundred seconds on", () => {
    expect(timeText(100000)).toBe("1:40 min");
    expect(timeText(125400)).toBe("2:05 min");
    expect(timeText(3600000)).toBe("1:00:00 h");
    expect(timeText(3725000)).toBe("1:02:05 h");
  });
  it("that are negative by a clock's jump are none", () => {
    expect(timeText(-5)).toBe("0.0 s");
  });
});

describe("rates", () => {
  it("are empty while nothing is known", () => {
    expect(rateText(0)).toBe("");
    expect(rateText(Number.NaN)).toBe("");
    expect(rateText(Number.POSITIVE_INFINITY)).toBe("");
  });
  it("are bytes, then KB, a second", () => {
    expect(rateText(512)).toBe("512 B/s");
    expect(rateText(10035)).toBe("9.8 KB/s");
  });
});

describe("percents", () => {
  it("are 100 only for what is done", () => {
    expect(percentOf(999, 1000)).toBe(99);
    expect(percentOf(1000, 1000)).toBe(100);
    expect(percentOf(2000, 1000)).toBe(100);
  });
  it("of nothing are 0", () => {
    expect(percentOf(0, 0)).toBe(0);
    expect(percentOf(5, 0)).toBe(0);
  });
});

describe("time left", () => {
  it("is said to be unknown before there is a rate", () => {
    expect(leftText(null)).toBe("time left is not known yet");
    expect(leftText(Number.POSITIVE_INFINITY)).toBe("time left is not known yet");
  });
  it("goes in seconds, then fives, then minutes, and never says none before the end", () => {
    expect(leftText(0)).toBe("about a second left");
    expect(leftText(900)).toBe("about a second left");
    expect(leftText(1001)).toBe("about 2 s left");
    expect(leftText(19000)).toBe("about 19 s left");
    expect(leftText(20001)).toBe("about 25 s left");
    expect(leftText(94000)).toBe("about 95 s left");
    expect(leftText(95000)).toBe("about 2 min left");
    expect(leftText(3600000)).toBe("about 60 min left");
  });
});

const progress: Progress = {
  offBytes: 12288,
  totalBytes: 56832,
  resumedBytes: 0,
  bytesPerS: 10035,
  elapsedMs: 1200,
  leftMs: 4438,
  resentPackets: 0,
  window: 4,
};

describe("progress", () => {
  it("tells bytes, percent, rate and time left", () => {
    expect(progressText(progress)).toBe("12,288 of 56,832 bytes, 21 %, 9.8 KB/s, about 5 s left");
  });
  it("leaves out a rate that is not known", () => {
    expect(progressText({ ...progress, bytesPerS: 0, leftMs: null })).toBe(
      "12,288 of 56,832 bytes, 21 %, time left is not known yet",
    );
  });
  it("tells at the end how long it took", () => {
    expect(progressText({ ...progress, offBytes: 56832, elapsedMs: 5800, leftMs: 0 })).toBe(
      "56,832 of 56,832 bytes, 100 %, sent in 5.8 s",
    );
  });
});

describe("short digests", () => {
  it("are the first twelve characters, as the command line shows them", () => {
    expect(shortDigest("3747142d659bdddb491ce3b0")).toBe("3747142d659b");
    expect(shortDigest("")).toBe("");
  });
});
