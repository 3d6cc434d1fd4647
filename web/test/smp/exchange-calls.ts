// SPDX-License-Identifier: MIT
// For tests: the calls of the recorded exchanges, by name, and what is told of
// their results, in the words of the files.
import { createHash } from "node:crypto";
import { toHex, utf8 } from "../../src/lib/bytes";
import * as calls from "../../src/smp/calls";
import type { Client } from "../../src/smp/client";
import { type ImageSlot, SmpError } from "../../src/smp/types";
import { uploadImage } from "../../src/smp/upload";
import { recordedImage } from "./exchanges";

type Caller = (client: Client, words: string[]) => Promise<string>;

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) {
      crc = (crc & 1) !== 0 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    }
  }
  return ~crc >>> 0;
}

function tellImages(slots: readonly ImageSlot[]): string {
  return slots
    .map((slot) => {
      const flags = [
        slot.bootable ? "b" : "",
        slot.pending ? "p" : "",
        slot.confirmed ? "c" : "",
        slot.active ? "a" : "",
        slot.permanent ? "P" : "",
      ].join("");
      const digest = slot.digest === "" ? "-" : slot.digest.slice(0, 8);
      return `${slot.image}.${slot.slot} ${slot.version} ${digest} ${flags}`;
    })
    .join(", ");
}

async function done(promise: Promise<unknown>): Promise<string> {
  await promise;
  return "done";
}

const setState: Caller = async (client, [verb, digest]) =>
  tellImages(await calls.setState(client, { digest: digest ?? null, confirm: verb === "confirm" }));

const osCallers: Record<string, Caller> = {
  echo: (client, [, words]) => calls.echo(client, words ?? ""),
  tasks: async (client) =>
    (await calls.tasks(client))
      .map((task) =>
        [
          task.name,
          task.priority,
          task.id,
          task.state,
          task.stackUsedBytes === null ? null : task.stackUsedBytes / 4,
          task.stackBytes === null ? null : task.stackBytes / 4,
          task.switches,
          task.runTime,
        ]
          .map((value) => value ?? "-")
          .join(" "),
      )
      .join(", "),
  pools: async (client) =>
    (await calls.pools(client))
      .map((pool) =>
        [pool.name, pool.blockBytes, pool.blockCount, pool.freeCount, pool.freeCountMin]
          .map((value) => value ?? 0)
          .join(" "),
      )
      .join(", "),
  date: (client) => calls.dateGet(client),
  "set-date": (client, [, date]) => done(calls.dateSet(client, date ?? "")),
  reset: (client, words) =>
    done(
      calls.reset(client, {
        force: words.includes("force"),
        bootMode: words.includes("recovery") ? 1 : null,
      }),
    ),
  parameters: async (client) => {
    const params = await client.params();
    return `${params.bufBytes} x ${params.bufCount}`;
  },
  info: (client, [, format]) => calls.osInfo(client, format),
  bootloader: async (client) => {
    const { name, mode, noDowngrade } = await calls.bootLoader(client);
    return name + (mode === null ? "" : ` mode ${mode}`) + (noDowngrade ? " no-downgrade" : "");
  },
  groups: async (client) =>
    (await calls.groups(client)).map(({ id, name }) => `${id} ${name}`).join(", "),
  "erase-storage": (client) => done(calls.eraseStorage(client)),
};

const imageCallers: Record<string, Caller> = {
  list: async (client) => tellImages(await calls.images(client)),
  test: setState,
  confirm: setState,
  erase: (client, [, slot]) =>
    done(calls.eraseSlot(client, slot === undefined ? null : Number(slot))),
  slots: async (client) =>
    (await calls.slotInfo(client))
      .map(
        (slot) =>
          `${slot.image}.${slot.slot}` +
          (slot.sizeBytes === null ? "" : ` ${slot.sizeBytes}`) +
          (slot.uploadImageId === null ? "" : ` id ${slot.uploadImageId}`) +
          (slot.error === null ? "" : ` error ${slot.error}`),
      )
      .join(", "),
  upload: async (client, [, name, image]) => {
    const file = recordedImage(name ?? "");
    const { progress, hasMatch } = await uploadImage(client, {
      file,
      imageIndex: Number(image),
      sha: createHash("sha256").update(file).digest("hex"),
    });
    return `${progress.offBytes} bytes${hasMatch ? ", match" : ""}`;
  },
};

