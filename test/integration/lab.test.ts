import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FOLDER_VARIABLE, newFolderInProject, PROJECT } from "../../lab/cdktf";
import { begin, run, type Command } from "../../lab/run";

/** Where these labs deploy, and where they keep their servers. Others run at the same time. */
let deployed: string;
let temporary: string;
beforeAll(() => {
  deployed = newFolderInProject("labs");
  temporary = mkdtempSync(join(tmpdir(), "tenant-vault-labs-"));
  // An unprivileged account runs the servers.
  chmodSync(temporary, 0o711);
});
afterAll(() => {
  for (const folder of [deployed, temporary]) rmSync(folder, { recursive: true });
});

function lab(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Command {
  const env = { ...process.env, [FOLDER_VARIABLE]: deployed, TMPDIR: temporary, ...environment };
  return begin(process.execPath, ["--import", "tsx", "lab/main.ts", ...args], { cwd: PROJECT, env });
}

/** Folders of labs: of what they deploy, and of their servers. */
function folders(): string[] {
  return [...readdirSync(deployed), ...readdirSync(temporary).filter((name) => name.startsWith("tenant-vault-lab-"))];
}

describe("npm run lab", () => {
  test.each([
    ["acme", [], "www.acme.internal", "web"],
    ["customer10", ["--tenant", "tenants/customer10.ts"], "www.customer10.internal", "shared"],
  ])("deploys %s onto real servers and proves it", async (tenant, args, certificate, folder) => {
    const before = folders();

    const { code, stdout, stderr } = await lab(args).ended;

    expect(stderr).toBe("");
    expect(code).toBe(0);
    for (const proof of [
      `the audit log of ${tenant}/main has no request of the root token after its initialisation: not by Terraform, the hook or status`,
      `all 3 replicas of ${tenant}/main are unsealed, raft counts 3 peers, the central Vault holds 5 unseal keys and the root token`,
      `a certificate for ${certificate} from ${tenant}/main's PKI: openssl verifies it up to the central root`,
      `a login to sshd with a certificate of ${tenant}/main's SSH CA; refused after its TTL`,
      `a one-time SSH password of ${tenant}/main is accepted once and not again`,
      `credentials from ${tenant}/main log in to PostgreSQL, and no longer do after their lease was revoked`,
      `the role ops of ${tenant}/main writes below kv/${folder} and web reads it; web cannot write there`,
      `blocks of commands in the guide of ${tenant}/main work as they are written`,
      `a replica of ${tenant}/main, killed and restarted, comes back sealed; "tenant-vault unseal ${tenant}/main" brings it back`,
      `a second "cdktf deploy" changes nothing in central, ${tenant}-vault, ${tenant}-config: 0 to add, 0 to change, 0 to destroy`,
      "keys, tokens and passwords is in any of",
    ]) {
      expect(stdout).toContain(proof);
    }
    expect(folders()).toEqual(before);
  });

  test.each([
    ["SIGTERM", "servers start", "ca.pem", ["--keep"]],
    ["SIGHUP", "cdktf begins to deploy", "cdktf.out", []],
    ["SIGINT", "Terraform applies", "state", []],
  ] as const)("on %s while %s ends what it started", async (signal, _moment, sign, args) => {
    const before = folders();
    const interrupted = lab(args);
    const started = new Set<string>();
    const watch = setInterval(() => {
      for (const name of folders()) if (!before.includes(name)) started.add(name);
      if ([...started].some((name) => existsSync(join(deployed, name, sign)))) interrupted.kill(signal);
    }, 100);

    const { code, stderr } = await interrupted.ended;

    clearInterval(watch);
    expect([code, stderr]).toEqual([130, ""]);
    expect(started.size).toBe(2);
    expect(folders()).toEqual(before);
    // With their environments, in which whatever the deployment starts finds the folder.
    const { stdout: processes } = await run("ps", ["axeww", "-o", "args"]);
    for (const name of started) expect(processes).not.toContain(name);
  });

  test("says in one sentence what is wrong with a tenant file", async () => {
    const { code, stderr } = await lab(["--tenant", "tenants/none.ts"]).ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^lab: [^\n]*none\.ts[^\n]*\n$/);
  });

  test("runs no tenant on the server of another product, and starts nothing", async () => {
    const before = folders();
    const vault = join(temporary, "vault");
    writeFileSync(vault, '#!/bin/sh\necho "Vault v1.21.4"\n', { mode: 0o755 });
    const { code, stderr } = await lab([], { TENANT_VAULT_SERVER: vault }).ended;
    expect([code, stderr]).toEqual([
      1,
      `lab: The tenant file has the product "openbao", and ${vault} is "vault"; set TENANT_VAULT_SERVER to a program of "openbao".\n`,
    ]);
    expect(folders()).toEqual(before);
  });
});
