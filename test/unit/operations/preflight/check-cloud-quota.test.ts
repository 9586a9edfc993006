import { expect, test } from "vitest";
import { checkQuota } from "../../../../src/operations/preflight/check-cloud-quota";
import { CLOUD, CLUSTER } from "../../../support/openstack";

test("finds nothing wrong with a project that has room, or no limits", async () => {
  expect(await checkQuota(CLUSTER, CLOUD)).toEqual([]);
  const exact = { instances: 2, cores: 8, ram: 16_384 };
  expect(await checkQuota(CLUSTER, { ...CLOUD, free: () => Promise.resolve(exact) })).toEqual([]);
});

test("names each quota that has too little left, by the flavors of all machines", async () => {
  const full = {
    ...CLOUD,
    free: () => Promise.resolve({ instances: 1, cores: 7, ram: 16_383 }),
    freeVolumes: () => Promise.resolve({ volumes: 0, gigabytes: -5 }),
  };
  const fix = "free in the quota of the project; raise it, or make the cluster smaller.";
  expect(await checkQuota(CLUSTER, full)).toEqual([
    `customer10-cluster takes 2 machines, but 1 are ${fix}`,
    `customer10-cluster takes 8 virtual CPUs, but 7 are ${fix}`,
    `customer10-cluster takes 16384 MiB of memory, but 16383 are ${fix}`,
    `customer10-cluster takes 1 volumes, but 0 are ${fix}`,
    `customer10-cluster takes 20 GiB of volumes, but 0 are ${fix}`,
  ]);
});

test("does not count a tenant whose machines exist", async () => {
  const deployed = { ...CLOUD, hasServer: () => Promise.resolve(true), free: () => Promise.resolve({ instances: 0 }) };
  expect(await checkQuota(CLUSTER, deployed)).toEqual([]);
});
