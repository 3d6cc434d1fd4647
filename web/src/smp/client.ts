// SPDX-License-Identifier: MIT
// Asks a device over SMP: questions, their answers, retries. calls.ts has a
// function per command; this is what they are made of.

import type { Link } from "../links/link";
import { type Asked, Asking } from "./asking";
import { type Body, encodeBody, u32, uint } from "./body";
import { type Clock, hostClock } from "./clock";
import { asSmpError, cancelledError, RC, refusalOf } from "./errors";
import { HEADER_BYTES, type Op } from "./packet";
import type { Params, SmpError } from "./types";
import { type Answer, type Counts, Wire } from "./wire";

export interface Request {
  op: Op;
  group: number;
  command: number;
  /** Without it: an empty map. */
  body?: Body;
  /** How long an answer may take; 2500 without it. */
  timeoutMs?: number;
  /** How often it is asked; 4 without it, 1 for what is not the same twice. */
  tries?: number;
  signal?: AbortSignal | undefined;
}

const TIMEOUT_MS = 2500;
const TRIES = 4;
const CALLS_MAX = 4;

/** What a server is taken to have that does not tell. */
const BUF_BYTES_DEFAULT = 384;
const BUF_BYTES_MIN = HEADER_BYTES + 32;
const BUF_BYTES_MAX = 65535;
/** Recovery of MCUboot does not tell, but has this by default. */
const BUF_BYTES_MCUBOOT = 1024;
const GROUP_OS = 0;
const OS_CONSOLE_ECHO = 1;
const OS_PARAMS = 6;

function paramsOf(body: Body | null): Params {
  const bufBytes = u32(body, "buf_size");
  const bufCount = u32(body, "buf_count");
  const isTold = bufBytes !== null && bufBytes >= BUF_BYTES_MIN;
  return {
    bufBytes: isTold ? Math.min(bufBytes, BUF_BYTES_MAX) : BUF_BYTES_DEFAULT,
    bufCount: bufCount === null ? 1 : Math.max(bufCount, 1),
    isTold,
  };
}

/** What several wait for goes on when one of them is stopped. */
function untilAborted<T>(shared: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) {
    return shared;
  }
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(cancelledError());
    if (signal.aborted) {
      stop();
      return;
    }
    signal.addEventListener("abort", stop, { once: true });
    shared.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

/** Takes the link's packets for itself. The link stays the caller's, who opens
 * and closes it. */
export class Client {
  /** For uploads, whose packets overlap. */
  readonly wire: Wire;
  /** After calls have failed because the link closed. */
  onClosed: ((why: string) => void) | null = null;
  /** A reset was asked for: that the link closes is what is waited for. */
  isRestarting = false;

  private callCount = 0;
  private readonly line: { start(): void; fail(error: SmpError): void }[] = [];
  private told: Params | null = null;
  private asking: Promise<Params> | null = null;

  constructor(
    readonly link: Link,
    readonly clock: Clock = hostClock,
  ) {
    this.wire = new Wire(link, clock, (why) => {
      this.failLine(this.wire.goneError(why));
      this.onClosed?.(why);
    });
  }

  get counts(): Readonly<Counts> {
    return this.wire.counts;
  }

  /** Ask and wait for the answer; rejects with SmpError alone. */
  async call(request: Request): Promise<Body> {
    const packet = this.packetOf(request);
    await this.enter(request.signal);
    try {
      let answer = await this.ask(request, packet);
      if (this.isTooNew(answer)) {
        this.wire.version = 0;
        answer = await this.ask(request, packet);
      }
      if (answer.header.version === 0) {
        this.wire.version = 0;
      }
      const refusal = refusalOf(answer.body, request.group);
      if (refusal !== null) {
        throw refusal;
      }
      return answer.body;
    } finally {
      this.leave();
    }
  }

  /** What the server can take: asked once. Servers that do not know the
   * question get the defaults. */
  params(signal?: AbortSignal): Promise<Params> {
    if (this.told !== null) {
      return Promise.resolve(this.told);
    }
    if (this.asking === null) {
      const asking = this.askParams();
      const end = (params: Params | null): void => {
        if (this.asking === asking) {
          this.told = params;
          this.asking = null;
        }
      };
      this.asking = asking;
      asking.then(end, () => end(null));
    }
    return untilAborted(this.asking, signal);
  }

  /** After the device was reset: what runs now may be another server. */
  forget(): void {
    this.told = null;
    this.asking = null;
    this.wire.version = 1;
  }

  /** Fails what is asked and lets go of the link, which stays as it is. */
  close(): void {
    this.wire.close();
    this.failLine(this.wire.goneError("it is no longer used."));
  }

  // --- Calls ---

  private packetOf(request: Request): Uint8Array {
    const body = encodeBody(request.body ?? {});
    const packet = new Uint8Array(HEADER_BYTES + body.length);
    packet.set(body, HEADER_BYTES);
    return packet;
  }

  private ask(request: Request, packet: Uint8Array): Promise<Answer> {
    const asked: Asked = {
      question: request,
      packet,
      timeoutMs: request.timeoutMs ?? TIMEOUT_MS,
      tries: request.tries ?? TRIES,
      signal: request.signal,
    };
    return new Promise((resolve, reject) => new Asking(this.wire, asked, resolve, reject).begin());
  }

  /** A server that is older than we are says so, or just answers as it can. */
  private isTooNew(answer: Answer): boolean {
    const rc = uint(answer.body, "rc");
    return this.wire.version === 1 && (rc === RC.tooNew || rc === RC.tooOld);
  }

  /** No more calls at once than the server has buffers for. */
  private callsMax(): number {
    return this.told === null ? 1 : Math.max(1, Math.min(this.told.bufCount - 1, CALLS_MAX));
  }

  private enter(signal: AbortSignal | undefined): Promise<void> {
    if (this.callCount < this.callsMax()) {
      this.callCount++;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.line.splice(this.line.indexOf(caller), 1);
        reject(cancelledError());
      };
      const caller = {
        start: (): void => {
          signal?.removeEventListener("abort", leave);
          this.callCount++;
          resolve();
        },
        fail: (error: SmpError): void => {
          signal?.removeEventListener("abort", leave);
          reject(error);
        },
      };
      if (signal?.aborted) {
        reject(cancelledError());
        return;
      }
      signal?.addEventListener("abort", leave, { once: true });
      this.line.push(caller);
    });
  }

  private failLine(error: SmpError): void {
    for (const caller of this.line.splice(0)) {
      caller.fail(error);
    }
  }

  private leave(): void {
    this.callCount--;
    while (this.callCount < this.callsMax()) {
      const next = this.line.shift();
      if (next === undefined) {
        return;
      }
      next.start();
    }
  }

  // --- Parameters ---

  private async askParams(): Promise<Params> {
    try {
      return paramsOf(await this.call({ op: "read", group: GROUP_OS, command: OS_PARAMS }));
    } catch (error) {
      if (asSmpError(error).kind !== "refused") {
        throw error;
      }
    }
    const params = paramsOf(null);
    return (await this.isMcubootRecovery()) ? { ...params, bufBytes: BUF_BYTES_MCUBOOT } : params;
  }

  /** Servers that know the parameters refuse console echo; recovery of MCUboot
   * answers it with the rc of success. */
  private async isMcubootRecovery(): Promise<boolean> {
    try {
      const body = await this.call({
        op: "write",
        group: GROUP_OS,
        command: OS_CONSOLE_ECHO,
        body: { echo: 0 },
      });
      return uint(body, "rc") === 0;
    } catch {
      return false;
    }
  }
}
