import { expect, test } from "vitest";
import { runCommand } from "../support/command";
import type { DatabaseBed } from "./database-bed";
import { LITERAL, OWNER } from "./tenant";

/** What the operator finds after the first deployment. */
export function testDeployedInstance(bed: DatabaseBed): void {
  test("C2: the central Vault works in a namespace, the instance in its root", async () => {
    expect(await bed.lab.central.readRecord("data", "main")).toHaveProperty("root-token");
    expect(await bed.mounts()).toContain("database/orders/");
    expect(await bed.lab.cdktf.plan("data-config")).toMatch(/No changes/);
  });

  test.each([
    ["preflight", "data", { VAULT_NAMESPACE: "team1" }, "data: ready to deploy"],
    ["preflight", "data", {}, "data: ready to deploy"],
    ["status", "data/main", { VAULT_NAMESPACE: "team1" }, "healthy"],
    ["unseal", "data/main", { VAULT_NAMESPACE: "team1" }, "1 of 1 replicas unsealed"],
  ])("C2: tenant-vault %s %s with %j says %j", async (command, subject, namespace, answer) => {
    const { code, stdout, stderr } = await runCommand([command, subject], {
      ...bed.lab.cdktf.environment,
      ...namespace,
      VAULT_ADDR: bed.lab.central.server.address,
      VAULT_CACERT: bed.lab.caCertificateFile,
      CDKTF_APP: `test -z "$VAULT_NAMESPACE" && ${bed.lab.cdktf.compileApp()}`,
    });
    expect(stdout + stderr).toContain(answer);
    expect(code).toBe(0);
  });

  test("T2: texts of its file arrive as they are written", async () => {
    expect(await bed.read("sys/mounts/kv/tune")).toMatchObject({ description: LITERAL });
    expect(await bed.read("database/orders/roles/owner")).toMatchObject({ creation_statements: OWNER });
    await bed.draw("database/orders", "owner");
  });
}
