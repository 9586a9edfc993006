import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { defineTenant, loadTenant, loadTenants, type Tenant, type TenantSpec } from "../../../src/tenant";
import type * as DefineTenant from "../../../src/tenant/define-tenant";
import { checkTogether, type TenantFile } from "../../../src/tenant/load-tenants";
import { overlap, parseCidr } from "../../../src/core/cidr";

const EXTERNAL = { mode: "external", addresses: ["https://10.0.0.1:8200"] } as const;

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(__dirname, "tenants-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, tenant: object): void {
  const library = join(__dirname, "..", "..", "..", "src", "tenant");
  const source = `import { defineTenant } from ${JSON.stringify(library)};\nexport default defineTenant(${JSON.stringify(tenant)} as never);\n`;
  writeFileSync(join(folder, name), source);
}

function onNetwork(name: string, cidr: string): Tenant {
  return defineTenant({
    name,
    cluster: {
      network: { name: "net", cidr, externalNetwork: "public" },
      image: "i",
      flavor: { id: "1" },
      key: { keyPair: "k" },
    },
    instances: [],
  });
}

describe("loadTenants", () => {
  test("loads every file of the folder, in the order of their names", async () => {
    write("b.ts", { name: "b", instances: [] });
    write("a.ts", { name: "a", instances: [] });
    writeFileSync(join(folder, "notes.md"), "");
    expect((await loadTenants(folder)).map(({ name }) => name)).toEqual(["a", "b"]);
  });

  test("names file, field and reason of what is wrong", async () => {
    write("customer10.ts", { name: "Customer10", instances: [] });
    await expect(loadTenants(relative(process.cwd(), folder))).rejects.toThrow(
      /^test\/unit\/tenant\/tenants-\w+\/customer10\.ts: name: "Customer10" is not a valid DNS label/,
    );
  });

  test("says what a file without a tenant should have", async () => {
    writeFileSync(join(folder, "empty.ts"), "export const tenant = 1;\n");
    await expect(loadTenants(folder)).rejects.toThrow(/empty\.ts: has no tenant as its default export/);
  });

  test("T6: checks a plain object like one that defineTenant was given", async () => {
    const file = { name: "a", instances: [{ name: "main", product: "bao" }] };
    writeFileSync(join(folder, "plain.ts"), `export default ${JSON.stringify(file)};\n`);
    await expect(loadTenants(folder)).rejects.toThrow(
      /plain\.ts: instances\[0\]\.product: "bao" is not allowed; .*\n.*plain\.ts: instances\[0\]\.address: is missing/,
    );
  });

  test("takes a plain object that is right", async () => {
    writeFileSync(join(folder, "right.ts"), 'export default { name: "a", instances: [] };\n');
    const [tenant] = await loadTenants(folder);
    expect(tenant).toEqual({ name: "a", instances: [] });
    expect(Object.isFrozen(tenant?.instances)).toBe(true);
  });

  test.each([
    ["an object of other fields", "{ tenant: 1 }", /a\.ts: name: is missing; add a name/],
    ["a text", '"customer10"', /a\.ts: "customer10" is not a valid object; write an object with name, instances/],
    ["null", "null", /a\.ts: is empty; add an object with name, instances/],
  ])("checks %s as well", async (_what, source, message) => {
    writeFileSync(join(folder, "a.ts"), `export default ${source};\n`);
    await expect(loadTenants(folder)).rejects.toThrow(message);
  });

  test("takes a tenant that another copy of the package has checked", async () => {
    vi.resetModules();
    const copy = await vi.importActual<typeof DefineTenant>("../../../src/tenant/define-tenant");
    expect(copy.defineTenant).not.toBe(defineTenant);
    const tenant = copy.defineTenant({
      name: "a",
      instances: [
        {
          name: "main",
          product: "vault",
          address: "https://a:8200",
          deployment: EXTERNAL,
          keyValue: [{ deleteVersionAfter: "1d" }],
        },
      ],
    });
    (globalThis as { tenantOfTheTest?: Tenant }).tenantOfTheTest = tenant;
    writeFileSync(join(folder, "a.mjs"), "export default globalThis.tenantOfTheTest;\n");
    const [loaded] = await loadTenants(folder);
    expect(loaded).toBe(tenant);
  });

  test("says so if a file does not exist", async () => {
    await expect(loadTenant("tenants/nobody.yaml")).rejects.toThrow(
      "tenants/nobody.yaml: does not exist; check the path",
    );
  });
});

