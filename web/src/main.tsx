// SPDX-License-Identifier: MIT
// The page's beginning: what runs all the time, and the first picture.
import { render } from "preact";
import { client, onConnection, restoreLink } from "./app/connection";
import { forgetDevice, lookNowAndThen, refresh } from "./app/device";
import { forgetJournal, readJournalNowAndThen } from "./app/journal";
import { followLog, forgetLog } from "./app/log";
import { startRelay } from "./app/relay";
import { askGroups, groupIds } from "./app/support";
import { forgetTools } from "./app/tools";
import { findLeft } from "./app/update";
import { App } from "./ui/App";
import "./ui/base.css";
import "./ui/layout.css";
import "./ui/parts.css";
import "./ui/screens.css";

onConnection({
  opened: () => {
    void refresh();
    if (client.value !== null) {
      void askGroups(client.value);
    }
  },
  closed: () => {
    forgetDevice();
    forgetJournal();
    forgetLog();
    forgetTools();
    groupIds.value = null;
  },
});
lookNowAndThen();
readJournalNowAndThen();
followLog();
startRelay();
void findLeft();
void restoreLink();

const root = document.getElementById("app");
if (root !== null) {
  render(<App />, root);
}
