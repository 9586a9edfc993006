import { X509Certificate } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { LabAuthority } from "../../../../lab/certificates";
import { checkIntermediates, nextTime } from "../../../../src/operations/preflight/check-intermediates";
import type { TerraformState } from "../../../../src/operations/preflight/pull-state";
import type { SynthesizedStack } from "../../../../src/operations/preflight/synthesized-stack";
import { FakeVault } from "../../../support/vault-api";

const DAY = 86_400;
const BLOCK = "main_pki_intermediate_0a1b2c3d_signature";

/** A stack whose intermediate lives 30 days. */
const STACK: SynthesizedStack = {
  name: "customer10-config",
  json: {
    resource: {
      vault_pki_secret_backend_root_sign_intermediate: {
        [BLOCK]: { provider: "vault.central", backend: "pki-root", common_name: "Customer CA", ttl: String(30 * DAY) },
        elsewhere: { backend: "other", common_name: "Other CA", ttl: String(30 * DAY) },
      },
    },
  },
};

/** A state in which as many intermediates were created, the first one at a time. */
function state(count: number, time: Date): TerraformState {
  const resource = { mode: "managed", provider: "" };
  return {
    resources: [
      {
        ...resource,
        type: "terraform_data",
        name: BLOCK.replace("signature", "origin"),
        instances: [{ attributes: { input: { value: { accessor: "a", time: time.toISOString() }, type: "object" } } }],
      },
      {
        ...resource,
        type: "vault_pki_secret_backend_root_sign_intermediate",
        name: BLOCK,
        instances: Array.from({ length: count }, (_, index) => ({ index_key: index })),
      },
    ],
  };
}

const folder = mkdtempSync(join(tmpdir(), "tenant-vault-intermediates-"));
let certificate: string;
let end: Date;
let central: FakeVault | undefined;
beforeAll(async () => {
  ({ certificate } = await LabAuthority.create());
  end = new Date(new X509Certificate(certificate).validTo);
});
afterEach(() => central?.stop());
afterAll(() => rmSync(folder, { recursive: true }));

/** A time so many days before the root's certificate expires. */
function before(days: number): Date {
  return new Date(end.getTime() - days * DAY * 1000);
}

async function check(now: Date, found: TerraformState, script = `echo '${JSON.stringify(found)}'`): Promise<string[]> {
  central = await FakeVault.start(({ path }) =>
    path === "pki-root/cert/ca" ? { body: { data: { certificate } } } : { status: 404 },
  );
  const stacks = join(folder, "stacks");
  mkdirSync(stacks, { recursive: true });
  const program = join(folder, "terraform");
  writeFileSync(program, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const environment = { PATH: process.env.PATH };
  return checkIntermediates(central.client(), [STACK], { folder: stacks, program, environment, now });
}

const day = (time: Date): string => time.toISOString().slice(0, 10);

describe("P5: an intermediate that would outlive the certificate of the root", () => {
  test("is named with both dates before its first deployment", async () => {
    expect(await check(before(29), {})).toEqual([
      `customer10-config would have the intermediate "Customer CA" signed, which expires on ${day(before(-1))}, after the root CA pki-root, which expires on ${day(end)}; reduce pki.lifetime, or have it signed by another root CA.`,
    ]);
  });

  test("is named when a rotation is due, and not before", async () => {
    expect(await check(before(20), state(1, before(35)))).toHaveLength(1);
    expect(await check(before(20), state(1, before(34)))).toEqual([]);
    expect(await check(before(20), state(2, before(49)))).toEqual([]);
    expect(await check(before(20), state(2, before(50)))).toHaveLength(1);
  });

  test("is no problem if the root lives long enough, and then no state is read", async () => {
    expect(await check(before(31), {}, "exit 1")).toEqual([]);
  });

  test("is not mentioned if the state cannot be read, which another check names", async () => {
    expect(await check(before(20), {}, "exit 1")).toEqual([]);
  });

  test("is not mentioned without a root, which another check names", async () => {
    certificate = "";
    expect(await check(before(20), {})).toEqual([]);
  });
});

test("the next intermediate is created after half of the lifetime of each", () => {
  const signature = { block: BLOCK, root: "pki-root", commonName: "CA", lifetime: 30 * DAY };
  const first = new Date("2026-01-01T00:00:00Z");
  expect(nextTime(state(1, first), signature)).toEqual(new Date("2026-01-16T00:00:00Z"));
  expect(nextTime(state(3, first), signature)).toEqual(new Date("2026-02-15T00:00:00Z"));
  expect(nextTime({}, signature)).toBeUndefined();
});
