import { checkRoleName } from "../../constructs/access/roles";
import {
  authorityContent,
  parseCountry,
  parseIpAddress,
  parseSubjectText,
  parseUri,
  type AuthorityContent,
} from "../../constructs/tenant-pki/authority-content";
import { authorityKeyBits } from "../../constructs/tenant-pki/key-bits";
import { checkMachines, type MachineCertificateProps } from "../../constructs/tenant-pki/machine-certificate";
import type { InternalAuthorityProps } from "../../constructs/tenant-pki/internal-root";
import {
  PkiAuthority,
  type ExternalAuthorityProps,
  type ImportedAuthorityProps,
} from "../../constructs/tenant-pki/pki-authority";
import { checkPkiRole } from "../../constructs/tenant-pki/pki-role";
import {
  checkPkiServices,
  type PkiAcme,
  type PkiServices,
  type PkiTidy,
} from "../../constructs/tenant-pki/pki-services";
import { checkLifetime } from "../../constructs/tenant-pki/root-ca";
import { PKI_MOUNT, TenantPKI } from "../../constructs/tenant-pki/tenant-pki";
import type { PkiRoleProps } from "../../constructs/tenant-pki/pki-role-props";
import type { TenantPKIProps } from "../../constructs/tenant-pki/tenant-pki-props";
import { parseDomain, parseDomainPattern } from "../../core/domains";
import { forgetBelow } from "../../terraform/forgotten-resource";
import { z } from "zod";
import {
  boolean,
  choice,
  count,
  distinct,
  list,
  name,
  only,
  parsedBy,
  uniquelyNamed,
  validatedBy,
  whole,
} from "../builders";
import { duration, mountPath, secretRef } from "../fields";
import { shape, type InFile } from "../in-file";
import { engine, unknownName } from "./engine";
import { grantPki, pkiGrants, type PkiGrants } from "./pki-grants";

/** What certificates a role issues. */
export type PkiRoleSpec = InFile<PkiRoleProps>;

/** A certificate that a machine renews by itself. */
export type MachineCertificateSpec = InFile<MachineCertificateProps>;

/** Certificates of a tenant: an intermediate CA and its roles. */
export interface PkiSpec extends InFile<
  AuthorityContent &
    PkiServices &
    Pick<
      TenantPKIProps,
      | "organization"
      | "keyType"
      | "keyBits"
      | "mount"
      | "lifetime"
      | "permittedDomains"
      | "generation"
      | "machines"
      | "roles"
    >
> {
  /**
   * Common name of the intermediate.
   *
   * @default - made of the names of the tenant and the instance
   * @changes new issuer: the old one stays, so that its certificates verify until they expire
   */
  readonly commonName?: string;
  /**
   * Where the CA comes from.
   *
   * @default - an intermediate CA, signed by the operator's root
   * @changes new issuer, the old one stays until it expires: clients must trust the new root first
   */
  readonly authority?: InternalAuthoritySpec | ExportedAuthoritySpec | ExternalAuthoritySpec | ImportedAuthoritySpec;
}

/** A root CA of the tenant's own. The instance generates its key, which never leaves it. */
export interface InternalAuthoritySpec extends InFile<InternalAuthorityProps> {
  /** @changes new issuer, the old one stays until it expires: clients must trust the new root first */
  readonly type: "internal";
}

/** An intermediate CA that an authority elsewhere signs. The instance generates its key, which never leaves it. */
export interface ExternalAuthoritySpec extends InFile<ExternalAuthorityProps> {
  /** @changes new issuer, the old one stays until it expires: clients must trust the new root first */
  readonly type: "external";
}

/** A root CA of the tenant's own, whose key the central Vault holds as well. Clients must trust it. */
export interface ExportedAuthoritySpec extends InFile<InternalAuthorityProps> {
  /** @changes new issuer, the old one stays until it expires: clients must trust the new root first */
  readonly type: "exported";
}

