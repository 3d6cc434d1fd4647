// SPDX-License-Identifier: MIT
// The picture of the flashes as a table. It is computed while it is open.
import { useState } from "preact/hooks";
import type { BoardModel } from "../../app/board-model";
import { address, kilobytes, memoryLabel, percent, regionLabel } from "../../app/board-words";

export function MapTable({ model }: { model: BoardModel }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="vb-table" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>The flashes as a table</summary>
      {isOpen && <Rows model={model} />}
    </details>
  );
}

function Rows({ model }: { model: BoardModel }) {
  // Read, so that the table follows the flashes.
  model.flashTick.value;
  return (
    <div class="scroll">
      <table data-testid="vb-table">
        <caption class="only-read">
          Partitions of the flashes: how full they are, and what was done since this page is open
        </caption>
        <thead>
          <tr>
            <th scope="col">Partition</th>
            <th scope="col">Memory</th>
            <th scope="col">Address</th>
            <th scope="col" class="number">
              Size
            </th>
            <th scope="col" class="number">
              Full
            </th>
            <th scope="col" class="number">
              Erases
            </th>
            <th scope="col" class="number">
              Programs
            </th>
          </tr>
        </thead>
        <tbody>
          {model.flash.memories.flatMap((picture) =>
            picture.regions.map((region) => (
              <tr key={`${region.memory}${region.firstPage}`}>
                <th scope="row">
                  {regionLabel(region)} {region.name !== "" && <code>{region.name}</code>}
                </th>
                <td>{memoryLabel(region.memory)}</td>
                <td>
                  <code>
                    {address(picture.memory.baseAddr + region.firstPage * picture.memory.pageBytes)}
                  </code>
                </td>
                <td class="number">{kilobytes(region.pageCount * picture.memory.pageBytes)}</td>
                <td class="number">{percent(picture.shareOf(region))}</td>
                <td class="number">{region.sums.eraseCount.toLocaleString("en")}</td>
                <td class="number">{region.sums.programCount.toLocaleString("en")}</td>
              </tr>
            )),
          )}
        </tbody>
      </table>
    </div>
  );
}
