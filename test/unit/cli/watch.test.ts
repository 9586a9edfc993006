import { afterEach, expect, test } from "vitest";
import { mirror } from "../../../src/cli/mirror";
import { watch } from "../../../src/cli/watch";
import { hostOf } from "../../support/command-host";
import { FakeVault } from "../../support/vault-api";

let vault: FakeVault | undefined;
afterEach(() => vault?.stop());

test.each(["http://hooks.example/s3cr3t", "http://localhost.example/s3cr3t", "s3cr3t"])(
  "H12: a webhook in clear is refused before anything is watched, and not shown: %s",
  async (url) => {
    vault = await FakeVault.start(() => ({ status: 404 }));
    const host = hostOf(vault, { TENANT_VAULT_WEBHOOK: url });
    const refused = watch(host, { poll: 1, refresh: 1, parallel: 1 });
    await expect(refused).rejects.toThrow(
      /^TENANT_VAULT_WEBHOOK is not reached by TLS, and may contain a secret; set it to an https address\.$/,
    );
    expect(vault.asked).toEqual([]);
  },
);

test("H12: a mirror in clear is refused by the name of its variable", async () => {
  vault = await FakeVault.start(() => ({ status: 404 }));
  const mirrored = { TENANT_VAULT_MIRROR_ADDR: "http://mirror.example:8200", TENANT_VAULT_MIRROR_TOKEN: "t" };
  await expect(mirror(hostOf(vault, mirrored))).rejects.toThrow(
    "TENANT_VAULT_MIRROR_ADDR is not set to a TLS address; set it to the address of the mirror",
  );
  expect(vault.asked).toEqual([]);
});
