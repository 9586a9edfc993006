import { expect, test } from "vitest";
import { issueCredential } from "../../../../src/operations/identities/issuance";
import type { OperationContext } from "../../../../src/operations/context";
import { unsealInstance } from "../../../../src/operations/unseal/unseal-instance";
import { Secret } from "../../../../src/core/secret";
import { INSTANCE, Universe } from "../../../support/simulation";

async function established(): Promise<{ universe: Universe; issue: (context: OperationContext) => Promise<void> }> {
  const universe = new Universe(INSTANCE);
  await unsealInstance(universe.start());
  const issue = async (context: OperationContext): Promise<void> => {
    const ask = (token?: Secret) => context.access(INSTANCE.replicas[0] as never, token);
    await issueCredential(context, ask, ask(new Secret("root-0")), "plan", universe.credentials.read("plan"));
  };
  return { universe, issue };
}

const ofPlan = ({ access }: Universe): string[] =>
  [...access.secretIds.values()].filter(({ role }) => role === "plan").map(({ accessor }) => accessor);

test("a new credential is stored, and the former one is destroyed", async () => {
  const { universe, issue } = await established();
  const former = universe.credentials.read("plan").credential?.accessor;
  await issue(universe.start());
  const stored = universe.credentials.read("plan").credential?.accessor;
  expect(stored).not.toBe(former);
  expect(ofPlan(universe)).toEqual([stored]);
});

test("a credential that does not work is not stored, and is destroyed", async () => {
  const { universe, issue } = await established();
  const former = universe.credentials.read("plan").credential?.accessor;
  universe.access.policies.delete("tenant-vault-plan");
  await expect(issue(universe.start())).rejects.toMatchObject({ code: "identity-rehearsal" });
  expect(universe.credentials.read("plan").credential?.accessor).toBe(former);
  expect(ofPlan(universe)).toEqual([former]);
});

test("if the answer of the central Vault is lost, the credential that it may hold stays valid", async () => {
  const { universe, issue } = await established();
  await expect(issue(universe.start([{ effect: 1, fault: "cut-after" }]))).rejects.toMatchObject({
    code: "central-unreachable",
  });
  const stored = universe.credentials.read("plan").credential?.accessor;
  expect(ofPlan(universe)).toContain(stored);
});

test("of other secret IDs that the central Vault does not hold only old ones are destroyed", async () => {
  const { universe, issue } = await established();
  universe.access.secretIds.set("old", { role: "plan", accessor: "old", at: universe.now });
  universe.now += 3_600_000;
  universe.access.secretIds.set("young", { role: "plan", accessor: "young", at: universe.now });
  await issue(universe.start());
  expect(ofPlan(universe)).toContain("young");
  expect(ofPlan(universe)).not.toContain("old");
});
