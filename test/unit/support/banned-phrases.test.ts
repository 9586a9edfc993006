import { expect, test } from "vitest";
import { BANNED_PHRASES } from "../../support/banned-phrases";

/** What each phrase is to find, in its order. */
const FOUND: readonly string[] = [
  '"x" is no duration',
  "a network that is none of ours",
  "whoever made it by hand",
  "Who deploys has its token in VAULT_TOKEN",
  "What holds data refuses to go",
  "the rule lets nobody in",
  "the pod is made anew",
  "mend that and run it again",
  "nothing heeds the policies",
  "those drawn before stay valid",
  "Vault deals five keys",
  "instances are looked at by status",
  "the former's machines go",
  "another secret id",
  "the token lasts a year",
  "the secret has ended",
  "one state a stack",
  "it works all the same",
  "it waits in vain",
  "it is not trusted for its sake",
  "whereby it fails",
  "a prop takes it off",
  "the sentence tells of it",
  "the data are gone, as they may be",
];

const ALLOWED: readonly string[] = [
  "There is no record, and it is no longer needed.",
  "The certificate expires, and the lease is valid for an hour.",
  "The list ends with a dot. One place decides which version a stack needs.",
  "Who can connect?",
  "Create a secret ID. Its role logs in again.",
];

test("each phrase is found, and none where it is not meant", () => {
  expect(FOUND).toHaveLength(BANNED_PHRASES.length);
  BANNED_PHRASES.forEach(({ phrase }, index) => expect(FOUND[index], String(phrase)).toMatch(phrase));
  for (const { phrase } of BANNED_PHRASES) for (const text of ALLOWED) expect(text, String(phrase)).not.toMatch(phrase);
});
