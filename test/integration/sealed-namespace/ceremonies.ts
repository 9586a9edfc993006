import { join } from "node:path";
import { expect, test } from "vitest";
import { attempt } from "../support/attempts";
import { PATIENCE, SHARED, UNLUCKY, type SharedBed } from "./shared-bed";

/** Root tokens and keys of a namespace, and what only the shared instance does for all. */
export function testCeremonies(shared: SharedBed): void {
  test("what concerns the servers is refused, and so is a rotation, which would destroy the shared instance", async () => {
    const target = ["--target", `file:${join(shared.bed.folder, "snapshots")}`];
    const recipient = ["--recipient", "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"];
    const [steppedDown, migrated, saved, rotated, verified] = await Promise.all(
      [
        ["step-down", "customer21/main"],
        ["migrate-seal", "customer21/main"],
        ["snapshot", "save", "customer21/main", ...target, ...recipient],
        ["rotate-keys", "customer21/main"],
        ["escrow", "verify", "customer21/main"],
      ].map((args) => shared.as("customer21", args)),
    );
    expect(steppedDown?.failure).toContain(`run "tenant-vault step-down ${SHARED}"`);
    expect(migrated?.failure).toContain(`run "tenant-vault migrate-seal ${SHARED}"`);
    expect(saved?.failure).toContain(`[shared-servers] customer21/main is a namespace of ${SHARED}`);
    expect(rotated?.failure).toContain("[namespace-rotation]");
    expect([verified?.code, verified?.stdout]).toEqual([0, expect.stringContaining("only its next unsealing proves")]);
    const ceremony = await shared.identity("customer21/main", "ceremony", "customer21.main");
    expect(await attempt(ceremony, "PUT sys/rotate/root/init", { secret_shares: 1, secret_threshold: 1 })).toBe(403);
  });

  test("a root token and the key of new data are those of the namespace", async () => {
    const revoked = await shared.as("customer21", ["root-token", "revoke", "customer21/main"]);
    expect([revoked.code, revoked.failure]).toEqual([0, ""]);
    const printed = await shared.as("customer21", ["root-token", "generate", "customer21/main", "--print"]);
    expect([printed.code, printed.failure]).toEqual([0, ""]);
    const token = shared.server.client(printed.stdout.trim(), "customer21.main");
    expect((await token.send("GET", "auth/token/lookup-self")).body.data).toMatchObject({ policies: ["root"] });
    expect(await shared.as("customer21", ["rotate-barrier", "customer21/main"])).toMatchObject({ code: 0 });
  });

  test(
    "the shared instance survives a rotation in a namespace if its own keys are rotated before it restarts",
    async () => {
      const { "root-token": root, ...record } = await shared.bed.central.readRecord(UNLUCKY, "main");
      const rotating = shared.server.client(root, `${UNLUCKY}.main`);
      const begun = await rotating.send("PUT", "sys/rotate/root/init", {
        body: { secret_shares: 1, secret_threshold: 1 },
      });
      const { nonce } = begun.body.data as { nonce: string };
      for (const index of [0, 1])
        await rotating.send("PUT", "sys/rotate/root/update", { body: { nonce, key: record[`unseal-key-${index}`] } });
      const rotated = await shared.bed.run(["rotate-keys", SHARED], shared.bed.environment());
      expect([rotated.code, rotated.failure]).toEqual([0, ""]);
      await shared.restart();
      // Only the person who rotated them has the new keys.
      expect((await shared.hook(UNLUCKY)).code).toBe(1);
    },
    PATIENCE,
  );
}
