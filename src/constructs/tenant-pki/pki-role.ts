import type { IGrantee } from "../../policy/grantee";
import { isWithin } from "../../core/domains";
import { Duration } from "../../core/duration";
import { ValidationError } from "../../core/errors";
import type { Construct } from "constructs";
import type { TenantPKIProps } from "./tenant-pki";

/** What certificates a role issues. */
export interface PkiRoleProps {
  /** Name of the role. */
  readonly name: string;
  /** Domains for which certificates are issued. */
  readonly allowedDomains: readonly string[];
  /**
   * Whether a certificate may name a subdomain of these domains.
   *
   * @default true
   */
  readonly allowSubdomains?: boolean;
  /**
   * Whether a certificate may name one of these domains itself.
   *
   * @default false
   */
  readonly allowBareDomains?: boolean;
  /**
   * Whether a certificate may name all subdomains at once, as `*.<domain>`.
   *
   * @default false
   */
  readonly allowWildcards?: boolean;
  /**
   * Who uses the certificates: servers, clients, or both.
   *
   * @default "server"
   */
  readonly usage?: "server" | "client" | "both";
  /** How long a certificate is valid, unless a request asks for less. */
  readonly maxTtl: Duration;
}

/** A role from which certificates are issued. */
export interface IPkiRole {
  readonly name: string;
  /** Lets the grantee request certificates, with keys that Vault generates or for its own signing requests. */
  grantIssue(grantee: IGrantee): void;
}

/** A role of a PKI mount, by name. */
export class PkiRole implements IPkiRole {
  constructor(
    private readonly mount: string,
    readonly name: string,
  ) {}

  grantIssue(grantee: IGrantee): void {
    for (const operation of ["issue", "sign"]) {
      grantee.grant({
        path: `${this.mount}/${operation}/${this.name}`,
        capabilities: ["create", "update"],
        reason: `certificates of the role ${this.name}`,
      });
    }
  }
}

/** How long an intermediate is valid. */
export const DEFAULT_LIFETIME = Duration.days(1825);

/** @throws ValidationError if a certificate would outlive its issuer, or name a domain that the issuer may not sign. */
export function checkPkiRole(
  role: PkiRoleProps,
  { lifetime = DEFAULT_LIFETIME, permittedDomains }: Pick<TenantPKIProps, "lifetime" | "permittedDomains">,
  scope?: Construct,
): void {
  if (role.maxTtl.isLongerThan(lifetime)) {
    throw new ValidationError(
      "pki-ttl",
      `The PKI role ${role.name} has a maxTtl of ${role.maxTtl.toString()}, longer than the issuer's lifetime of ${lifetime.toString()}; shorten it.`,
      scope,
    );
  }
  if (role.allowedDomains.length === 0) {
    throw new ValidationError(
      "pki-domains",
      `The PKI role ${role.name} has no allowedDomains, so it could issue nothing; add at least one.`,
      scope,
    );
  }
  const outside = permittedDomains && role.allowedDomains.find((domain) => !isWithin(domain, permittedDomains));
  if (outside !== undefined) {
    throw new ValidationError(
      "pki-domains",
      `The PKI role ${role.name} allows ${outside}, which is not within permittedDomains (${permittedDomains?.join(", ")}); remove it, or add it to permittedDomains.`,
      scope,
    );
  }
}
