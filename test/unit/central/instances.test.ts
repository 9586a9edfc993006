import { afterEach, describe, expect, test } from "vitest";
import { descriptionDigest, toMetadata } from "../../../src/central/instance-metadata";
import { describeInstance, parseTarget, recallInstance } from "../../../src/central/instances";
import { INSTANCE } from "../../support/simulation";
import { FakeVault } from "../../support/vault-api";

const TARGET = { tenant: "customer10", name: "main" };

let central: FakeVault | undefined;
afterEach(() => central?.stop());

/** A central Vault with this description in the metadata of the record, and this digest beside the keys. */
async function start(metadata: Record<string, string>, digest: string | undefined): Promise<FakeVault> {
  const version = { version: 1, created_time: "2026-01-01T00:00:00Z", deletion_time: "", destroyed: false };
  const data = digest === undefined ? {} : { "description-digest": digest };
  return (central = await FakeVault.start(({ path }) => ({
    body: { data: path.includes("/metadata/") ? { custom_metadata: metadata } : { data, metadata: version } },
  })));
}

describe("an instance", () => {
  test("is named by its tenant and its name", () => {
    expect(parseTarget("customer10/main")).toEqual(TARGET);
    for (const text of ["customer10", "a/b/c", "A/b", "/b", "a/"]) {
      expect(() => parseTarget(text), text).toThrow(/does not name an instance; write <tenant>\/<instance>/);
    }
  });

  test("is known from its record's metadata", async () => {
    const started = await start(toMetadata(INSTANCE), descriptionDigest(INSTANCE));
    expect(await recallInstance(started.client(), TARGET)).toEqual(INSTANCE);
  });

  test.each<[string, string | undefined]>([
    ["another digest beside its keys", descriptionDigest({ ...INSTANCE, secretThreshold: 2 })],
    ["none", undefined],
  ])("H1: whose metadata have %s is not known: keys would go where they say", async (_, digest) => {
    const started = await start(toMetadata(INSTANCE), digest);
    await expect(recallInstance(started.client(), TARGET)).rejects.toMatchObject({ code: "description-unverified" });
  });

  test("whose record is deleted is named with the way back", async () => {
    const version = { version: 3, created_time: "2026-01-01T00:00:00Z", deletion_time: "2026-01-02T00:00:00Z" };
    const started = (central = await FakeVault.start(({ path }) =>
      path.includes("/metadata/")
        ? { body: { data: { custom_metadata: toMetadata(INSTANCE) } } }
        : { status: 404, body: { data: { data: null, metadata: { ...version, destroyed: false } } } },
    ));
    await expect(recallInstance(started.client(), TARGET)).rejects.toMatchObject({
      code: "record-deleted",
      message: expect.stringContaining("vault kv undelete -versions=3 customers/customer10/main") as string,
    });
  });

  test("is known while its description is being replaced", async () => {
    const started = await start(toMetadata(INSTANCE), `0123 ${descriptionDigest(INSTANCE)}`);
    expect(await recallInstance(started.client(), TARGET)).toEqual(INSTANCE);
  });

  test("is known from what Terraform passes, and the central Vault is not asked", async () => {
    const started = (central = await FakeVault.start(() => ({ status: 500 })));
    const environment = { TENANT_VAULT_INSTANCE: JSON.stringify(INSTANCE) };
    expect(await describeInstance(started.client(), TARGET, environment)).toEqual(INSTANCE);
    expect(started.asked).toEqual([]);
    await expect(describeInstance(started.client(), { ...TARGET, name: "other" }, environment)).rejects.toMatchObject({
      code: "description-mismatch",
    });
  });

  test("that nobody described is named with the stack that does", async () => {
    const started = (central = await FakeVault.start(() => ({ status: 404 })));
    await expect(recallInstance(started.client(), TARGET)).rejects.toMatchObject({
      code: "not-described",
      message: expect.stringContaining("deploy the stack customer10-vault first") as string,
    });
  });
});
