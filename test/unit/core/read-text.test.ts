import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { readText } from "../../../src/core/read-text";

test("text is read whole, also a character that two parts share", async () => {
  const bytes = Buffer.from("aé€");
  expect(await readText(Readable.from([...bytes].map((byte) => Buffer.of(byte))), bytes.length)).toBe("aé€");
  expect(await readText(Readable.from([]), 0)).toBe("");
});

test("of a stream with more bytes than the limit nothing is kept, and the rest is not read", async () => {
  let parts = 0;
  const endless = Readable.from(
    (function* () {
      for (; ; parts++) yield Buffer.alloc(1024);
    })(),
  );
  expect(await readText(endless, 10 * 1024)).toBeUndefined();
  expect(endless.destroyed).toBe(true);
  expect(parts).toBeLessThan(100);
});
