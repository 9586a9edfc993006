import { beforeEach, describe, expect, test } from "vitest";
import { recordedKeys } from "../../../../src/central/record";
import type { Secret } from "../../../../src/core/secret";
import { sendShares } from "../../../../src/operations/unseal/send-shares";
import { unsealInstance } from "../../../../src/operations/unseal/unseal-instance";
import { secretsOf } from "../../../support/secrets";
import { INSTANCE, Universe } from "../../../support/simulation";

const REPLICAS = INSTANCE.replicas.map((replica) => ({
  ...replica,
  status: { state: "sealed", seal: "shamir", threshold: 3 } as const,
}));

let universe: Universe;
let keys: readonly Secret[];
/** Who has the shares, and whether they are unsealed. */
let given: Record<string, boolean>;

beforeEach(async () => {
  universe = new Universe(INSTANCE);
  await unsealInstance(universe.start());
  keys = recordedKeys(universe.record, "unseal");
  given = {};
  for (const server of universe.servers)
    Object.assign(server, { sealed: true, received: 0, joined: false, readyAt: undefined });
});

const send = (shares: readonly Secret[]) =>
  sendShares(universe.start(), REPLICAS, shares, (name, unsealed) => void (given[name] = unsealed));

describe("the shares of a group", () => {
  test("stay in the replicas, and those of another group unseal them", async () => {
    await send(keys.slice(0, 2));
    expect(given).toEqual({ "main-0": false, "main-1": false, "main-2": false });
    await send(keys.slice(2, 4));
    expect(given).toEqual({ "main-0": true, "main-1": true, "main-2": true });
    expect(universe.servers.map(({ received }) => received)).toEqual([3, 3, 3]);
  });

  test("do not count twice", async () => {
    for (let time = 0; time < 3; time++) await send(keys.slice(0, 2));
    expect(universe.servers.map(({ sealed }) => sealed)).toEqual([true, true, true]);
  });

  test("that do not belong to those of another group are refused, and other replicas get them all the same", async () => {
    universe.servers[0]?.progress.add("an old share");
    await expect(send(keys.slice(0, 2))).rejects.toMatchObject({
      code: "shares-refused",
      message: expect.stringMatching(/^main-0 \(.*\) has enough shares and they do not belong together/) as string,
    });
    expect(given).toEqual({ "main-1": false, "main-2": false });
  });

  test("are not shown", async () => {
    universe.servers[0]?.progress.add("an old share");
    const shares = secretsOf(["s3cr3t-a", "s3cr3t-b"]);
    const failure = await send(shares).catch((error: unknown) => error);
    expect(String(failure)).not.toContain("s3cr3t");
  });
});
