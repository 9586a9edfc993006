import { expect, test } from "vitest";
import { readEngineApis } from "../../../scripts/engine-api/read-api";
import type { Product } from "../../../src/core/product";
import { ENGINE_APIS } from "../../../src/policy/engine-api";
import type { VaultClient } from "../../../src/vault/client";
import { differences, differentialClient, refusedOtherwise } from "../../support/policy-differential";

/** `POLICY_SEED` of a run that failed plays its policies again. */
const SEED = Number(process.env.POLICY_SEED ?? Date.now() % 1_000_000);

const PAIRS = 10_000;

/** Tests that a server decides as the evaluator of `src/policy` says. @param operatorOf A client with a root token. */
export function testPolicyEvaluator(operatorOf: () => VaultClient, productOf: () => Product): void {
  test("the engines of a server offer what policies are compared with", async () => {
    const apis = await readEngineApis(operatorOf(), productOf());
    const words = (text: string): string[] => text.trim().split(/\s+/);
    for (const [type, entries] of Object.entries(apis))
      expect([type, words(ENGINE_APIS[productOf()][type] ?? "")]).toEqual([type, words(entries)]);
  });

  test(`a server decides as the evaluator says: ${PAIRS} pairs of policies and paths (POLICY_SEED=${SEED})`, async () => {
    const client = await differentialClient(operatorOf(), productOf());
    const { asked, allowed, differences: found } = await differences(client, { seed: SEED, pairs: PAIRS });
    expect({ seed: SEED, found: found.slice(0, 3) }).toEqual({ seed: SEED, found: [] });
    expect(asked).toBeGreaterThanOrEqual(PAIRS);
    expect(allowed).toBeGreaterThan(PAIRS / 4);
    // What sys/capabilities does not show: reads of a path with a trailing slash have no rule of lists.
    const refused = await refusedOtherwise(client, { seed: SEED, cases: 20 });
    expect({ seed: SEED, refused: refused.slice(0, 3) }).toEqual({ seed: SEED, refused: [] });
  });
}
