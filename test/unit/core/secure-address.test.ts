import { expect, test } from "vitest";
import { isEncrypted, isSecureAddress } from "../../../src/core/secure-address";

test.each([
  "https://vault.example:8200",
  "https://[2001:db8::1]:8200",
  "http://127.0.0.1:8200",
  "http://127.8.9.10",
  "http://localhost:1",
  "http://[::1]:1",
])("keys and tokens may go to %s", (address) => expect(isSecureAddress(address)).toBe(true));

test.each([
  ["in clear", "http://vault.example:8200"],
  ["in clear, to a host that begins like loopback", "http://127.0.0.1.example"],
  ["in clear, to a host that begins like localhost", "http://localhost.example:8200"],
  ["in clear, to another host with loopback as its user", "http://127.0.0.1:8200@vault.example"],
  ["to a host with a user", "https://user@vault.example"],
  ["to a host with a password", "https://user:password@vault.example"],
  ["to a host with an empty user", "https://@vault.example"],
  ["by another protocol", "ftp://127.0.0.1"],
  ["nowhere", "vault.example:8200"],
  ["to an IPv4 address that is not loopback", "http://1270.0.0.1"],
])("nothing goes %s: %s", (_, address) => expect(isSecureAddress(address)).toBe(false));

test("H12: a webhook may have a name in its path, and travels encrypted nevertheless", () => {
  expect(isEncrypted("https://hooks.example/a@b/c")).toBe(true);
  expect(isEncrypted("http://127.0.0.1:1/a@b")).toBe(true);
  expect(isEncrypted("http://127.0.0.1@hooks.example/a")).toBe(false);
  expect(isEncrypted("http://hooks.example/a")).toBe(false);
});
