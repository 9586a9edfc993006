import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../../../lab/ports";
import { SshServer } from "../../../lab/servers/ssh-server";
import { run, tryRun } from "../../../lab/run";
import { sshHostSetup } from "../../../src/constructs/ssh-ca/ssh-hosts";
import type { VaultClient } from "../../../src/vault/client";
import { type AuthorityBed, CONFIG } from "./authority-bed";
import { RenderedHost } from "./rendered-host";

/** Logins to a real sshd, and the keys that sign for them. */
export function testSsh(bed: AuthorityBed): void {
  describe("SSH", () => {
    let server: SshServer;
    let folder = "";
    let user: VaultClient;
    const rsaKeys = ["2048", "4096"].map((bits) => [`rsa-${bits}`, "-t", "rsa", "-b", bits]);
    let trustedCa = "";
    const HOST = "one.acme.internal";
    const key = (type: string): string => join(folder, `client-${type}`);

    interface Signed {
      readonly signed_key?: string;
      readonly serial_number?: string;
    }

    async function signHost(publicKey: string, principals: string): Promise<Signed> {
      const body = { public_key: publicKey, cert_type: "host", valid_principals: principals };
      return (await user.send("POST", "ssh/sign/hosts", { body, accept: [400] })).body.data ?? {};
    }

    beforeAll(async () => {
      folder = join(bed.lab.serverFolder, "sshd");
      const { body } = await bed.operator.send("GET", "ssh/config/ca");
      trustedCa = `${(body.data as { public_key: string }).public_key.trim()}\n`;
      const { openssh: programs, account } = bed.lab;
      server = new SshServer({
        programs,
        port: await freePort(),
        folder,
        account,
        trustedCa,
        principals: ["ubuntu", "alice"],
      });
      user = await (await bed.instance()).client("app");
      const hostKey = readFileSync(`${await server.createHostKey()}.pub`, "utf8");
      server.useHostCertificate((await signHost(hostKey, HOST)).signed_key ?? "");
      await server.start();
      for (const [name, ...kind] of [["ed25519", "-t", "ed25519"], ...rsaKeys])
        await run(programs.sshKeygen, ["-q", ...kind, "-N", "", "-f", key(name ?? "")]);
      const { body: self } = await user.send("GET", "auth/token/lookup-self");
      const { entity_id } = self.data as { entity_id: string };
      await bed.operator.send("POST", `identity/entity/id/${entity_id}`, { body: { name: "alice" } });
    });
    afterAll(() => server.stop());

    const hostAt = (root: string): RenderedHost => {
      const { openssh: programs, account, caCertificateFile } = bed.lab;
      return new RenderedHost({ root, programs, account: account.name, name: HOST, caCertificateFile });
    };

    async function sign(
      role: string,
      type = "ed25519",
      mount = "ssh",
      request: object = {},
    ): Promise<{ status: number; file: string; serial: string }> {
      const body = { public_key: readFileSync(`${key(type)}.pub`, "utf8"), ...request };
      const answer = await user.send("POST", `${mount}/sign/${role}`, { body, accept: [400] });
      const file = join(folder, `certificate-${count++}.pub`);
      const { signed_key = "", serial_number = "" } = (answer.body.data ?? {}) as Signed;
      writeFileSync(file, signed_key);
      return { status: answer.status, file, serial: `0x${serial_number}` };
    }
    let count = 0;

    const canLogIn = (file: string, from = "ed25519"): Promise<boolean> => server.canLogIn(key(from), file);

    test("S2: a certificate without a requested principal names a user whom sshd lets in", async () => {
      const { file } = await sign("ops");
      expect(await server.canLogIn(key("ed25519"), file)).toBe(true);
    });

    test("S3: a template of allowedUsers becomes the name of whoever logged in", async () => {
      const { file } = await sign("self");
      const { stdout } = await tryRun(bed.lab.openssh.sshKeygen, ["-L", "-f", file]);
      expect(stdout).toMatch(/Principals:\s+alice\s/);
      expect(await server.canLogIn(key("ed25519"), file)).toBe(true);
    });

    test("a host shows a certificate, so the client asks no question, and expects that name", async () => {
      const { file } = await sign("ops");
      const login = (name: string): Promise<boolean> => server.canLogIn(key("ed25519"), file, { ca: trustedCa, name });
      expect(await login(HOST)).toBe(true);
      expect(await login("two.acme.internal")).toBe(false);
      const hostKey = readFileSync(`${await server.createHostKey()}.pub`, "utf8");
      for (const other of ["acme.internal", "one.acme.example", "*"])
        expect(await signHost(hostKey, other)).toEqual({});
    });

    test("a host that has the rendered files trusts the authority, shows a certificate, and refuses what is revoked", async () => {
      const root = join(folder, "host");
      const { openssh: programs, account } = bed.lab;
      const rendered = hostAt(root);
      rendered.setUp(await bed.lab.cdktf.output(CONFIG, "main_ssh_hosts_cloud_init"), await bed.loginOf("approle"));
      const settings = rendered.read("/etc/ssh/sshd_config.d/10-tenant-vault-ca.conf").split("\n");
      const host = new SshServer({
        programs,
        port: await freePort(),
        folder: root,
        account,
        trustedCa: "",
        principals: [],
        settings,
      });
      const hostKey = readFileSync(`${await host.createHostKey()}.pub`, "utf8");
      rendered.write("/etc/ssh/ssh_host_ed25519_key.pub", hostKey.trim());
      await rendered.apply();
      await host.start();
      try {
        const { file, serial } = await sign("ops");
        const known = { ca: trustedCa, name: HOST };
        expect(await host.canLogIn(key("ed25519"), file, known)).toBe(true);
        expect(await host.canLogIn(key("ed25519"), (await sign("self")).file, known)).toBe(false);
        rendered.write("/etc/ssh/tenant-vault/revoked-serials", `serial: ${serial}\n`);
        await rendered.apply();
        expect(await host.canLogIn(key("ed25519"), file, known)).toBe(false);
        expect(await host.canLogIn(key("ed25519"), (await sign("ops")).file, known)).toBe(true);
        expect(rendered.read("/systemctl")).toMatch(/^(try-reload-or-restart ssh.service sshd.service\n){2}$/);
      } finally {
        await host.stop();
      }
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
      const { cloudInit } = sshHostSetup({ ...place, users: {}, hostRole: "hosts" }, "", {
        signingMount: "ssh",
        passwordMount: "ssh",
      });
      const rendered = hostAt(join(folder, "namespaced"));
      rendered.setUp(cloudInit.replace(/\$\{jsonencode\(("[^"]*")\)\}/, "$1"), { role_id, secret_id });
      rendered.write("/etc/ssh/ssh_host_ed25519_key.pub", readFileSync(`${key("ed25519")}.pub`, "utf8").trim());
      await rendered.apply();
      const { stdout } = await run(bed.lab.openssh.sshKeygen, [
        "-L",
        "-f",
        join(folder, "namespaced/etc/ssh/tenant-vault/host-cert.pub"),
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
      const setup = (oneTimePasswordRoles: readonly string[]): string =>
        sshHostSetup({ address, users: {}, oneTimePasswordRoles }, "", {
          signingMount: "ssh",
          passwordMount: "passwords",
        }).cloudInit.replace(/\$\{jsonencode\(("[^"]*")\)\}/, "$1");
      const rendered = hostAt(join(folder, "passwords"));
      const apply = async (...roles: readonly string[]): Promise<void> => {
        rendered.setUp(setup(roles), { role_id: "", secret_id: "" });
        await rendered.apply();
      };
      const PAM = "/etc/pam.d/sshd";
      const SSHD = "/etc/ssh/sshd_config.d/10-tenant-vault-passwords.conf";
      const before = "@include common-auth\naccount required pam_nologin.so\n";
      rendered.write(PAM, before);
      await apply("break-glass");
      expect([rendered.read(PAM), rendered.has(SSHD)]).toEqual([before, false]);

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
      await apply();
      expect([rendered.read(PAM), rendered.has(SSHD)]).toEqual(["@include common-auth\n", false]);
    });

    test("a certificate for other networks is refused, also if a request asks for other critical options", async () => {
      expect(await canLogIn((await sign("near")).file)).toBe(true);
      expect(await canLogIn((await sign("far")).file)).toBe(false);
      const ask = (options: object): ReturnType<typeof sign> =>
        sign("far", "ed25519", "ssh", { critical_options: options });
      expect((await ask({ "source-address": "0.0.0.0/0" })).status).toBe(400);
      expect((await ask({ "force-command": "true" })).status).toBe(400);
      // The one that is allowed is known to no sshd.
      const unknown = await ask({ "none@tenant-vault": "" });
      expect(unknown.status).toBe(200);
      expect(await canLogIn(unknown.file)).toBe(false);
    });

    test("a revoked certificate is refused, and others are not", async () => {
      const [revoked, other] = [await sign("ops"), await sign("ops")];
      await server.revoke(trustedCa, [revoked.serial]);
      expect(await canLogIn(revoked.file)).toBe(false);
      expect(await canLogIn(other.file)).toBe(true);
    });

    test("S4: an RSA key of 4,096 bits logs in as ubuntu, and one of 2,048 bits is not signed", async () => {
      const request = { valid_principals: "ubuntu" };
      expect(await canLogIn((await sign("ops", "rsa-4096", "ssh", request)).file, "rsa-4096")).toBe(true);
      expect((await sign("ops", "rsa-2048", "ssh", request)).status).toBe(400);
    });

    test("an authority takes a key that exists, as documented", async () => {
      await bed.operator.send("POST", "sys/mounts/imported", { body: { type: "ssh" } });
      const [private_key, public_key] = [key("ed25519"), `${key("ed25519")}.pub`].map((file) =>
        readFileSync(file, "utf8"),
      );
      const body = { generate_signing_key: false, private_key, public_key };
      await bed.operator.send("POST", "imported/config/ca", { body });
      expect(await bed.read("imported/config/ca")).toMatchObject({ public_key });
    });

    test("S1: a renamed mount is refused, and by the documented steps keeps the key and its users (SshCaProps.mount)", async () => {
      bed.change("ssh: {", 'ssh: {\n        mount: "ssh-logins",');
      await bed.lab.cdktf.synthesize();
      expect(await bed.failure("plan")).toMatch(/cannot be renamed to ssh-logins, .* set the former mount again/);

      await bed.allowMounts();
      const [mount, ca] = ["vault_mount.main_ssh_mount", "vault_ssh_secret_backend_ca.main_ssh"];
      await bed.lab.cdktf.terraform(CONFIG, "apply", "-auto-approve", "-input=false", `-target=${mount}`);
      await bed.lab.cdktf.terraform(CONFIG, "state", "rm", ca);
      await bed.lab.cdktf.terraform(CONFIG, "import", "-input=false", ca, "ssh-logins");
      await bed.deploy();
      const { file } = await sign("ops", "ed25519", "ssh-logins");
      expect(await server.canLogIn(key("ed25519"), file)).toBe(true);
    });

    test("another kind of key is refused, and another generation loses no login (SshCaProps.key, SshSpec.key, RsaSshCaKeyProps.bits, EcdsaSshCaKeyProps.bits, Ed25519SshKeySpec.type, RsaSshKeySpec.type, EcdsaSshKeySpec.type)", async () => {
      const before = await sign("ops", "ed25519", "ssh-logins");
      bed.change("ssh: {", 'ssh: {\n        key: { type: "rsa" },');
      await bed.lab.cdktf.synthesize();
      expect(await bed.failure("plan")).toMatch(
        /The signing key of ssh-logins is of another kind than the SSH authority describes; set the former key again, or raise generation to 2/,
      );

      bed.change("ssh: {", "ssh: {\n        generation: 2,");
      await bed.allowMounts();
      expect(await bed.deploy()).toMatch(/ 7 to add, 1 to change, 0 to destroy/);
      server.trust(await bed.lab.cdktf.output(CONFIG, "main_ssh_ca_public_key"));
      const after = await sign("ops", "ed25519", "ssh-logins-2");
      for (const { file } of [before, after, await sign("ops", "ed25519", "ssh-logins")])
        expect(await canLogIn(file)).toBe(true);
      expect((await tryRun(bed.lab.openssh.sshKeygen, ["-L", "-f", after.file])).stdout).toMatch(
        /RSA .*\(using rsa-sha2-256\)/,
      );

      bed.change("generation: 2", "generation: 2,\n        oldestGeneration: 2");
      expect(await bed.deploy()).toMatch(/ 0 to add, 1 to change, 5 to destroy/);
      server.trust(await bed.lab.cdktf.output(CONFIG, "main_ssh_ca_public_key"));
      expect(await canLogIn(before.file)).toBe(false);
      expect(await canLogIn(after.file)).toBe(true);
      expect((await bed.operator.send("GET", "ssh-logins/config/ca")).status).toBe(200);
    });
  });
}
