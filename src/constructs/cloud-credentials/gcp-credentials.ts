import type { Construct } from "constructs";
import { checkDurations, Duration } from "../../core/duration";
import { ValidationError } from "../../core/errors";
import { checkSecretRefs, revisionOf, type SecretRef } from "../../core/secret-ref";
import { GcpSecretBackend, GcpSecretImpersonatedAccount } from "../../terraform/providers/vault";
import { expressionOf } from "../../terraform/resource-address";
import {
  CloudCredentials,
  type CloudCredentialsProps,
  type CloudEngine,
  type CloudRootRotation,
} from "./cloud-credentials";

/** The engine of Google Cloud. */
export const GCP: CloudEngine = {
  type: "secret",
  name: "gcp",
  title: "Google Cloud",
  program: "openbao-plugin-secrets-gcp",
  credentials: (role) => `impersonated-account/${role}/token`,
};

/** Access tokens of a service account. Nobody can revoke them. */
export interface GcpRoleProps {
  /**
   * Name of the role.
   *
   * @changes replaces the role: tokens that exist stay valid until they expire
   */
  readonly name: string;
  /**
   * E-mail address of the service account, which the root credential may impersonate.
   *
   * @changes replaces the role: tokens that exist stay valid until they expire
   */
  readonly serviceAccountEmail: string;
  /**
   * Scopes of the tokens.
   *
   * @default - `https://www.googleapis.com/auth/cloud-platform`: the rights of the service account alone decide
   * @changes in place: for new tokens
   */
  readonly tokenScopes?: readonly string[];
  /**
   * How long a token is valid: at most 12 hours, and more than 1 hour only if the organization allows it.
   *
   * @default - 1 hour
   * @changes in place: for new tokens
   */
  readonly ttl?: Duration;
}

/** Properties of {@link GcpCredentials}. */
export interface GcpCredentialsProps extends CloudCredentialsProps, CloudRootRotation {
  /**
   * Where the central Vault holds the key of a service account as JSON.
   *
   * @changes in place: raise its revision after the key has changed
   */
  readonly credentials: SecretRef;
  /**
   * Roles for which access tokens are created.
   *
   * @changes in place: tokens of a removed role stay valid until they expire
   */
  readonly roles: readonly GcpRoleProps[];
}

const LONGEST = Duration.hours(12);

/** Credentials of Google Cloud: access tokens of service accounts. The engine creates no keys. */
export class GcpCredentials extends CloudCredentials {
  constructor(scope: Construct, id: string, props: GcpCredentialsProps) {
    super(scope, id, GCP, props);
    const { credentials, provider } = props;
    checkSecretRefs({ credentials }, this);
    const engine = new GcpSecretBackend(this, "Engine", {
      path: this.mount,
      credentialsWo: this.secret(credentials),
      credentialsWoVersion: revisionOf({ credentials }),
      provider,
    });
    for (const role of props.roles) {
      checkDurations(role, ["ttl"], this);
      const { name, serviceAccountEmail, tokenScopes = ["https://www.googleapis.com/auth/cloud-platform"] } = role;
      new GcpSecretImpersonatedAccount(this, `Role-${name}`, {
        backend: engine.path,
        impersonatedAccount: name,
        serviceAccountEmail,
        tokenScopes: [...tokenScopes],
        ttl: String(gcpTtl(role).toSeconds()),
        provider,
      });
    }
    const written = ["accessor", "credentials_wo_version"].map((attribute) => `${expressionOf(engine)}.${attribute}`);
    if (props.rotateRoot === true) this.replaceRoot(`${engine.path}/config/rotate-root`, written);
  }
}

/** Lifetime of the tokens of a role. @throws ValidationError if Google Cloud would refuse it. */
export function gcpTtl({ name, ttl = Duration.hours(1) }: Pick<GcpRoleProps, "name" | "ttl">): Duration {
  if (!ttl.isLongerThan(LONGEST)) return ttl;
  throw new ValidationError(
    "cloud-ttl",
    `The Google Cloud role ${name} has tokens of ${ttl.toString()}, but Google Cloud issues at most ${LONGEST.toString()}; shorten ttl.`,
  );
}
