import type { IGrantee } from "../access/grantee";
import type { Duration } from "../core/duration";
import { ValidationError } from "../core/errors";
import type { Construct } from "constructs";

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

/** A certificate must not outlive its issuer. @throws ValidationError */
export function checkPkiRole(role: PkiRoleProps, issuerLifetime: Duration, scope: Construct): void {
  if (role.maxTtl.isLongerThan(issuerLifetime)) {
    throw new ValidationError(
      "pki-ttl",
      `The PKI role ${role.name} has a maxTtl of ${role.maxTtl.toString()}, longer than the issuer's lifetime of ${issuerLifetime.toString()}; shorten it.`,
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
}
