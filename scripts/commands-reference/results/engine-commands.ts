import type { AuthorityReport } from "../../../src/operations/authorities/ensure-authority";
import type { RevocationReport } from "../../../src/operations/certificates/revoke-certificates";
import type { StoredCertificate } from "../../../src/operations/certificates/stored-certificate";
import type { PasswordReport } from "../../../src/operations/databases/write-password";
import type { PlaceholdersReport } from "../../../src/operations/placeholders/write-placeholders";
import type { Results } from "./result";

export const ENGINE_RESULTS: Results = {
  "certificates list": {
    example: {
      instance: "customer10/main",
      certificates: [
        {
          mount: "pki",
          serial: "24:6c:56:aa:86:97:0f:5b:2e:06:78:78:a1:65:6f:cc:f8:df:20:b1",
          commonName: "web.customer10.internal",
          names: ["DNS:web.customer10.internal"],
          issued: "2026-11-27T09:00:00.000Z",
          expires: "2026-11-30T09:00:30.000Z",
          ca: false,
        },
      ] satisfies readonly StoredCertificate[],
    },
    notes: [
      "`issued` is the beginning of the validity, which roles date back by half a minute.",
      "A certificate that was revoked also has `revoked`. Roles with `noStore` store none, so they are not listed.",
    ],
  },
  "certificates revoke": {
    example: {
      instance: "customer10/main",
      revoked: [
        {
          mount: "pki",
          serial: "24:6c:56:aa:86:97:0f:5b:2e:06:78:78:a1:65:6f:cc:f8:df:20:b1",
          commonName: "web.customer10.internal",
          expires: "2026-11-30T09:00:30.000Z",
        },
      ],
      already: 0,
    } satisfies RevocationReport & { readonly instance: string },
    notes: [
      "`already` is the number of those that were revoked before. Dates select no certificate of a CA, and none that has expired.",
    ],
  },
  authority: {
    example: {
      instance: "customer10/main",
      mount: "pki",
      issuer: "exported-1a2b3c4d",
      steps: ["generate-key", "certify", "keep-certificate"],
    } satisfies AuthorityReport & { readonly instance: string },
    notes: [
      "`steps` is what this run did: `generate-key`, `certify`, `keep-certificate`, `import` and `name`. It is empty if the mount had the CA.",
      "For the key of an SSH authority, `issuer` is its fingerprint, and the only step is `import`.",
    ],
  },
  database: {
    example: {
      instance: "customer10/main",
      mount: "database/cache",
      connection: "cache",
      steps: ["write"],
    } satisfies PasswordReport & { readonly instance: string },
    notes: [
      "`steps` is what this run did: `write` if it wrote the password, or `verify` if it had been written. It is empty if there was nothing to do.",
    ],
  },
  placeholders: {
    example: {
      instance: "customer10/main",
      written: ["kv/company1/web/web-dev/smtp"],
      existing: 4,
    } satisfies PlaceholdersReport & { readonly instance: string },
    notes: [
      "`written` has the paths that this run wrote. `existing` is the number of the others, which it left alone.",
    ],
  },
};
