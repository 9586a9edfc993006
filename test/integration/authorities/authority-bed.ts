import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import { PROJECT } from "../../../lab/cdktf";
import { startLab, type Lab } from "../../../lab/lab";
import { Progress } from "../../../lab/progress";
import { DeployedInstance } from "../../../lab/proofs/instance";
import { run } from "../../../lab/run";
import { obtainTerraform } from "../../../lab/tools/terraform";
import { checkIntermediates } from "../../../src/operations/preflight/check-intermediates";
import type { StackJson } from "../../../src/operations/preflight/synthesized-stack";
import type { VaultClient } from "../../../src/vault/client";
import { readCertificate, verify, type IssuedCertificate } from "../support/certificates";
import { removeLab } from "../support/lab";
import { DAYS, TENANT } from "./tenant-file";

const TENANT_FILE = join(PROJECT, ".lab", `authorities-tenant-${process.pid}.ts`);
/** Stack with the engines. */
export const CONFIG = "trust-config";
const VAULT = "trust-vault";

/** A tenant whose authorities the tests use and change, on real servers. */
export class AuthorityBed {
  lab!: Lab;
  /** A client with the root token of the instance. */
  operator!: VaultClient;
  /** The tenant file. */
  text = "";

  async start(): Promise<void> {
    mkdirSync(dirname(TENANT_FILE), { recursive: true });
    this.write(TENANT);
    this.lab = await startLab(TENANT_FILE, new Progress(() => undefined));
    await this.lab.cdktf.apply("central", "trust-access", VAULT, CONFIG);
    this.operator = (await this.instance()).operator();
  }

  async stop(): Promise<void> {
    await removeLab(this.lab);
    rmSync(TENANT_FILE, { force: true });
  }

  instance(): Promise<DeployedInstance> {
    return DeployedInstance.open(this.lab, this.lab.tenant.instances[0] as never);
  }

  write(text: string): void {
    this.text = text;
    writeFileSync(TENANT_FILE, text);
  }

  /** Changes the tenant file, as its engineer would. */
  change(from: string, to: string): void {
    expect(this.text).toContain(from);
    this.write(this.text.replace(from, to));
  }

  /** Deploys the changed file. @returns The plan; a second one changes nothing. */
  async deploy(): Promise<string> {
    const plan = await this.lab.cdktf.plan(CONFIG);
    await this.lab.cdktf.terraform(CONFIG, "apply", "-input=false", "plan");
    expect(await this.lab.cdktf.terraform(CONFIG, "plan", "-input=false")).toContain("No changes");
    return plan;
  }

  /** Deploys the layer before, whose hook gives the identity `apply` the right to use new mounts. */
  async allowMounts(): Promise<void> {
    await this.lab.cdktf.plan(VAULT);
    await this.lab.cdktf.terraform(VAULT, "apply", "-input=false", "plan");
  }

  /** The sentences with which Terraform fails, on one line. */
  async failure(...args: readonly string[]): Promise<string> {
    return this.lab.cdktf.terraform(CONFIG, ...args, "-input=false").then(
      () => "no failure",
      (error: unknown) => onOneLine((error as Error).message),
    );
  }

