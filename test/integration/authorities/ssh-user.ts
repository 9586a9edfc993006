import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../../lab/run";
import type { VaultClient } from "../../../src/vault/client";
import type { AuthorityBed } from "./authority-bed";

/** A signature of the SSH engine. */
export interface Signed {
  readonly signed_key?: string;
  readonly serial_number?: string;
}

/** A user with keys, which the SSH authorities of the instance sign. */
export class SshUser {
  private count = 0;

  private constructor(
    /** Folder of the keys and certificates. */
    readonly folder: string,
    readonly client: VaultClient,
    private readonly sshKeygen: string,
  ) {}

  /** @returns A user with a key of Ed25519. */
  static async create(bed: AuthorityBed, folderName: string): Promise<SshUser> {
    const folder = join(bed.lab.serverFolder, folderName);
    mkdirSync(folder);
    const client = await (await bed.instance()).client("app");
    const user = new SshUser(folder, client, bed.lab.openssh.sshKeygen);
    await user.createKey("ed25519");
    return user;
  }

  /** File of a key. */
  key(name = "ed25519"): string {
    return join(this.folder, `client-${name}`);
  }

  async createKey(name: string, type = name, bits?: string): Promise<void> {
    const length = bits === undefined ? [] : ["-b", bits];
    await run(this.sshKeygen, ["-q", "-t", type, ...length, "-N", "", "-f", this.key(name)]);
  }

  publicKey(name?: string): string {
    return readFileSync(`${this.key(name)}.pub`, "utf8");
  }

  async sign(
    role: string,
    key?: string,
    mount = "ssh",
    request: object = {},
  ): Promise<{ status: number; file: string; serial: string }> {
    const body = { public_key: this.publicKey(key), ...request };
    const answer = await this.client.send("POST", `${mount}/sign/${role}`, { body, accept: [400] });
    const { signed_key = "", serial_number = "" } = (answer.body.data ?? {}) as Signed;
    return { status: answer.status, file: this.writeCertificate(signed_key), serial: `0x${serial_number}` };
  }

  /** Signs the key with another one of this user, for the user ubuntu. @returns File of the certificate. */
  async signWith(ca: string): Promise<string> {
    const file = this.writeCertificate(this.publicKey());
    await run(this.sshKeygen, ["-q", "-s", this.key(ca), "-I", "one", "-n", "ubuntu", file]);
    return file.replace(/\.pub$/, "-cert.pub");
  }

  async signHost(publicKey: string, principals: string): Promise<Signed> {
    const body = { public_key: publicKey, cert_type: "host", valid_principals: principals };
    return (await this.client.send("POST", "ssh/sign/hosts", { body, accept: [400] })).body.data ?? {};
  }

  private writeCertificate(content: string): string {
    const file = join(this.folder, `certificate-${this.count++}.pub`);
    writeFileSync(file, content);
    return file;
  }
}
