import { describe, expect, test } from "vitest";
import { IDENTITIES, identityPolicyName } from "../../../../src/contract/identities";
import type { Instance } from "../../../../src/contract/instance";
import { OperationError } from "../../../../src/core/errors";
import { Secret } from "../../../../src/core/secret";
import { ensureIdentities } from "../../../../src/operations/identities/ensure-identities";
import { identityPolicy } from "../../../../src/policy/identity-policies";
import { unsealInstance } from "../../../../src/operations/unseal/unseal-instance";
import { all } from "../../../support/all";
import { Crash, INSTANCE, Universe, type Fault, type FaultPlan } from "../../../support/simulation";

const DAY = 86_400_000;

/** An instance that is up, with its identities. */
async function established(instance: Instance = INSTANCE): Promise<Universe> {
  const universe = new Universe(instance);
  await unsealInstance(universe.start());
  return universe;
}

/** An instance that was initialised before there were identities. */
async function withoutIdentities(): Promise<Universe> {
  const universe = await established();
  const { access } = universe;
  universe.credentials.versions.clear();
  access.policies.clear();
  access.roles.clear();
  access.secretIds.clear();
  access.logins.splice(1);
  return universe;
}

/** Identities whose stored credential does not log in, or has not its own policy alone. */
function broken({ access, credentials }: Universe): string[] {
  return IDENTITIES.filter((identity) => {
    const { credential } = credentials.read(identity);
    const token = credential && access.logIn("tenant-vault", credential.secretId);
    const policies = access.tokens.get(token?.reveal() ?? "") ?? [];
    return policies.join() !== identityPolicyName(identity) || !access.policies.has(policies.join());
  });
}

/** Takes the root token out of the record, and revokes it. */
function revokeRoot(universe: Universe): void {
  universe.versions.push({ fields: { ...universe.record, "root-token": "" }, at: 0, deleted: false });
  universe.access.revokeRoot();
}

/** Runs again, without root if the identities do their part. */
async function runAgain(universe: Universe, instance = universe.instance): Promise<void> {
  await ensureIdentities({ ...universe.start(), instance });
}

test("after escrow apply, plan, operate and ceremony work, and the central Vault holds their credentials", async () => {
  const universe = await established();
  expect(broken(universe)).toEqual([]);
  expect(Object.keys(universe.credentials.read("plan").fields).sort()).toEqual([
    "role-id",
    "secret-id",
    "secret-id-accessor",
    "secret-id-expires",
  ]);
  expect(universe.access.ceremonies.size).toBe(0);
});

test("if all is right, a run writes nothing, asks little, and leaves no token", async () => {
  const universe = await established();
  const { access } = universe;
  const [secretIds, root] = [[...access.secretIds.keys()], access.rootRequests];
  access.requests = 0;

  await runAgain(universe);

  expect([...access.secretIds.keys()]).toEqual(secretIds);
  expect(universe.credentials.versions.get("apply")).toHaveLength(1);
  expect(access.rootRequests).toBe(root);
  expect(access.requests).toBeLessThan(20);
  expect(access.tokens.size).toBe(0);
});

test("no event tells a credential", async () => {
  const universe = await established();
  const text = JSON.stringify(universe.events);
  for (const secretId of all(universe.access.secretIds.keys())) expect(text).not.toContain(secretId);
});

