// SPDX-License-Identifier: MIT
// Packets of an upload that are without their answers, in the order of sending.
import type { Span } from "./upload-pace";
import type { Sent } from "./wire";

export interface Flight extends Span {
  sentMs: number;
  /** Sent before the device was found to be elsewhere: what is answered to it
   * says nothing new. */
  isOld: boolean;
  sent: Sent | null;
}

export class Flights {
  private list: Flight[] = [];

  get count(): number {
    return this.list.length;
  }

  get oldest(): Flight | undefined {
    return this.list[0];
  }

  /** The last one is of the end of the file. */
  endsAt(totalBytes: number): boolean {
    return this.list.at(-1)?.endBytes === totalBytes;
  }

  add(flight: Flight): void {
    this.list.push(flight);
  }

  /** It is answered. The device answers in order: what was sent before is lost. */
  land(flight: Flight): void {
    this.drop(this.list.indexOf(flight) + 1);
  }

  dropAll(): void {
    this.drop(this.list.length);
  }

  makeOld(): void {
    for (const flight of this.list) {
      flight.isOld = true;
    }
  }

  private drop(count: number): void {
    for (const flight of this.list.splice(0, count)) {
      flight.sent?.drop();
    }
  }
}
