import { beforeAll, expect, test } from "vitest";
import { parsePeople } from "../../../../src/operations/custody/people";
import { ageKey, type AgeKey } from "../../../support/age";

let alice: AgeKey;
let bob: AgeKey;
beforeAll(async () => {
  [alice, bob] = await Promise.all([ageKey(), ageKey()]);
});

test("names people with their public keys, one per line", async () => {
  const text = `# who has keys\n\nalice ${alice.recipient}\r\n  bob-2\t${bob.recipient}  \n`;
  expect(await parsePeople(text, "people")).toEqual([
    { name: "alice", recipient: alice.recipient },
    { name: "bob-2", recipient: bob.recipient },
  ]);
});

test.each<[string, () => string, RegExp]>([
  ["nobody", () => "# later\n", /^people names nobody; /],
  ["a name alone", () => "alice", /^Line 1 of people is not a name and one public key; /],
  ["a word too many", () => `alice ${alice.recipient} b`, /^Line 1 of people is not a name and one public key; /],
  ["a public key alone", () => alice.recipient, /^Line 1 of people is not a name and one public key; /],
  ["no valid public key", () => "\nalice age1abc", /^Line 2 of people has no valid public key of age for alice; /],
  ["another kind of key", () => "alice ssh-ed25519", /has no valid public key of age for alice; /],
  ["a name in capitals", () => `Alice ${alice.recipient}`, /does not begin with a valid name; /],
  ["a name that is a path", () => `../alice ${alice.recipient}`, /does not begin with a valid name; /],
  ["a long name", () => `${"a".repeat(64)} ${alice.recipient}`, /does not begin with a valid name; /],
  ["a name twice", () => `alice ${alice.recipient}\nalice ${bob.recipient}`, /^Line 2 of people names alice again; /],
  [
    "a public key twice",
    () => `alice ${alice.recipient}\nbob ${alice.recipient}`,
    /^Line 2 of people gives bob the public key of alice; /,
  ],
  ["a private key", () => `alice ${alice.identity}`, /^Line 1 of people contains a private key of age; /],
  ["a private key as a name", () => `${alice.identity.toLowerCase()} x`, /contains a private key of age; /],
  ["a key of a plugin", () => "alice AGE-PLUGIN-YUBIKEY-1XYZ", /contains a private key of age; /],
])("a file with %s is refused, and its text is not shown", async (_, text, message) => {
  const failure = await parsePeople(text(), "people").catch((error: unknown) => error as Error & { code: string });
  expect(failure).toMatchObject({ code: "usage", message: expect.stringMatching(message) as string });
  for (const word of [alice.identity, alice.identity.toLowerCase(), alice.recipient, "YUBIKEY"])
    expect((failure as Error).message).not.toContain(word);
});
