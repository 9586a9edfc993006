import { afterAll, beforeAll, expect, test } from "vitest";
import type { Instance } from "../../src/contract/instance";
import { ConnectProxy } from "../support/connect-proxy";
import { TestBed, type CommandOutcome } from "./support/test-bed";

/** Names that nobody resolves but the proxy; RFC 6761, section 6.4. */
const CENTRAL = "central.lab.example:8200";
const REPLICAS = ["main-0.lab.example:8200", "main-1.lab.example:8200"];

let bed: TestBed;
let proxy: ConnectProxy;
let instance: Instance;

beforeAll(async () => {
  bed = await TestBed.start();
  const { instance: started, servers } = await bed.startInstance("main", REPLICAS.length);
  instance = { ...started, replicas: REPLICAS.map((address) => ({ name: address, address: `https://${address}` })) };
  proxy = await ConnectProxy.start({
    [CENTRAL]: bed.central.server.address,
    ...Object.fromEntries(REPLICAS.map((name, index) => [name, servers[index]?.address ?? ""])),
  });
});
afterAll(async () => {
  proxy.stop();
  await bed.stop();
});

async function run(command: string, more: Record<string, string>): Promise<CommandOutcome> {
  proxy.targets.splice(0);
  const environment = { ...bed.environment(instance), VAULT_ADDR: `https://${CENTRAL}`, ...more };
  return bed.run([command, "customer10/main"], environment);
}

test("C3: unseal and status reach the central Vault and the replicas through HTTPS_PROXY", async () => {
  for (const command of ["unseal", "status"]) {
    const { code, stdout, stderr } = await run(command, { HTTPS_PROXY: proxy.url });
    expect(code, `${command}: ${stdout}${stderr}`).toBe(0);
    expect(new Set(proxy.targets), command).toEqual(new Set([CENTRAL, ...REPLICAS]));
  }
});

test("C3: nothing passes the proxy for the names of NO_PROXY", async () => {
  const { code, failure } = await run("status", { HTTPS_PROXY: proxy.url, NO_PROXY: ".lab.example" });
  expect(code).toBe(1);
  expect(failure).toContain("central.lab.example");
  expect(proxy.targets).toEqual([]);
});
