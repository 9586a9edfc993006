import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { custody, keepConfiguredCustody, verifyConfiguredCustody } from "../../../src/cli/custody";
import type { CustodyContext } from "../../../src/operations/custody/keep-custody";
import { ageKey } from "../../support/age";
import { hostOf } from "../../support/command-host";
import { FakeVault } from "../../support/vault-api";

const MAIN = "customer10/main";
/** None of these commands gets as far as the central Vault. */
let central: FakeVault;
let folder: string;
let people: string;

beforeAll(async () => {
  central = await FakeVault.start(() => ({ status: 500 }));
  folder = mkdtempSync(join(tmpdir(), "tenant-vault-custody-"));
  people = join(folder, "people");
  writeFileSync(people, `alice ${(await ageKey()).recipient}\n`);
});
afterAll(async () => {
  await central.stop();
  rmSync(folder, { recursive: true });
});

test.each<[string, string | undefined, object, () => Record<string, string>, RegExp]>([
  ["no instance", undefined, {}, () => ({}), /^Which records are meant is not clear; /],
  ["an instance and all", MAIN, { all: true }, () => ({}), /^Which records are meant is not clear; /],
  ["no people", MAIN, { target: "file:x" }, () => ({}), /^No file with people is named; .*TENANT_VAULT_CUSTODY_PEOPLE/],
  ["no such file", MAIN, { people: "none" }, () => ({}), /^The file with people none cannot be read \(ENOENT\); /],
  [
    "no target, but one of snapshots",
    MAIN,
    {},
    () => ({ TENANT_VAULT_CUSTODY_PEOPLE: people, TENANT_VAULT_SNAPSHOTS: "file:x" }),
    /^No target of the second custody is named; .* or set TENANT_VAULT_CUSTODY\.$/,
  ],
  [
    "a wrong target",
    MAIN,
    { target: "ftp://x" },
    () => ({ TENANT_VAULT_CUSTODY_PEOPLE: people }),
    /^"ftp:\/\/x" is not a valid target of the second custody; /,
  ],
])("%s is a wrong use", async (_, target, options, environment, message) => {
  const running = custody(hostOf(central, environment()), target, { parallel: 1, ...options });
  await expect(running).rejects.toMatchObject({ code: "usage", message: expect.stringMatching(message) as string });
});

test("nothing is done and nothing is checked if it is not configured", async () => {
  const host = hostOf(central, { TENANT_VAULT_CUSTODY_PEOPLE: "none" });
  await keepConfiguredCustody(host, MAIN);
  expect(await verifyConfiguredCustody(host, {} as CustodyContext)).toBe(false);
  const configured = hostOf(central, { TENANT_VAULT_CUSTODY: "file:x", TENANT_VAULT_CUSTODY_PEOPLE: "none" });
  await expect(keepConfiguredCustody(configured, MAIN)).rejects.toMatchObject({ code: "usage" });
});