/** A CA that exists, with its key, which the hook imports from the central Vault. */
export interface ImportedAuthoritySpec extends InFile<ImportedAuthorityProps> {
  /** @changes new issuer, the old one stays until it expires: clients must trust the new CA first */
  readonly type: "imported";
}

/** The field of an instance. */
export interface PkiField {
  /**
   * An intermediate CA, signed by the operator's root.
   *
   * @default - none
   * @changes in place: removed, Terraform forgets the mount and its keys and does not destroy them
   */
  readonly pki?: PkiSpec;
}

const domain = name("customer10.internal");
const EXAMPLE = '"customer10.internal"';
const URI = "spiffe://customer10.internal";
const OTHER_NAME = "1.3.6.1.4.1.311.20.2.3;UTF8:*@customer10.internal";

const KEPT = "It holds issuers, whose certificates must stay verifiable.";

const role = shape<PkiRoleSpec>()({
  name: validatedBy(name("web"), (value) => checkRoleName("PKI", value)),
  allowedDomains: list(parsedBy(domain, parseDomainPattern), EXAMPLE),
  allowSubdomains: boolean.optional(),
  allowBareDomains: boolean.optional(),
  allowWildcards: boolean.optional(),
  allowIpSans: boolean.optional(),
  allowedUriSans: list(parsedBy(name(`${URI}/*`), parseUri), `"${URI}/*"`).optional(),
  allowedOtherSans: list(name(OTHER_NAME), `"${OTHER_NAME}"`).optional(),
  requireCn: boolean.optional(),
  usage: choice("server", "client", "both", "code-signing", "email").optional(),
  keyUsage: distinct(
    choice(
      "DigitalSignature",
      "ContentCommitment",
      "KeyEncipherment",
      "DataEncipherment",
      "KeyAgreement",
      "EncipherOnly",
      "DecipherOnly",
    ),
    '"DigitalSignature"',
  ).optional(),
  extKeyUsage: distinct(
    choice("TimeStamping", "OCSPSigning", "IPSECEndSystem", "IPSECTunnel", "IPSECUser"),
    '"TimeStamping"',
  ).optional(),
  keyType: choice("ec", "rsa", "ed25519", "any").optional(),
  keyBits: count("256, 384 or 521 for ec, and 2048, 3072, 4096 or 8192 for rsa").optional(),
  maxTtl: duration.optional(),
  ttl: duration.optional(),
  notAfter: name("2027-12-31T23:59:59Z").optional(),
  notBeforeDuration: duration.optional(),
  noStore: boolean.optional(),
});

const machine = shape<MachineCertificateSpec>()({
  name: validatedBy(name("web1"), (value) => checkRoleName("machine", value)),
  role: name("web"),
  commonName: parsedBy(domain, parseDomainPattern),
  altNames: list(parsedBy(domain, parseDomainPattern), EXAMPLE).optional(),
  ipSans: list(parsedBy(name("198.51.100.2"), parseIpAddress), '"198.51.100.2"').optional(),
  ttl: duration.optional(),
  reload: list(name("systemctl"), '"systemctl", "reload", "nginx"'),
  user: name("www-data").optional(),
  caCertificateFile: name("/etc/ssl/certs/instance-ca.pem").optional(),
  metricsFolder: name("/var/lib/prometheus/node-exporter").optional(),
});

const subjectText = (example: string) => parsedBy(name(example), parseSubjectText).optional();
const content = {
  organizationalUnit: subjectText("Platform"),
  country: parsedBy(name("DZ"), parseCountry).optional(),
  locality: subjectText("Alger"),
  province: subjectText("Bab Ezzouar"),
  streetAddress: subjectText("1 Main Street"),
  postalCode: subjectText("16000"),
  altNames: list(parsedBy(domain, parseDomain), EXAMPLE).optional(),
  ipSans: list(parsedBy(name("198.51.100.2"), parseIpAddress), '"198.51.100.2"').optional(),
  uriSans: list(parsedBy(name(URI), parseUri), `"${URI}"`).optional(),
};

