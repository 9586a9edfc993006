import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { OpenStackError, openStackOf } from "../../../../src/operations/preflight/openstack";

let server: Server | undefined;
const asked: string[] = [];
afterEach(() => {
  asked.length = 0;
  server?.closeAllConnections();
  server?.close();
});

/** A cloud that answers these paths. @returns Its address. */
async function cloud(
  answers: (address: string) => Readonly<Record<string, readonly [number, object]>>,
): Promise<string> {
  server = createServer((incoming, response) => {
    asked.push(incoming.url ?? "");
    const [status, body] = answers(address())[new URL(incoming.url ?? "", address()).pathname] ?? [404, {}];
    response
      .writeHead(status, { "content-type": "application/json", "x-subject-token": "t" })
      .end(JSON.stringify(body));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return address();
}

function address(): string {
  return `http://127.0.0.1:${(server?.address() as AddressInfo).port}`;
}

const login = (url: string, region = "one") => ({
  token: {
    project: { id: "p" },
    catalog: ["network", "compute"].map((type) => ({
      type,
      endpoints: [{ interface: "public", region_id: region, url }],
    })),
  },
});

const USER = { OS_USERNAME: "ops", OS_PASSWORD: "not-a-secret", OS_PROJECT_NAME: "customer10" };

test("without credentials there is no cloud to ask", async () => {
  expect(await openStackOf({})).toBeUndefined();
  expect(await openStackOf({ OS_AUTH_URL: "http://127.0.0.1:1", OS_USERNAME: "ops" })).toBeUndefined();
});

test("asks for networks, machines and what is free", async () => {
  const url = await cloud((own) => ({
    "/v3/auth/tokens": [201, login(own)],
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
  expect(asked).toContain("/v2.0/networks?name=a%20b");
  expect(asked).toContain("/servers?name=%5Eweb-0%24");
});

test.each<[string, number, object, NodeJS.ProcessEnv, RegExp]>([
  ["refused credentials", 401, {}, {}, /refuses the credentials of the OS_ variables \(401\); check them\./],
  ["another answer", 500, {}, {}, /answers 500 to \/v3\/auth\/tokens; check OS_AUTH_URL/],
  [
    "an unknown region",
    201,
    login("http://127.0.0.1:1"),
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
