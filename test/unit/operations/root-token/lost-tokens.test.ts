import { expect, test } from "vitest";
import { lostPatch, lostPeriod, revokeLost } from "../../../../src/operations/root-token/lost-tokens";
import type { TokenFacts } from "../../../../src/vault/access-answers";

const at = (seconds: number): Date => new Date(seconds * 1000);

test("the period of several runs that did not end well reaches from the first to the last", () => {
  const first = lostPatch({ from: at(100), to: at(200) }, undefined);
  expect(lostPeriod(first)).toEqual({ from: at(100), to: at(200) });
  const second = lostPatch({ from: at(150), to: at(250) }, lostPeriod(first));
  expect(lostPeriod(second)).toEqual({ from: at(100), to: at(250) });
});

test.each<Record<string, string>>([{}, { "root-token-begun": "" }, { "root-token-begun": "soon later" }])(
  "%j is no period",
  (metadata) => {
    expect(lostPeriod(metadata)).toBeUndefined();
  },
);

test("only root tokens of the period are revoked, and none that somebody has", async () => {
  const token = (accessor: string, change: Partial<TokenFacts> = {}): TokenFacts => ({
    accessor,
    policies: ["root"],
    path: "auth/token/root",
    created: at(150),
    ...change,
  });
  const tokens = [
    token("lost"),
    token("kept"),
    token("before", { created: at(99) }),
    token("after", { created: at(201) }),
    token("at the beginning", { created: at(100) }),
    token("a child", { path: "auth/token/create" }),
    token("of an identity", { policies: ["tenant-vault-apply"], path: "auth/tenant-vault/login" }),
  ];
  const revoked: string[] = [];
  const found = await revokeLost(
    {
      tokenAccessors: () => Promise.resolve([...tokens.map(({ accessor }) => accessor), "expired meanwhile"]),
      lookUpAccessor: (accessor) => Promise.resolve(tokens.find((each) => each.accessor === accessor)),
      revokeAccessor: (accessor) => Promise.resolve(void revoked.push(accessor)),
    },
    { from: at(100), to: at(200) },
    ["kept"],
  );
  expect(found).toEqual(["lost", "at the beginning"]);
  expect(revoked).toEqual(found);
});
