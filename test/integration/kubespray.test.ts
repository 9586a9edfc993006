import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { run } from "../../lab/run";
import { obtainAnsible } from "../../lab/tools/ansible";
import { obtainOpenssh } from "../../lab/tools/openssh";
import type { ClusterDescription } from "../../src/contract/cluster";
import { findKubespray } from "../../src/operations/kubespray/kubespray-source";
import { kubesprayInventory, type InventoryNode } from "../../src/constructs/tenant-cluster/inventory";
import { KUBESPRAY_VERSION } from "../../src/constructs/tenant-cluster/kubespray";
import { TestBed } from "./support/test-bed";
import { all } from "../support/all";

const NODES: InventoryNode[] = [
  { name: "customer10-control-plane-0", address: "20.0.0.10", role: "control-plane", labels: {}, taints: [] },
  {
    name: "customer10-secrets-0",
    address: "20.0.0.11",
    role: "worker",
    labels: { "tenant-vault/pool": "secrets" },
    taints: [{ key: "dedicated", value: "vault", effect: "NoSchedule" }],
  },
];

/** Commands run here instead of on the nodes, which do not exist. */
const inventory = kubesprayInventory({
  nodes: NODES,
  user: "ubuntu",
  schedulableControlPlanes: false,
  variables: {
    ansible_connection: "local",
    ansible_become: false,
    ansible_python_interpreter: "{{ ansible_playbook_python }}",
  },
});

/** Stands for Kubespray: a playbook that does what is relied upon here, and fails where Kubespray might. */
const PLAYBOOK = [
  {
    hosts: "kube_control_plane",
    gather_facts: false,
    become: false,
    tasks: [
      { name: "Install etcd", "ansible.builtin.command": "test ! -e {{ playbook_dir }}/broken", changed_when: false },
      {
        name: "Write admin kubeconfig",
        "ansible.builtin.copy": { dest: "{{ artifacts_dir }}/admin.conf", content: "{{ kubeconfig }}", mode: "0600" },
        vars: {
          kubeconfig: stringify({
            clusters: [{ name: "c", cluster: { server: "https://20.0.0.10:6443" } }],
            users: [{ name: "u", user: { "client-key-data": "PRIVATE" } }],
          }),
        },
        when: "kubeconfig_localhost",
      },
      {
        name: "Encrypt etcd with a key that is drawn once",
        "ansible.builtin.copy": { dest: "{{ playbook_dir }}/token", content: "{{ token }}", mode: "0600" },
        vars: {
          token:
            "{{ lookup('password', credentials_dir + '/kube_encrypt_token.creds length=32 chars=ascii_letters') }}",
        },
      },
    ],
  },
];

/** What matters here of Kubespray's own configuration. */
const ANSIBLE_CFG = `[defaults]
host_key_checking=False
fact_caching=jsonfile
fact_caching_connection=/tmp
timeout=300
[ssh_connection]
ssh_args=-o UserKnownHostsFile=/dev/null
`;

let bed: TestBed;
let ansible: Awaited<ReturnType<typeof obtainAnsible>>;
let checkout: string;
beforeAll(async () => {
  [bed, ansible] = await Promise.all([TestBed.start(), obtainAnsible()]);
  checkout = join(bed.folder, "kubespray");
  mkdirSync(checkout);
  checkOut(KUBESPRAY_VERSION);
  writeFileSync(join(checkout, "ansible.cfg"), ANSIBLE_CFG);
  for (const playbook of ["cluster.yml", "upgrade-cluster.yml"])
    writeFileSync(join(checkout, playbook), stringify(PLAYBOOK));
});
afterAll(async () => bed.stop());

function checkOut(version: string): void {
  writeFileSync(join(checkout, "galaxy.yml"), `version: ${version}\n`);
}

function environment(description?: Partial<ClusterDescription>): Record<string, string> {
  const cluster: ClusterDescription = {
    tenant: "customer10",
    version: KUBESPRAY_VERSION,
    inventory: { ...inventory },
    apiAddress: "203.0.113.5",
    needsCloud: false,
    kubeconfig: { mount: "clusters", path: "customer10" },
    ...description,
  };
  return {
    ...bed.environment(),
    ...ansible,
    TENANT_VAULT_KUBESPRAY: checkout,
    ...(description === undefined ? {} : { TENANT_VAULT_CLUSTER: JSON.stringify(cluster) }),
  };
}

