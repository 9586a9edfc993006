import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "../../lab/ports";
import { run, tryRun } from "../../lab/run";
import { SshServer } from "../../lab/servers/ssh-server";
import { unprivilegedAccount } from "../../lab/servers/unprivileged";
import { obtainAnsible } from "../../lab/tools/ansible";
import { obtainOpenssh } from "../../lab/tools/openssh";
import { waitUntil } from "../../lab/wait";
import type { ClusterDescription } from "../../src/contract/cluster";
import { kubesprayInventory } from "../../src/constructs/tenant-cluster/inventory";
import { KUBESPRAY_VERSION } from "../../src/constructs/tenant-cluster/kubespray";
import { sshConfig } from "../../src/operations/kubespray/ansible-settings";
import { TestBed } from "./support/test-bed";

/** What matters here of the configuration that Kubespray brings with it. */
const ANSIBLE_CFG = `[defaults]
host_key_checking=False
[ssh_connection]
ssh_args=-o UserKnownHostsFile=/dev/null
`;

const PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH0KTF1AHhHjXGPTVIWoJWqZn6mzQwbq9rhrPqVEfhwd test";

let bed: TestBed;
let checkout: string;
/** Folder of the machines: the account of sshd enters it. */
let machines: string;
let port: number;
let environment: Record<string, string>;
beforeAll(async () => {
  bed = await TestBed.start();
  machines = mkdtempSync(join(tmpdir(), "tenant-vault-machines-"));
  chmodSync(machines, 0o755);
  checkout = join(bed.folder, "kubespray");
  mkdirSync(checkout);
  writeFileSync(join(checkout, "galaxy.yml"), `version: ${KUBESPRAY_VERSION}\n`);
  writeFileSync(join(checkout, "ansible.cfg"), ANSIBLE_CFG);
  port = await freePort();
  const inventory = kubesprayInventory({
    nodes: [{ name: "customer10-worker-0", address: "127.0.0.1", role: "worker", labels: {}, taints: [] }],
    user: "ubuntu",
    schedulableControlPlanes: false,
    variables: { ansible_port: port },
  });
  const cluster: ClusterDescription = {
    tenant: "customer10",
    version: KUBESPRAY_VERSION,
    inventory: { ...inventory },
    apiAddress: "203.0.113.5",
    needsCloud: false,
    kubeconfig: { mount: "clusters", path: "customer10" },
  };
  environment = {
    ...bed.environment(),
    ...(await obtainAnsible()),
    TENANT_VAULT_KUBESPRAY: checkout,
    TENANT_VAULT_CLUSTER: JSON.stringify(cluster),
  };
});
afterAll(async () => {
  rmSync(machines, { recursive: true, force: true });
  await bed.stop();
});

/** A machine at the same address, with a host key of its own. It lets nobody in. */
async function machine(name: string): Promise<SshServer> {
  const server = new SshServer({
    programs: await obtainOpenssh(),
    port,
    folder: join(machines, name),
    account: await unprivilegedAccount(),
    trustedCa: PUBLIC_KEY,
    principals: ["nobody"],
  });
  await server.start();
  return server;
}

function hostKey(name: string): string {
  return readFileSync(join(machines, name, "host_key.pub"), "utf8").split(" ")[1] ?? "";
}

function sshdLog(name: string): string {
  return readFileSync(join(machines, name, "sshd.log"), "utf8");
}

/** A login that sshd refused: the client had accepted the host key. */
const TRIED_TO_LOG_IN = /(invalid|authenticating) user ubuntu/i;

test("O2: the key of a first contact is remembered, and another one is refused, through the real Ansible", async () => {
  const folder = join(bed.folder, "state", "kubespray", "customer10");
  const knownHosts = join(folder, "known_hosts");

  const first = await machine("first");
  const waiting = bed.begin(["kubespray", "customer10"], environment);
  await waitUntil("the machine is asked to log in", () =>
    Promise.resolve(existsSync(knownHosts) && TRIED_TO_LOG_IN.test(sshdLog("first"))),
  );
  waiting.kill("SIGTERM");
  await waiting.ended;
  await first.stop();
  expect(readFileSync(knownHosts, "utf8")).toContain(hostKey("first"));

  const second = await machine("second");
  try {
    const refused = await bed.run(["kubespray", "customer10"], environment);
    expect(refused.failure).toMatch(/\[kubespray-host-key\] A machine of customer10 presents another SSH host key/);
    expect(sshdLog("second")).not.toMatch(TRIED_TO_LOG_IN);
    expect(readFileSync(knownHosts, "utf8")).not.toContain(hostKey("second"));

    // Another machine of the operators knows the key from the central Vault.
    const elsewhere = { ...environment, TENANT_VAULT_STATE_DIR: join(bed.folder, "elsewhere") };
    expect((await bed.run(["kubespray", "customer10"], elsewhere)).failure).toMatch(/\[kubespray-host-key\]/);
    expect(sshdLog("second")).not.toMatch(TRIED_TO_LOG_IN);

    // Without the settings of the run, Ansible as Kubespray configures it would log in.
    const inventory = ["--inventory", join(folder, "inventory.yml")];
    const { PATH, PYTHONPATH } = environment;
    const env = { PATH, PYTHONPATH, HOME: bed.folder };
    await tryRun("ansible", ["all", ...inventory, "--module-name", "raw", "--args", "true"], { cwd: checkout, env });
    expect(sshdLog("second")).toMatch(TRIED_TO_LOG_IN);
  } finally {
    await second.stop();
  }
});

test("O2: a bastion's key is checked by the same rules, whatever the operator's configuration says", async () => {
  const home = join(bed.folder, "home");
  mkdirSync(join(home, ".ssh"), { recursive: true });
  writeFileSync(join(home, ".ssh", "config"), "Host *\n  StrictHostKeyChecking no\n  UserKnownHostsFile /dev/null\n");
  const file = join(bed.folder, "ssh_config");
  writeFileSync(file, sshConfig("/the run").replace("~/", `${home}/`), { mode: 0o600 });
  const { ssh } = await obtainOpenssh();
  // SSH starts itself for the jump, and passes on this file and no other option.
  const { stdout } = await run(ssh, ["-F", file, "-G", "203.0.113.1"]);
  expect(stdout).toMatch(/^stricthostkeychecking accept-new$/m);
  expect(stdout).toMatch(/^userknownhostsfile "?\/the run\/known_hosts"?$/m);
});
