/** Milliseconds. */
export const DAYS = 24 * 3600 * 1000;
export const YEARS = 365 * DAYS;

export const RESOLVER_PORT = 19_711;
export const SERVICES = `ocsp: true,
        deltaCrl: true,
        tidy: { interval: "6h" },
        acme: { roles: ["web"], dnsResolver: "127.0.0.1:${RESOLVER_PORT}" },`;
/** Each turned off as its documentation says. */
export const SERVICES_OFF = `deltaCrl: false,
        tidy: { enabled: false },
        acme: { roles: [] },`;

export const TENANT = `
import { defineTenant } from "tenant-vault/tenant";

export default defineTenant({
  name: "trust",
  instances: [
    {
      name: "main",
      product: "openbao",
      address: "https://127.0.0.1:19710",
      deployment: { mode: "external", addresses: ["https://127.0.0.1:19710"] },
      pki: {
        ${SERVICES}
        permittedDomains: ["acme.internal", "müller.internal"],
        roles: [
          { name: "web", allowedDomains: ["acme.internal"], maxTtl: "72h" },
          { name: "pattern", allowedDomains: ["*.Apps.ACME.internal"], allowSubdomains: false, maxTtl: "72h" },
          { name: "umlaut", allowedDomains: ["müller.internal"], maxTtl: "72h" },
          { name: "rsa", allowedDomains: ["acme.internal"], keyType: "rsa", maxTtl: "72h" },
          {
            name: "workload",
            allowedDomains: [],
            requireCn: false,
            allowIpSans: true,
            allowedUriSans: ["spiffe://acme.internal/*"],
            usage: "both",
          },
          { name: "code", allowedDomains: ["acme.internal"], usage: "code-signing", ttl: "24h" },
          { name: "mail", allowedDomains: ["acme.internal"], allowBareDomains: true, usage: "email" },
        ],
        machines: [
          {
            name: "web1",
            role: "web",
            commonName: "web1.acme.internal",
            altNames: ["www.acme.internal"],
            // The agent renews while a tenth is left, so that a busy machine has two seconds for it.
            ttl: "20s",
            reload: ["sh", "-c", "echo >> /etc/tenant-vault/web1/reloads"],
            caCertificateFile: "/etc/tenant-vault/web1/instance-ca.pem",
          },
        ],
      },
      ssh: {
        key: { type: "ecdsa", bits: 384 },
        hosts: { users: { ubuntu: ["ubuntu"] }, hostRole: "hosts" },
        roles: [
          { type: "certificate", name: "ops", allowedUsers: ["ubuntu"], maxTtl: "30m" },
          { type: "certificate", name: "self", allowedUsers: ["{{identity.entity.name}}"], maxTtl: "30m" },
          { type: "certificate", name: "near", allowedUsers: ["ubuntu"], sourceCidrs: ["127.0.0.0/8"], maxTtl: "30m" },
          { type: "certificate", name: "far", allowedUsers: ["ubuntu"], sourceCidrs: ["192.0.2.0/24"], maxTtl: "30m" },
          {
            type: "certificate",
            name: "files",
            allowedUsers: ["ubuntu"],
            forceCommand: "internal-sftp -d /usr",
            maxTtl: "30m",
          },
          {
            type: "certificate",
            name: "traced",
            allowedUsers: ["{{identity.entity.metadata.unix}}"],
            keyIdFormat: "{{role_name}}-of-{{token_display_name}}",
            allowUserKeyIds: true,
            maxTtl: "30m",
          },
          { type: "host", name: "hosts", allowedDomains: ["acme.internal"], maxTtl: "30d" },
        ],
      },
      keyValue: [
        { mount: "kv" },
        {
          mount: "kvv2",
          casRequired: true,
          organizations: [
            {
              name: "company1",
              apps: [
                {
                  name: "web",
                  placeholders: [
                    { name: "smtp", environments: ["dev", "prod"], type: "password", owner: "mail-team" },
                  ],
                },
                { name: "billing", environments: ["dev"] },
              ],
            },
          ],
          placeholders: [
            { path: "shared/payments", type: "api-key" },
            { path: "shared/session", type: "password", generatedLength: 32 },
            {
              path: "shared/legacy",
              type: "password",
              generatedLength: 24,
              generatedRules: [{ charset: "abcdefghkmnpqrstuvwxyz23456789" }, { charset: "#!%", minChars: 2 }],
            },
          ],
        },
      ],
      roles: [
        { name: "reader", keyValuePolicies: ["web-user"] },
        {
          name: "app",
          certificates: ["web"],
          ssh: ["ops", "self", "near", "far", "files", "traced", "hosts"],
          write: ["kv/app"],
          secretIdTtl: "90d",
          tokenTtl: "60d",
        },
      ],
    },
  ],
});
`;

export const AUTHORITY = `
        organization: "Acme Ltd",
        organizationalUnit: "Platform",
        country: "DZ",
        locality: "Alger",
        province: "Bab Ezzouar",
        streetAddress: "1 Main Street",
        postalCode: "16000",
        altNames: ["ca.acme.internal"],
        ipSans: ["198.51.100.2"],
        uriSans: ["spiffe://acme.internal"],
        keyType: "rsa",
        keyBits: 3072,`;

/** After the issue of each certificate here, and before the end of each issuer. */
export const NOT_AFTER = new Date(Date.now() + 25 * DAYS).toISOString().replace(/\.\d+/, "");
export const CODE_TTL = 'ttl: "24h"';
/** What takes the place of a lifetime. */
export const CODE_FIELDS = `notAfter: "${NOT_AFTER}",
            notBeforeDuration: "5m",
            noStore: true,
            keyBits: 384,
            keyUsage: ["DigitalSignature"],
            extKeyUsage: ["TimeStamping"],
            allowIpSans: true,
            allowedUriSans: ["https://ci.acme.internal/*"],
            allowedOtherSans: ["1.3.6.1.4.1.311.20.2.3;UTF8:*@acme.internal"]`;

/** The end of the certificates of the form, a year and more from now. */
export const FORM_END = `${new Date().getFullYear() + 1}-12-31T23:59:59Z`;
/** The form of the console that people filled in before, for a CA and for a certificate. */
export const FORM = `      pki: {
        mount: "certificates",
        authority: { type: "internal", maxPathLength: 1 },
        commonName: "company1.org",
        altNames: ["company1.org", "company1.dz"],
        organization: "Company 1",
        organizationalUnit: "Web",
        country: "DZ",
        locality: "Alger",
        province: "Bab Ezzouar",
        keyType: "rsa",
        keyBits: 4096,
        lifetime: "87600h",
        roles: [
          {
            name: "web-server-role",
            allowedDomains: ["web-server1.com", "web-server1.org", "web-server1.dz"],
            allowBareDomains: true,
            allowIpSans: true,
            notAfter: "${FORM_END}",
          },
          { name: "short", allowedDomains: ["web-server1.com"], allowBareDomains: true, ttl: "72h" },
          { name: "web", allowedDomains: ["acme.internal"] },
        ],
      },
`;
