import type { IGrantee } from "../../policy/grantee";
import { checkDurations, Duration } from "../../core/duration";
import { ValidationError } from "../../core/errors";
import { checkSecretPath } from "../../core/mount-path";
import type { DatabaseCredentials, IDynamicDb } from "../dynamic-db/dynamic-db";
import type { IKeyValue } from "../key-value/key-value";
import type { IPkiRole } from "../tenant-pki/pki-role";

/** What each secret of a workload has. */
export interface WorkloadSecretProps {
  /**
   * Name of the Secret in Kubernetes, or of the file of the agent.
   *
   * @changes in place: as a removed secret and a new one; pods that name the former Secret do not start any more
   */
  readonly name: string;
}

/** A secret that people or programs write. */
export interface KeyValueSecretProps extends WorkloadSecretProps {
  /**
   * The mount.
   *
   * @changes in place: the Secret gets the content of the other secret at its next refresh
   */
  readonly keyValue: IKeyValue;
  /**
   * Path of the secret below the mount.
   *
   * @changes in place: the Secret gets the content of the other secret at its next refresh
   */
  readonly path: string;
}

/** Credentials of a database. */
export interface DatabaseSecretProps extends WorkloadSecretProps {
  /**
   * The database.
   *
   * @changes in place: the Secret gets other credentials
   */
  readonly database: IDynamicDb;
  /**
   * Name of one of its roles, or static roles.
   *
   * @changes in place: the Secret gets other credentials
   */
  readonly role: string;
}

/** What a certificate of a workload contains. */
export interface CertificateContent {
  /**
   * Common name.
   *
   * @changes in place: a new certificate is issued
   */
  readonly commonName: string;
  /**
   * Further domains.
   *
   * @default - none
   * @changes in place: a new certificate is issued
   */
  readonly altNames?: readonly string[];
  /**
   * IP addresses.
   *
   * @default - none
   * @changes in place: a new certificate is issued
   */
  readonly ipSans?: readonly string[];
  /**
   * Lifetime, within the `maxTtl` of the role, which shortens longer ones without an error.
   *
   * @changes in place: a new certificate is issued
   */
  readonly ttl: Duration;
  /**
   * Time before its end at which the next one is issued. The agent ignores it: it renews at about 90 percent of the lifetime.
   *
   * @default - a third of its lifetime
   * @changes in place: it applies to the next renewal
   */
  readonly renewBefore?: Duration;
}

/** A certificate with its key, which the instance generates. */
export interface CertificateSecretProps extends WorkloadSecretProps, CertificateContent {
  /**
   * The PKI role that issues it.
   *
   * @changes in place: a new certificate is issued
   */
  readonly role: IPkiRole;
}

/** Where a secret comes from, as deliveries need it. */
export type WorkloadSecretSource =
  | { readonly type: "key-value"; readonly mount: string; readonly path: string }
  | ({ readonly type: "credentials"; readonly mount: string } & DatabaseCredentials)
  | ({
      readonly type: "certificate";
      readonly mount: string;
      readonly path: string;
    } & Required<CertificateContent>);

/** A secret of an instance that a {@link Workload} gets. */
export class WorkloadSecret {
  /** A secret of a key-value mount. All its keys become keys of the Secret. @throws ValidationError unless it is one secret. */
  static keyValue({ name, keyValue, path }: KeyValueSecretProps): WorkloadSecret {
    checkSecretPath(path);
    return new WorkloadSecret(name, { type: "key-value", mount: keyValue.mount, path }, (grantee) =>
      keyValue.grantRead(grantee, path),
    );
  }

  /** Credentials of a database: the keys `username` and `password`. */
  static database({ name, database, role }: DatabaseSecretProps): WorkloadSecret {
    const source = { type: "credentials", mount: database.mount, ...database.credentials(role) } as const;
    return new WorkloadSecret(name, source, (grantee) => database.grantCredentials(grantee, role));
  }

  /** A certificate: a Secret of the type `kubernetes.io/tls`. @throws ValidationError if it would be renewed too late. */
  static certificate({ name, role, ...content }: CertificateSecretProps): WorkloadSecret {
    checkDurations(content, ["ttl", "renewBefore"]);
    const { commonName, altNames = [], ipSans = [], ttl } = content;
    const renewBefore = checkRenewal({ name, ...content });
    const path = `issue/${role.name}`;
    const certificate = { commonName, altNames, ipSans, ttl, renewBefore };
    return new WorkloadSecret(name, { type: "certificate", mount: role.mount, path, ...certificate }, (grantee) =>
      role.grantGenerate(grantee),
    );
  }

  private constructor(
    readonly name: string,
    /** Where it comes from, as deliveries need it. */
    readonly source: WorkloadSecretSource,
    private readonly allow: (grantee: IGrantee) => void,
  ) {}

  /** Allows the grantee to get this secret. */
  grantRead(grantee: IGrantee): void {
    this.allow(grantee);
  }
}

/** A secret, for checks at run time. */
export const WORKLOAD_SECRET = {
  name: "WorkloadSecret",
  member: "grantRead",
  example: 'WorkloadSecret.keyValue({ name: "web", keyValue, path: "web" })',
};

/** When a certificate is renewed. @throws ValidationError if that would be too late. */
export function checkRenewal({
  name,
  ttl,
  renewBefore,
}: WorkloadSecretProps & Pick<CertificateContent, "ttl" | "renewBefore">): Duration {
  const before = renewBefore ?? Duration.seconds(Math.max(1, Math.floor(ttl.toSeconds() / 3)));
  if (ttl.isLongerThan(before)) return before;
  throw new ValidationError(
    "workload-lifetime",
    `The certificate ${name} has a renewBefore of ${before.toString()}, not shorter than its ttl of ${ttl.toString()}; shorten renewBefore.`,
  );
}

/** A certificate, as a source. */
type CertificateSource = Extract<WorkloadSecretSource, { readonly type: "certificate" }>;

/** What the instance is asked for. */
export function certificateRequest({ commonName, altNames, ipSans, ttl }: CertificateSource): Record<string, string> {
  return {
    common_name: commonName,
    ...(altNames.length === 0 ? {} : { alt_names: altNames.join(",") }),
    ...(ipSans.length === 0 ? {} : { ip_sans: ipSans.join(",") }),
    ttl: ttl.toString(),
  };
}

/** Time after which the next certificate is issued. */
export function renewalInterval({ ttl, renewBefore }: CertificateSource): Duration {
  return Duration.seconds(ttl.toSeconds() - renewBefore.toSeconds());
}
