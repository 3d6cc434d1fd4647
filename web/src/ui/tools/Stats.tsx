// SPDX-License-Identifier: MIT
// What the board counts, a table for each group; its tasks and their stacks.
import { countText } from "../../app/format";
import { GROUP } from "../../app/support";
import { readStats, readTasks, stats, statsState, tasks, tasksState } from "../../app/tools";
import type { TaskStat } from "../../smp/types";
import { Meter, ReadButton, Section, Tool } from "../parts";

function Group({ name }: { name: string }) {
  const list = stats.value.find((group) => group.name === name)?.list ?? [];
  return (
    <div class="scroll">
      <table>
        <caption>{name}</caption>
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col" class="number">
              Count
            </th>
          </tr>
        </thead>
        <tbody>
          {list.map((stat) => (
            <tr key={stat.name}>
              <th scope="row">{stat.name}</th>
              <td class="number">{countText(stat.value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function Stats() {
  return (
    <Tool title="Statistics" testid="tool-stats" group={GROUP.stat} what="statistics">
      <div class="actions">
        <ReadButton testid="stats-read" onClick={readStats} />
      </div>
      <p role="status" class="soft">
        {statsState.value}
      </p>
      <div class="two" data-testid="stats">
        {stats.value.map((group) => (
          <Group key={group.name} name={group.name} />
        ))}
      </div>
    </Tool>
  );
}

function Task({ task }: { task: TaskStat }) {
  return (
    <tr>
      <th scope="row">{task.name}</th>
      <td>
        <Meter label={`Stack of ${task.name}`} used={task.stackUsedBytes} size={task.stackBytes} />
      </td>
    </tr>
  );
}

export function Tasks() {
  return (
    <Section title="Tasks" level={3} testid="tool-tasks">
      <div class="actions">
        <ReadButton testid="tasks-read" onClick={readTasks} />
      </div>
      <p role="status" class="soft">
        {tasksState.value}
      </p>
      {tasks.value.length > 0 && (
        <div class="scroll">
          <table data-testid="tasks">
            <thead>
              <tr>
                <th scope="col">Task</th>
                <th scope="col">Deepest stack so far</th>
              </tr>
            </thead>
            <tbody>
              {tasks.value.map((task) => (
                <Task key={task.name} task={task} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  );
}