async function stored(): Promise<{ version: number; fields: Record<string, string> }> {
  const { body } = await bed.central.client.send("GET", "clusters/data/customer10");
  const { data, metadata } = body.data as { data: Record<string, string>; metadata: { version: number } };
  return { version: metadata.version, fields: data };
}

test("ansible-inventory reads the inventory, and sees the groups, labels and taints of the nodes", async () => {
  const file = join(bed.folder, "inventory.yml");
  writeFileSync(file, stringify(inventory));
  const env = { ...process.env, ...ansible };
  const { stdout } = await run("ansible-inventory", ["--inventory", file, "--list"], { env });
  const listed = JSON.parse(stdout) as Record<string, { hosts?: string[]; children?: string[] }> & {
    _meta: { hostvars: Record<string, Record<string, unknown>> };
  };

  expect(listed.kube_control_plane?.hosts).toEqual(["customer10-control-plane-0"]);
  expect(listed.etcd?.hosts).toEqual(["customer10-control-plane-0"]);
  expect(listed.kube_node?.hosts).toEqual(["customer10-secrets-0"]);
  expect(listed.k8s_cluster?.children).toEqual(expect.arrayContaining(["kube_control_plane", "kube_node"]));
  expect(listed._meta.hostvars["customer10-secrets-0"]).toMatchObject({
    ip: "20.0.0.11",
    node_labels: { "tenant-vault/pool": "secrets" },
    node_taints: ["dedicated=vault:NoSchedule"],
  });
});

function outputOf({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }): string {
  return stderr + stdout;
}

