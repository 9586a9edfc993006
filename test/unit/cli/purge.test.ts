import { afterEach, expect, test } from "vitest";
import { purge } from "../../../src/cli/purge";
import { hostOf } from "../../support/command-host";
import { FakeVault } from "../../support/vault-api";

const TARGET = "customer10/main";
const VERSION = { version: 3, created_time: "2026-01-01T00:00:00Z", deletion_time: "", destroyed: false };
const DELETED = { ...VERSION, deletion_time: "2026-01-02T00:00:00Z" };

let central: FakeVault | undefined;
afterEach(() => central?.stop());

/** A central Vault whose record has this newest version. */
async function start(metadata: object | undefined): Promise<FakeVault> {
  return (central = await FakeVault.start(({ method, path }) => {
    if (method === "DELETE") return { status: 204 };
    if (!path.startsWith("customers/data/") || metadata === undefined) return { status: 404 };
    return { body: { data: { data: metadata === DELETED ? null : {}, metadata } } };
  }));
}

test.each<[string, object | undefined, string | undefined, string]>([
  ["a record that does not exist", undefined, TARGET, "record-missing"],
  ["a record that is not deleted", VERSION, TARGET, "record-kept"],
  ["a record without the confirmation", DELETED, undefined, "unconfirmed"],
  ["a record with another's confirmation", DELETED, "customer10/other", "unconfirmed"],
])("%s is not destroyed", async (_, metadata, confirmed, code) => {
  const started = await start(metadata);
  await expect(purge(hostOf(started), TARGET, { yesDestroyTheKeys: confirmed })).rejects.toMatchObject({ code });
  expect(started.asked.filter((request) => request.startsWith("DELETE"))).toEqual([]);
});

test("a deleted record is destroyed once it was named twice", async () => {
  const started = await start(DELETED);
  expect(await purge(hostOf(started), TARGET, { yesDestroyTheKeys: TARGET })).toEqual({
    text: "customer10/main: destroyed 3 versions of its record; its keys are gone for good\n",
    json: { instance: TARGET, destroyedVersions: 3 },
  });
  expect(started.asked.at(-1)).toBe("DELETE customers/metadata/customer10/main");
});
