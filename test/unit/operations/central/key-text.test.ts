import { expect, test } from "vitest";
import { keyText } from "../../../../src/operations/central/key-text";

const SEALED = { address: "https://a:8200", state: "sealed", threshold: 3 } as const;

test.each([
  [{ ...SEALED, progress: 2 }, "2 of 3 keys; 1 more person has to give a key"],
  [{ ...SEALED, progress: 1 }, "1 of 3 keys; 2 more people have to give a key"],
  [
    { ...SEALED, progress: 1, repeated: true },
    "1 of 3 keys, and this one was among them; 2 more people have to give a key",
  ],
  [{ address: SEALED.address, state: "unsealed" }, "unsealed"],
  [{ ...SEALED, error: { code: "share-refused", message: "It is wrong." } }, "[share-refused] It is wrong."],
] as const)("%j is a line", (outcome, text) => {
  expect(keyText([outcome])).toBe(`https://a:8200: ${text}\n`);
});
