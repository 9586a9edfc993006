import { describe, expect, test } from "vitest";
import { rootToken, withoutRootToken } from "../../../../src/central/record";
import type { Instance } from "../../../../src/contract/instance";
import { OperationError } from "../../../../src/core/errors";
import type { Secret } from "../../../../src/core/secret";
import { generateRootToken } from "../../../../src/operations/root-token/generate-root-token";
import { unsealInstance } from "../../../../src/operations/unseal/unseal-instance";
import { useKeysOfWhichThreeAreGood } from "../../../support/damaged-keys";
import { Crash, INSTANCE, Universe } from "../../../support/simulation";

/** An instance whose root token was revoked. */
async function revoked(instance: Instance = INSTANCE): Promise<Universe> {
  const universe = new Universe(instance);
  await unsealInstance(universe.start());
  universe.versions.push({ fields: withoutRootToken(universe.record), at: 0, deleted: false });
  universe.access.revokeRoot();
  universe.now += 100_000;
  return universe;
}

function unlessEnded(error: unknown): undefined {
  if (!(error instanceof Crash || error instanceof OperationError)) throw error;
  return undefined;
}

/** Root tokens that the server accepts. */
function valid({ access }: Universe): string[] {
  return [...access.ceremony.rootTokens];
}

function recorded({ record }: Universe): string | undefined {
  return rootToken(record)?.reveal();
}

function expectSettled(universe: Universe): void {
  expect(universe.metadata["root-token-begun"]).toBeUndefined();
  expect(universe.access.ceremonies.size).toBe(0);
  expect(universe.locks.at(-1)?.entry).toBeUndefined();
}

describe.each([INSTANCE, { ...INSTANCE, seal: "transit" } as const])("an instance with the seal $seal", (instance) => {
  test("gets a root token into its record, which works", async () => {
    const universe = await revoked(instance);
    const report = await generateRootToken(universe.start());
    expect(report).toMatchObject({ made: true, revoked: [], accessor: `accessor-of-${recorded(universe) ?? ""}` });
    expect(valid(universe)).toEqual([recorded(universe)]);
    expectSettled(universe);
    // What the record says is right already.
    expect(await generateRootToken(universe.start())).toMatchObject({ made: false, accessor: report.accessor });
    expect(valid(universe)).toHaveLength(1);
  });

  test("gives it to a person, and leaves the record alone", async () => {
    const universe = await revoked(instance);
    const versions = universe.versions.length;
    const given: Secret[] = [];
    await generateRootToken(universe.start(), (token) => Promise.resolve(void given.push(token)));
    expect(given.map((token) => token.reveal())).toEqual(valid(universe));
    expect(universe.versions).toHaveLength(versions);
    expectSettled(universe);
    const shown = JSON.stringify(universe.events);
    expect(shown).toContain("made a root token");
    for (const token of given)
      expect(shown.replaceAll(`accessor-of-${token.reveal()}`, "")).not.toContain(token.reveal());
  });
});

test("a token that cannot be given is revoked", async () => {
  const universe = await revoked();
  await expect(generateRootToken(universe.start(), () => Promise.reject(new Error("EPIPE")))).rejects.toThrow("EPIPE");
  expect(valid(universe)).toEqual([]);
});

test("a root token that people made at another time stays", async () => {
  const universe = await revoked();
  const theirs: Secret[] = [];
  await generateRootToken(universe.start(), (token) => Promise.resolve(void theirs.push(token)));
  universe.now += 5_000;
  // This run dies after its last key.
  await generateRootToken(universe.start([{ effect: 9, fault: "crash-after" }])).catch(unlessEnded);
  expect([valid(universe).length, recorded(universe)]).toEqual([2, undefined]);
  universe.living.clear();
  await generateRootToken(universe.start());
  expect(valid(universe)).toContain(theirs[0]?.reveal());
  expect(valid(universe)).toContain(recorded(universe));
  expect(valid(universe)).toHaveLength(2);
});

test("H11: three good keys of five make a token, though one is missing and one is damaged", async () => {
  const universe = await revoked();
  useKeysOfWhichThreeAreGood(universe);
  await generateRootToken(universe.start());
  expect(valid(universe)).toEqual([recorded(universe)]);
  expectSettled(universe);
});

describe("nothing is made", () => {
  test("with keys that the server refuses", async () => {
    const universe = await revoked();
    const wrong = Object.fromEntries([0, 1, 2, 3, 4].map((index) => [`unseal-key-${index}`, `wrong-${index}`]));
    universe.versions.push({ fields: { ...universe.record, ...wrong }, at: 0, deleted: false });
    await expect(generateRootToken(universe.start())).rejects.toMatchObject({ code: "keys-refused" });
    expect([valid(universe), universe.access.ceremonies.size]).toEqual([[], 0]);
  });

  test("with fewer keys than the threshold", async () => {
    const universe = await revoked();
    const fields = { "unseal-key-0": "key-0-0" };
    universe.versions.push({ fields, at: 0, deleted: false });
    await expect(generateRootToken(universe.start())).rejects.toMatchObject({ code: "too-few-keys" });
  });

  test("while another operation holds the lock", async () => {
    const universe = await revoked();
    universe.living.add(99);
    universe.locks.push({ entry: { run: "r", operation: "rotate-keys", lease: 180 }, pid: 99, at: universe.now });
    await expect(generateRootToken(universe.start())).rejects.toMatchObject({ code: "operation-locked" });
  });
});
