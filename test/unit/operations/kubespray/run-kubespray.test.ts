import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { KubeconfigStore, Releases } from "../../../../src/central/kubeconfig-store";
import type { ClusterDescription } from "../../../../src/contract/cluster";
import { Log, type LogEvent } from "../../../../src/core/log";
import { runKubespray } from "../../../../src/operations/kubespray/run-kubespray";

const CLUSTER: ClusterDescription = {
  tenant: "customer10",
  version: "2.32.0",
  inventory: { all: { hosts: {} } },
  apiAddress: "203.0.113.5",
  needsCloud: false,
  kubeconfig: { mount: "clusters", path: "customer10" },
};

const ADMIN = "clusters: [{name: c, cluster: {server: 'https://10.0.0.1:6443'}}]";

let folder: string;
let events: LogEvent[];
let written: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tenant-vault-kubespray-"));
  events = [];
  written = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs a stand-in for Ansible: a shell script with the program and its arguments as `$@`. */
function run(script: string, cluster: Partial<ClusterDescription> = {}, installed?: Releases): Promise<void> {
  const store = {
    path: "clusters/customer10",
    installed: () => Promise.resolve(installed),
    write: (kubeconfig: string) => Promise.resolve(void written.push(kubeconfig)),
  } as unknown as KubeconfigStore;
  return runKubespray({
    cluster: { ...CLUSTER, ...cluster },
    source: {
      command: (program, args) => ({ program: "sh", args: ["-c", script, program, ...args], cwd: folder }),
      sshArgs: () => "",
    },
    store,
    folder,
    environment: { PATH: process.env.PATH },
    log: new Log((event) => events.push(event)),
    signal: new AbortController().signal,
  });
}

const INSTALLS = `case $0 in ansible-playbook) echo "${ADMIN}" > artifacts/admin.conf;; esac`;

describe("Kubespray", () => {
  test("installs, and its kubeconfig goes into the central Vault and stays on no disk", async () => {
    await run(INSTALLS);
    expect(written).toEqual([expect.stringContaining("https://203.0.113.5:6443")]);
    expect(existsSync(join(folder, "artifacts"))).toBe(false);
    for (const file of ["inventory.yml", "ssh_config", "kubespray.log"]) {
      expect(statSync(join(folder, file)).mode & 0o777, file).toBe(0o600);
    }
  });

  test.each<[string, Releases | undefined, string]>([
    ["where nothing is", undefined, "cluster.yml"],
    ["where the same release is", { kubespray: "2.32.0", kubernetes: "" }, "cluster.yml"],
    ["where another release is", { kubespray: "2.31.0", kubernetes: "" }, "upgrade-cluster.yml"],
  ])("%s runs the playbook that fits", async (_, installed, playbook) => {
    await run(INSTALLS, {}, installed);
    expect(events.at(-1)?.fields).toMatchObject({ playbook });
  });

  test("that fails is named with its task and its log, and leaves no kubeconfig", async () => {
    const script = `${INSTALLS}; case $0 in ansible-playbook) echo "TASK [Install etcd]"; exit 2;; esac`;
    await expect(run(script)).rejects.toMatchObject({
      code: "kubespray-failed",
      message: expect.stringMatching(/ended with 2 at the task "Install etcd"\); read .*kubespray\.log/) as string,
    });
    expect(readFileSync(join(folder, "kubespray.log"), "utf8")).toContain("Install etcd");
    expect(existsSync(join(folder, "artifacts"))).toBe(false);
    expect(written).toEqual([]);
  });

  test("that writes no kubeconfig did not work", async () => {
    await expect(run("true")).rejects.toMatchObject({ code: "kubespray-failed" });
  });

  test("is not run without the cloud's credentials if it needs them", async () => {
    await expect(run("touch began", { needsCloud: true })).rejects.toMatchObject({ code: "kubespray-credentials" });
    expect(existsSync(join(folder, "began"))).toBe(false);
  });
});
