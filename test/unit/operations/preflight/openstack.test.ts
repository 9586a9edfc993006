import { afterEach, describe, expect, test } from "vitest";
import { OpenStackError, openStackOf } from "../../../../src/operations/preflight/openstack";
import { FakeOpenStack, login, type Answers } from "../../../support/openstack";

let running: FakeOpenStack | undefined;
afterEach(() => running?.close());

/** A cloud that answers these paths. @returns Its address. */
async function cloud(answers: (address: string) => Answers): Promise<string> {
  running = await FakeOpenStack.start(answers);
  return running.address;
}

const services = (url: string) => ({ network: url, compute: url, image: url, volumev3: `${url}/volume/p` });

const USER = { OS_USERNAME: "ops", OS_PASSWORD: "not-a-secret", OS_PROJECT_NAME: "customer10" };

test("without credentials there is no cloud to ask", async () => {
  expect(await openStackOf({})).toBeUndefined();
  expect(await openStackOf({ OS_AUTH_URL: "http://127.0.0.1:1", OS_USERNAME: "ops" })).toBeUndefined();
});

test("asks for networks, machines and what is free", async () => {
  const url = await cloud((own) => ({
    "/v3/auth/tokens": [201, login(services(own))],
    "/v2.0/networks": [200, { networks: [{ id: "n" }] }],
    "/servers": [200, { servers: [{}] }],
    "/v2.0/quotas/p/details.json": [
      200,
      { quota: { port: { limit: 9, used: 4, reserved: 1 }, router: { limit: -1, used: 1 } } },
    ],
    "/limits": [200, { limits: { absolute: { maxTotalInstances: 5, totalInstancesUsed: 3 } } }],
  }));
  const found = await openStackOf({ OS_AUTH_URL: url, ...USER });
  expect(await found?.networks("a b")).toEqual([{ id: "n" }]);
  expect(await found?.hasServer("web-0")).toBe(true);
  expect(await found?.free()).toEqual({ port: 4, instances: 2 });
  expect(running?.asked).toContain("/v2.0/networks?name=a%20b");
  expect(running?.asked).toContain("/servers?name=%5Eweb-0%24");
});

test("asks for images, key pairs, flavors, types of volumes and their quota", async () => {
  const url = await cloud((own) => ({
    "/v3/auth/tokens": [201, login(services(own))],
    "/v2/images?name=Ubuntu": [200, { images: [{}] }],
    "/v2/images?name=Debian": [200, { images: [] }],
    "/os-keypairs": [200, { keypairs: [{ keypair: { name: "operator" } }] }],
    "/flavors/detail": [200, { flavors: [{ id: "3", name: "m1.large", vcpus: 4, ram: 8192 }] }],
    "/volume/p/types": [200, { volume_types: [{ name: "ssd" }] }],
    "/volume/p/limits": [
      200,
      {
        limits: {
          absolute: {
            maxTotalVolumes: -1,
            totalVolumesUsed: 3,
            maxTotalVolumeGigabytes: 100,
            totalGigabytesUsed: 90,
          },
        },
      },
    ],
  }));
  const found = await openStackOf({ OS_AUTH_URL: url, ...USER });
  expect(await found?.hasImage("Ubuntu")).toBe(true);
  expect(await found?.hasImage("Debian")).toBe(false);
  expect(await found?.hasKeyPair("operator")).toBe(true);
  expect(await found?.hasKeyPair("other")).toBe(false);
  expect(await found?.flavors()).toEqual([{ id: "3", name: "m1.large", vcpus: 4, ram: 8192 }]);
  expect(await found?.volumeTypes()).toEqual(["ssd"]);
  expect(await found?.freeVolumes()).toEqual({ gigabytes: 10 });
});

test("finds the external network behind the gateway of a subnet", async () => {
  const subnet = (gateway: string | null, project = "p") => ({
    network_id: "n",
    project_id: project,
    gateway_ip: gateway,
  });
  const url = await cloud((own) => ({
    "/v3/auth/tokens": [201, login(services(own))],
    "/v2.0/subnets?name=routed": [200, { subnets: [subnet("20.0.0.1"), subnet("20.1.0.1", "other")] }],
    "/v2.0/subnets?name=alone": [200, { subnets: [subnet(null)] }],
    "/v2.0/ports?network_id=n&fixed_ips=ip_address%3D20.0.0.1": [200, { ports: [{ device_id: "r" }] }],
    "/v2.0/ports": [200, { ports: [] }],
    "/v2.0/routers?id=r": [200, { routers: [{ external_gateway_info: { network_id: "external" } }] }],
  }));
  const found = await openStackOf({ OS_AUTH_URL: url, ...USER });
  expect(await found?.routes("routed")).toEqual([
    { isOwn: true, leadsTo: ["external"] },
    { isOwn: false, leadsTo: [] },
  ]);
  expect(await found?.routes("alone")).toEqual([{ isOwn: true, leadsTo: [] }]);
});

test.each<[string, number, object, NodeJS.ProcessEnv, RegExp]>([
  ["refused credentials", 401, {}, {}, /refuses the credentials of the OS_ variables \(401\); check them\./],
  ["another answer", 500, {}, {}, /answers 500 to \/v3\/auth\/tokens; check OS_AUTH_URL/],
  [
    "an unknown region",
    201,
    login(services("http://127.0.0.1:1")),
    { OS_REGION_NAME: "two" },
    /no service "network" in the region two/,
  ],
])("names %s, and no secret", async (_what, status, body, environment, message) => {
  const url = await cloud(() => ({ "/v3/auth/tokens": [status, body] }));
  const error = await openStackOf({ OS_AUTH_URL: url, ...USER, ...environment }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(OpenStackError);
  expect((error as Error).message).toMatch(message);
  expect((error as Error).message).not.toContain("not-a-secret");
});

test("names a cloud that does not answer", async () => {
  await expect(openStackOf({ OS_AUTH_URL: "http://127.0.0.1:1", ...USER })).rejects.toThrow(
    /does not answer \(ECONNREFUSED\)/,
  );
});

describe("H12: no credentials and no token go to the cloud in clear", () => {
  test.each(["http://cloud.example:5000/v3", "http://127.0.0.1.example", "https://user:pass@cloud.example", "cloud"])(
    "OS_AUTH_URL=%s is refused",
    async (url) => {
      const refused = openStackOf({ OS_AUTH_URL: url, ...USER });
      await expect(refused).rejects.toThrow(/^OS_AUTH_URL names a cloud that is not reached by TLS, or a user in its/);
      await expect(refused).rejects.not.toThrow(/pass/);
    },
  );

  test("a service of the catalog at another machine is refused", async () => {
    const url = await cloud((own) => ({
      "/v3/auth/tokens": [201, login({ ...services(own), network: "http://network.example:9696" })],
    }));
    await expect(openStackOf({ OS_AUTH_URL: url, ...USER })).rejects.toThrow(
      "The cloud's service \"network\" is at http://network.example:9696, where the token would travel unencrypted; ask the cloud's people for an https endpoint.",
    );
  });
});
