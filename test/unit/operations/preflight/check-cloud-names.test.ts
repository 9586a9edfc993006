import { expect, test } from "vitest";
import { checkNames } from "../../../../src/operations/preflight/check-cloud-names";
import { CLOUD, CLUSTER } from "../../../support/openstack";

test("finds nothing wrong with names that the cloud has", async () => {
  expect(await checkNames(CLUSTER, CLOUD)).toEqual([]);
  expect(await checkNames({ name: "customer10-vault", json: {} }, CLOUD)).toEqual([]);
});

test("a flavor may be named by its ID", async () => {
  const data = (id: string) => ({ openstack_compute_flavor_v2: { f: { flavor_id: id } } });
  expect(await checkNames({ name: "customer10-cluster", json: { data: data("3") } }, CLOUD)).toEqual([]);
  expect(await checkNames({ name: "customer10-cluster", json: { data: data("4") } }, CLOUD)).toHaveLength(1);
});

test("names everything that the cloud does not have, at once", async () => {
  const nothing = {
    ...CLOUD,
    hasImage: () => Promise.resolve(false),
    hasKeyPair: () => Promise.resolve(false),
    flavors: () => Promise.resolve([]),
    volumeTypes: () => Promise.resolve([]),
  };
  expect(await checkNames(CLUSTER, nothing)).toEqual(
    ["image Ubuntu", "key pair operator", "flavor m1.large", "volume type ssd"].map(
      (what) => `customer10-cluster uses the ${what}, which the cloud does not have; change it in the tenant file.`,
    ),
  );
});
