import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findKubespray } from "../../../../src/operations/kubespray/kubespray-source";

let checkout: string;
beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), "tenant-vault-kubespray-"));
  writeFileSync(join(checkout, "galaxy.yml"), "version: 2.32.0\n");
});
afterEach(() => rmSync(checkout, { recursive: true }));

describe("a checkout of Kubespray", () => {
  test("is run where it is, with the run's own folder", () => {
    const source = findKubespray({ TENANT_VAULT_KUBESPRAY: checkout }, "2.32.0");
    expect(source.command("ansible", ["--inventory", "{folder}/inventory.yml"], "/run folder")).toEqual({
      program: "ansible",
      args: ["--inventory", "/run folder/inventory.yml"],
      cwd: checkout,
    });
    expect(source.sshArgs("/run folder")).toContain("-F '/run folder/ssh_config'");
  });

  test.each([
    ["2.31.0", undefined, /is Kubespray 2\.32\.0; check out v2\.31\.0/],
    ["2.32.0", "name: other\n", /is not a checkout of Kubespray; check out v2\.32\.0/],
  ])("of another release than %s is refused", (version, galaxy, message) => {
    if (galaxy !== undefined) writeFileSync(join(checkout, "galaxy.yml"), galaxy);
    const finding = (): unknown => findKubespray({ TENANT_VAULT_KUBESPRAY: checkout }, version);
    expect(finding).toThrow(message);
    expect(finding).toThrow(expect.objectContaining({ code: "kubespray-mismatch" }) as Error);
  });
});

describe("an image of Kubespray", () => {
  const named = { TENANT_VAULT_KUBESPRAY: "registry.example/kubespray:v2.32.0" };

  test("gets the cloud's variables by name, and the SSH agent's socket, and no value on the command line", () => {
    const environment = { ...named, OS_PASSWORD: "SECRET", OS_AUTH_URL: "https://cloud", SSH_AUTH_SOCK: "/agent" };
    const { program, args } = findKubespray(environment, "2.32.0").command("ansible-playbook", ["cluster.yml"], "/f");
    expect(program).toBe("podman");
    expect(args).toEqual(
      expect.arrayContaining(["--env=OS_AUTH_URL", "--env=OS_PASSWORD", "--volume=/agent:/run/ssh-agent"]),
    );
    expect(args.join(" ")).not.toContain("SECRET");
    expect(args.slice(-3)).toEqual(["registry.example/kubespray:v2.32.0", "ansible-playbook", "cluster.yml"]);
  });

  test("O2: gets the variables of Ansible and of SSH, which name the folder in the container", () => {
    const source = findKubespray(named, "2.32.0");
    const { args } = source.command("ansible", [], "/f");
    expect(args).toEqual(expect.arrayContaining(["--env=ANSIBLE_SSH_ARGS", "--env=ANSIBLE_HOST_KEY_CHECKING"]));
    expect(source.seenFolder("/f")).toBe("/run/tenant-vault");
    expect(source.sshArgs("/f")).toContain("-F '/run/tenant-vault/ssh_config'");
  });

  test("O1: gets the file of the cloud's CA, which Kubespray copies", () => {
    const { args } = findKubespray({ ...named, OS_CACERT: "/etc/cloud-ca.pem" }, "2.32.0").command("ansible", [], "/f");
    expect(args).toContain("--volume=/etc/cloud-ca.pem:/etc/cloud-ca.pem:ro");
  });

  test("of another release is refused", () => {
    expect(() => findKubespray(named, "2.31.0")).toThrow(/neither a folder nor an image of v2\.31\.0/);
  });
});

test("without either, the variable is named", () => {
  expect(() => findKubespray({}, "2.32.0")).toThrow(expect.objectContaining({ code: "kubespray-missing" }) as Error);
});
