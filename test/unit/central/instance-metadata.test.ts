import fc from "fast-check";
import { expect, test } from "vitest";
import type { Instance } from "../../../src/contract/instance";
import { descriptionDigest, fromMetadata, metadataPatch, toMetadata } from "../../../src/central/instance-metadata";
import { metadataKeysOf } from "../../../src/contract/metadata-size";
import { all } from "../../support/all";

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,30}$/);
/** A URL may not name a host such as "xn--", which has to be punycode. */
const host = name.filter((text) => !text.startsWith("xn--"));
const described: fc.Arbitrary<Instance> = fc.record(
  {
    tenant: name,
    name,
    product: fc.constantFrom("vault" as const, "openbao" as const),
    seal: fc.constantFrom("shamir" as const, "transit" as const, "static" as const),
    volatile: fc.constant(true as const),
    selfInitializes: fc.constant(true as const),
    secretShares: fc.integer({ min: 1, max: 255 }),
    secretThreshold: fc.integer({ min: 1, max: 255 }),
    replicas: fc.array(fc.record({ name, address: host.map((text) => `https://${text}:8200`) }), {
      minLength: 1,
      maxLength: 7,
    }),
    caCertificate: fc
      .array(fc.base64String({ minLength: 64, maxLength: 64 }), { minLength: 1, maxLength: 40 })
      .map((lines) => `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`),
    kubernetes: fc.record(
      {
        namespace: name,
        statefulSet: name,
        serviceAccount: name,
        kubeconfig: fc.record({ mount: name, path: name }),
        certificate: fc.record(
          {
            secretName: name,
            names: fc.array(name, { minLength: 1, maxLength: 20 }),
            issuer: fc.record({ mount: name, role: name }),
          },
          { requiredKeys: ["secretName", "names"] },
        ),
        sealToken: fc.record({ secretName: name, role: name }),
      },
      { requiredKeys: ["namespace", "statefulSet", "kubeconfig", "certificate"] },
    ),
    identities: fc.record(
      {
        mounts: fc.array(fc.record({ path: name, type: fc.constantFrom("pki" as const, "database" as const) })),
        logins: fc.array(fc.record({ path: name, type: fc.constant("approle" as const) }), { maxLength: 1 }),
        tokenTtl: fc.integer({ min: 60, max: 86_400 }),
        secretIdTtl: fc.integer({ min: 3_600, max: 31_536_000 }),
        boundCidrs: fc.array(
          fc.ipV4().map((address) => `${address}/32`),
          { minLength: 1, maxLength: 5 },
        ),
      },
      { requiredKeys: ["mounts", "logins", "tokenTtl", "secretIdTtl"] },
    ),
  },
  { requiredKeys: ["tenant", "name", "product", "seal", "secretShares", "secretThreshold", "replicas"] },
);

test("a description comes back from the record's metadata as it was", () => {
  fc.assert(
    fc.property(described, (instance) => {
      expect(fromMetadata(instance.tenant, instance.name, toMetadata(instance))).toEqual(instance);
    }),
  );
});

test("metadata keep the limits of KV version 2: 64 keys, values of 512 printable bytes", () => {
  fc.assert(
    fc.property(described, (instance) => {
      const metadata = toMetadata(instance);
      expect(Object.keys(metadata).length).toBeLessThanOrEqual(60);
      for (const value of all(Object.values(metadata))) {
        expect(Buffer.byteLength(value)).toBeLessThanOrEqual(512);
        expect(value).toMatch(/^[\x20-\x7e]+$/);
      }
    }),
  );
});

test("a patch leads from any metadata to the wanted ones, and leaves those of others alone", () => {
  fc.assert(
    fc.property(described, described, (before, after) => {
      const existing = { ...toMetadata(before), owner: "operations" };
      const patch = metadataPatch(existing, toMetadata(after));
      const merged: Record<string, string | null> = { ...existing, ...patch };
      const patched = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
      expect(patched).toEqual({ ...toMetadata(after), owner: "operations" });
      expect(metadataPatch(patched as Record<string, string>, toMetadata(after))).toEqual({});
    }),
  );
});

test("metadata that this program did not write are no description", () => {
  expect(fromMetadata("a", "b", {})).toBeUndefined();
  expect(fromMetadata("a", "b", { owner: "operations" })).toBeUndefined();
});

test("a digest names a description, whatever order its fields have, and every change of it", () => {
  fc.assert(
    fc.property(described, described, (one, other) => {
      const reordered = Object.fromEntries(Object.entries(one).reverse()) as Instance;
      expect(descriptionDigest(reordered)).toBe(descriptionDigest(one));
      expect(descriptionDigest({ ...one, volatile: undefined })).toBe(
        descriptionDigest({ ...one, volatile: undefined }),
      );
      const same = JSON.stringify(toMetadata(one)) === JSON.stringify(toMetadata(other));
      const named = one.tenant === other.tenant && one.name === other.name;
      expect(descriptionDigest(one) === descriptionDigest(other)).toBe(same && named);
    }),
  );
});

test("H9: a description takes no more keys than synthesis counts", () => {
  fc.assert(
    fc.property(described, (instance) => {
      const written = Object.keys(
        toMetadata({ ...instance, retired: true, wantedShares: { shares: 7, threshold: 4 } }),
      );
      // People and runs add these.
      const added = ["held", "initialized-at", "unsealed-at", "root-token-begun", "escrow-verified"];
      expect(written.length + added.length).toBeLessThanOrEqual(metadataKeysOf(instance));
    }),
  );
});
