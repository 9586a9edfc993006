import { expect, test } from "vitest";
import { observeServers } from "../../../../src/operations/central/server-states";
import { progressText, statesText } from "../../../../src/operations/central/states-text";
import { SimulatedCentral } from "../../../support/simulated-central";

test("each server has a line with its state, and a sealed one says who has to come", async () => {
  const central = new SimulatedCentral("a", "b", "c", "d");
  central.server(1).sealed = true;
  central.server(2).up = false;
  Object.assign(central.server(3), { data: undefined, sealed: true });
  const states = await observeServers(central.servers);
  expect(
    statesText(states)
      .split("\n")
      .map((line) => line.trim()),
  ).toEqual([
    "central Vault  NOT HEALTHY",
    "https://a:8200  unsealed       active, version 2.7.2",
    "https://b:8200  sealed         0 of 2 keys, version 2.7.2",
    "https://c:8200  unreachable    ECONNREFUSED",
    "https://d:8200  uninitialized  version 2.7.2",
    'each person with a key runs "tenant-vault central unseal"',
    "",
  ]);
});

test("a healthy one needs nobody", async () => {
  const states = await observeServers(new SimulatedCentral("a", "b").servers);
  const text = statesText(states);
  expect(text).toMatch(/^central Vault {2}healthy\n/);
  expect(text).toContain("standby, version 2.7.2");
  expect(text).not.toContain("central unseal");
});

test("progress is told in keys", () => {
  expect(progressText({ progress: 2, threshold: 3 })).toBe("2 of 3 keys");
});

test("servers that do not work together are told", async () => {
  const central = new SimulatedCentral("a", "b");
  const { data } = central.server(1);
  if (data !== undefined) central.server(1).data = { ...data, cluster: "c2" };
  expect(statesText(await observeServers(central.servers))).toContain("\n  https://b:8200 belongs to another cluster");
});
