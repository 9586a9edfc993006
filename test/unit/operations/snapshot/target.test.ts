import { expect, test } from "vitest";
import { oneChunk } from "../../../../src/operations/snapshot/target";

test.each([
  ["a text", "key ü"],
  ["bytes", Buffer.from("key ü")],
])("%s in memory is content of one piece", async (_kind, content) => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of oneChunk(content)) chunks.push(chunk);
  expect(chunks).toEqual([Buffer.from("key ü")]);
});
