import { expect, test } from "vitest";
import type { Instance } from "../../../src/contract/instance";
import { sealOffFormerMembers } from "../../../src/operations/former-members";
import { unsealInstance } from "../../../src/operations/unseal/unseal-instance";
import { INSTANCE, Universe } from "../../support/simulation";

test.each<[Instance["seal"], Instance["seal"], string[]]>([
  ["shamir", "shamir", ["main-2"]],
  ["shamir", "transit", ["main-2"]],
  ["transit", "shamir", ["main-2"]],
  ["transit", "transit", []],
])(
  "a former member with the seal %s is ended where %s is described, if it comes back sealed",
  async (seal, described, ended) => {
    const universe = new Universe(INSTANCE);
    await unsealInstance(universe.start());
    universe.now += 60_000;
    const replicas = INSTANCE.replicas.map((replica) => ({
      ...replica,
      status: { state: "unsealed" as const, seal, threshold: 3 },
    }));
    await sealOffFormerMembers({ ...universe.start(), instance: { ...INSTANCE, seal: described } }, replicas, [
      "main-2",
    ]);
    expect(universe.evictions).toEqual(ended);
  },
);
