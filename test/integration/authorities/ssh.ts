import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../../../lab/ports";
import { SshServer } from "../../../lab/servers/ssh-server";
import { tryRun } from "../../../lab/run";
import { type AuthorityBed, CONFIG } from "./authority-bed";
import { SshUser } from "./ssh-user";

/** Logins to a real sshd, and the keys that sign for them. */
export function testSsh(bed: AuthorityBed): void {
  describe("SSH", () => {
    let server: SshServer;
    let user: SshUser;
    let trustedCa = "";
    let log = "";
    const HOST = "one.acme.internal";

    beforeAll(async () => {
      user = await SshUser.create(bed, "ssh-user");
      trustedCa = await bed.sshPublicKey();
      const { openssh: programs, account, serverFolder } = bed.lab;
      server = new SshServer({
        programs,
        port: await freePort(),
        folder: join(serverFolder, "sshd"),
        account,
        trustedCa,
        principals: ["ubuntu", "alice"],
        settings: ["ForceCommand none"],
      });
      log = join(serverFolder, "sshd", "sshd.log");
      const hostKey = readFileSync(`${await server.createHostKey()}.pub`, "utf8");
      server.useHostCertificate((await user.signHost(hostKey, HOST)).signed_key ?? "");
      await server.start();
      for (const bits of ["2048", "4096"]) await user.createKey(`rsa-${bits}`, "rsa", bits);
      await user.createKey("ecdsa-521", "ecdsa", "521");
      const { body: self } = await user.client.send("GET", "auth/token/lookup-self");
      const { entity_id } = self.data as { entity_id: string };
      await bed.operator.send("POST", `identity/entity/id/${entity_id}`, {
        body: { name: "alice", metadata: { unix: "ubuntu" } },
      });
    });
    afterAll(() => server.stop());

    const canLogIn = (file: string, from?: string): Promise<boolean> => server.canLogIn(user.key(from), file);

    test("S2: a certificate without a requested principal names a user whom sshd lets in", async () => {
      const { file } = await user.sign("ops");
      expect(await canLogIn(file)).toBe(true);
    });

    test("S3: a template of allowedUsers becomes the name of whoever logged in", async () => {
      const { file } = await user.sign("self");
      const { stdout } = await tryRun(bed.lab.openssh.sshKeygen, ["-L", "-f", file]);
      expect(stdout).toMatch(/Principals:\s+alice\s/);
      expect(await canLogIn(file)).toBe(true);
    });

    test("a host shows a certificate, so the client asks no question, and expects that name", async () => {
      const { file } = await user.sign("ops");
      const login = (name: string): Promise<boolean> => server.canLogIn(user.key(), file, { ca: trustedCa, name });
      expect(await login(HOST)).toBe(true);
      expect(await login("two.acme.internal")).toBe(false);
      const hostKey = readFileSync(`${await server.createHostKey()}.pub`, "utf8");
      for (const other of ["acme.internal", "one.acme.example", "*"])
        expect(await user.signHost(hostKey, other)).toEqual({});
    });

    test("a certificate for other networks is refused, also if a request asks for other critical options", async () => {
      expect(await canLogIn((await user.sign("near")).file)).toBe(true);
      expect(await canLogIn((await user.sign("far")).file)).toBe(false);
      const ask = (options: object): ReturnType<SshUser["sign"]> =>
        user.sign("far", "ed25519", "ssh", { critical_options: options });
      expect((await ask({ "source-address": "0.0.0.0/0" })).status).toBe(400);
      expect((await ask({ "force-command": "true" })).status).toBe(400);
      // The one that is allowed is known to no sshd.
      const unknown = await ask({ "none@tenant-vault": "" });
      expect(unknown.status).toBe(200);
      expect(await canLogIn(unknown.file)).toBe(false);
    });

    test("the command of a role runs instead of what the user asks for", async () => {
      const folderOf = async (role: string): Promise<string | undefined> => {
        const { stdout } = await server.sftp(user.key(), (await user.sign(role)).file);
        return /working directory: (.*)/.exec(stdout)?.[1];
      };
      // Both ask for sshd's own server of SFTP, which begins at home.
      expect(await folderOf("ops")).toMatch(/^\/(?!usr$)/);
      expect(await folderOf("files")).toBe("/usr");
    });

    test("sshd logs who logged in, by the key ID of the role or of the request, and which CA signed", async () => {
      const { file } = await user.sign("traced");
      const { stdout } = await tryRun(bed.lab.openssh.sshKeygen, ["-L", "-f", file]);
      expect(stdout).toMatch(/Principals:\s+ubuntu\s/);
      expect(await canLogIn(file)).toBe(true);
      const chosen = await user.sign("traced", "ecdsa-521", "ssh", { key_id: "chosen" });
      expect(await canLogIn(chosen.file, "ecdsa-521")).toBe(true);
      const logins = readFileSync(log, "utf8").matchAll(/Accepted publickey .* (\S+) \S+ ID (\S+) .* CA (\S+) /g);
      expect([...logins].slice(-2).map(([, ...login]) => login)).toEqual([
        ["ED25519-CERT", "traced-of-approle", "ECDSA"],
        ["ECDSA-CERT", "chosen", "ECDSA"],
      ]);
      expect((await user.sign("ops", "ed25519", "ssh", { key_id: "chosen" })).status).toBe(400);
    });

    test("a revoked certificate is refused, and others are not", async () => {
      const [revoked, other] = [await user.sign("ops"), await user.sign("ops")];
      await server.revoke(trustedCa, [revoked.serial]);
      expect(await canLogIn(revoked.file)).toBe(false);
      expect(await canLogIn(other.file)).toBe(true);
    });

    test("S4: an RSA key of 4,096 bits logs in as ubuntu, and one of 2,048 bits is not signed", async () => {
      const request = { valid_principals: "ubuntu" };
      expect(await canLogIn((await user.sign("ops", "rsa-4096", "ssh", request)).file, "rsa-4096")).toBe(true);
      expect((await user.sign("ops", "rsa-2048", "ssh", request)).status).toBe(400);
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
      const { file } = await user.sign("ops", "ed25519", "ssh-logins");
      expect(await canLogIn(file)).toBe(true);
    });

    test("another kind of key is refused, and another generation loses no login (SshCaProps.key, SshSpec.key, RsaSshCaKeyProps.bits, EcdsaSshCaKeyProps.bits, Ed25519SshKeySpec.type, RsaSshKeySpec.type, EcdsaSshKeySpec.type)", async () => {
      const before = await user.sign("ops", "ed25519", "ssh-logins");
      bed.change('key: { type: "ecdsa", bits: 384 }', 'key: { type: "rsa" }');
      await bed.lab.cdktf.synthesize();
      expect(await bed.failure("plan")).toMatch(
        /The signing key of ssh-logins is of another kind than the SSH authority describes; set the former key again, or raise generation to 2/,
      );

      bed.change("ssh: {", "ssh: {\n        generation: 2,");
      await bed.allowMounts();
      expect(await bed.deploy()).toMatch(/ 9 to add, 1 to change, 0 to destroy/);
      server.trust(await bed.lab.cdktf.output(CONFIG, "main_ssh_ca_public_key"));
      const after = await user.sign("ops", "ed25519", "ssh-logins-2");
      for (const { file } of [before, after, await user.sign("ops", "ed25519", "ssh-logins")])
        expect(await canLogIn(file)).toBe(true);
      expect((await tryRun(bed.lab.openssh.sshKeygen, ["-L", "-f", after.file])).stdout).toMatch(
        /RSA .*\(using rsa-sha2-256\)/,
      );

      bed.change("generation: 2", "generation: 2,\n        oldestGeneration: 2");
      expect(await bed.deploy()).toMatch(/ 0 to add, 1 to change, 7 to destroy/);
      server.trust(await bed.lab.cdktf.output(CONFIG, "main_ssh_ca_public_key"));
      expect(await canLogIn(before.file)).toBe(false);
      expect(await canLogIn(after.file)).toBe(true);
      expect((await bed.operator.send("GET", "ssh-logins/config/ca")).status).toBe(200);
    });
  });
}
