import type { Construct } from "constructs";
import { checkDurations, Duration } from "../../core/duration";
import { ValidationError } from "../../core/errors";
import type { PkiRoleProps } from "./pki-role-props";

/** What an instance does for the certificates of a PKI, beside issuing them. */
export interface PkiServices {
  /**
   * Whether certificates name the instance as their OCSP responder, which knows a revocation at once.
   *
   * @default false
   * @changes in place: for certificates that are issued afterwards
   */
  readonly ocsp?: boolean;
  /**
   * Whether there are delta revocation lists: a revocation is in one within 15 minutes. Without them, it is in the complete list
   * within 60 hours. On OpenBao, certificates name them.
   *
   * @default false
   * @changes in place: removed, delta lists stay; write false to stop them
   */
  readonly deltaCrl?: boolean;
  /**
   * Removal of expired certificates from the storage.
   *
   * @default - they are kept
   * @changes in place: removed, the instance goes on; write enabled: false to stop it
   */
  readonly tidy?: PkiTidy;
  /**
   * ACME, the protocol by which clients such as certbot, lego and cert-manager obtain certificates and renew them.
   *
   * @default - off
   * @changes in place: removed, ACME stays on; write roles: [] to turn it off
   */
  readonly acme?: PkiAcme;
}

/** When expired certificates are removed. */
export interface PkiTidy {
  /**
   * Whether they are removed.
   *
   * @default true
   * @changes in place: what was removed stays removed
   */
  readonly enabled?: boolean;
  /**
   * How often the instance looks for them.
   *
   * @default - 12 hours
   * @changes in place: applies to the next run
   */
  readonly interval?: Duration;
  /**
   * How long a certificate is kept after it expired.
   *
   * @default - 72 hours
   * @changes in place: applies to the next run
   */
  readonly safetyBuffer?: Duration;
}

/** Who obtains certificates by ACME. The directory of a role is `<address>/v1/<mount>/roles/<role>/acme/directory`. */
export interface PkiAcme {
  /**
   * Names of the roles from which clients obtain certificates. There is no directory without a role.
   *
   * @changes in place: certificates of a role that is no longer named stay valid until they expire
   */
  readonly roles: readonly string[];
  /**
   * Whether a new account needs a credential of the instance, by external account binding. Without it, anyone who controls a domain of
   * a role obtains certificates.
   *
   * @default true
   * @changes in place: accounts that exist stay
   */
  readonly requireAccountBinding?: boolean;
  /**
   * Address and port of the DNS resolver for challenges.
   *
   * @default - the resolver of the servers
   * @changes in place: applies to the next challenge; removed, the former one stays until another one is set
   */
  readonly dnsResolver?: string;
}

const RESOLVER = /^(\d+\.\d+\.\d+\.\d+|\[[\da-f:]+\]):\d{1,5}$/i;

/** @throws ValidationError if ACME has a role that does not exist or cannot be used, or a value is not valid. */
export function checkPkiServices({ tidy, acme }: PkiServices, roles: readonly PkiRoleProps[], scope?: Construct): void {
  checkDurations({ ...tidy }, ["interval", "safetyBuffer"], scope);
  if (acme === undefined) return;
  const fail = (problem: string): never => {
    throw new ValidationError("pki-acme", `ACME of the PKI ${problem}`, scope);
  };
  for (const name of acme.roles) {
    const role = roles.find((each) => each.name === name);
    if (role === undefined)
      fail(`names the role "${name}", which does not exist; use one of: ${roles.map((each) => each.name).join(", ")}.`);
    if (role?.noStore === true)
      fail(`has the role ${name}, whose certificates are not stored; remove noStore, or the role from acme.`);
  }
  if (acme.dnsResolver !== undefined && !RESOLVER.test(acme.dnsResolver))
    fail(`has the dnsResolver ${acme.dnsResolver}; write an IP address and a port, such as "10.0.0.2:53".`);
}

/** Data of `config/auto-tidy`. */
export function tidyConfig({ enabled = true, interval, safetyBuffer }: PkiTidy): Record<string, unknown> {
  return {
    enabled,
    ...(enabled
      ? {
          interval_duration: (interval ?? Duration.hours(12)).toSeconds(),
          safety_buffer: (safetyBuffer ?? Duration.hours(72)).toSeconds(),
          tidy_cert_store: true,
          tidy_revoked_certs: true,
          tidy_acme: true,
        }
      : {}),
  };
}

/** Data of `config/acme`. Without a role, the directory of the mount would sign whatever is requested. */
export function acmeConfig({ roles, requireAccountBinding = true, dnsResolver }: PkiAcme): Record<string, unknown> {
  if (roles.length === 0) return { enabled: false };
  return {
    enabled: true,
    allowed_roles: [...roles],
    default_directory_policy: "forbid",
    eab_policy: requireAccountBinding ? "always-required" : "not-required",
    ...(dnsResolver === undefined ? {} : { dns_resolver: dnsResolver }),
  };
}

/** Whether clients need a credential of the instance to obtain certificates of a role by ACME. */
export function bindsAccounts({ acme }: PkiServices, role: string): boolean {
  return acme !== undefined && acme.requireAccountBinding !== false && acme.roles.includes(role);
}
