// SPDX-License-Identifier: MIT
import { beforeEach, describe, expect, test, vi } from "vitest";
import { dropped, hasReadWarnings, setReadWarnings } from "../../src/app/dropped";
import { whyNotStart } from "../../src/app/update";
import type { Finding, ImageFile, Package } from "../../src/image/types";

// What is found is not the matter here: the findings of a file are given.
vi.mock("../../src/image/judge", () => ({ judge: (file: Package) => file }));

const IMAGE: ImageFile = {
  name: "net.bin",
  bytes: new Uint8Array(16),
  version: { major: 1, minor: 0, revision: 0, build: 0 },
  versionText: "1.0.0",
  core: "net",
  digest: "00",
  digestMatches: true,
  sha: "11",
  dependencies: [],
  keyHash: "",
  securityCounter: null,
  imageIndex: null,
};

function file(...findings: Finding[]): Package {
  return { name: "net.bin", kind: "image", images: [{ image: IMAGE, findings }], findings: [] };
}

const OLDER: Finding = { severity: "warning", code: "older-version", text: "It is older." };
const MISSING: Finding = { severity: "warning", code: "dependency-missing", text: "It lacks one." };
const DAMAGED: Finding = { severity: "error", code: "digest", text: "It is damaged." };

beforeEach(() => {
  dropped.value = null;
  setReadWarnings(false);
});

describe("warnings", () => {
  test("are read when a person says so, and no longer when one of them is another", () => {
    dropped.value = file(OLDER);
    expect(hasReadWarnings.value).toBe(false);
    setReadWarnings(true);
    expect(hasReadWarnings.value).toBe(true);
    dropped.value = file(OLDER, MISSING);
    expect(hasReadWarnings.value).toBe(false);
    dropped.value = file(OLDER);
    expect(hasReadWarnings.value).toBe(true);
  });
});

describe("an update", () => {
  test("does not start with a file that has an error, whatever else is so", () => {
    dropped.value = file(DAMAGED);
    expect(whyNotStart.value).toMatch(/errors/);
    dropped.value = file();
    expect(whyNotStart.value).not.toMatch(/errors/);
  });

  test("does not start without a file", () => {
    expect(whyNotStart.value).toMatch(/file/);
  });
});
