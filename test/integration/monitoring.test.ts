import { setTimeout as sleep } from "node:timers/promises";
import { Agent, request } from "undici";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LabCentral } from "../../lab/central";
import { freePort } from "../../lab/ports";
import type { VaultServer } from "../../lab/servers/vault-server";
import { alertRules, grafanaDashboard, type MonitoredInstance } from "../../src";
import { stanza } from "../../src/core/hcl";
import { metricsListener, telemetry } from "../../src/constructs/monitoring/telemetry";
import { TestBed } from "./support/test-bed";

const INSTANCE: MonitoredInstance = {
  tenant: "customer10",
  name: "main",
  namespace: "customer10-main",
  release: "customer10-main",
  replicas: 1,
};
/** Collected every ten minutes only. */
const RARE = ["vault_token_count"];

let bed: TestBed;
let server: VaultServer;
let metricsAddress: string;
let agent: Agent;

beforeAll(async () => {
  bed = await TestBed.start({ prepared: false });
  const port = await freePort();
  metricsAddress = `https://127.0.0.1:${port}`;
  agent = new Agent({ connect: { ca: bed.authority.certificate } });
  const { product } = bed.central.server;
  const listener = { ...metricsListener(product), ...bed.listenerOf("monitored"), address: `127.0.0.1:${port}` };
  server = await bed.startServer(
    "monitored",
    ['cluster_name = "customer10-main"', stanza('listener "tcp"', listener), stanza("telemetry", telemetry())].join(
      "\n",
    ),
  );
});

afterAll(async () => {
  await agent.close();
  await bed.stop();
});

async function ask(path: string): Promise<{ status: number; text: string }> {
  const response = await request(`${metricsAddress}/v1/${path}`, { dispatcher: agent });
  return { status: response.statusCode, text: await response.body.text() };
}

async function scrape(): Promise<string> {
  const { status, text } = await ask("sys/metrics?format=prometheus");
  expect(status).toBe(200);
  return text;
}

describe("the listener for metrics", () => {
  test("answers without a token while the server is sealed", async () => {
    expect(await scrape()).toContain('vault_core_unsealed{cluster="customer10-main"} 0');
  });

  test("serves nothing else", async ({ skip }) => {
    if (server.product !== "openbao") skip("Vault's serves the whole API");
    for (const path of ["sys/health", "sys/seal-status", "sys/init"]) expect((await ask(path)).status).toBe(404);
  });

  test("tells of every metric that the rules and the dashboard ask for", async () => {
    const { client } = await LabCentral.open(server);
    // Of what never happened there is no metric.
    await client.send("POST", "sys/auth/userpass", { body: { type: "userpass" } });
    await client.send("POST", "auth/userpass/users/alice", { body: { password: "correct horse" } });
    await client.send("POST", "auth/userpass/login/alice", { body: { password: "correct horse" } });
    const wanted = metricsOf(JSON.stringify([alertRules(INSTANCE), grafanaDashboard(INSTANCE)]));
    expect(wanted.length).toBeGreaterThan(10);
    const missing = (text: string): string[] => wanted.filter((metric) => !text.includes(`\n${metric}`));
    const end = Date.now() + 30_000;
    while (Date.now() < end && missing(await scrape()).length > 0) await sleep(500);
    expect(missing(await scrape())).toEqual([]);
  });

  test("says once, and the same, that a server is sealed", async () => {
    const text = await scrape();
    expect(text.match(/^vault_core_unsealed.*$/gm)).toEqual(['vault_core_unsealed{cluster="customer10-main"} 1']);
  });
});

function metricsOf(text: string): string[] {
  const found = [...text.matchAll(/\bvault_[a-z]\w*(?=[{])/g)].map(([metric]) => metric);
  return [...new Set(found)].filter((metric) => !RARE.includes(metric));
}
