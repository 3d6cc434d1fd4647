// SPDX-License-Identifier: MIT
// A dropped file that cannot be taken at all. Only package.ts catches it, and
// makes a finding of it.
export class Refused extends Error {
  override name = "Refused";
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}
