import { afterEach, beforeEach, expect, test } from "vitest";
import { checkInstances, type InstanceChecks } from "../../../../src/operations/preflight/check-instances";
import type { SynthesizedStack } from "../../../../src/operations/preflight/synthesized-stack";
import { FakeVault } from "../../../support/vault-api";

let vault: FakeVault;
beforeEach(async () => {
  vault = await FakeVault.start(() => ({ status: 200, body: { sealed: false } }));
});
afterEach(() => vault.stop());

/** A stack with one instance, and the stack with its hook. */
function stacks(address: string, kubernetes: object | undefined, caFile?: string): SynthesizedStack[] {
  const description = { tenant: "a", name: "main", ...(kubernetes === undefined ? {} : { kubernetes }) };
  const hook = {
    provisioner: [{ "local-exec": { command: "tenant-vault unseal a/main" } }],
    triggers_replace: { description },
  };
  const provider = { alias: "instance-main", address, ...(caFile === undefined ? {} : { ca_cert_file: caFile }) };
  return [
    { name: "a-vault", json: { resource: { terraform_data: { hook } } } },
    {
      name: "a-config",
      json: { provider: { vault: [{ alias: "central", address: "https://central:8200" }, provider] } },
    },
  ];
}

function checks(fields: Readonly<Record<string, string>>): InstanceChecks {
  const read = () => Promise.resolve({ fields, version: 1, deleted: false });
  return {
    folder: "/nowhere",
    proxyFor: () => undefined,
    record: () => ({ read }) as unknown as ReturnType<InstanceChecks["record"]>,
  };
}

test("an instance that answers is no problem", async () => {
  expect(await checkInstances(stacks(vault.address, undefined), checks({}))).toEqual([]);
  expect(vault.requests.map(({ path }) => path)).toEqual(["sys/seal-status"]);
});

test("an instance that somebody runs and that does not answer is named", async () => {
  const [line, ...others] = await checkInstances(stacks("http://127.0.0.1:1", undefined), checks({}));
  expect(line).toMatch(
    /^a-config cannot use the instance at http:\/\/127\.0\.0\.1:1 \(.+\); check the address and the route to it\.$/,
  );
  expect(others).toEqual([]);
});

test.each([
  ["has no record yet", {}, 0],
  ["has a record", { "root-token": "x" }, 1],
])("an instance that is deployed here and %s is asked accordingly", async (_what, fields, problems) => {
  const found = await checkInstances(stacks("http://127.0.0.1:1", { release: "a-main" }), checks(fields));
  expect(found.length).toBe(problems);
});

test("a missing file of certificates is named", async () => {
  const [line] = await checkInstances(
    stacks(vault.address, undefined, '${fileexists("ca.pem") ? "ca.pem" : null}'),
    checks({}),
  );
  expect(line).toBe(
    `a-config trusts /nowhere/a-config/ca.pem at ${vault.address}, which does not exist; deploy the stack "central" here, or copy the file from where it was deployed.`,
  );
});