describe("without the root token", () => {
  test.each(IDENTITIES)(
    "the secret ID of %s is replaced before it expires, and the former one destroyed",
    async (identity) => {
      const universe = await established();
      revokeRoot(universe);
      const before = universe.credentials.read(identity).credential?.accessor;
      universe.now += 61 * DAY;

      await runAgain(universe);

      expect(broken(universe)).toEqual([]);
      expect(universe.credentials.read(identity).credential?.accessor).not.toBe(before);
      expect([...universe.access.secretIds.values()].filter(({ role }) => role === identity)).toHaveLength(1);
    },
  );

  test.each(["plan", "operate", "ceremony"] as const)(
    "a policy, a role and a credential of %s that are gone come back",
    async (identity) => {
      const universe = await established();
      revokeRoot(universe);
      universe.access.policies.delete(identityPolicyName(identity));
      universe.access.roles.delete(identity);
      universe.credentials.versions.set(identity, [{ note: "theirs" }]);

      await runAgain(universe);

      expect(broken(universe)).toEqual([]);
      expect(universe.credentials.read(identity).fields).toMatchObject({ note: "theirs" });
    },
  );

  test.each(["plan", "operate", "ceremony"] as const)(
    "a policy of %s that somebody changed is as it was",
    async (identity) => {
      const universe = await established();
      const name = identityPolicyName(identity);
      const policy = universe.access.policies.get(name);
      revokeRoot(universe);
      universe.access.policies.set(name, 'path "*" {\n  capabilities = ["read"]\n}\n');

      await runAgain(universe);

      expect(universe.access.policies.get(name)).toBe(policy);
    },
  );

  test("apply without rights cannot be repaired, and the error says what to do", async () => {
    const universe = await established();
    revokeRoot(universe);
    universe.access.policies.delete(identityPolicyName("apply"));

    await expect(runAgain(universe)).rejects.toMatchObject({
      code: "identities-unrepairable",
      message: expect.stringContaining("make a root token with the unseal keys") as string,
    });
  });

  test("an instance that never had identities works as before, with a warning", async () => {
    const universe = await withoutIdentities();
    revokeRoot(universe);
    await runAgain(universe);
    expect(universe.events.at(-1)).toMatchObject({
      level: "warn",
      message: "there are no identities, and the record has no root token to make them with",
    });
  });

  test("apply whose credential is lost cannot be repaired", async () => {
    const universe = await established();
    revokeRoot(universe);
    universe.credentials.versions.delete("apply");

    await expect(runAgain(universe)).rejects.toMatchObject({ code: "identities-unrepairable" });
  });
});

describe("with the root token", () => {
  test("apply gets its rights back", async () => {
    const universe = await established();
    universe.access.policies.delete(identityPolicyName("apply"));
    await runAgain(universe);
    expect(broken(universe)).toEqual([]);
  });

  test("an instance whose record holds a root token from before gets its identities", async () => {
    const universe = await withoutIdentities();
    await runAgain(universe);

    expect(broken(universe)).toEqual([]);
  });
});

test("a description with another engine, other networks and other times changes policies and roles", async () => {
  const universe = await established();
  const identities = {
    mounts: [{ path: "pki", type: "pki" as const }],
    logins: [],
    tokenTtl: 600,
    secretIdTtl: 7_200,
    boundCidrs: ["10.0.0.0/8"],
  };

  await runAgain(universe, { ...INSTANCE, identities });

  expect(universe.access.policies.get(identityPolicyName("plan"))).toContain("pki/roles/+");
  expect(universe.access.roles.get("operate")).toMatchObject({
    secret_id_bound_cidrs: ["10.0.0.0/8"],
    secret_id_ttl: 7_200,
    token_bound_cidrs: ["10.0.0.0/8"],
    token_ttl: 600,
  });
  expect(universe.access.logins.at(-1)?.maxTtl).toBe(7_200);
  expect(broken(universe)).toEqual([]);
});

test("networks that do not contain this machine fail by name, and the former role stays", async () => {
  const universe = await established();
  const identities = { mounts: [], logins: [], tokenTtl: 3_600, secretIdTtl: 7_776_000, boundCidrs: ["192.0.2.0/24"] };

  await expect(runAgain(universe, { ...INSTANCE, identities })).rejects.toMatchObject({
    code: "identity-rehearsal",
    message: expect.stringContaining("boundCidrs") as string,
  });

  expect(broken(universe)).toEqual([]);
});

test("ceremony leaves a ceremony of others alone", async () => {
  const universe = await established();
  universe.access.ceremonies.add("sys/rotate/root/init");
  universe.credentials.versions.delete("ceremony");

  await runAgain(universe);

  expect([...universe.access.ceremonies]).toEqual(["sys/rotate/root/init"]);
  expect(universe.events.some(({ message }) => message.startsWith("somebody has begun a ceremony"))).toBe(true);
});

