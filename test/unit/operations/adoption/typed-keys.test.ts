import { expect, test } from "vitest";
import { Secret } from "../../../../src/core/secret";
import { checkTypedKeys, parseKeyFile } from "../../../../src/operations/adoption/typed-keys";
import { damage, split } from "../../../support/shamir";

const KEYS = split(Buffer.from("0123456789abcdef0123456789abcdef"), 5, 3);
const HEX = KEYS.map((key) => Buffer.from(key, "base64").toString("hex"));
const SHARES = { shares: 5, threshold: 3 };

function parsed(text: string) {
  const { keys, rootToken } = parseKeyFile(text);
  return [keys.map((key) => key.reveal()), rootToken?.reveal()];
}

test.each([
  ["as JSON", JSON.stringify({ unseal_keys_b64: KEYS, unseal_keys_hex: HEX, root_token: "s.token" })],
  [
    "as JSON with recovery keys",
    JSON.stringify({ unseal_keys_b64: [], recovery_keys_b64: KEYS, root_token: "s.token" }),
  ],
  [
    "as text",
    `${KEYS.map((key, n) => `Unseal Key ${n + 1}: ${key}`).join("\n")}\n\nInitial Root Token: s.token\n\nVault initialized`,
  ],
  ["by hand", `# of main\n${KEYS.join("\r\n")}\nroot-token: s.token\n`],
  ["in hexadecimal", `${HEX.join("\n")}\nroot-token: s.token`],
  ["as a record", `${KEYS.map((key, n) => `unseal-key-${n}: ${key}`).join("\n")}\nroot-token: s.token`],
])("keys that were written %s are in base64", (_, text) => {
  expect(parsed(text)).toEqual([KEYS, "s.token"]);
});

test("a root token need not be there, and a line that is not a key is refused", () => {
  expect(parsed(KEYS.join("\n"))[1]).toBeUndefined();
  expect(() => parseKeyFile("hello")).toThrow("not an unseal key");
});

test.each<[string, readonly string[], RegExp]>([
  ["twice", [...KEYS.slice(0, 3), KEYS[0] ?? ""], /twice/],
  ["too few", KEYS.slice(0, 2), /2 keys/],
  ["damaged", [damage(KEYS[0] ?? ""), ...KEYS.slice(1)], /1 of the keys/],
])("keys that are %s are refused", (_, keys, message) => {
  const secrets = keys.map((key) => new Secret(key));
  expect(() => checkTypedKeys("customer10/main", secrets, SHARES)).toThrow(message);
});

test("as many keys as the threshold are enough", () => {
  checkTypedKeys(
    "customer10/main",
    KEYS.slice(2).map((key) => new Secret(key)),
    SHARES,
  );
});