  /** Makes the intermediates as old, as far as the state knows. */
  age(days: number): void {
    const state = join(this.lab.deployFolder, "state", `${CONFIG}.tfstate`);
    const time = new Date(Date.now() - days * DAYS).toISOString().replace(/\.\d+/, "");
    writeFileSync(state, readFileSync(state, "utf8").replaceAll(/"time": "2[^"]+"/g, `"time": "${time}"`));
  }

  /** Makes another default issuer of the root's mount. @returns What puts the former one back. */
  async replaceRoot(days: number): Promise<() => Promise<unknown>> {
    const { client } = this.lab.central;
    const { body } = await client.send("GET", "pki-root/config/issuers");
    const key = { key_type: "ec", key_bits: 384, max_path_length: 1, exclude_cn_from_sans: true };
    const made = await client.send("POST", "pki-root/root/rotate/internal", {
      body: { common_name: "Next Root CA", ttl: `${days * 24}h`, ...key },
    });
    const setDefault = async (issuer: unknown): Promise<unknown> =>
      client.send("POST", "pki-root/config/issuers", { body: { default: issuer } });
    await setDefault((made.body.data as { issuer_id: string }).issuer_id);
    return () => setDefault((body.data as { default: string }).default);
  }

  /** What the preflight says of the intermediates in the stack that was synthesized last, and in its state. */
  async preflight(): Promise<string[]> {
    const folder = this.lab.cdktf.stackFolder(CONFIG);
    const json = JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8")) as StackJson;
    const { program } = await obtainTerraform();
    const access = { folder: dirname(folder), program, environment: this.lab.cdktf.environment };
    return checkIntermediates(this.lab.central.client, [{ name: CONFIG, json }], { ...access, now: new Date() });
  }

  /** Public key of the SSH authority. */
  async sshPublicKey(): Promise<string> {
    return `${((await this.read("ssh/config/ca")) as { public_key: string }).public_key.trim()}\n`;
  }

  async read(path: string): Promise<unknown> {
    return (await this.operator.send("GET", path)).body.data;
  }

  async issue(role: string, name: string, mount = "pki"): Promise<IssuedCertificate> {
    const { body } = await this.operator.send("POST", `${mount}/issue/${role}`, { body: { common_name: name } });
    return readCertificate(body.data);
  }

  /** Credentials of the role, with another secret ID. */
  async loginOf(path: string): Promise<{ role_id: string; secret_id: string; secret_id_ttl: number }> {
    const role = `auth/${path}/role/app`;
    const { role_id } = (await this.operator.send("GET", `${role}/role-id`)).body.data as { role_id: string };
    const { body } = await this.operator.send("POST", `${role}/secret-id`);
    return { ...(body.data as { secret_id: string; secret_id_ttl: number }), role_id };
  }

  /** Logs in with the role, and with another secret ID. */
  async logIn(path: string): Promise<{ status: number; body: Record<string, unknown>; secretIdTtl: number }> {
    const { role_id, secret_id, secret_id_ttl } = await this.loginOf(path);
    const login = await this.operator.send("POST", `auth/${path}/login`, { body: { role_id, secret_id } });
    return { status: login.status, body: login.body, secretIdTtl: secret_id_ttl };
  }

  async issuedNames(role: string, name: string): Promise<number> {
    const { status } = await this.operator.send("POST", `pki/issue/${role}`, {
      body: { common_name: name },
      accept: [400],
    });
    return status;
  }

  /** What a client does: chain up to the operator's root, name constraints, and revocation lists from the certificates' URLs. */
  async expectVerified(issued: IssuedCertificate): Promise<void> {
    expect(await verify(this.lab, issued)).toBe("OK");
  }

  /** What the instance's OCSP responder says of a certificate. */
  async statusOf({ leaf, issuer }: IssuedCertificate, url: string): Promise<string> {
    const folder = mkdtempSync(join(this.lab.serverFolder, "ocsp-"));
    const [certificate, authority] = [join(folder, "leaf.pem"), join(folder, "issuer.pem")];
    writeFileSync(certificate, leaf);
    writeFileSync(authority, issuer);
    const { stdout } = await run("openssl", [
      ...["ocsp", "-url", url, "-CAfile", this.lab.caCertificateFile, "-verify_other", authority, "-trust_other"],
      ...["-issuer", authority, "-cert", certificate],
    ]);
    return stdout;
  }
}

export function dayAfter(days: number): string {
  return new Date(Date.now() + days * DAYS).toISOString().slice(0, 10);
}

export function onOneLine(output: string): string {
  return output.replaceAll(/[\s│]+/g, " ");
}