describe("checkTogether", () => {
  test("fails when two tenants have one name", () => {
    const files = ["a.ts", "b.ts"].map((file): TenantFile => ({
      file,
      tenant: defineTenant({ name: "a", instances: [] }),
    }));
    expect(() => checkTogether(files)).toThrow(
      'b.ts: name: "a" is the name of the tenant in a.ts already; choose another',
    );
  });

  describe("T2: two tenants cannot have the same names of servers", () => {
    const inCluster = { mode: "ha", kubernetesApiCidrs: ["10.0.0.5/32"], certificate: { secret: "tls" } };
    const files = (deploymentOf: (tenant: string) => object): TenantFile[] =>
      (
        [
          ["acme", "eu-main"],
          ["acme-eu", "main"],
        ] as const
      ).map(([tenant, name]) => ({
        file: `${tenant}.ts`,
        tenant: defineTenant({
          name: tenant,
          cluster: { existing: true },
          instances: [
            { name, product: "openbao", address: `https://${tenant}.example:8200`, deployment: deploymentOf(tenant) },
          ],
        } as TenantSpec),
      }));

    const external = (tenant: string): object => ({
      mode: "external",
      addresses: [`https://0.${tenant}.example:8200`],
    });

    test("in a cluster", () => {
      expect(() => checkTogether(files(() => inCluster))).toThrow(
        'acme-eu.ts: instances[0].name: acme-eu/main and acme/eu-main would both be the release "acme-eu-main", with the same names of servers; choose another name',
      );
    });

    test("outside, servers have names of their own", () => {
      expect(() => checkTogether(files(external))).not.toThrow();
    });
  });

  describe("T5: two tenants cannot have the same address", () => {
    const tenantAt = (name: string, address: string, addresses: string[], retired = false): TenantFile => ({
      file: `${name}.ts`,
      tenant: defineTenant({
        name,
        instances: [
          { name: "main", product: "openbao", address, retired, deployment: { mode: "external", addresses } },
        ],
      }),
    });
    const [here, there] = ["https://vault.example:8200", "https://10.0.0.1:8200"];
    const a = tenantAt("a", here, [there]);

    test.each<[string, string, string[], string]>([
      ["the same", here, ["https://10.0.0.2"], "instances[0].address"],
      ["written in another way", "https://VAULT.example:8200", ["https://10.0.0.2"], "instances[0].address"],
      ["of a replica", "https://b.example", ["https://10.0.0.2", there], "instances[0].deployment.addresses[1]"],
      ["of the other's replica", there, ["https://10.0.0.2"], "instances[0].address"],
    ])("%s", (_title, address, addresses, field) => {
      expect(() => checkTogether([a, tenantAt("b", address, addresses)])).toThrow(
        new RegExp(
          `^b\\.ts: ${field.replaceAll(/[[\].]/g, "\\$&")}: https://\\S+ is an address of the tenant in a\\.ts already; choose another$`,
        ),
      );
    });

    test("unless one of them is retired, or it is another", () => {
      expect(() => checkTogether([a, tenantAt("b", here, [there], true)])).not.toThrow();
      expect(() => checkTogether([a, tenantAt("b", "https://vault.example", ["https://10.0.0.1:8201"])])).not.toThrow();
      expect(() => checkTogether([tenantAt("a", here, [here])])).not.toThrow();
    });
  });

  test("fails just when two networks overlap", () => {
    const network = fc
      .record({ block: fc.nat({ max: 31 }), length: fc.integer({ min: 3, max: 8 }) })
      .map(({ block, length }) => {
        const size = 2 ** (8 - length);
        return `10.0.${(Math.floor((block * 8) / size) * size) % 256}.0/${16 + length}`;
      });
    fc.assert(
      fc.property(fc.array(network, { maxLength: 8 }), (networks) => {
        const files = networks.map((cidr, index): TenantFile => ({
          file: `${index}.ts`,
          tenant: onNetwork(`t${index}`, cidr),
        }));
        const parsed = networks.map(parseCidr);
        const meet = parsed.some((a, index) => parsed.slice(index + 1).some((b) => overlap(a, b)));
        if (meet)
          expect(() => checkTogether(files)).toThrow(
            /cluster.network.cidr: .* overlaps .* of \d+\.ts; choose another network/,
          );
        else expect(() => checkTogether(files)).not.toThrow();
      }),
    );
  });
});
