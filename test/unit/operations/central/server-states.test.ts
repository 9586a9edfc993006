import { expect, test } from "vitest";
import {
  faultsOf,
  foreign,
  foreignText,
  inState,
  observeServers,
} from "../../../../src/operations/central/server-states";
import { MAX_TRAILING } from "../../../../src/operations/raft";
import { SimulatedCentral } from "../../../support/simulated-central";

async function faults(change: (central: SimulatedCentral) => void): Promise<readonly string[]> {
  const central = new SimulatedCentral("a", "b", "c");
  change(central);
  return faultsOf(await observeServers(central.servers));
}

test("servers of one cluster that know their active one are healthy", async () => {
  const central = new SimulatedCentral("a", "b");
  const states = await observeServers(central.servers);
  expect(states).toMatchObject([
    { state: "unsealed", active: true, cluster: "c1", leader: "https://a:8200", version: "2.7.2" },
    { state: "unsealed", active: false, leader: "https://a:8200", applied: 10 },
  ]);
  expect(faultsOf(states)).toEqual([]);
});

test.each<[string, (central: SimulatedCentral) => void, string]>([
  ["away", (central) => (central.server(1).up = false), "https://b:8200 does not answer (ECONNREFUSED)"],
  [
    "empty",
    (central) => Object.assign(central.server(1), { data: undefined, sealed: true }),
    "https://b:8200 has no data and is in no cluster",
  ],
  [
    "sealed",
    (central) => {
      central.server(1).sealed = true;
      central.server(1).received.add("key-0");
    },
    "https://b:8200 is sealed, 1 of 2 keys",
  ],
  ["behind", (central) => (central.server(1).applied += MAX_TRAILING + 1), "a server lags behind in raft"],
])("a server that is %s is told in one sentence", async (_, change, sentence) => {
  expect(await faults(change)).toEqual([sentence]);
});

test("servers of two clusters, which have two active ones, are told", async () => {
  const central = new SimulatedCentral("a", "b");
  const { data } = central.server(1);
  if (data !== undefined) central.server(1).data = { ...data, cluster: "c2" };
  const states = await observeServers(central.servers);
  expect(faultsOf(states)).toEqual([
    "https://b:8200 belongs to another cluster (c2) than https://a:8200 (c1)",
    "the servers do not agree which one is active: https://a:8200, https://b:8200",
  ]);
  expect(foreign(inState(states, "unsealed")).map(foreignText)).toHaveLength(1);
});

test("a server that knows no active one is told", () => {
  const unsealed = { state: "unsealed", seal: "shamir", version: "1", threshold: 2, shares: 3, cluster: "c" } as const;
  const state = { ...unsealed, address: "https://a:8200", active: false, leader: undefined, applied: undefined };
  expect(faultsOf([state])).toEqual(["https://a:8200 knows no active server"]);
});
