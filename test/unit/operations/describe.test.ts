import { describe, expect, test } from "vitest";
import { descriptionDigest, fromMetadata } from "../../../src/central/instance-metadata";
import { descriptionDigests } from "../../../src/central/record";
import { writeDescription } from "../../../src/operations/describe";
import type { OperationContext } from "../../../src/operations/context";
import { Crash, INSTANCE, Universe } from "../../support/simulation";

const CHANGED = { ...INSTANCE, replicas: INSTANCE.replicas.slice(0, 1) };

/** A record that holds keys and describes an instance. */
async function described(): Promise<Universe> {
  const universe = new Universe(INSTANCE);
  universe.versions.push({ fields: { "unseal-key-0": "a", note: "theirs" }, at: 0, deleted: false });
  await writeDescription(universe.start());
  return universe;
}

/** Whether what the metadata say is what the record allows. */
function isVerified({ metadata, record }: Universe): boolean {
  const instance = fromMetadata("customer10", "main", metadata);
  return instance !== undefined && descriptionDigests(record).includes(descriptionDigest(instance));
}

describe("a description", () => {
  test("is in the metadata, and its digest beside the keys, which stay", async () => {
    const universe = await described();
    expect(fromMetadata("customer10", "main", universe.metadata)).toEqual(INSTANCE);
    expect(universe.record).toEqual({
      "unseal-key-0": "a",
      note: "theirs",
      "description-digest": descriptionDigest(INSTANCE),
    });
  });

  test("is not written again while it stays the same", async () => {
    const universe = await described();
    const versions = universe.versions.length;
    await writeDescription(universe.start());
    expect(universe.versions.length).toBe(versions);
  });

  test("is replaced, and the former one is not allowed any more", async () => {
    const universe = await described();
    await writeDescription({ ...universe.start(), instance: CHANGED });
    expect(descriptionDigests(universe.record)).toEqual([descriptionDigest(CHANGED)]);
    expect(isVerified(universe)).toBe(true);
  });

  test("is what the record allows at every moment of its replacement", async () => {
    for (let effect = 0; effect < 3; effect++) {
      for (const fault of ["crash-before", "crash-after"] as const) {
        const universe = await described();
        const context = { ...universe.start([{ effect, fault }]), instance: CHANGED };
        await expect(writeDescription(context)).rejects.toBeInstanceOf(Crash);
        expect(isVerified(universe), `${fault} ${effect}`).toBe(true);
        await writeDescription({ ...universe.start(), instance: CHANGED });
        expect(descriptionDigests(universe.record)).toEqual([descriptionDigest(CHANGED)]);
      }
    }
  });

  describe("C4: KeyShares.secretShares changed from 5/3 to 7/4", () => {
    const WANTED = { ...INSTANCE, secretShares: 7, secretThreshold: 4 };
    const instance = ({ metadata }: Universe) => fromMetadata("customer10", "main", metadata);

    test("is what the metadata say of the servers, and what is wanted beside it", async () => {
      const universe = await described();
      await writeDescription({ ...universe.start(), instance: WANTED });
      expect(universe.metadata).toMatchObject({ "secret-shares": "5", "secret-threshold": "3" });
      expect(instance(universe)).toEqual({ ...INSTANCE, wantedShares: { shares: 7, threshold: 4 } });
      expect(isVerified(universe)).toBe(true);
    });

    test("is told from what the servers say, and ends when they have what is wanted", async () => {
      const universe = await described();
      const context = universe.start();
      const having = (shares: number, threshold: number): OperationContext => ({
        ...context,
        instance: WANTED,
        replica: (replica) => ({
          ...context.replica(replica),
          status: () => Promise.resolve({ state: "unsealed" as const, seal: "shamir", threshold, shares }),
        }),
      });
      await writeDescription(having(3, 2));
      expect(instance(universe)).toMatchObject({ secretShares: 3, wantedShares: { shares: 7, threshold: 4 } });
      await writeDescription(having(7, 4));
      expect(instance(universe)).toEqual(WANTED);
    });

    test("H1: is not taken from metadata that somebody changed while no server tells it", async () => {
      const universe = await described();
      Object.assign(universe.metadata, { "secret-shares": "9", "secret-threshold": "9" });
      await writeDescription(universe.start());
      expect(instance(universe)).toEqual(INSTANCE);
      expect(isVerified(universe)).toBe(true);
    });

    test("is described as it is before the initialisation", async () => {
      const universe = new Universe(WANTED);
      await writeDescription(universe.start());
      expect(instance(universe)).toEqual(WANTED);
    });
  });

  test("K10: VaultInstanceProps.retired is in the metadata, until the instance is deployed again", async () => {
    const universe = await described();
    await writeDescription({ ...universe.start(), instance: { ...INSTANCE, retired: true } });
    expect(fromMetadata("customer10", "main", universe.metadata)).toEqual({ ...INSTANCE, retired: true });
    await writeDescription(universe.start());
    expect(fromMetadata("customer10", "main", universe.metadata)).toEqual(INSTANCE);
  });
});
