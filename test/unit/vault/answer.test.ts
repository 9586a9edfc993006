import { expect, test } from "vitest";
import { z } from "zod";
import { parseAnswer } from "../../../src/vault/answer";

const schema = z.object({ sealed: z.boolean() });

test("an answer has the fields that are asked for, and no others", () => {
  expect(parseAnswer(schema, { sealed: true, version: "2.7.2" }, "sys/seal-status")).toEqual({ sealed: true });
});

test("another program's answer is refused with the path", () => {
  expect(() => parseAnswer(schema, { status: "ok" }, "sys/seal-status")).toThrow(
    "sys/seal-status: the answer is not that of a Vault or OpenBao",
  );
});
