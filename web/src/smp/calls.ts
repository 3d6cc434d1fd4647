// SPDX-License-Identifier: MIT
// A function for each command. All reject with SmpError alone. What comes from
// the device is checked: types and ranges, texts fit to be shown and cut.
export * from "./calls-data";
export * from "./calls-duoboot";
export * from "./calls-file";
export * from "./calls-image";
export {
  bootLoader,
  type CallOptions,
  dateGet,
  dateSet,
  echo,
  eraseStorage,
  type Group,
  groups,
  osInfo,
  type Pool,
  pools,
  type ResetOptions,
  reset,
  type Task,
  tasks,
} from "./calls-os";
