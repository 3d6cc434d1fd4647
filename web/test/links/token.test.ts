// SPDX-License-Identifier: MIT
import { describe, expect, test } from "vitest";
import {
  forgetRelayAddress,
  parseRelayAddress,
  relayAddress,
  relayUrl,
  type Surroundings,
  setRelayAddress,
} from "../../src/links/token";

const TOKEN = "00112233445566778899aabbccddeeff";

function page(href: string, kept = new Map<string, string>()) {
  const url = new URL(href);
  const replaced: string[] = [];
  const at: Surroundings = {
    location: { href, hash: url.hash, pathname: url.pathname, search: url.search },
    history: {
      state: null,
      replaceState: (_state: unknown, _title: string, to?: string | URL | null) => {
        replaced.push(String(to));
      },
    },
    storage: {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
    },
  };
  return { at, replaced, kept };
}

describe("the page's own address", () => {
  test("tells relay and token; the token leaves the address bar and survives a reload", () => {
    const first = page(`http://127.0.0.1:8077/index.html?a=1#token=${TOKEN}`);
    const expected = { url: "ws://127.0.0.1:8077/ws", token: TOKEN };
    expect(relayAddress(first.at)).toEqual(expected);
    expect(first.replaced).toEqual(["/index.html?a=1"]);
    const again = page("http://127.0.0.1:8077/index.html?a=1", first.kept);
    expect(relayAddress(again.at)).toEqual(expected);
    expect(again.replaced).toEqual([]);
  });

  test("without a token there is no relay", () => {
    expect(relayAddress(page("https://example.com/").at)).toBeNull();
  });

  test.each(["", "xyz", "0011", "00".repeat(4000), "%3Cscript%3E"])(
    "a token that can be none (%#) is not kept, and leaves the address bar",
    (token) => {
      const one = page(`http://127.0.0.1:8077/#token=${token}`);
      expect(relayAddress(one.at)).toBeNull();
      expect(one.kept.size).toBe(0);
      expect(one.replaced.length).toBe(1);
    },
  );

  test.each(["{", "3", '{"url":"http://evil/","token":"00"}', `{"url":7,"token":"${TOKEN}"}`])(
    "%s in the storage is nothing",
    (text) => {
      const one = page("http://127.0.0.1:8077/", new Map([["duoboot.relay", text]]));
      expect(relayAddress(one.at)).toBeNull();
    },
  );

  test("a browser without storage still connects", () => {
    const one = page(`http://localhost:8077/#token=${TOKEN}`);
    const refuse = () => {
      throw new DOMException("denied", "SecurityError");
    };
    one.at.storage = { getItem: refuse, setItem: refuse, removeItem: refuse };
    expect(relayAddress(one.at)?.token).toBe(TOKEN);
    expect(() => forgetRelayAddress(one.at)).not.toThrow();
  });
});

describe("an address that was pasted", () => {
  test.each([
    [`http://127.0.0.1:8077/#token=${TOKEN}`, "ws://127.0.0.1:8077/ws"],
    [`  127.0.0.1:8077/#token=${TOKEN}\n`, "ws://127.0.0.1:8077/ws"],
    [`http://localhost:9/index.html#token=${TOKEN.toUpperCase()}`, "ws://localhost:9/ws"],
    [`http://[::1]:8077/#token=${TOKEN}`, "ws://[::1]:8077/ws"],
    [`ws://127.0.0.1:8077/ws?token=${TOKEN}`, "ws://127.0.0.1:8077/ws"],
  ])("%s is understood", (text, url) => {
    expect(parseRelayAddress(text)).toEqual({ url, token: TOKEN });
  });

  test.each([
    ["", "not an address"],
    ["::::", "not an address"],
    [`javascript://127.0.0.1/#token=${TOKEN}`, "not an address"],
    [`http://192.0.2.1:8077/#token=${TOKEN}`, "this computer only"],
    [`http://127.0.0.1.example.com/#token=${TOKEN}`, "this computer only"],
    ["http://127.0.0.1:8077/", "token is missing"],
    ["http://127.0.0.1:8077/#token=00zz", "token is missing or not whole"],
  ])("%s is refused with a reason", (text, why) => {
    expect(() => parseRelayAddress(text)).toThrow(why);
  });

  test("is kept for a reload until it is forgotten", () => {
    const one = page("https://example.com/duoboot/");
    const address = setRelayAddress(`127.0.0.1:8077/#token=${TOKEN}`, one.at);
    expect(relayAddress(one.at)).toEqual(address);
    forgetRelayAddress(one.at);
    expect(relayAddress(one.at)).toBeNull();
  });
});

test("what is asked for goes into the query, coded", () => {
  const url = relayUrl(
    { url: "ws://127.0.0.1:1/ws", token: TOKEN },
    { to: "link", url: "a?b=1&c" },
  );
  expect(url).toBe(`ws://127.0.0.1:1/ws?token=${TOKEN}&to=link&url=a%3Fb%3D1%26c`);
});
