// SPDX-License-Identifier: MIT
// The client against a board that runs, over UDP: the virtual one, run with
// --uart link=udp:PORT, or a real one. Only where DUO_BOARD_UDP (host:port) and
// DUO_BOARD_IMAGES (a folder of scripts/demo_images.sh) are set.
import { createHash } from "node:crypto";
import { createSocket, type Socket } from "node:dgram";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Link } from "../../src/links/link";
import * as calls from "../../src/smp/calls";
import { Client } from "../../src/smp/client";
import { uploadImage } from "../../src/smp/upload";

const PLACE = process.env.DUO_BOARD_UDP ?? "";
const IMAGES = process.env.DUO_BOARD_IMAGES ?? "";
const SLOW_MS = 120_000;

class UdpLink implements Link {
  readonly label = PLACE;
  readonly id = `udp:${PLACE}`;
  readonly packetBytesMax = 1472;
  readonly endsWithDevice = false;
  readonly silenceMs = 0;
  readonly writeText = null;
  onPacket: ((packet: Uint8Array) => void) | null = null;
  onText = null;
  onClosed = null;
  isOpen = false;
  private socket: Socket | null = null;

  async open(): Promise<void> {
    this.socket = createSocket("udp4");
    this.socket.on("message", (packet) => this.onPacket?.(new Uint8Array(packet)));
    this.isOpen = true;
  }

  async close(): Promise<void> {
    this.socket?.close();
    this.isOpen = false;
  }

  async send(packet: Uint8Array): Promise<void> {
    const [host, port] = PLACE.split(":");
    this.socket?.send(packet, Number(port), host);
  }
}

describe.skipIf(PLACE === "" || IMAGES === "")("a board that runs", () => {
  it("answers every question of the page", async () => {
    const link = new UdpLink();
    await link.open();
    const client = new Client(link);
    expect(await calls.echo(client, "hello")).toBe("hello");
    expect((await client.params()).isTold).toBe(true);
    expect((await calls.images(client)).length).toBeGreaterThanOrEqual(2);
    expect((await calls.slotInfo(client)).length).toBeGreaterThanOrEqual(2);
    expect((await calls.bootLoader(client)).modeText).toContain("swap");
    expect((await calls.journal(client)).next).toBeGreaterThan(0);
    expect((await calls.map(client)).map(({ name }) => name)).not.toHaveLength(0);
    expect((await calls.install(client)).pending).toEqual([]);
    expect((await calls.netHealth(client)).seen).toBe(true);
    expect((await calls.log(client, 0)).next).toBeGreaterThan(0);
    for (const group of await calls.statGroups(client)) {
      expect(await calls.stats(client, group)).not.toHaveLength(0);
    }
    expect(await calls.tasks(client)).not.toHaveLength(0);
    expect((await calls.shell(client, ["help"])).output).not.toBe("");
    expect((await calls.fileGet(client, "/boot/journal.txt")).length).toBeGreaterThan(0);
    expect(await calls.groups(client)).not.toHaveLength(0);
    client.close();
    await link.close();
  });

  it(
    "takes an upload",
    async () => {
      const link = new UdpLink();
      await link.open();
      const client = new Client(link);
      const file = new Uint8Array(readFileSync(`${IMAGES}/app-2.2.0.bin`));
      await calls.eraseSlot(client, 1);
      const startMs = performance.now();
      const { hasMatch, progress } = await uploadImage(client, {
        file,
        imageIndex: 0,
        sha: createHash("sha256").update(file).digest("hex"),
      });
      const seconds = (performance.now() - startMs) / 1000;
      console.info(`${file.length} bytes in ${seconds.toFixed(2)} s`);
      expect({ hasMatch, resent: progress.resentPackets }).toEqual({ hasMatch: true, resent: 0 });
      client.close();
      await link.close();
    },
    SLOW_MS,
  );
});
