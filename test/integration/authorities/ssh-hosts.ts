import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../../../lab/ports";
import { run, tryRun } from "../../../lab/run";
import { SshServer } from "../../../lab/servers/ssh-server";
import { sshHostSetup } from "../../../src/constructs/ssh-ca/ssh-hosts";
import type { SshHostsProps } from "../../../src/constructs/ssh-ca/ssh-hosts-props";
import { cloudInit } from "../../../src/constructs/tenant-cluster/cloud-init";
import { type AuthorityBed, CONFIG } from "./authority-bed";
import { RenderedHost } from "./rendered-host";
import { SshUser } from "./ssh-user";

const HOST = "one.acme.internal";

/** The setup of a host, as Terraform would fill it in. */
function hostFiles(props: SshHostsProps, publicKey = ""): string {
  const mounts = { signingMount: "ssh", passwordMount: "passwords" };
  return sshHostSetup(props, publicKey, mounts).cloudInit.replace(/\$\{jsonencode\(("[^"]*")\)\}/, "$1");
}

/** Hosts that have the files of the SSH authority. */
export function testSshHosts(bed: AuthorityBed): void {
  describe("SSH hosts", () => {
    let user: SshUser;
    let trustedCa = "";
    beforeAll(async () => {
      user = await SshUser.create(bed, "ssh-hosts");
      trustedCa = await bed.sshPublicKey();
    });

    const hostAt = (root: string): RenderedHost => {
      const { openssh: programs, account, caCertificateFile } = bed.lab;
      return new RenderedHost({ root, programs, account: account.name, name: HOST, caCertificateFile });
    };

    /** The sshd of a host, with the settings of the files below its root before all others. */
    const serverOf = async (root: string, principals: readonly string[]): Promise<SshServer> => {
      const { openssh: programs, account } = bed.lab;
      const settings = [`Include "${root}/etc/ssh/sshd_config.d/*.conf"`];
      return new SshServer({
        programs,
        port: await freePort(),
        folder: root,
        account,
        trustedCa: "",
        principals,
        settings,
      });
    };

    test("a host that has the rendered files trusts the authority, shows a certificate, and refuses what is revoked", async () => {
      const root = join(user.folder, "host");
      const rendered = hostAt(root);
      rendered.setUp(await bed.lab.cdktf.output(CONFIG, "main_ssh_hosts_cloud_init"), await bed.loginOf("approle"));
      const host = await serverOf(root, []);
      const hostKey = readFileSync(`${await host.createHostKey()}.pub`, "utf8");
      rendered.write("/etc/ssh/ssh_host_ed25519_key.pub", hostKey.trim());
      await rendered.apply();
      await host.start();
      try {
        const { file, serial } = await user.sign("ops");
        const known = { ca: trustedCa, name: HOST };
        expect(await host.canLogIn(user.key(), file, known)).toBe(true);
        expect(await host.canLogIn(user.key(), (await user.sign("self")).file, known)).toBe(false);
        rendered.write("/etc/ssh/tenant-vault/revoked-serials", `serial: ${serial}\n`);
        await rendered.apply();
        expect(await host.canLogIn(user.key(), file, known)).toBe(false);
        expect(await host.canLogIn(user.key(), (await user.sign("ops")).file, known)).toBe(true);
        expect(rendered.read("/systemctl")).toMatch(/^(try-reload-or-restart ssh.service sshd.service\n){2}$/);
      } finally {
        await host.stop();
      }
    });

    test("a host on which the playbook has run trusts the authority, shows a certificate, and renews it every day", async () => {
      const root = join(user.folder, "played");
      const rendered = hostAt(root);
      const host = await serverOf(root, []);
      const hostKey = readFileSync(`${await host.createHostKey()}.pub`, "utf8");
      rendered.write("/etc/ssh/ssh_host_ed25519_key.pub", hostKey.trim());
      await rendered.play(await bed.lab.cdktf.output(CONFIG, "main_ssh_hosts_ansible"), await bed.loginOf("approle"));
      expect(rendered.read("/systemctl").trim().split("\n")).toEqual([
        "try-reload-or-restart ssh.service sshd.service",
        "daemon-reload",
        "enable tenant-vault-ssh.timer",
        "start tenant-vault-ssh.timer",
      ]);
      await host.start();
      try {
        const known = { ca: trustedCa, name: HOST };
        expect(await host.canLogIn(user.key(), (await user.sign("ops")).file, known)).toBe(true);
        expect(await host.canLogIn(user.key(), (await user.sign("self")).file, known)).toBe(false);
      } finally {
        await host.stop();
      }
    });

    test("a cluster's node takes the keys and the passwords of the hosts' files instead of its own settings", async () => {
      const root = join(user.folder, "node");
      const rendered = hostAt(root);
      await user.createKey("next-ca", "ed25519");
      const certificates = [(await user.sign("ops")).file, await user.signWith("next-ca")];
      rendered.setUp(cloudInit({ trustedUserCaKeys: [trustedCa.trim()] }));
      const node = await serverOf(root, ["ubuntu"]);
      /** Which certificates sshd accepts, and whether it asks for passwords. */
      const started = async (): Promise<boolean[]> => {
        await node.start();
        try {
          const accepted = certificates.map((file) => node.canLogIn(user.key(), file));
          return [...(await Promise.all(accepted)), (await node.methods()).includes("keyboard-interactive")];
        } finally {
          await node.stop();
        }
      };
      expect(await started()).toEqual([true, false, false]);

      const { address } = bed.lab.tenant.instances[0] as { address: string };
      const bring = async (publicKey: string, ...oneTimePasswordRoles: readonly string[]): Promise<void> => {
        rendered.setUp(hostFiles({ address, users: { ubuntu: ["ubuntu"] }, oneTimePasswordRoles }, publicKey));
        await rendered.apply();
      };
      const former = "/etc/ssh/sshd_config.d/10-tenant-vault-ca.conf";
      rendered.write(former, `TrustedUserCAKeys ${root}/etc/ssh/tenant-vault/trusted-user-ca-keys.pem\n`);
      await bring(trustedCa + user.publicKey("next-ca"));
      expect(rendered.has(former)).toBe(false);
      expect(await started()).toEqual([true, true, false]);

      rendered.write("/etc/pam.d/sshd", "@include common-auth\n");
      rendered.write("/usr/local/bin/vault-ssh-helper", "#!/bin/sh\n", 0o755);
      await bring(user.publicKey("next-ca"), "break-glass");
      expect((await started())[2]).toBe(true);
      await bring(user.publicKey("next-ca"));
      expect(await started()).toEqual([false, true, false]);
    });

    test("a host gets its certificate in a namespace, by a login at another path (SshHostsProps.namespace, SshHostsProps.login)", async () => {
      await bed.operator.send("POST", "sys/namespaces/hosts", { body: {} });
      const post = async (path: string, body: object): Promise<object> =>
        (await bed.operator.send("POST", `hosts/${path}`, { body })).body.data ?? {};
      await post("sys/mounts/ssh", { type: "ssh" });
      await post("ssh/config/ca", { generate_signing_key: true, key_type: "ed25519" });
      const signing = { key_type: "ca", allow_host_certificates: true, allowed_domains: "*", allow_subdomains: true };
      await post("ssh/roles/hosts", { ...signing, ttl: "1h" });
      await post("sys/policies/acl/hosts", { policy: 'path "ssh/sign/hosts" { capabilities = ["update"] }' });
      await post("sys/auth/programs", { type: "approle" });
      await post("auth/programs/role/host", { token_policies: ["hosts"] });
      const { body } = await bed.operator.send("GET", "hosts/auth/programs/role/host/role-id");
      const { role_id } = body.data as { role_id: string };
      const { secret_id } = (await post("auth/programs/role/host/secret-id", {})) as { secret_id: string };

      const { address } = bed.lab.tenant.instances[0] as { address: string };
      const place = { address, namespace: "hosts", login: { path: "programs" } };
      const rendered = hostAt(join(user.folder, "namespaced"));
      rendered.setUp(hostFiles({ ...place, users: {}, hostRole: "hosts" }), { role_id, secret_id });
      rendered.write("/etc/ssh/ssh_host_ed25519_key.pub", user.publicKey().trim());
      await rendered.apply();
      const { stdout } = await run(bed.lab.openssh.sshKeygen, [
        "-L",
        "-f",
        join(user.folder, "namespaced/etc/ssh/tenant-vault/host-cert.pub"),
      ]);
      expect(stdout).toMatch(/host certificate[^]*Principals:\s+one\.acme\.internal/);
    });

    test("a host with the helper takes one-time passwords instead of its own ones, once each, until they are no longer wanted", async () => {
      const post = (path: string, body: object): Promise<{ body: { data?: unknown } }> =>
        bed.operator.send("POST", path, { body });
      await post("sys/mounts/passwords", { type: "ssh" });
      const cidr_list = "127.0.0.0/8";
      for (const role of ["break-glass", "other"])
        await post(`passwords/roles/${role}`, { key_type: "otp", default_user: "ubuntu", cidr_list });
      const { address } = bed.lab.tenant.instances[0] as { address: string };
      const rendered = hostAt(join(user.folder, "passwords"));
      const apply = async (...oneTimePasswordRoles: readonly string[]): Promise<void> => {
        rendered.setUp(hostFiles({ address, users: {}, oneTimePasswordRoles }));
        await rendered.apply();
      };
      const PAM = "/etc/pam.d/sshd";
      const SSHD = "/etc/ssh/sshd_config.d/00-tenant-vault-passwords.conf";
      const FORMER_SSHD = "/etc/ssh/sshd_config.d/10-tenant-vault-passwords.conf";
      const before = "@include common-auth\naccount required pam_nologin.so\n";
      rendered.write(PAM, before);
      await apply("break-glass");
      expect([rendered.read(PAM), rendered.has(SSHD)]).toEqual([before, false]);
      // A host that took passwords under the former name of the settings.
      const formerly = (): void => rendered.write(FORMER_SSHD, "KbdInteractiveAuthentication yes\n");
      formerly();

      // Does what the product's helper does with the same settings, and prints what the instance answers.
      rendered.write(
        "/usr/local/bin/vault-ssh-helper",
        `#!/usr/bin/env node
const { execFileSync } = require("node:child_process");
const { readFileSync } = require("node:fs");
const file = process.argv.find((each) => each.startsWith("-config=")).slice("-config=".length);
const { vault_addr, ssh_mount_point, allowed_roles, ca_cert } = JSON.parse(readFileSync(file, "utf8"));
const otp = process.argv.includes("-verify-only") ? "verify-echo-request" : readFileSync(0, "utf8");
const url = vault_addr + "/v1/" + ssh_mount_point + "/verify";
const answer = execFileSync("curl", ["-sS", "--fail", "--cacert", ca_cert, "--data", JSON.stringify({ otp }), url]);
const { message, role_name } = JSON.parse(answer).data;
if (message !== "verify-echo-response" && !allowed_roles.split(",").includes(role_name)) process.exit(1);
`,
        0o755,
      );
      await apply("break-glass");
      expect(rendered.read(PAM)).toBe("@include tenant-vault-ssh\naccount required pam_nologin.so\n");
      expect(rendered.read(SSHD)).toBe("UsePAM yes\nKbdInteractiveAuthentication yes\nPasswordAuthentication no\n");
      expect(rendered.has(FORMER_SSHD)).toBe(false);
      const [, helper = "", config = ""] = /pam_exec.so.* (\S+) (-config=\S+)$/m.exec(
        rendered.read("/etc/pam.d/tenant-vault-ssh"),
      ) as readonly string[];
      const draw = async (role: string): Promise<string> =>
        ((await post(`passwords/creds/${role}`, { ip: "127.0.0.1" })).body.data as { key: string }).key;
      const accepts = async (input: string): Promise<boolean> => (await tryRun(helper, [config], { input })).code === 0;
      const password = await draw("break-glass");
      expect(await accepts(password)).toBe(true);
      expect(await accepts(password)).toBe(false);
      expect(await accepts(await draw("other"))).toBe(false);

      rendered.write(PAM, "auth required pam_deny.so\n");
      await expect(apply("break-glass")).rejects.toThrow("does not include common-auth");
      rendered.write(PAM, "@include tenant-vault-ssh\n");
      formerly();
      await apply();
      expect([rendered.read(PAM), rendered.has(SSHD)]).toEqual(["@include common-auth\n", false]);
      expect(rendered.has(FORMER_SSHD)).toBe(false);
    });
  });
}
