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
/** Files in the central Vault. */
let kept: Record<string, string>;
let refuses: boolean;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tenant-vault-kubespray-"));
  events = [];
  written = [];
  kept = {};
  refuses = false;
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs a stand-in for Ansible: a shell script with the program and its arguments as `$@`. */
function run(
  script: string,
  cluster: Partial<ClusterDescription> = {},
  installed?: Releases,
  environment = {},
): Promise<void> {
  const store = {
    path: "clusters/customer10",
    installed: () => Promise.resolve(installed),
    files: () => Promise.resolve(kept),
    writeFiles: (files: Record<string, string>) =>
      refuses ? Promise.reject(new Error("sealed")) : Promise.resolve(void Object.assign(kept, files)),
    write: (kubeconfig: string) => Promise.resolve(void written.push(kubeconfig)),
  } as unknown as KubeconfigStore;
  return runKubespray({
    cluster: { ...CLUSTER, ...cluster },
    source: {
      command: (program, args) => ({ program: "sh", args: ["-c", script, program, ...args], cwd: folder }),
      seenFolder: (run) => run,
      sshArgs: () => "",
    },
    store,
    folder,
    environment: { PATH: process.env.PATH, ...environment },
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

const TOKEN = "credentials/kube_encrypt_token.creds";
const DRAWS = `mkdir -p credentials; test -e ${TOKEN} || echo DRAWN > ${TOKEN}`;

describe("O8: a credential that Kubespray generates", () => {
  test("is put into the central Vault, and not left on the disk", async () => {
    await run(`${INSTALLS}; ${DRAWS}; echo "20.0.0.10 ssh-ed25519 KEY" > known_hosts`);
    expect(kept).toEqual({ [TOKEN]: "DRAWN\n", known_hosts: "20.0.0.10 ssh-ed25519 KEY\n" });
    expect(existsSync(join(folder, "credentials"))).toBe(false);
  });

  test("is kept as well if Kubespray fails: nodes may use it already", async () => {
    await expect(run(`${DRAWS}; exit 2`)).rejects.toMatchObject({ code: "kubespray-failed" });
    expect(kept).toMatchObject({ [TOKEN]: "DRAWN\n" });
    expect(existsSync(join(folder, "credentials"))).toBe(false);
  });

  test("is there for the next run, on another machine as well, in a file for its owner only", async () => {
    kept = { [TOKEN]: "FORMER\n", "../outside": "NO", "credentials/../outside": "NO" };
    await run(`${INSTALLS}; ${DRAWS}; stat -c %a credentials ${TOKEN} . > modes; cp ${TOKEN} seen`);
    expect(readFileSync(join(folder, "seen"), "utf8")).toBe("FORMER\n");
    expect(readFileSync(join(folder, "modes"), "utf8")).toBe("700\n600\n700\n");
    expect(existsSync(join(folder, "outside"))).toBe(false);
    expect(existsSync(join(folder, "..", "outside"))).toBe(false);
  });

  test("stays in the folder, with a warning, if the central Vault does not take it", async () => {
    refuses = true;
    await expect(run(`${INSTALLS}; ${DRAWS}`)).rejects.toThrow("sealed");
    expect(readFileSync(join(folder, TOKEN), "utf8")).toBe("DRAWN\n");
    expect(events.at(-1)).toMatchObject({
      level: "warn",
      message: expect.stringMatching(/stay in the run's folder/) as string,
    });
    await expect(run(`${DRAWS}; exit 2`)).rejects.toMatchObject({ code: "kubespray-failed" });
  });
});

describe("O2: a machine that presents another host key", () => {
  test("ends the run before a playbook starts", async () => {
    const script = `echo "$0" >> ran; echo "@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @"; exit 4`;
    await expect(run(script)).rejects.toMatchObject({
      code: "kubespray-host-key",
      message: expect.stringMatching(/presents another SSH host key.*ssh-keygen -f .*known_hosts -R ADDRESS/) as string,
    });
    expect(readFileSync(join(folder, "ran"), "utf8")).toBe("ansible\n");
  });

  test("that does not answer yet is waited for", async () => {
    await run(`case "$*" in *ping*) exit 4;; *wait_for_connection*) touch waited;; esac; ${INSTALLS}`);
    expect(existsSync(join(folder, "waited"))).toBe(true);
    expect(written.length).toBe(1);
  });
});

describe("O1: an application credential by its ID and secret", () => {
  const cloud = {
    OS_AUTH_URL: "https://cloud",
    OS_REGION_NAME: "RegionOne",
    OS_APPLICATION_CREDENTIAL_ID: "0a1b",
    OS_APPLICATION_CREDENTIAL_SECRET: "SECRET",
  };

  test("is enough: Kubespray is given a name as well, which its check asks for", async () => {
    await run(`${INSTALLS}; echo "$OS_APPLICATION_CREDENTIAL_NAME" > named`, { needsCloud: true }, undefined, cloud);
    expect(readFileSync(join(folder, "named"), "utf8")).toBe("0a1b\n");
  });

  test("H12: is not sent to a cloud in clear", async () => {
    const environment = { ...cloud, OS_AUTH_URL: "http://cloud.example:5000/v3" };
    await expect(run("touch began", { needsCloud: true }, undefined, environment)).rejects.toThrow(
      "OS_AUTH_URL names a cloud that is not reached by TLS, or a user in its address (cloud.example:5000); set it to an https address without a user in it.",
    );
    expect(existsSync(join(folder, "began"))).toBe(false);
  });

  test("without the region is refused before a machine is touched", async () => {
    const environment = { ...cloud, OS_REGION_NAME: "" };
    await expect(run("touch began", { needsCloud: true }, undefined, environment)).rejects.toThrow(
      "Kubespray needs the cloud's credentials for the volumes of customer10: set OS_REGION_NAME (clouds.yaml is not read)",
    );
    expect(existsSync(join(folder, "began"))).toBe(false);
  });
});