describe("tenant-vault kubespray", () => {
  test("names the task that failed and the log, and takes it up again by hand", async () => {
    writeFileSync(join(checkout, "broken"), "");
    const failed = await bed.run(["kubespray", "customer10"], environment({}));
    const log = join(bed.folder, "state", "kubespray", "customer10", "kubespray.log");
    expect(failed.code).toBe(1);
    expect(failed.failure).toBe(
      `tenant-vault: [kubespray-failed] Kubespray did not finish for customer10 (ansible-playbook ended with 2 at the task "Install etcd"); read ${log}, fix the cause, and run tenant-vault kubespray customer10 again, which continues from there.\n`,
    );
    expect(readFileSync(log, "utf8")).toMatch(/FAILED/);
    expect(statSync(log).mode & 0o777).toBe(0o600);

    rmSync(join(checkout, "broken"));
    const again = await bed.run(["kubespray", "customer10"], environment());
    expect([again.code, again.failure]).toEqual([0, ""]);
    expect(again.stdout).toMatch(/Kubernetes is up at 203\.0\.113\.5; its kubeconfig is at clusters\/customer10/);
    expect(parse((await stored()).fields.kubeconfig ?? "")).toMatchObject({
      clusters: [{ cluster: { server: "https://203.0.113.5:6443" } }],
      users: [{ user: { "client-key-data": "PRIVATE" } }],
    });
  });

  test("leaves the kubeconfig on no disk, keeps what others wrote beside it, and changes nothing when run again", async () => {
    const { fields } = await stored();
    await bed.central.client.send("POST", "clusters/data/customer10", {
      body: { data: { ...fields, note: "theirs" } },
    });
    const before = await stored();

    expect((await bed.run(["kubespray", "customer10"], environment({}))).code).toBe(0);

    expect(await stored()).toEqual(before);
    const folder = join(bed.folder, "state", "kubespray", "customer10");
    for (const file of all(readdirSync(folder)))
      expect(readFileSync(join(folder, file), "utf8")).not.toContain("PRIVATE");
  });

  test("O8: keeps the key of etcd's content in the central Vault, also for a run on another machine", async () => {
    const drawn = readFileSync(join(checkout, "token"), "utf8");
    expect(drawn).toMatch(/^[A-Za-z]{32}$/);
    expect((await stored()).fields["kubespray/credentials/kube_encrypt_token.creds"]?.trim()).toBe(drawn);
    const folder = join(bed.folder, "state", "kubespray", "customer10");
    expect(existsSync(join(folder, "credentials"))).toBe(false);
    for (const file of all(readdirSync(folder))) expect(readFileSync(join(folder, file), "utf8")).not.toContain(drawn);

    const other = { ...environment({}), TENANT_VAULT_STATE_DIR: join(bed.folder, "other-state") };
    expect((await bed.run(["kubespray", "customer10"], other)).code).toBe(0);
    expect(readFileSync(join(checkout, "token"), "utf8")).toBe(drawn);
  });

  test.each<Partial<ClusterDescription>>([
    { kubernetesVersion: "1.35.0" },
    { kubernetesVersion: "1.35.0", version: "2.33.0" },
  ])("upgrades, node by node, to %j, and installs from then on", async (release) => {
    checkOut(release.version ?? KUBESPRAY_VERSION);
    writeFileSync(join(checkout, "broken"), "");
    const runOnce = async (): Promise<string> =>
      outputOf(await bed.run(["kubespray", "customer10"], environment(release)));
    expect(await runOnce()).toMatch(/running Kubespray.* playbook=upgrade-cluster\.yml/);
    // One that failed is not done.
    rmSync(join(checkout, "broken"));
    expect(await runOnce()).toMatch(/playbook=upgrade-cluster\.yml[^]*Kubernetes is up/);
    expect(await runOnce()).toMatch(/playbook=cluster\.yml[^]*Kubernetes is up/);
    checkOut(KUBESPRAY_VERSION);
  });

  test.each<[string, () => string, string]>([
    ["a checkout", () => checkout, "/a folder/of the run"],
    ["an image", () => `registry.example/kubespray:v${KUBESPRAY_VERSION}`, "/run/tenant-vault"],
  ])("from %s, SSH remembers the machines' keys where the next run finds them", async (_what, named, folder) => {
    const source = findKubespray({ TENANT_VAULT_KUBESPRAY: named() }, KUBESPRAY_VERSION);
    const { ssh } = await obtainOpenssh();
    const configuration = join(bed.folder, "ssh_config");
    writeFileSync(configuration, "");
    const args = source.sshArgs("/a folder/of the run").replace(`${folder}/ssh_config`, configuration);
    const { stdout } = await run("bash", ["-c", `"${ssh}" ${args} -G 192.0.2.1`]);
    expect(stdout).toMatch(new RegExp(`^userknownhostsfile "?${folder}/known_hosts"?$`, "m"));
  });

  test.each<[string, () => Record<string, string>, RegExp]>([
    [
      "no Kubespray is named",
      () => ({ ...environment({}), TENANT_VAULT_KUBESPRAY: "" }),
      /No Kubespray is named; set TENANT_VAULT_KUBESPRAY to a checkout of v2\.32\.0/,
    ],
    [
      "the checkout is of another release",
      () => environment({ version: "2.31.0" }),
      /which is Kubespray 2\.32\.0; check out v2\.31\.0/,
    ],
    [
      "the image is of another release",
      () => ({ ...environment({}), TENANT_VAULT_KUBESPRAY: "registry.example/kubespray:v2.30.0" }),
      /neither a folder nor an image of v2\.32\.0/,
    ],
    [
      "the cloud's credentials are missing",
      () => environment({ needsCloud: true }),
      /Kubespray needs the cloud's credentials for the volumes of customer10: set OS_AUTH_URL/,
    ],
    [
      "the central Vault refuses the token",
      () => ({ ...environment({}), VAULT_TOKEN: "wrong" }),
      /refuses the token for clusters\/data\/customer10/,
    ],
  ])("stops before it touches a node when %s", async (_what, env, reason) => {
    const { code, stderr, stdout } = await bed.run(["kubespray", "customer10"], env());
    expect(code).toBe(1);
    expect(stderr).toMatch(reason);
    expect(stderr.trim().split("\n").length).toBe(1);
    expect(stdout).toBe("");
  });
});
