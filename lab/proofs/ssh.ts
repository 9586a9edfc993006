import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { VaultClient } from "../../src/vault/client";
import { freePort } from "../ports";
import { run } from "../run";
import { SshServer } from "../servers/ssh-server";
import { expect, type DeployedInstance } from "./instance";

const SHORT_TTL_SECONDS = 4;
const FOREIGN_PRINCIPAL = "intruder";

/** Proves that a real sshd accepts a certificate of the SSH CA for an allowed principal, until it expires. */
export async function proveSshCertificate(instance: DeployedInstance): Promise<string | undefined> {
  const { lab, description, target } = instance;
  const ssh = description.ssh;
  const role = ssh?.roles.find(
    ({ name, config }) => config.allowUserCertificates === true && instance.roleWith("ssh", name) !== undefined,
  );
  if (ssh === undefined || role === undefined) return undefined;
  const mount = ssh.mount ?? "ssh";
  const [trusted = "", untrusted] = (role.config.allowedUsers ?? "").split(",");

  const { body } = await instance
    .server(0)
    .client()
    .send("GET", `${mount}/config/ca`, { accept: [403, 404] });
  const publicKey =
    (body.data as { public_key?: string } | undefined)?.public_key ??
    (await lab.cdktf.output(`${lab.tenant.name}-config`, `${description.name}_ssh_ca_public_key`));
  const port = await freePort();
  const folder = join(lab.serverFolder, `sshd-${description.name}`);
  const server = new SshServer({
    programs: lab.openssh,
    port,
    folder,
    account: lab.account,
    trustedCa: `${publicKey.trim()}\n`,
    principals: [trusted],
  });
  await server.start();
  try {
    const keys = new UserKey(
      await instance.client(instance.roleWith("ssh", role.name) ?? ""),
      mount,
      role.name,
      join(folder, "client"),
    );
    await keys.create(lab.openssh.sshKeygen);

    const certificate = await keys.sign({ valid_principals: trusted });
    expect(await server.canLogIn(keys.file, certificate), `sshd accepts ${trusted} with a certificate of ${target}`);

    const shortLived = await keys.sign({ valid_principals: trusted, ttl: `${SHORT_TTL_SECONDS}s` });
    await sleep((SHORT_TTL_SECONDS + 1) * 1000);
    expect(!(await server.canLogIn(keys.file, shortLived)), "sshd refuses a certificate after its TTL");

    expect(
      (await keys.trySign({ valid_principals: FOREIGN_PRINCIPAL })) === undefined,
      `${target} signs nothing for a principal that is not allowed`,
    );
    if (untrusted !== undefined) {
      const other = await keys.sign({ valid_principals: untrusted });
      expect(!(await server.canLogIn(keys.file, other)), "sshd refuses a principal that the host does not accept");
    }
  } finally {
    await server.stop();
  }
  return `a login to sshd with a certificate of ${target}'s SSH CA; refused after its TTL, for a principal that the role does not allow, and for one that the host does not accept`;
}

/** Proves that a one-time password is accepted once. */
export async function proveSshOneTimePassword(instance: DeployedInstance): Promise<string | undefined> {
  const { description, target } = instance;
  const role = description.ssh?.roles.find(
    ({ name, endpoint }) => endpoint === "creds" && instance.roleWith("ssh", name) !== undefined,
  );
  if (description.ssh === undefined || role === undefined) return undefined;
  const mount = description.ssh.mount ?? "ssh";
  const client = await instance.client(instance.roleWith("ssh", role.name) ?? "");
  const [network = "127.0.0.1"] = (role.config.cidrList ?? "").split(/[,/]/);
  const ip = network.replace(/\.0$/, ".1");
  const { body } = await client.send("POST", `${mount}/creds/${role.name}`, { body: { ip } });
  const { key } = body.data as { key: string };
  instance.secrets.push(key);
  // The helper on the host sends the same request without a token.
  const host = instance.server(0).client();
  const first = await host.send("POST", `${mount}/verify`, { body: { otp: key } });
  expect((first.body.data as { ip: string }).ip === ip, `${target} accepts a one-time password for ${ip}`);
  const second = await host.send("POST", `${mount}/verify`, { body: { otp: key }, accept: [400] });
  expect(second.status === 400, `${target} accepts a one-time password only once`);
  return `a one-time SSH password of ${target} is accepted once and not again`;
}

/** Key pair of a user, with certificates for it. */
class UserKey {
  readonly file: string;
  private count = 0;

  constructor(
    private readonly client: VaultClient,
    private readonly mount: string,
    private readonly role: string,
    private readonly folder: string,
  ) {
    this.file = join(folder, "id_ed25519");
  }

  async create(sshKeygen: string): Promise<void> {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    await run(sshKeygen, ["-q", "-t", "ed25519", "-N", "", "-f", this.file]);
  }

  /** @returns File of the certificate. */
  async sign(request: Readonly<Record<string, string>>): Promise<string> {
    const certificate = await this.trySign(request);
    expect(certificate !== undefined, `the SSH role ${this.role} signs for ${JSON.stringify(request)}`);
    const file = join(this.folder, `certificate-${this.count++}.pub`);
    writeFileSync(file, certificate);
    return file;
  }

  async trySign(request: Readonly<Record<string, string>>): Promise<string | undefined> {
    const publicKey = readFileSync(`${this.file}.pub`, "utf8");
    const { status, body } = await this.client.send("POST", `${this.mount}/sign/${this.role}`, {
      body: { ...request, public_key: publicKey },
      accept: [400],
    });
    return status === 400 ? undefined : (body.data as { signed_key: string }).signed_key;
  }
}