const dataCallers: Record<string, Caller> = {
  stats: async (client) => (await calls.statGroups(client)).join(" "),
  stat: async (client, [, group]) =>
    (await calls.stats(client, group ?? "")).map(({ name, value }) => `${name}=${value}`).join(" "),
  setting: async (client, [, name]) => utf8.decode(await calls.settingGet(client, name ?? "")),
  set: (client, [, name, value]) =>
    done(calls.settingSet(client, name ?? "", utf8.encode(value ?? ""))),
  unset: (client, [, name]) => done(calls.settingDelete(client, name ?? "")),
  settings: (client, [, what]) =>
    done(calls.settingsDo(client, what === "commit" || what === "load" ? what : "save")),
  "fs-get": async (client, [, name]) => {
    const content = await calls.fileGet(client, name ?? "");
    return `${content.length} bytes crc ${crc32(content)}`;
  },
  "fs-put": (client, [, name, content]) =>
    done(calls.filePut(client, name ?? "", utf8.encode(content ?? ""))),
  "fs-stat": async (client, [, name]) => String(await calls.fileStat(client, name ?? "")),
  "fs-hash": async (client, [, name, type]) => {
    const hash = await calls.fileHash(client, name ?? "", type);
    return `${hash.type} ${hash.value} ${hash.lenBytes}`;
  },
  shell: async (client, words) => {
    const { result, output } = await calls.shell(client, words.slice(1));
    return `${result} ${output.replaceAll("\n", "\\n")}`;
  },
};

const CORES = ["app", "net"];

const duobootCallers: Record<string, Caller> = {
  journal: async (client) =>
    (await calls.journal(client)).entries
      .map((entry) => {
        const core = entry.core === null ? "" : ` core ${CORES.indexOf(entry.core)}`;
        const words = `${entry.name} ${entry.text} ${entry.version} ${entry.detail}`;
        return `${entry.sequence} ${entry.boot} ${entry.ms}${core} ${words}`;
      })
      .join(", "),
  map: async (client) =>
    (await calls.map(client))
      .map((part) => {
        const place = `${part.name} ${part.memory} ${part.addr} ${part.sizeBytes}`;
        return `${place} ${part.usedBytes ?? "-"}`;
      })
      .join(", "),
  install: async (client) => {
    const { pending } = await calls.install(client);
    return [
      `${pending.length} pending`,
      ...pending.map(({ image, changedUnits }) => `image ${image}, ${changedUnits} units`),
    ].join(", ");
  },
  net: async (client) => {
    const net = await calls.netHealth(client);
    return `${net.held ? "held " : ""}${net.well ? "well" : "unwell"} ${net.version}`;
  },
  log: async (client) => {
    const { first, next, text } = await calls.log(client, 0);
    return `${next - text.length} ${next} lost ${first} ${utf8.decode(text)}`;
  },
  unfinished: async (client) => {
    const found = await calls.unfinished(client);
    return found === null
      ? "none"
      : `image ${found.image ?? 0}, ${found.offBytes} of ${found.lenBytes}, ` +
          (found.sha === "" ? toHex(new Uint8Array(4)) : found.sha.slice(0, 8));
  },
};

const callers: Record<string, Caller> = {
  ...osCallers,
  ...imageCallers,
  ...dataCallers,
  ...duobootCallers,
};

function tellFailure(error: SmpError): string {
  switch (error.kind) {
    case "refused":
      return error.group === -1
        ? `refused smp ${error.code}`
        : `refused group ${error.group} error ${error.code}`;
    case "silent":
      return "no answer";
    case "malformed":
      return "malformed";
    default:
      return `failed: ${error.message}`;
  }
}

export interface Told {
  told: string;
  error: SmpError | null;
}

/** Make the call. Throws if it fails with anything but an SmpError. */
export async function makeCall(client: Client, words: string[]): Promise<Told> {
  const caller = callers[words[0] ?? ""];
  if (caller === undefined) {
    throw new Error(`no such call: ${words.join(" ")}`);
  }
  try {
    return { told: await caller(client, words), error: null };
  } catch (error) {
    if (error instanceof SmpError) {
      return { told: tellFailure(error), error };
    }
    throw error;
  }
}
