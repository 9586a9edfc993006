import { afterEach, describe, expect, test } from "vitest";
import { thisProcess } from "../../../src/central/journal-owner";
import { purge } from "../../../src/cli/purge";
import { hostOf } from "../../support/command-host";
import { FakeVault } from "../../support/vault-api";

const TARGET = "customer10/main";
const LOCK = "access/data/customer10/main/lock";
const VERSION = { version: 3, created_time: "2026-01-01T00:00:00Z", deletion_time: "", destroyed: false };
const DELETED = { ...VERSION, deletion_time: "2026-01-02T00:00:00Z" };

let central: FakeVault | undefined;
afterEach(() => central?.stop());

/** A central Vault whose record has this newest version, and whose lock this run holds. */
async function start(metadata: object | undefined, holder?: object): Promise<FakeVault> {
  let lock = holder;
  return (central = await FakeVault.start(({ method, path, body }) => {
    if (path === LOCK && method === "POST") {
      lock = (body as { data: object }).data;
      return { body: { data: { version: 1 } } };
    }
    if (path === LOCK && lock !== undefined)
      return { body: { data: { data: lock, metadata: { ...VERSION, created_time: new Date().toISOString() } } } };
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
  // The lock is taken before the keys are gone, and freed afterwards.
  expect(started.asked.filter((request) => !request.startsWith("GET"))).toEqual([
    `POST ${LOCK}`,
    "DELETE customers/metadata/customer10/main",
    `POST ${LOCK}`,
  ]);
});

describe("while another operation works on the instance", () => {
  const elsewhere = { ...thisProcess(), host: "elsewhere", bootId: "another" };
  const holder = { run: "r", operation: "rotate-keys", lease: 180, process: elsewhere };

  test("its record is not destroyed", async () => {
    const started = await start(DELETED, holder);
    await expect(purge(hostOf(started), TARGET, { yesDestroyTheKeys: TARGET })).rejects.toThrow(
      /^rotate-keys works on customer10\/main \(process \d+ on elsewhere\); wait until it has finished/,
    );
    expect(started.asked.filter((request) => !request.startsWith("GET"))).toEqual([]);
  });

  test("a person may take the lock, and says why", async () => {
    const started = await start(DELETED, holder);
    await purge(hostOf(started), TARGET, { yesDestroyTheKeys: TARGET, breakGlass: "its machine burnt down" });
    expect(started.asked).toContain("DELETE customers/metadata/customer10/main");
  });
});