describe("an instance that initialised itself", () => {
  const SELF: Instance = { ...INSTANCE, selfInitializes: true };
  const FIRST = { roleId: "first", secretId: new Secret("first") };

  /** One as its servers leave it: a role with the rights of `apply`, whose credential a Secret has, and no root token. */
  async function selfInitialized(): Promise<Universe> {
    const universe = await withoutIdentities();
    revokeRoot(universe);
    const { access } = universe;
    access.logins.push({ path: "tenant-vault", type: "approle", maxTtl: 0 });
    access.policies.set("tenant-vault-apply", identityPolicy("apply", { product: "openbao", mounts: [], logins: [] }));
    access.roles.set("bootstrap", {
      token_policies: ["tenant-vault-apply"],
      secret_id_ttl: 3_600,
      token_bound_cidrs: [],
    });
    access.secretIds.set("first", { role: "bootstrap", accessor: "first", at: universe.now });
    return universe;
  }

  const run = (universe: Universe, faults: readonly FaultPlan[] = []): Promise<void> =>
    ensureIdentities({
      ...universe.start(faults),
      instance: SELF,
      bootstrap: { read: () => Promise.resolve(FIRST) },
    });

  test("gets its identities with the first credential, which then ends", async () => {
    const universe = await selfInitialized();
    await run(universe);
    expect(broken(universe)).toEqual([]);
    expect(universe.access.roles.has("bootstrap")).toBe(false);
    expect(universe.access.logIn("tenant-vault", FIRST.secretId)).toBeUndefined();
  });

  test.each(["crash-before", "crash-after", "cut-before", "cut-after"] as const)(
    "gets them after %s of each effect, by the next run",
    async (fault) => {
      const whole = await selfInitialized();
      whole.effects = 0;
      await run(whole);
      const effects = whole.effects;
      expect(effects).toBeGreaterThan(10);
      for (let effect = 0; effect < effects; effect++) {
        const universe = await selfInitialized();
        await run(universe, [{ effect, fault }]).catch(() => undefined);
        await run(universe);
        expect(broken(universe)).toEqual([]);
        expect(universe.access.roles.has("bootstrap")).toBe(false);
      }
    },
  );

  test("works on without identities if it does not accept the first credential", async () => {
    const universe = await selfInitialized();
    universe.access.secretIds.clear();
    await run(universe);
    expect(universe.credentials.versions.size).toBe(0);
    expect(universe.events.at(-1)?.message).toMatch(/does not accept its first credential/);
  });

  test("fails with a way out if they are damaged and nothing is left to repair them with", async () => {
    const universe = await selfInitialized();
    await run(universe);
    universe.access.roles.delete("apply");
    await expect(run(universe)).rejects.toThrow(/make its first credential valid again, as docs\/troubleshooting.md/);
  });
});

