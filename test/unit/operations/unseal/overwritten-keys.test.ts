import { expect, test } from "vitest";
import type { SeenRecord } from "../../../../src/central/record-store";
import type { StopCode } from "../../../../src/operations/unseal/decide";
import { refuseOverwritten } from "../../../../src/operations/unseal/overwritten-keys";

const RECORD: SeenRecord = { version: 4, fields: { "unseal-key-0": "k" }, deleted: false, age: 0 };

/** Looks for the keys of a stop. @param found Version that has more of them. @returns What was asked of the history. */
async function asked(code: StopCode, found?: number): Promise<unknown[][]> {
  const questions: unknown[][] = [];
  const versionWithKeys = (...question: unknown[]) => {
    questions.push(question);
    return Promise.resolve(found);
  };
  await refuseOverwritten({ path: "customer10/main", versionWithKeys }, "unseal", code, RECORD);
  return questions;
}

test.each<StopCode>(["answer-lost", "initialized-elsewhere", "too-few-keys"])(
  "%s: a version with more keys is named, and how to bring them back",
  async (code) => {
    await expect(asked(code, 3)).rejects.toMatchObject({
      code: "keys-overwritten",
      message: expect.stringContaining('"vault kv rollback -version=3 customers/customer10/main"') as string,
    });
    // More than the one key of the record, in a version before it.
    expect(await asked(code)).toEqual([["unseal", 1, 4]]);
  },
);

test("a stop for another reason asks for no history", async () => {
  expect(await asked("data-lost", 3)).toEqual([]);
});
