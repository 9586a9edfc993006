import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { checkCloud } from "../../../../src/operations/preflight/check-cloud";

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

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

interface Answers {
  readonly networks?: readonly object[];
  readonly servers?: readonly object[];
  readonly routers?: { readonly limit: number; readonly used: number };
  readonly instancesUsed?: number;
  readonly login?: number;
}

/** Keystone, Neutron and Nova, as far as they are asked. @returns The environment of a user. */
async function cloud({
  networks = [{ "router:external": true }],
  servers = [],
  routers = { limit: 10, used: 9 },
  instancesUsed = 8,
  login = 201,
}: Answers) {
  server = createServer((incoming, response) => {
    const { port } = server?.address() as AddressInfo;
    const service = (type: string, path: string) => ({
      type,
      endpoints: [{ interface: "public", region_id: "one", url: `http://127.0.0.1:${port}${path}` }],
    });
    const { pathname } = new URL(incoming.url ?? "", "http://cloud");
    const answers: Record<string, object> = {
      "/v3/auth/tokens": {
        token: { project: { id: "p" }, catalog: [service("network", ""), service("compute", "/compute")] },
      },
      "/v2.0/networks": { networks },
      "/v2.0/quotas/p/details.json": {
        quota: { router: { ...routers, reserved: 0 }, floatingip: { limit: -1, used: 5 } },
      },
      "/compute/servers": { servers },
      "/compute/limits": { limits: { absolute: { maxTotalInstances: 10, totalInstancesUsed: instancesUsed } } },
    };
    const body = answers[pathname];
    const status = pathname === "/v3/auth/tokens" ? login : body === undefined ? 404 : 200;
    response.writeHead(status, { "x-subject-token": "t" }).end(JSON.stringify(body ?? {}));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    OS_AUTH_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v3`,
    OS_APPLICATION_CREDENTIAL_ID: "id",
    OS_APPLICATION_CREDENTIAL_SECRET: "cloud-secret",
    OS_REGION_NAME: "one",
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
  server?.close();
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
