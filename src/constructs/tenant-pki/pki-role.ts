import type { IGrantee } from "../../policy/grantee";
import { isWithin } from "../../core/domains";
import { Duration } from "../../core/duration";
import { ValidationError } from "../../core/errors";
import type { Construct } from "constructs";
import type { TenantPKIProps } from "./tenant-pki";

/** What certificates a role issues. */
export interface PkiRoleProps {
  readonly name: string;
  /** Names that certificates may be for, or be subdomains of. */
  readonly allowedDomains: readonly string[];
  /** @default true */
  readonly allowSubdomains?: boolean;
  /**
   * Whether the listed domains themselves may be named.
   *
   * @default false
   */
  readonly allowBareDomains?: boolean;
  /**
   * Whether a certificate may be for all names below a domain, as `*.` and the domain.
   *
   * @default false
   */
  readonly allowWildcards?: boolean;
  /**
   * For servers, clients, or both.
   *
   * @default "server"
   */
  readonly usage?: "server" | "client" | "both";
  /** Longest life of a certificate, and its life when none is asked for. */
  readonly maxTtl: Duration;
}

/** A role that certificates can be issued from. */
export interface IPkiRole {
  readonly name: string;
  /** Lets the grantee have certificates issued, with keys made by Vault or for its own signing requests. */
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

/** Life of an intermediate. */
export const DEFAULT_LIFETIME = Duration.days(1825);

/** @throws ValidationError when a certificate would outlive its issuer, or be for a domain that this may not sign for. */
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
      `The PKI role ${role.name} has no allowedDomains, so that it could issue nothing; name at least one.`,
      scope,
    );
  }
  const outside = permittedDomains && role.allowedDomains.find((domain) => !isWithin(domain, permittedDomains));
  if (outside !== undefined) {
    throw new ValidationError(
      "pki-domains",
      `The PKI role ${role.name} allows ${outside}, which is not within permittedDomains (${permittedDomains?.join(", ")}); take it out, or permit it.`,
      scope,
    );
  }
}
