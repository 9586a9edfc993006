import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../../../lab/ports";
import { SshServer } from "../../../lab/servers/ssh-server";
import { run, tryRun } from "../../../lab/run";
import type { VaultClient } from "../../../src/vault/client";
import { type AuthorityBed, CONFIG } from "./authority-bed";

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
      const onHost = (text: string): string => text.replaceAll(/(?<![\w/])\/(etc|usr)\//g, `${root}/$1/`);
      const output = await bed.lab.cdktf.output(CONFIG, "main_ssh_hosts_cloud_init");
      const { write_files: files, runcmd } = JSON.parse(output.replace(/^#.*/, "")) as {
        write_files: { path: string; content: string; permissions: string }[];
        runcmd: string[][];
      };
      const write = (path: string, text: string, mode = 0o644): void => {
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, text, { mode });
      };
      for (const { path, content, permissions } of files)
        write(
          onHost(path).replace(/principals\/ubuntu$/, `principals/${bed.lab.account.name}`),
          onHost(content),
          parseInt(permissions, 8),
        );
      const secrets = `${root}/etc/ssh/tenant-vault`;
      const { role_id, secret_id } = await bed.loginOf("approle");
      write(`${secrets}/role-id`, role_id, 0o600);
      write(`${secrets}/secret-id`, secret_id, 0o600);
      write(`${secrets}/ca.pem`, readFileSync(bed.lab.caCertificateFile, "utf8"));
      for (const [name, text] of [
        ["hostname", `echo ${HOST}`],
        ["systemctl", `echo "$@" >> ${root}/systemctl`],
      ] as const)
        write(`${root}/bin/${name}`, `#!/bin/sh\n${text}\n`, 0o755);
      const { programs, account } = { programs: bed.lab.openssh, account: bed.lab.account };
      const sshd = `${root}/etc/ssh/sshd_config.d/10-tenant-vault-ca.conf`;
      const settings = readFileSync(sshd, "utf8").split("\n");
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
      write(`${root}/etc/ssh/ssh_host_ed25519_key.pub`, hostKey.trim());
      const PATH = [`${root}/bin`, dirname(programs.sshKeygen), process.env.PATH].join(":");
      const LD_LIBRARY_PATH = programs.libraries.join(":");
      const apply = async (): Promise<unknown> =>
        run(onHost(runcmd[0]?.[0] ?? ""), [], { env: { ...process.env, PATH, LD_LIBRARY_PATH } });
      await apply();
      await host.start();
      try {
        const { file, serial } = await sign("ops");
        const known = { ca: trustedCa, name: HOST };
        expect(await host.canLogIn(key("ed25519"), file, known)).toBe(true);
        expect(await host.canLogIn(key("ed25519"), (await sign("self")).file, known)).toBe(false);
        write(`${secrets}/revoked-serials`, `serial: ${serial}\n`);
        await apply();
        expect(await host.canLogIn(key("ed25519"), file, known)).toBe(false);
        expect(await host.canLogIn(key("ed25519"), (await sign("ops")).file, known)).toBe(true);
        expect(readFileSync(`${root}/systemctl`, "utf8")).toMatch(
          /^(try-reload-or-restart ssh.service sshd.service\n){2}$/,
        );
      } finally {
        await host.stop();
      }
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
