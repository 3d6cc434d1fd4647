// SPDX-License-Identifier: MIT
// The page as a whole: head, tabs, and the virtual board where there is one.
import { linkState } from "../app/connection";
import { session } from "../app/relay";
import { uploadPercent } from "../app/run";
import { isRunning, run } from "../app/update";
import { BoardPanel } from "./board/BoardPanel";
import { ConnectPanel } from "./ConnectPanel";
import { DevicePanel } from "./DevicePanel";
import { Dialog } from "./Dialog";
import { JournalPanel } from "./JournalPanel";
import { HeadState } from "./LinkState";
import { Notices } from "./Notices";
import { type TabItem, Tabs } from "./Tabs";
import { ToolsPanel } from "./ToolsPanel";
import { UpdatePanel } from "./UpdatePanel";

function updateHint(): string {
  const now = run.value;
  if (now === null || !isRunning.value) {
    return "";
  }
  const step = now.steps.find(({ state }) => state === "now");
  if (step?.name !== "upload") {
    return step?.title.toLowerCase() ?? "";
  }
  return `${uploadPercent(now)} %`;
}

function items(): TabItem[] {
  return [
    {
      name: "connect",
      title: "Connect",
      hint: linkState.value === "lost" ? "lost" : "",
      content: <ConnectPanel />,
    },
    { name: "board", title: "Board", hint: "", content: <DevicePanel /> },
    { name: "update", title: "Update", hint: updateHint(), content: <UpdatePanel /> },
    { name: "journal", title: "Journal", hint: "", content: <JournalPanel /> },
    { name: "tools", title: "Tools", hint: "", content: <ToolsPanel /> },
  ];
}

export function App() {
  const virtual = session.value;
  return (
    <div class="page">
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header class="head">
        <h1>Duoboot Device Manager</h1>
        <HeadState />
      </header>
      <div class={virtual === null ? "columns" : "columns columns-two"}>
        <main id="main" tabIndex={-1}>
          <Notices />
          <Tabs items={items()} label="Parts of the device manager" />
        </main>
        {virtual !== null && (
          <aside aria-label="Virtual board">
            <BoardPanel session={virtual} />
          </aside>
        )}
      </div>
      <footer class="foot">
        <p>Nothing leaves this computer but what goes to the board.</p>
      </footer>
      <Dialog />
    </div>
  );
}