describe("rootToken: revoke", () => {
  const REVOKING: Instance = {
    ...INSTANCE,
    identities: { mounts: [], logins: [], tokenTtl: 3_600, secretIdTtl: 7_776_000, rootToken: "revoke" },
  };
  const isRevoked = ({ access, record }: Universe): boolean => access.rootIsRevoked && !("root-token" in record);

  test("revokes the token after the rehearsal, and keeps every other field of the record", async () => {
    const universe = await established();
    universe.versions.push({ fields: { ...universe.record, note: "theirs" }, at: 0, deleted: false });
    const { "root-token": _token, ...others } = universe.record;

    await runAgain(universe, REVOKING);

    expect(isRevoked(universe)).toBe(true);
    expect(universe.record).toEqual(others);
    expect(broken(universe)).toEqual([]);
  });

  test("works from the first run on, and later runs need no root token", async () => {
    const universe = await established(REVOKING);
    expect(isRevoked(universe)).toBe(true);
    const requests = universe.access.rootRequests;
    universe.now += 61 * DAY;

    await unsealInstance(universe.start());

    expect(universe.access.rootRequests).toBe(requests);
    expect(broken(universe)).toEqual([]);
  });

  test("is refused while the rehearsal of ceremony is not possible", async () => {
    const universe = await established();
    universe.access.ceremonies.add("sys/generate-root-token/attempt");

    await expect(runAgain(universe, REVOKING)).rejects.toMatchObject({
      code: "identity-rehearsal",
      message: expect.stringContaining("root token of customer10/main is kept") as string,
    });

    expect(universe.access.rootIsRevoked).toBe(false);
    expect(universe.record).toHaveProperty("root-token");
  });

  test.each(["crash-before", "crash-after", "cut-before", "cut-after"] as const)(
    "an interruption (%s) at any effect is finished by the next run",
    async (fault) => {
      const effects = await effectsOf(await established(), REVOKING);
      expect(effects).toBeGreaterThan(4);
      for (let effect = 0; effect < effects; effect++) {
        const universe = await established();
        await interrupted(universe, { effect, fault }, REVOKING);
        // A person cancels the ceremony of a run that was killed, as the message of the next one asks.
        universe.access.ceremonies.clear();
        await runAgain(universe, REVOKING);
        expect(isRevoked(universe)).toBe(true);
        expect(broken(universe)).toEqual([]);
      }
    },
  );
});

const FAULTS: readonly Fault[] = ["crash-before", "crash-after", "cut-before", "cut-after"];

/** How many effects a run has that nothing interrupts. */
async function effectsOf(universe: Universe, instance?: Instance): Promise<number> {
  const before = universe.effects;
  await runAgain(universe, instance);
  return universe.effects - before;
}

describe.each(FAULTS)("an interruption (%s) at any effect", (fault) => {
  test("of the first run is finished by the next", async () => {
    const effects = await effectsOf(await withoutIdentities());
    expect(effects).toBeGreaterThan(20);
    for (let effect = 0; effect < effects; effect++) {
      const universe = await withoutIdentities();
      await interrupted(universe, { effect, fault });
      await runAgain(universe);
      expect(broken(universe)).toEqual([]);
    }
  });

  test("of a rotation without the root token leaves every identity with a credential that works", async () => {
    const aged = async (): Promise<Universe> => {
      const universe = await established();
      revokeRoot(universe);
      universe.now += 61 * DAY;
      return universe;
    };
    const effects = await effectsOf(await aged());
    expect(effects).toBeGreaterThan(10);
    for (let effect = 0; effect < effects; effect++) {
      const universe = await aged();
      await interrupted(universe, { effect, fault });
      expect(broken(universe)).toEqual([]);
      await runAgain(universe);
      expect(broken(universe)).toEqual([]);
    }
  });
});

test("secret IDs of runs that ended before they wrote theirs are destroyed by a later rotation", async () => {
  const universe = await established();
  for (let effect = 0; effect < 12; effect++) {
    universe.now += 61 * DAY;
    await ensureIdentities(universe.start([{ effect, fault: "crash-after" }])).catch(() => undefined);
    await runAgain(universe);
  }
  universe.now += 61 * DAY;
  await runAgain(universe);
  expect(universe.access.secretIds.size).toBe(IDENTITIES.length);
});

test("two runs at once both succeed, and every credential works", async () => {
  let turn = 0;
  const universe = new Universe(INSTANCE, async () => {
    for (let wait = 0; wait < ++turn % 3; wait++) await Promise.resolve();
  });
  await Promise.all([unsealInstance(universe.start()), unsealInstance(universe.start())]);
  await runAgain(universe);
  expect(broken(universe)).toEqual([]);
});

/** Runs with a fault, which may end the run. */
async function interrupted(universe: Universe, fault: FaultPlan, instance = universe.instance): Promise<void> {
  try {
    await ensureIdentities({ ...universe.start([fault]), instance });
  } catch (error) {
    if (!(error instanceof Crash) && !(error instanceof OperationError)) throw error;
  }
}
