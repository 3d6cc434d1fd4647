// SPDX-License-Identifier: MIT
// What one wants of a board beside updates: talk with it, look into it.
import { linkState } from "../app/connection";
import { NotConnected } from "./NotConnected";
import { Echo } from "./tools/Echo";
import { Files } from "./tools/Files";
import { Info } from "./tools/Info";
import { Console, Log } from "./tools/Log";
import { Settings } from "./tools/Settings";
import { Shell } from "./tools/Shell";
import { Stats, Tasks } from "./tools/Stats";

export function ToolsPanel() {
  return (
    <div class="stack">
      <h2>Tools</h2>
      {linkState.value !== "open" && <NotConnected what="answers here" />}
      <div>
        <Shell />
        <Log />
        <Console />
        <div class="two">
          <Echo />
          <Info />
          <Settings />
          <Files />
          <Tasks />
        </div>
        <Stats />
      </div>
    </div>
  );
}
