import {
  DEFAULT_SECRET_ID_TTL,
  DEFAULT_TOKEN_TTL,
  IDENTITY_LOGIN,
  type EngineType,
  type Feature,
  type IdentitySettings,
  type LoginType,
  type PluginType,
  type RootTokenChoice,
} from "../../contract/identities";
import type { AUTHORITY_TYPES } from "../../contract/authorities";
import { placeholderPathsOf } from "../../contract/placeholders";
import { checkDurations, Duration } from "../../core/duration";
import { ValidationError } from "../../core/errors";

/** How the identities of an instance log in: `apply`, `plan`, `operate` and `ceremony`, which work in place of its root token. */
export interface IdentitiesProps {
  /**
   * Lifetime of a token. A deployment must end within this time.
   *
   * @default - 1 hour
   * @changes in place: tokens that exist keep their lifetime
   */
  readonly tokenTtl?: Duration;
  /**
   * Lifetime of a secret ID. The hook replaces it once less than a third is left, so it must run at least that often.
   *
   * @default - 90 days
   * @changes in place: the hook creates new secret IDs if the present ones expire too soon or too late
   */
  readonly secretIdTtl?: Duration;
  /**
   * Networks from which the identities may log in: those of the hook, of Terraform and of `status`.
   *
   * @default - none: from anywhere
   * @changes in place: if the hook could not log in any more, it restores the former networks and fails
   */
  readonly boundCidrs?: readonly string[];
}

/** A secrets engine that the identities `apply` and `plan` configure. */
export interface AdministeredEngine {
  /**
   * Path of the mount.
   *
   * @changes in place: the hook changes the policies of the identities
   */
  readonly path: string;
  /**
   * Type, as Vault names it.
   *
   * @changes in place: the hook changes the policies of the identities
   */
  readonly type: EngineType;
}

/** A secret that people fill in later. */
export interface PlaceholderPath {
  /**
   * Path of its mount.
   *
   * @changes in place: the hook changes the policies of the identities
   */
  readonly mount: string;
  /**
   * Its path below the mount.
   *
   * @changes in place: the hook changes the policies of the identities
   */
  readonly path: string;
}

/** A PKI mount whose CA has its key in the central Vault as well. */
export interface HeldAuthorityMount {
  /**
   * Path of the mount.
   *
   * @changes in place: the hook changes the policies of the identities
   */
  readonly mount: string;
  /**
   * Where the CA comes from: "exported" or "imported".
   *
   * @changes in place: the hook changes the policies of the identities
   */
  readonly type: (typeof AUTHORITY_TYPES)[number];
}

/** An external plugin that the identities `apply` and `plan` know in the catalogue of a Vault. */
export interface AdministeredPlugin {
  /**
   * What the plugin is.
   *
   * @changes in place: the hook changes the policies of the identities
   */
  readonly type: PluginType;
  /**
   * Name in the catalogue.
   *
   * @changes in place: the hook changes the policies of the identities
   */
  readonly name: string;
}

/** A login method that the identities `apply` and `plan` configure. */
export interface AdministeredLogin {
  /**
   * Path of the mount, without `auth/`.
   *
   * @changes in place: the hook changes the policies of the identities
   */
  readonly path: string;
  /**
   * Type, as Vault names it.
   *
   * @changes in place: the hook changes the policies of the identities
   */
  readonly type: LoginType;
}

/**
 * Mounts that the identities `apply` and `plan` configure, besides those that exist in the instance.
 *
 * @changes in place: the hook changes the policies of the identities
 */
export interface AdministeredMounts {
  /** Secrets engines. */
  readonly engines: readonly AdministeredEngine[];
  /** Login methods. */
  readonly logins: readonly AdministeredLogin[];
  /**
   * What else the tenant file describes.
   *
   * @default - nothing
   * @changes in place: the hook writes the policies of the identities again
   */
  readonly features?: readonly Feature[];
  /**
   * Secrets that the hook of the config layer creates, for people to fill in.
   *
   * @default - none
   * @changes in place: the hook changes the policies of the identities
   */
  readonly placeholders?: readonly PlaceholderPath[];
  /**
   * PKI mounts into which the hook of the config layer imports a CA with its key.
   *
   * @default - none
   * @changes in place: the hook changes the policies of the identities
   */
  readonly authorities?: readonly HeldAuthorityMount[];
  /**
   * External plugins that the config layer registers in the catalogue of a Vault.
   *
   * @default - none
   * @changes in place: the hook changes the policies of the identities
   */
  readonly plugins?: readonly AdministeredPlugin[];
}

/** The part of an instance's description that is about its identities. @throws ValidationError if a mount has the path of theirs. */
export function identitySettings(
  props: IdentitiesProps,
  { engines, logins, features = [], placeholders = [], authorities = [], plugins = [] }: AdministeredMounts,
  rootToken: RootTokenChoice = "keep",
  namespaces: readonly string[] = [],
): IdentitySettings {
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
    ...(features.length === 0 ? {} : { features }),
    ...(placeholders.length === 0 ? {} : { placeholders: placeholderPathsOf(placeholders) }),
    ...(authorities.length === 0 ? {} : { authorities }),
    ...(plugins.length === 0 ? {} : { plugins: pluginsOf(plugins) }),
    tokenTtl: tokenTtl?.toSeconds() ?? DEFAULT_TOKEN_TTL,
    secretIdTtl: secretIdTtl?.toSeconds() ?? DEFAULT_SECRET_ID_TTL,
    ...(rootToken === "keep" ? {} : { rootToken }),
    ...(boundCidrs.length === 0 ? {} : { boundCidrs }),
    ...(namespaces.length === 0 ? {} : { namespaces }),
  };
}

/** Each once, whatever its versions are. */
function pluginsOf(plugins: readonly AdministeredPlugin[]): AdministeredPlugin[] {
  const byPath = new Map(plugins.map(({ type, name }) => [`${type}/${name}`, { type, name }]));
  return [...byPath.values()];
}

/** @throws ValidationError if tokens or secret IDs expire too soon to be of use. */
export function checkIdentities(props: IdentitiesProps): void {
  checkDurations(props, ["tokenTtl", "secretIdTtl"]);
  const { tokenTtl, secretIdTtl } = props;
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
