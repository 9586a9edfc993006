import { describe, expect, test } from "vitest";
import { deleteFormerClaims } from "../../../src/operations/claims";
import type { OperationContext } from "../../../src/operations/context";
import type { Claim, Pods } from "../../../src/operations/pods";
import { unsealInstance } from "../../../src/operations/unseal/unseal-instance";
import type { RaftPeer } from "../../../src/vault/replica";
import { INSTANCE, Universe } from "../../support/simulation";

const VOTERS: readonly RaftPeer[] = INSTANCE.replicas.map(({ name }) => ({ id: name, voter: true }));

function claim(pod: string, more: Partial<Claim> = {}): Claim {
  return { name: `data-${pod}`, uid: pod, pod, data: true, lost: false, ...more };
}

const CLAIMS = [
  ...INSTANCE.replicas.map(({ name }) => claim(name)),
  claim("main-3"),
  claim("main-3", { name: "audit-main-3", data: false }),
  claim("main-4"),
  claim("main-4", { name: "audit-main-4", data: false, lost: true }),
];

/** What is left of the claims. */
async function left(peers: readonly RaftPeer[], pods: Partial<Pods> = {}): Promise<string[]> {
  const universe = new Universe(INSTANCE);
  for (const each of CLAIMS) universe.claims.add(each);
  const context = universe.start();
  const all = context.pods && { ...context.pods, ...pods };
  await deleteFormerClaims({ ...context, pods: all }, peers);
  return [...universe.claims].map(({ name }) => name);
}

const EVERY = CLAIMS.map(({ name }) => name);
const KEPT = ["data-main-0", "data-main-1", "data-main-2"];

describe("K1: HighAvailabilityDeploymentProps.replicas lowered: the claims of replicas that are gone", () => {
  test("are deleted, but those of audit logs whose volumes exist", async () => {
    expect(await left(VOTERS)).toEqual([...KEPT, "audit-main-3"]);
  });

  test("stay while a replica that stays has no vote", async () => {
    expect(await left([...VOTERS.slice(0, 2), { id: "main-2", voter: false }])).toEqual(EVERY);
    expect(await left(VOTERS.slice(0, 2))).toEqual(EVERY);
  });

  test("stay while raft still counts the member", async () => {
    expect(await left([...VOTERS, { id: "main-4", voter: true }])).toEqual([
      ...KEPT,
      "audit-main-3",
      "data-main-4",
      "audit-main-4",
    ]);
  });

  test("stay while the pod exists, or Kubernetes does not say", async () => {
    const pod = {
      uid: "u",
      outdated: false,
      terminating: true,
      ready: false,
      scheduled: true,
      started: true,
      active: false,
    };
    const list: Pods["list"] = () => Promise.resolve([{ ...pod, name: "main-3" }]);
    expect(await left(VOTERS, { list })).toEqual([...KEPT, "data-main-3", "audit-main-3"]);
    expect(await left(VOTERS, { list: () => Promise.resolve(undefined) })).toEqual(EVERY);
  });

  test("are named if they may not be deleted", async () => {
    const universe = new Universe(INSTANCE);
    universe.claims.add(claim("main-3"));
    const context = universe.start();
    const pods = context.pods && { ...context.pods, deleteClaim: () => Promise.resolve(false) };
    const forbidden: OperationContext = { ...context, pods };
    await deleteFormerClaims(forbidden, VOTERS);
    expect(universe.events).toMatchObject([{ level: "warn", fields: { claim: "data-main-3" } }]);
  });

  test("are deleted by the hook, also after a run that ended in between", async () => {
    const universe = new Universe(INSTANCE);
    await unsealInstance(universe.start());
    universe.now += 60_000;
    universe.claims.add(claim("main-3"));
    await unsealInstance(universe.start());
    expect(universe.claims.size).toBe(0);
  });
});
