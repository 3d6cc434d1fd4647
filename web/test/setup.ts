// SPDX-License-Identifier: MIT
// Before every unit test: what a page has and Node 18 has not.
import { webcrypto } from "node:crypto";

globalThis.crypto ??= webcrypto as Crypto;
