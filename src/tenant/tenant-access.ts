import type { CertifiedServers, TenantIntermediate } from "../constructs/tenant-access/tenant-access-props";
import { authorityContent } from "../constructs/tenant-pki/authority-content";
import { DEFAULT_LIFETIME } from "../constructs/tenant-pki/pki-role";
import { parseDomain } from "../core/domains";
import { withoutBrackets } from "../core/host";
import { hasCentralCertificate } from "./instance-deployment";
import { intermediateName } from "./sections/pki";
import type { Tenant } from "./tenant-schema";

/**
 * The intermediates of a tenant that a pipeline may have signed. One without permittedDomains could sign for every tenant, so people
 * deploy the config layer for it.
 */
export function signedIntermediates({ name: tenant, instances }: Tenant): TenantIntermediate[] {
  return instances.flatMap(({ name, pki }) => {
    if (pki?.permittedDomains === undefined || pki.authority !== undefined) return [];
    const { organization, lifetime = DEFAULT_LIFETIME } = pki;
    const content = authorityContent(pki);
    return [
      {
        commonName: pki.commonName ?? intermediateName(tenant, name),
        ...(organization === undefined ? {} : { organization }),
        ...(Object.keys(content).length === 0 ? {} : { content }),
        permittedDomains: pki.permittedDomains.map(parseDomain),
        lifetime,
      },
    ];
  });
}

/** Names of the instances of a tenant with an exported CA, whose key the pipeline keeps in the central Vault. */
export function exportedAuthorities({ instances }: Tenant): string[] {
  return instances.filter(({ pki }) => pki?.authority?.held === "exported").map(({ name }) => name);
}

/** The servers of a tenant whose TLS certificates the central Vault issues. Retired instances have none, and others may get their names. */
export function certifiedServers({ instances }: Tenant): CertifiedServers[] {
  return instances
    .filter((instance) => instance.retired !== true && hasCentralCertificate(instance))
    .map(({ name, address }) => ({ name, host: withoutBrackets(new URL(address).hostname) }));
}
