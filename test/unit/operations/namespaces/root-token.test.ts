import { describe, expect, test } from "vitest";
import { rootToken, withoutRootToken } from "../../../../src/central/record";
import type { Instance } from "../../../../src/contract/instance";
import { OperationError } from "../../../../src/core/errors";
import { Secret } from "../../../../src/core/secret";
import type { OperationContext } from "../../../../src/operations/context";
import { ensureIdentities } from "../../../../src/operations/identities/ensure-identities";
import { provideRootToken } from "../../../../src/operations/namespaces/root-token";
import { unsealInstance } from "../../../../src/operations/unseal/unseal-instance";
import { PolicyDocument } from "../../../../src/policy/policy-document";
import { Crash, INSTANCE, Universe, type Fault, type FaultPlan } from "../../../support/simulation";

const FAULTS: readonly Fault[] = ["crash-before", "crash-after", "cut-before", "cut-after"];

const NAMESPACE: Instance = {
  ...INSTANCE,
  product: "openbao",
  sharedInstance: "shared/main",
  replicas: INSTANCE.replicas.slice(0, 1),
};

/** The rights that the login in the shared instance has in the namespace. */
function rights(): string {
  const policy = new PolicyDocument();
  const begin = ["create", "read", "update", "delete"] as const;
  policy.add({ path: "sys/generate-root-token/attempt", capabilities: begin, reason: "begin it" });
  policy.add({ path: "sys/generate-root-token/update", capabilities: ["create", "update"], reason: "send keys" });
  return policy.render();
}

/** An open namespace, as it is after its creation: its record has keys, and no root token. */
async function created(): Promise<Universe> {
  const universe = new Universe(NAMESPACE);
  const { sharedInstance: _, ...plain } = NAMESPACE;
  await unsealInstance({ ...universe.start(), instance: plain });
  universe.versions.push({ fields: withoutRootToken(universe.record), at: universe.now, deleted: false });
  universe.access.revokeRoot();
  universe.access.policies.clear();
  universe.access.roles.clear();
  universe.access.secretIds.clear();
  universe.access.tokens.clear();
  universe.credentials.versions.clear();
  universe.access.policies.set("namespace", rights());
  universe.access.tokens.set("host", ["namespace"]);
  universe.now += 100_000;
  return universe;
}

function start(universe: Universe, faults: readonly FaultPlan[] = []): OperationContext {
  return { ...universe.start(faults), namespaceLogin: { token: () => Promise.resolve(new Secret("host")) } };
}

function unlessEnded(error: unknown): undefined {
  if (!(error instanceof Crash || error instanceof OperationError)) throw error;
  return undefined;
}

const recorded = ({ record }: Universe): string | undefined => rootToken(record)?.reveal();

describe("the first root token of a namespace", () => {
  test("is made with the keys of the record, and the identities with it", async () => {
    const universe = await created();
    await ensureIdentities(start(universe));
    expect([...universe.access.ceremony.rootTokens]).toEqual([recorded(universe)]);
    expect([...universe.credentials.versions.keys()].sort()).toEqual(["apply", "ceremony", "operate", "plan"]);
    expect(universe.access.policies.get("tenant-vault-ceremony")).not.toContain("sys/rotate/root");
    const versions = universe.versions.length;
    await ensureIdentities(start(universe));
    expect(universe.versions).toHaveLength(versions);
  });

  test("is not made again once it was revoked, because the identity apply works", async () => {
    const universe = await created();
    await ensureIdentities(start(universe));
    universe.versions.push({ fields: withoutRootToken(universe.record), at: universe.now, deleted: false });
    universe.access.ceremony.rootTokens.clear();
    await ensureIdentities(start(universe));
    expect(recorded(universe)).toBeUndefined();
  });

  test("is not made for an instance with servers of its own", async () => {
    const universe = await created();
    const before = universe.effects;
    await provideRootToken(universe.start());
    expect(universe.effects).toBe(before);
  });

  test.each(FAULTS)("with %s at any effect, the next run leaves one, which the record has", async (fault) => {
    const clean = await created();
    const before = clean.effects;
    await provideRootToken(start(clean));
    const effects = clean.effects - before;
    expect(effects).toBeGreaterThan(5);
    for (let effect = 0; effect <= effects; effect++) {
      const universe = await created();
      await provideRootToken(start(universe, [{ effect, fault }])).catch(unlessEnded);
      universe.living.clear();
      universe.now += 200_000;
      await provideRootToken(start(universe));
      expect([effect, recorded(universe) !== undefined]).toEqual([effect, true]);
      expect([effect, [...universe.access.ceremony.rootTokens]]).toContainEqual(
        expect.arrayContaining([recorded(universe)]),
      );
    }
  });
});
