import { afterEach, describe, expect, test } from "vitest";
import { toMetadata } from "../../../src/central/instance-metadata";
import { describeInstance, parseTarget, recallInstance } from "../../../src/central/instances";
import { INSTANCE } from "../../support/simulation";
import { FakeVault } from "../../support/vault-api";

const TARGET = { tenant: "customer10", name: "main" };

let central: FakeVault | undefined;
afterEach(() => central?.stop());

describe("an instance", () => {
  test("is named by its tenant and its name", () => {
    expect(parseTarget("customer10/main")).toEqual(TARGET);
    for (const text of ["customer10", "a/b/c", "A/b", "/b", "a/"]) {
      expect(() => parseTarget(text), text).toThrow(/does not name an instance; write <tenant>\/<instance>/);
    }
  });

  test("is known from its record's metadata", async () => {
    const started = (central = await FakeVault.start(() => ({
      body: { data: { custom_metadata: toMetadata(INSTANCE) } },
    })));
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
