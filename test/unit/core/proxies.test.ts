import { describe, expect, test } from "vitest";
import { proxiesOf } from "../../../src/core/proxies";

const PROXY = "http://proxy.example:3128";

function proxyFor(address: string, environment: NodeJS.ProcessEnv): string | undefined {
  return proxiesOf(environment).proxyFor(address);
}

describe("C3: the proxy to a server", () => {
  test("is that of the environment, in capitals or not, by the server's protocol", () => {
    expect(proxyFor("https://vault.example:8200", { HTTPS_PROXY: PROXY })).toBe(PROXY);
    expect(proxyFor("https://vault.example:8200", { https_proxy: PROXY })).toBe(PROXY);
    expect(proxyFor("https://vault.example:8200", { HTTP_PROXY: PROXY })).toBeUndefined();
    expect(proxyFor("https://vault.example:8200", { HTTPS_PROXY: "proxy.example:3128" })).toBe(PROXY);
    expect(proxyFor("https://vault.example:8200", { HTTPS_PROXY: "" })).toBeUndefined();
    expect(proxyFor("https://vault.example:8200", {})).toBeUndefined();
  });

  test.each(["https://localhost:1", "https://127.0.0.1:1", "https://127.9.9.9", "https://[::1]:1"])(
    "is none for this machine itself: %s",
    (address) => expect(proxyFor(address, { HTTPS_PROXY: PROXY })).toBeUndefined(),
  );

  test.each([
    ["*", "https://vault.example"],
    ["example", "https://example"],
    ["vault.example", "https://vault.example:8200"],
    ["other, vault.example", "https://vault.example"],
    ["example", "https://vault.example"],
    [".example", "https://vault.example"],
    ["*.example", "https://vault.example"],
    ["VAULT.example", "https://vault.EXAMPLE"],
    ["vault.example:8200", "https://vault.example:8200"],
    ["vault.example:443", "https://vault.example"],
    ["10.0.0.1", "https://10.0.0.1:8200"],
    ["10.0.0.0/8", "https://10.1.2.3:8200"],
    ["2001:db8::/32", "https://[2001:db8::1]:8200"],
  ])("is none if NO_PROXY is %s: %s", (exempt, address) => {
    expect(proxyFor(address, { HTTPS_PROXY: PROXY, NO_PROXY: exempt })).toBeUndefined();
  });

  test.each([
    ["vault.example", "https://othervault.example"],
    [".example", "https://example"],
    ["vault.example:8200", "https://vault.example:8201"],
    ["10.0.0.0/8", "https://11.0.0.1"],
    ["10.0.0.0/8", "https://[2001:db8::1]"],
    ["10.0.0.0/8", "https://vault.example"],
  ])("is used if NO_PROXY is %s: %s", (exempt, address) => {
    expect(proxyFor(address, { HTTPS_PROXY: PROXY, NO_PROXY: exempt })).toBe(PROXY);
  });
});
