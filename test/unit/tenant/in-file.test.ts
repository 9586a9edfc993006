import { describe, expect, expectTypeOf, test } from "vitest";
import { z } from "zod";
import type { Duration, DurationText, SecretLocation, SecretRef, Size, SizeText } from "../../../src";
import type { TenantSpec } from "../../../src/tenant";
import { shape, type InFile } from "../../../src/tenant/in-file";
import type { tenantSchema } from "../../../src/tenant/tenant-schema";
import { checkSource, compilerMessages, documentationOf, emitDeclarations } from "../../support/checker";

interface Props {
  readonly name: string;
  readonly ttl?: Duration;
  readonly nested?: { readonly sizes: readonly Size[]; readonly secret: SecretRef };
  readonly choice: { readonly a: Duration } | { readonly b: string };
  readonly free?: Readonly<Record<string, unknown>>;
}

interface Spec {
  readonly name: string;
  readonly ttl?: DurationText;
  readonly nested?: { readonly sizes: readonly SizeText[]; readonly secret: SecretLocation };
  readonly choice: { readonly a: DurationText } | { readonly b: string };
  readonly free?: Readonly<Record<string, unknown>>;
}

describe("InFile", () => {
  test("writes durations and sizes as text, and secrets by their location, at any depth", () => {
    expectTypeOf<InFile<Props>>().toEqualTypeOf<Spec>();
  });

  test("leaves lists, unions and free values as they are", () => {
    expectTypeOf<InFile<readonly Duration[]>>().toEqualTypeOf<readonly DurationText[]>();
    expectTypeOf<InFile<Size | "none" | undefined>>().toEqualTypeOf<SizeText | "none" | undefined>();
    expectTypeOf<InFile<unknown>>().toBeUnknown();
  });
});

interface Example {
  readonly name: string;
  readonly amount?: number;
}

// The compiler checks these lines: an expected error that is missing fails `tsc`.
describe("shape", () => {
  const name = z.string();
  const amount = z.number().optional();

  test("ties a schema to its type", () => {
    const schema = shape<Example>()({ name, amount });
    expectTypeOf<z.input<typeof schema>>().toExtend<Example>();
    expectTypeOf<Example>().toExtend<z.input<typeof schema>>();
    expect(schema.safeParse({ name: "a", surplus: 1 }).success).toBe(false);
  });

  test("does not compile if a field is missing", () => {
    // @ts-expect-error -- amount is missing
    expect(shape<Example>()({ name })).toBeDefined();
  });

  test("does not compile if a field is surplus", () => {
    // @ts-expect-error -- surplus is not a field
    expect(shape<Example>()({ name, amount, surplus: name })).toBeDefined();
  });

  test("does not compile if a field has the wrong type", () => {
    // @ts-expect-error -- amount is a number
    expect(shape<Example>()({ name, amount: z.string().optional() })).toBeDefined();
  });

  test("does not compile if a schema accepts only some values", () => {
    // @ts-expect-error -- name may be any text
    expect(shape<Example>()({ name: z.literal("a"), amount })).toBeDefined();
  });

  test("does not compile if an optional field is required by the schema", () => {
    // @ts-expect-error -- amount may be missing
    expect(shape<Example>()({ name, amount: z.number() })).toBeDefined();
  });

  test("does not compile if a required field is optional in the schema", () => {
    // @ts-expect-error -- name is required
    expect(shape<Example>()({ name: name.optional(), amount })).toBeDefined();
  });
});

test("the schema accepts every tenant file that compiles, and a file that it accepts compiles", () => {
  expectTypeOf<TenantSpec>().toExtend<z.input<typeof tenantSchema>>();
  expectTypeOf<z.input<typeof tenantSchema>>().toExtend<TenantSpec>();
});

describe("the documentation of a nested field", { timeout: 120_000 }, () => {
  const consumer = (library: string): string => `
    import { defineTenant } from ${JSON.stringify(library)};
    export default defineTenant({
      name: "a",
      cluster: { network: { cidr: "20.0.0.0/24", externalNetwork: "public" }, image: "i", flavor: { name: "m" }, key: { keyPair: "k" }, bootVolume: { size: "10Gi" } },
      instances: [{
        name: "main", product: "vault", address: "https://a:8200",
        deployment: { mode: "ha", certificate: { certManager: { issuer: "ca", renewBefore: "30d" } } },
        seal: { type: "awskms", region: "r", kmsKeyId: "k" },
        pki: { lifetime: "10d", roles: [{ name: "web", allowedDomains: ["a"], maxTtl: "72h" }] },
        keyValue: [{ deleteVersionAfter: "1d" }],
        roles: [{ name: "web", certificates: ["web"], tokenTtl: "1h" }],
      }],
    });`;
  const fields = [
    [
      "bootVolume",
      /^Boot volume of each node\. It survives the machine: .*\n@default - the disk of the flavor\n@changes /s,
    ],
    ["lifetime", /^Lifetime of the CA\. Each half of it, .*\n@default - 5 years, or 10 years .*\n@changes /],
    ["maxTtl", /^Maximum lifetime of a certificate\. At most half/],
    ["renewBefore", /^How long before its expiry cert-manager renews a certificate\.\n@default - 30 days\n@changes /],
    ["kmsKeyId", /^ID or ARN of the key\./],
    ["deleteVersionAfter", /^Age at which Vault deletes a version\.\n@default - never\n@changes /],
    ["certificates", /^Names of PKI roles from which certificates are issued\.\n@default - none\n@changes /],
    ["tokenTtl", /^Lifetime of a token\. .*\n@default - 1 hour, or .*\n@changes /],
  ] as const;

  const editor = checkSource("tenants/editor.ts", consumer("../src/tenant/define-tenant"));

  test.each(fields)("of %s is shown in the editor", (field, documentation) => {
    expect(documentationOf(editor, field)).toMatch(documentation);
  });

  test("is published with the declarations", () => {
    expect(compilerMessages(editor)).toEqual([]);
    const declarations = emitDeclarations(editor, "published");
    expect([...declarations.keys()].filter((name) => name.endsWith("published/tenant/in-file.d.ts"))).toHaveLength(1);
    const published = checkSource("tenants/editor.ts", consumer("../published/tenant/define-tenant"), declarations);
    expect(compilerMessages(published)).toEqual([]);
    for (const [field, documentation] of fields)
      expect(documentationOf(published, field), field).toMatch(documentation);
  });
});
