import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { PROJECT } from "../../lab/cdktf";
import { tryRun, type RunResult } from "../../lab/run";

function lab(...args: string[]): Promise<RunResult> {
  return tryRun(process.execPath, ["--import", "tsx", "lab/main.ts", ...args], { cwd: PROJECT });
}

function leftOvers(): string[] {
  const folder = join(PROJECT, ".lab");
  return existsSync(folder) ? readdirSync(folder) : [];
}

describe("npm run lab", () => {
  test.each([
    ["acme", [], "www.acme.internal"],
    ["customer10", ["--tenant", "tenants/customer10.ts"], "www.customer10.internal"],
  ])("deploys %s onto real servers and proves it", async (tenant, args, certificate) => {
    const before = leftOvers();

    const { code, stdout, stderr } = await lab(...args);

    expect(stderr).toBe("");
    expect(code).toBe(0);
    for (const proof of [
      `all 3 replicas of ${tenant}/main are unsealed, raft counts 3 peers, the central Vault holds 5 unseal keys and the root token`,
      `a certificate for ${certificate} from ${tenant}/main's PKI: openssl verifies it up to the central root`,
      `a login to sshd with a certificate of ${tenant}/main's SSH CA; refused after its TTL`,
      `a one-time SSH password of ${tenant}/main is accepted once and not again`,
      `credentials drawn from ${tenant}/main log in to PostgreSQL, and no longer do once their lease is revoked`,
      `a replica of ${tenant}/main, killed and restarted, comes back sealed; "tenant-vault unseal ${tenant}/main" brings it back`,
      `a second "cdktf deploy" changes nothing in central, ${tenant}-vault, ${tenant}-config: 0 to add, 0 to change, 0 to destroy`,
      "keys, tokens and passwords is in any of",
    ]) {
      expect(stdout).toContain(proof);
    }
    expect(leftOvers()).toEqual(before);
  });

  test("says in one sentence what is wrong with a tenant file", async () => {
    const { code, stderr } = await lab("--tenant", "tenants/none.ts");
    expect(code).toBe(1);
    expect(stderr).toMatch(/^lab: [^\n]*none\.ts[^\n]*\n$/);
  });
});
