import { expect, test } from "vitest";
import { CentralError } from "../../../../src/central/client";
import { OperatorToken, type OperatorContext } from "../../../../src/operations/identities/operator-token";
import { unsealInstance } from "../../../../src/operations/unseal/unseal-instance";
import { Secret } from "../../../../src/core/secret";
import { INSTANCE, Universe } from "../../../support/simulation";

const ROOT = { "root-token": "root-0" };
const [REPLICA] = INSTANCE.replicas;

async function established(): Promise<{ universe: Universe; context: OperatorContext }> {
  const universe = new Universe(INSTANCE);
  await unsealInstance(universe.start());
  return { universe, context: universe.start() };
}

test("is that of operate, logged in once, and revoked at the end", async () => {
  const { universe, context } = await established();
  const operator = new OperatorToken(context);
  const token = await operator.get(ROOT, REPLICA);
  expect(universe.access.tokens.get(token?.reveal() ?? "")).toEqual(["tenant-vault-operate"]);
  expect(await operator.get(ROOT, REPLICA)).toEqual(token);
  await operator.end();
  expect(universe.access.tokens.size).toBe(0);
});

test("is the root token as long as operate does not exist or does not work", async () => {
  const { universe, context } = await established();
  universe.access.secretIds.clear();
  expect(await new OperatorToken(context).get(ROOT, REPLICA)).toEqual(new Secret("root-0"));
  universe.credentials.versions.clear();
  expect(await new OperatorToken(context).get(ROOT, REPLICA)).toEqual(new Secret("root-0"));
  expect(await new OperatorToken(context).get({}, REPLICA)).toBeUndefined();
});

test("is nothing without a server that could be asked", async () => {
  const { context } = await established();
  expect(await new OperatorToken(context).get(ROOT, undefined)).toBeUndefined();
});

test.each(["missing", "denied"] as const)("a central Vault whose answer is %s offers no identity", async (failure) => {
  const { context } = await established();
  const read = () => Promise.reject(new CentralError(failure, "no"));
  const credentials = { ...context.credentials, read };
  expect(await new OperatorToken({ ...context, credentials }).get(ROOT, REPLICA)).toEqual(new Secret("root-0"));
});

test("a central Vault that does not answer is waited for", async () => {
  const { context } = await established();
  const read = () => Promise.reject(new CentralError("unreachable", "no"));
  const operator = new OperatorToken({ ...context, credentials: { ...context.credentials, read } });
  await expect(operator.get(ROOT, REPLICA)).rejects.toMatchObject({ code: "central-unreachable" });
});
