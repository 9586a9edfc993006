import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../../../lab/ports";
import { run, tryRun } from "../../../lab/run";
import { SshServer } from "../../../lab/servers/ssh-server";
import { type AuthorityBed, CONFIG } from "./authority-bed";
import { SshUser } from "./ssh-user";

/** Signing keys of SSH authorities that a person has written into the central Vault. */
export function testImportedSshKeys(bed: AuthorityBed): void {
  describe("imported SSH keys", () => {
    let server: SshServer;
    let user: SshUser;
    /** Newest generation of the parts before. */
    let base = 1;
    let mount = "ssh";

    beforeAll(async () => {
      const section = /ssh: \{[^]*?hosts:/.exec(bed.text)?.[0] ?? "";
      base = Number(/ generation: (\d+)/.exec(section)?.[1] ?? 1);
      mount = /mount: "(.*?)"/.exec(section)?.[1] ?? mount;
      user = await SshUser.create(bed, "ssh-imported");
      const { openssh: programs, account, serverFolder } = bed.lab;
      const folder = join(serverFolder, "sshd-imported");
      const principals = ["ubuntu"];
      server = new SshServer({ programs, port: await freePort(), folder, account, trustedCa: "", principals });
      await server.start();
      await bed.lab.central.client.send("POST", "sys/mounts/outside-ssh", {
        body: { type: "kv", options: { version: "2" } },
      });
    });
    afterAll(() => server.stop());

    const pathOf = (generation: number): string => (generation === 1 ? mount : `${mount}-${generation}`);

    /** Imported keys of the tenant file, each with its path in the central Vault. */
    const write = (generation: number, imported: Readonly<Record<number, string>>): void => {
      const keys = Object.entries(imported).map(
        ([number, place]) => `{ generation: ${number}, privateKey: { mount: "outside-ssh", field: "key", ${place} } },`,
      );
      const fields = `mount: "${mount}", generation: ${generation}, importedKeys: [${keys.join("")}],`;
      bed.write(bed.text.replace(/ssh: \{[^]*?hosts:/, `ssh: { ${fields} hosts:`));
    };

    /** Writes the file of a key into the central Vault, as a person would. */
    const keep = (path: string, file: string): Promise<unknown> => {
      const { client } = bed.lab.central;
      const body = { data: { key: readFileSync(file, "utf8") } };
      return expect
        .poll(() => client.send("POST", `outside-ssh/data/${path}`, { body, accept: [400] }).then((it) => it.status))
        .toBe(200);
    };

    const trustedKeys = async (): Promise<string[]> =>
      (await bed.lab.cdktf.output(CONFIG, "main_ssh_ca_public_key")).trim().split("\n");
    const words = (publicKey: string): string => publicKey.split(" ").slice(0, 2).join(" ").trim();
    const expectLogins = async (...generations: readonly number[]): Promise<void> => {
      for (const generation of generations)
        expect(await server.canLogIn(user.key(), (await user.sign("ops", "ed25519", pathOf(generation))).file)).toBe(
          true,
        );
    };

    test("SshImportedKey.privateKey: sshd trusts what a key of ssh-keygen signs, in the instance and outside it", async () => {
      await user.createKey("outside", "rsa", "3072");
      await keep("trust/ca", user.key("outside"));
      write(base + 1, { [base + 1]: 'path: "trust/ca"' });
      await bed.lab.cdktf.apply("trust-access");
      await bed.allowMounts();
      await bed.deploy();
      const keys = await trustedKeys();
      expect(words(keys.at(-1) ?? "")).toBe(words(user.publicKey("outside")));
      server.trust(`${keys.join("\n")}\n`);
      await expectLogins(base, base + 1);
      const { file } = await user.sign("ops", "ed25519", pathOf(base + 1));
      const { stdout } = await tryRun(bed.lab.openssh.sshKeygen, ["-L", "-f", file]);
      expect(stdout).toMatch(/Signing CA: RSA SHA256:\S+ \(using rsa-sha2-(256|512)\)/);
      expect(await server.canLogIn(user.key(), await user.signWith("outside"))).toBe(true);
    });

    test("the key is in no state, plan or file of the stack", async () => {
      const [, line = ""] = readFileSync(user.key("outside"), "utf8").split("\n");
      const last = readFileSync(user.key("outside"), "utf8").trim().split("\n").at(-2) ?? "";
      const state = await bed.lab.cdktf.terraform(CONFIG, "state", "pull");
      const plan = await bed.lab.cdktf.terraform(CONFIG, "show", "-json", "plan");
      const json = readFileSync(join(bed.lab.cdktf.stackFolder(CONFIG), "cdk.tf.json"), "utf8");
      expect(state).toContain(words(user.publicKey("outside")));
      for (const text of [state, plan, json]) {
        expect(text).toContain("trust/ca");
        for (const part of ["PRIVATE KEY", line, last]) expect(text.includes(part)).toBe(false);
      }
    });

    test("another key in its place is refused, and the mount keeps the former one", async () => {
      await user.createKey("stranger", "ed25519");
      await keep("trust/ca", user.key("stranger"));
      write(base + 1, { [base + 1]: 'path: "trust/ca", revision: 2' });
      await bed.lab.cdktf.synthesize();
      expect(await bed.failure("apply", "-auto-approve")).toMatch(
        /signs with another key than the field key of outside-ssh\/trust\/ca .* raise generation of the SSH authority/,
      );
      await expectLogins(base + 1);
      await keep("trust/ca", user.key("outside"));
      await bed.deploy();
      await expectLogins(base + 1);
    });

    test("SshGenerations.importedKeys: a plan that would generate a key in its place is refused, and one that imports over a generated key", async () => {
      const text = bed.text;
      write(base + 1, {});
      await bed.lab.cdktf.synthesize();
      expect(await bed.failure("plan")).toMatch(/ssh_imported_keys\["generation-\d"\] has lifecycle\.prevent_destroy/);
      write(base + 1, { [base + 1]: 'path: "trust/ca", revision: 2', [base]: 'path: "trust/ca"' });
      await bed.lab.cdktf.synthesize();
      expect(await bed.failure("plan")).toMatch(
        /vault_ssh_secret_backend_ca\.main_ssh\S* has lifecycle\.prevent_destroy/,
      );
      bed.write(text);
    });

    test("a mount that was lost gets the same key again", async () => {
      await bed.operator.send("DELETE", `sys/mounts/${pathOf(base + 1)}`);
      await bed.deploy();
      await expectLogins(base + 1);
    });

    test("a key that is weak or has a passphrase is refused; the next one is imported, and no login is lost", async () => {
      await user.createKey("next", "ed25519");
      await user.createKey("weak", "rsa", "2048");
      await keep("trust/next", user.key("weak"));
      // A generated key between two imported ones.
      write(base + 3, { [base + 1]: 'path: "trust/ca", revision: 2', [base + 3]: 'path: "trust/next"' });
      await bed.lab.cdktf.apply("trust-access");
      await bed.allowMounts();
      await bed.lab.cdktf.synthesize();
      expect(await bed.failure("apply", "-auto-approve")).toMatch(/has an RSA key of 2048 bits; write one of at least/);
      await run(bed.lab.openssh.sshKeygen, ["-q", "-p", "-N", "passphrase", "-f", user.key("weak")]);
      await keep("trust/next", user.key("weak"));
      expect(await bed.failure("apply", "-auto-approve")).toMatch(
        /has a private key with a passphrase; write it without/,
      );
      await keep("trust/next", user.key("next"));
      await bed.deploy();
      const keys = await trustedKeys();
      expect([words(keys.at(-3) ?? ""), words(keys.at(-1) ?? "")]).toEqual(
        ["outside", "next"].map((name) => words(user.publicKey(name))),
      );
      server.trust(`${keys.join("\n")}\n`);
      await expectLogins(base, base + 1, base + 2, base + 3);
    });

    test("a host also accepts what another CA has signed (SshHostsProps.additionalTrustedKeys)", async () => {
      await user.createKey("operator", "rsa", "3072");
      const file = await user.signWith("operator");
      expect(await server.canLogIn(user.key(), file)).toBe(false);
      const key = JSON.stringify(user.publicKey("operator").trim());
      bed.change('users: { ubuntu: ["ubuntu"] },', `users: { ubuntu: ["ubuntu"] }, additionalTrustedKeys: [${key}],`);
      await bed.deploy();
      const cloudInit = await bed.lab.cdktf.output(CONFIG, "main_ssh_hosts_cloud_init");
      const { write_files: files } = JSON.parse(cloudInit.replace(/^#.*/, "")) as {
        write_files: { path: string; content: string }[];
      };
      server.trust(files.find(({ path }) => path.endsWith("/trusted-user-ca-keys.pem"))?.content ?? "");
      expect(await server.canLogIn(user.key(), file)).toBe(true);
      await expectLogins(base + 1, base + 3);
      expect(await server.canLogIn(user.key(), await user.signWith("stranger"))).toBe(false);
    });
  });
}
