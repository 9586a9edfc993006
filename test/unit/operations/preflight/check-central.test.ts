import { afterEach, expect, test } from "vitest";
import { checkCentral } from "../../../../src/operations/preflight/check-central";
import type { SynthesizedStack } from "../../../../src/operations/preflight/synthesized-stack";
import { CONFIG, VAULT } from "../../../support/synthesized-stacks";
import { FakeVault } from "../../../support/vault-api";

let vault: FakeVault;
afterEach(() => vault.stop());

/** A central Vault with one secret, whose token may do what is listed. */
async function start(secret: object | undefined, capabilities: readonly string[]): Promise<FakeVault> {
  vault = await FakeVault.start(({ path, body }) => {
    if (path === "auth/token/lookup-self") return { body: { data: {} } };
    if (path === "sys/capabilities-self") {
      const data = Object.fromEntries((body as { paths: string[] }).paths.map((each) => [each, capabilities]));
      return { body: { ...data, data } };
    }
    return secret === undefined ? { status: 404 } : { body: { data: { data: secret } } };
  });
  return vault;
}

/** The stacks of an app whose operator names this Vault. */
function stacks(): SynthesizedStack[] {
  return [VAULT, CONFIG].map(({ name, json }) => ({
    name,
    json: { ...json, provider: { vault: [{ alias: "central", address: `${vault.address}/` }] } },
  }));
}

test("is content with a token that may do everything, and with secrets that have their fields", async () => {
  await start({ password: "secret-value" }, ["root"]);
  expect(await checkCentral(vault.client(), stacks())).toEqual([]);
});

test("C7: names each capability that the token lacks, and who needs it", async () => {
  await start({ password: "secret-value" }, ["read"]);
  const problems = await checkCentral(vault.client(), stacks());
  expect(problems).toHaveLength(5);
  expect(problems).toContain(
    `The token for the central Vault lacks the capability "update" on auth/token/create, which the child token of Terraform's Vault provider needs; add it to a policy of the token.`,
  );
});

test("T9: names a secret that does not exist, and does not look for what the hook writes", async () => {
  await start(undefined, ["root"]);
  expect(await checkCentral(vault.client(), stacks())).toEqual([
    "customer10-config reads the secret operator/customer10/postgresql of the central Vault, which does not exist; write it: vault kv put operator/customer10/postgresql password=...",
  ]);
});

test("T9: names a mount that does not exist, and the secret in it", async () => {
  vault = await FakeVault.start(({ path }) =>
    path.startsWith("operator/")
      ? { status: 404, body: { errors: ['no handler for route "operator/data/customer10/postgresql"'] } }
      : { body: { data: {} } },
  );
  expect((await checkCentral(vault.client(), stacks())).at(-1)).toBe(
    "customer10-config reads the secret operator/customer10/postgresql of the central Vault, which does not exist, and neither does its mount; make both: vault secrets enable -path=operator -version=2 kv, and vault kv put operator/customer10/postgresql password=...",
  );
});

test("T9: names a field that is missing, and no value of the others", async () => {
  await start({ pasword: "secret-value" }, ["root"]);
  const [problem = ""] = await checkCentral(vault.client(), stacks());
  expect(problem).toMatch(
    /the field "password" of the secret operator\/customer10\/postgresql .*, which has only pasword; /,
  );
  expect(problem).not.toContain("secret-value");
});

test("names a deleted secret as one that does not exist", async () => {
  vault = await FakeVault.start(({ path }) =>
    path.startsWith("operator/") ? { status: 404, body: { data: { data: null } } } : { body: { data: {} } },
  );
  expect((await checkCentral(vault.client(), stacks())).at(-1)).toContain("which does not exist");
});

test("says once that the token is denied, and that the addresses differ", async () => {
  vault = await FakeVault.start(() => ({ status: 403 }));
  expect(await checkCentral(vault.client(), [CONFIG])).toEqual([
    `VAULT_ADDR is ${vault.address}, but stacks/operator.ts names https://central.example:8200; use one address in both.`,
    expect.stringContaining("refuses the token for auth/token/lookup-self"),
  ]);
});
