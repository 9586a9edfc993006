import { expect, test } from "vitest";
import { writePlaceholders } from "../../../../src/operations/placeholders/write-placeholders";
import { ReplicaError } from "../../../../src/vault/errors";
import { instanceWith } from "../../../support/data-context";
import { MemoryContent } from "../../../support/memory-content";

const SMTP = { mount: "kv", path: "web/smtp", keys: ["user", "password"], owner: "mail-team" };
const OTHER = { mount: "kv", path: "other", keys: ["key"] };
const FIRST = { current_version: 1, versions: { 1: { deletion_time: "", destroyed: false } } };

test("what is not there is written once with cas 0, and marked; what is there is left alone", async () => {
  const api = new MemoryContent({ "kv/metadata/other": FIRST });
  const { context, tokens, universe } = await instanceWith(api);
  expect(await writePlaceholders(context, [SMTP, OTHER])).toEqual({ written: ["kv/web/smtp"], existing: 1 });
  expect(api.written).toEqual([
    ["kv/data/web/smtp", { data: { user: "TBD", password: "TBD" }, options: { cas: 0 } }],
    ["kv/metadata/web/smtp", { custom_metadata: { placeholder: "TBD", owner: "mail-team" } }],
  ]);
  expect(tokens).not.toContain("root-0");
  expect(universe.events.map(({ message }) => message)).toContain("wrote a placeholder");
});

test("values are generated for each key, and told to nobody", async () => {
  const api = new MemoryContent();
  const { context, universe } = await instanceWith(api);
  const keys = ["key", "secret"];
  const report = await writePlaceholders(context, [{ mount: "kv", path: "app", keys, generatedLength: 40 }]);
  const [[, written], described] = api.written as [[string, { data: Record<string, string> }], unknown];
  const values = Object.values(written.data);
  expect(Object.keys(written.data)).toEqual(keys);
  for (const value of values) expect(value).toMatch(/^[A-Za-z0-9]{40}$/);
  expect(new Set(values).size).toBe(2);
  expect(described).toEqual(["kv/metadata/app", { custom_metadata: { placeholder: "generated" } }]);
  for (const value of values) expect(JSON.stringify([report, universe.events])).not.toContain(value);
});

test("generated values meet their rules", async () => {
  const api = new MemoryContent();
  const { context } = await instanceWith(api);
  const generatedRules = [{ charset: "abcdefgh" }, { charset: "#!", minChars: 3 }];
  await writePlaceholders(context, [{ mount: "kv", path: "app", keys: ["key"], generatedLength: 40, generatedRules }]);
  const [[, written]] = api.written as [[string, { data: { key: string } }]];
  expect(written.data.key).toMatch(/^(?=(.*[#!]){3})(?=.*[a-h])[a-h#!]{40}$/);
});

test("a person who was faster keeps the secret, and it is not marked", async () => {
  const api = new MemoryContent();
  api.onRequest = (path) => {
    if (path !== "kv/data/other") return;
    api.objects["kv/metadata/other"] = FIRST;
    throw new ReplicaError("denied", "403", 403);
  };
  const { context } = await instanceWith(api);
  expect(await writePlaceholders(context, [OTHER])).toEqual({ written: [], existing: 1 });
  expect(api.written).toEqual([]);
});

test("a lost answer is no reason to leave the placeholder unmarked", async () => {
  const api = new MemoryContent();
  let isLost = false;
  api.onRequest = (path) => {
    if (path !== "kv/data/other" || isLost) return;
    isLost = true;
    api.objects["kv/metadata/other"] = FIRST;
    throw new ReplicaError("unreachable", "ECONNRESET");
  };
  const { context } = await instanceWith(api);
  expect(await writePlaceholders(context, [OTHER])).toEqual({ written: ["kv/other"], existing: 0 });
  expect(api.written).toEqual([["kv/metadata/other", { custom_metadata: { placeholder: "TBD" } }]]);
});

test.each(["kv/metadata/other", "kv/data/other"])(
  "without the right to %s the error names the layer to deploy",
  async (denied) => {
    const api = new MemoryContent();
    api.onRequest = (path) => {
      if (path === denied) throw new ReplicaError("denied", "403", 403);
    };
    const { context } = await instanceWith(api);
    await expect(writePlaceholders(context, [OTHER])).rejects.toMatchObject({
      code: "placeholder-denied",
      message: expect.stringMatching(
        /may not write the placeholder kv\/other yet; deploy .*customer10-vault/,
      ) as string,
    });
  },
);

test("without the identity apply nothing is written, not even with the root token", async () => {
  const api = new MemoryContent();
  const { context } = await instanceWith(api);
  const without = { ...context, credentials: { ...context.credentials, read: () => Promise.resolve({}) } };
  await expect(writePlaceholders(without as never, [OTHER])).rejects.toMatchObject({ code: "identity-rehearsal" });
  expect(api.written).toEqual([]);
});
