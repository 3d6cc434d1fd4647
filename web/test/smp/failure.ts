// SPDX-License-Identifier: MIT
// What a call that must fail failed with.
import { expect } from "vitest";
import { SmpError } from "../../src/smp/types";

export async function failure(promise: Promise<unknown>): Promise<SmpError> {
  const error: unknown = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(SmpError);
  return error as SmpError;
}
