import {
  DEFAULT_SECRET_ID_TTL,
  DEFAULT_TOKEN_TTL,
  IDENTITY_LOGIN,
  type EngineType,
  type IdentitySettings,
  type LoginType,
} from "../../contract/identities";
import { Duration } from "../../core/duration";
import { ValidationError } from "../../core/errors";

/** How the identities of an instance log in: `apply`, `plan`, `operate` and `ceremony`, which work in place of its root token. */
export interface IdentitiesProps {
  /**
   * Lifetime of a token. A deployment must end within this time.
   *
   * @default - 1 hour
   */
  readonly tokenTtl?: Duration;
  /**
   * Lifetime of a secret ID. The hook replaces it once less than a third is left, so it must run at least that often.
   *
   * @default - 90 days
   */
  readonly secretIdTtl?: Duration;
  /**
   * Networks from which the identities may log in: those of the hook, of Terraform and of `status`.
   *
   * @default - none: from anywhere
   */
  readonly boundCidrs?: readonly string[];
}

/** What the identities `apply` and `plan` configure, besides what exists in the instance. */
export interface AdministeredMounts {
  /** Secrets engines. */
  readonly engines: readonly { readonly path: string; readonly type: EngineType }[];
  /** Login methods; paths without `auth/`. */
  readonly logins: readonly { readonly path: string; readonly type: LoginType }[];
}

/** The part of an instance's description that is about its identities. @throws ValidationError if a mount has the path of theirs. */
export function identitySettings(props: IdentitiesProps, { engines, logins }: AdministeredMounts): IdentitySettings {
  checkIdentities(props);
  if (logins.some(({ path }) => path === IDENTITY_LOGIN)) {
    throw new ValidationError(
      "identity-login",
      `The login method "${IDENTITY_LOGIN}" is that of the instance's identities; choose another path.`,
    );
  }
  const { tokenTtl, secretIdTtl, boundCidrs = [] } = props;
  return {
    mounts: engines,
    logins,
    tokenTtl: tokenTtl?.toSeconds() ?? DEFAULT_TOKEN_TTL,
    secretIdTtl: secretIdTtl?.toSeconds() ?? DEFAULT_SECRET_ID_TTL,
    ...(boundCidrs.length === 0 ? {} : { boundCidrs }),
  };
}

/** @throws ValidationError if tokens or secret IDs expire too soon to be of use. */
export function checkIdentities({ tokenTtl, secretIdTtl }: IdentitiesProps): void {
  const least = { tokenTtl: Duration.minutes(1), secretIdTtl: Duration.hours(1) };
  if (tokenTtl !== undefined && least.tokenTtl.isLongerThan(tokenTtl)) {
    throw tooShort("tokenTtl", tokenTtl, least.tokenTtl);
  }
  if (secretIdTtl !== undefined && least.secretIdTtl.isLongerThan(secretIdTtl)) {
    throw tooShort("secretIdTtl", secretIdTtl, least.secretIdTtl);
  }
}

function tooShort(field: string, value: Duration, least: Duration): ValidationError {
  return new ValidationError(
    "identity-ttl",
    `The identities have a ${field} of ${value.toString()}, shorter than ${least.toString()}; lengthen it.`,
  );
}
