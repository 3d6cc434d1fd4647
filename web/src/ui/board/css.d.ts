// SPDX-License-Identifier: MIT
// Style sheets are imported for what they do; Vite takes them.
declare module "*.css";