const authorities = z.discriminatedUnion("type", [
  parsedBy(
    shape<InternalAuthoritySpec>()({ type: only("internal"), maxPathLength: whole("path length", 0).optional() }),
    (spec) => PkiAuthority.internal(spec),
  ),
  parsedBy(
    shape<ExportedAuthoritySpec>()({ type: only("exported"), maxPathLength: whole("path length", 0).optional() }),
    (spec) => PkiAuthority.exported(spec),
  ),
  parsedBy(shape<ImportedAuthoritySpec>()({ type: only("imported"), bundle: secretRef }), (spec) =>
    PkiAuthority.imported(spec),
  ),
  parsedBy(
    shape<ExternalAuthoritySpec>()({
      type: only("external"),
      chainFiles: list(name("tenants/customer10-ca.pem"), '"tenants/customer10-ca.pem"').optional(),
    }),
    (spec) => PkiAuthority.external(spec),
  ),
]);

/** Default common name of an instance's intermediate. */
export function intermediateName(tenant: string, instance: string): string {
  return `${tenant} ${instance} CA`;
}

export const pki = engine<PkiField, PkiGrants>()({
  field: "pki",
  schema: validatedBy(
    shape<PkiSpec>()({
      mount: mountPath.optional(),
      commonName: name("customer10 main CA").optional(),
      authority: authorities.optional(),
      organization: name("Customer 10 Ltd").optional(),
      ...content,
      keyType: choice("ec", "rsa", "ed25519").optional(),
      keyBits: count("256, 384 or 521 for ec, and 3072, 4096 or 8192 for rsa").optional(),
      lifetime: validatedBy(duration, (value) => checkLifetime(value)).optional(),
      permittedDomains: list(parsedBy(domain, parseDomain), EXAMPLE).optional(),
      generation: whole("generation", 1).optional(),
      ocsp: boolean.optional(),
      deltaCrl: boolean.optional(),
      tidy: shape<InFile<PkiTidy>>()({
        enabled: boolean.optional(),
        interval: duration.optional(),
        safetyBuffer: duration.optional(),
      }).optional(),
      acme: shape<InFile<PkiAcme>>()({
        roles: distinct(name("web"), '"web"'),
        requireAccountBinding: boolean.optional(),
        dnsResolver: name("10.0.0.2:53").optional(),
      }).optional(),
      roles: uniquelyNamed(role),
      machines: uniquelyNamed(machine).optional(),
    }),
    (spec) => {
      authorityContent(spec, spec.permittedDomains);
      checkPkiServices(spec, spec.roles);
      checkMachines(spec.machines ?? [], spec.roles);
      authorityKeyBits(spec.keyType ?? "ec", spec.keyBits);
      const lifetime = spec.lifetime ?? spec.authority?.defaultLifetime;
      spec.roles.forEach((each) => checkPkiRole(each, { ...spec, lifetime }));
    },
  ),
  grants: pkiGrants,
  mounts: ({ mount = PKI_MOUNT }) => [mount],
  refuse: (spec, _field, entry) => unknownName(entry, spec?.roles.map((each) => each.name) ?? []),
  create: (scope, { commonName, ...spec }, { tenant, name: instance, rootCa, central, ...context }) =>
    new TenantPKI(scope, "Pki", {
      ...spec,
      ...(spec.authority === undefined ? { rootCa } : {}),
      commonName: commonName ?? intermediateName(tenant, instance),
      ...(central === undefined ? {} : { hook: { tenant, name: instance, central } }),
      ...context,
    }),
  forget: (scope) => forgetBelow(scope, ["Pki", "Mount", "Resource"], "vault_mount", KEPT),
  outputs: ({ request, rootCertificate, keyPath, machines }) => ({
    pki_request: request,
    pki_root_certificate: rootCertificate,
    pki_key_path: keyPath,
    pki_machines:
      machines.size === 0
        ? undefined
        : Object.fromEntries([...machines].map(([machine, { cloudInit }]) => [machine, cloudInit])),
  }),
  grant: grantPki,
});
