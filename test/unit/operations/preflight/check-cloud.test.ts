import { afterEach, expect, test } from "vitest";
import { checkCloud } from "../../../../src/operations/preflight/check-cloud";
import { FakeOpenStack, login as loginOf } from "../../../support/openstack";

const MACHINES = {
  name: "customer10-cluster",
  json: {
    data: { openstack_networking_network_v2: { external: { name: "public" } } },
    resource: {
      openstack_compute_instance_v2: { one: { name: "customer10-worker-0" }, two: { name: "customer10-worker-1" } },
      openstack_networking_floatingip_v2: { one: { pool: "public" } },
      openstack_networking_router_v2: { one: {} },
    },
  },
};

let running: FakeOpenStack | undefined;
afterEach(() => running?.close());

interface Contents {
  readonly networks?: readonly object[];
  readonly servers?: readonly object[];
  readonly routers?: { readonly limit: number; readonly used: number };
  readonly instancesUsed?: number;
  readonly login?: number;
  /** External network of the router of the subnet "shared-v4"; null without a router. */
  readonly leadsTo?: string | null;
}

/** Keystone, Neutron, Nova, Glance and Cinder, as far as they are asked. @returns The environment of a user. */
async function cloud({
  networks = [{ id: "public-id", "router:external": true }],
  servers = [],
  routers = { limit: 10, used: 9 },
  instancesUsed = 8,
  login = 201,
  leadsTo = "public-id",
}: Contents) {
  running?.close();
  running = await FakeOpenStack.start((own) => ({
    "/v3/auth/tokens": [
      login,
      loginOf({ network: own, compute: `${own}/compute`, image: `${own}/image`, "block-storage": `${own}/volume` }),
    ],
    "/v2.0/networks": [200, { networks }],
    "/v2.0/quotas/p/details.json": [
      200,
      { quota: { router: { ...routers, reserved: 0 }, floatingip: { limit: -1, used: 5 } } },
    ],
    "/v2.0/subnets?name=shared-v4": [
      200,
      { subnets: [{ network_id: "n", project_id: "p", gateway_ip: leadsTo === null ? null : "20.0.0.1" }] },
    ],
    "/v2.0/subnets": [200, { subnets: [] }],
    "/v2.0/ports": [200, { ports: [{ device_id: "r" }] }],
    "/v2.0/routers": [200, { routers: [{ external_gateway_info: { network_id: leadsTo } }] }],
    "/compute/servers": [200, { servers }],
    "/compute/flavors/detail": [200, { flavors: [{ id: "3", name: "m1.large", vcpus: 4, ram: 8192 }] }],
    "/compute/os-keypairs": [200, { keypairs: [{ keypair: { name: "operator" } }] }],
    "/compute/limits": [200, { limits: { absolute: { maxTotalInstances: 10, totalInstancesUsed: instancesUsed } } }],
    "/image/v2/images?name=Ubuntu": [200, { images: [{}] }],
    "/image/v2/images": [200, { images: [] }],
    "/volume/types": [200, { volume_types: [{ name: "ssd" }] }],
    "/volume/limits": [200, { limits: { absolute: { maxTotalVolumes: -1 } } }],
  }));
  return {
    OS_AUTH_URL: `${running.address}/v3`,
    OS_APPLICATION_CREDENTIAL_ID: "id",
    OS_APPLICATION_CREDENTIAL_SECRET: "cloud-secret",
    OS_REGION_NAME: "one",
  };
}

/** Machines in a network that exists, of which everything is named. */
function named(subnet = "shared-v4") {
  return {
    name: "customer10-cluster",
    json: {
      data: {
        openstack_networking_network_v2: { shared: { name: "shared" } },
        openstack_networking_subnet_v2: { shared: { name: subnet, network_id: "${data.x.id}" } },
        openstack_compute_flavor_v2: { f: { name: "m1.large" } },
        openstack_images_image_ids_v2: { i: { name: "Ubuntu" } },
        openstack_compute_keypair_v2: { k: { name: "operator" } },
      },
      resource: {
        openstack_compute_instance_v2: {
          one: { name: "customer10-worker-0", flavor_id: "${data.openstack_compute_flavor_v2.f.id}" },
        },
        openstack_networking_floatingip_v2: { one: { pool: "public" } },
        openstack_blockstorage_volume_v3: { v: { size: 20, volume_type: "ssd" } },
      },
    },
  };
}

test("finds nothing wrong with a cloud that has room", async () => {
  expect(await checkCloud([MACHINES], await cloud({}))).toEqual([]);
});

test("counts what is in use, and not the limit alone", async () => {
  const environment = await cloud({ routers: { limit: 10, used: 10 }, instancesUsed: 9 });
  expect(await checkCloud([MACHINES], environment)).toEqual([
    "customer10-cluster takes 2 machines, but 1 are free in the quota of the project; raise it, or make the cluster smaller.",
    "customer10-cluster takes 1 routers, but 0 are free in the quota of the project; raise it, or make the cluster smaller.",
  ]);
});

test("does not count machines that exist already", async () => {
  const environment = await cloud({ servers: [{}], instancesUsed: 10 });
  expect(await checkCloud([MACHINES], environment)).toEqual([]);
});

test("names a pool of floating IPs that does not exist, or is not external", async () => {
  expect(await checkCloud([MACHINES], await cloud({ networks: [] }))).toEqual([
    "customer10-cluster uses the network public, which the cloud does not have; change its name in the tenant file.",
  ]);
  expect(await checkCloud([MACHINES], await cloud({ networks: [{}] }))).toEqual([
    "customer10-cluster takes floating IPs from the network public, which is not external; name an external network.",
  ]);
});

test("says in one sentence that the cloud refuses the credentials, without them", async () => {
  const [problem = "", ...others] = await checkCloud([MACHINES], await cloud({ login: 401 }));
  expect(problem).toMatch(/refuses the credentials of the OS_ variables \(401\); check them\.$/);
  expect(problem).not.toContain("cloud-secret");
  expect(others).toEqual([]);
});

test("names a region that the cloud does not have, and a cloud that does not answer", async () => {
  const environment = await cloud({});
  expect(await checkCloud([MACHINES], { ...environment, OS_REGION_NAME: "two" })).toEqual([
    expect.stringContaining('has no service "network" in the region two'),
  ]);
  expect(await checkCloud([MACHINES], { ...environment, OS_AUTH_URL: "http://127.0.0.1:1" })).toEqual([
    expect.stringMatching(/does not answer \(ECONNREFUSED\)/),
  ]);
});

test("asks no cloud without credentials, and none for a tenant without machines", async () => {
  expect(await checkCloud([MACHINES], { OS_CLOUD: "lab" })).toEqual([]);
  expect(await checkCloud([{ name: "customer10-vault", json: {} }], await cloud({ login: 401 }))).toEqual([]);
});

test("finds nothing wrong with a cloud that has everything that is named", async () => {
  expect(await checkCloud([named()], await cloud({}))).toEqual([]);
});

test("names a subnet that the cloud does not have", async () => {
  expect(await checkCloud([named("other-v4")], await cloud({}))).toEqual([
    "customer10-cluster uses the subnet other-v4, which the cloud does not have; change its name in the tenant file.",
  ]);
});

test.each([
  ["no router", null],
  ["a router to another network", "other-id"],
])("O6: floating IPs into a network with %s are refused", async (_what, leadsTo) => {
  expect(await checkCloud([named()], await cloud({ leadsTo }))).toEqual([
    "customer10-cluster takes floating IPs from public, but no router leads from the subnet shared-v4 there; connect them by a router, or name the network to which its router leads.",
  ]);
});
