import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { mfaName } from "../../contract/people";
import { checkDurations, Duration } from "../../core/duration";
import { ValidationError } from "../../core/errors";
import { IdentityMfaLoginEnforcement, IdentityMfaTotp, VaultIdentityGroup } from "../../terraform/providers/vault";
import { takeName } from "../../terraform/unique-names";

/**
 * A second factor at the login of people by password: a code of an authenticator app.
 *
 * @changes in place: people need a code from their next login on; without it, all second factors are gone
 */
export interface LoginMfa {
  /**
   * Name of the instance in people's authenticator apps, such as "customer10 main".
   *
   * @changes in place: second factors that exist keep the former name
   */
  readonly issuer: string;
  /**
   * Groups whose members need a code. With an empty list nobody does yet, so that all can get a second factor before they need it.
   *
   * @default - everybody who logs in by password
   * @changes in place: people need a code, or no longer do, from their next login on; tokens that exist stay
   */
  readonly groups?: readonly string[];
  /**
   * Hash function of the codes. Several authenticator apps use SHA1 whatever is written, and their codes are wrong with another one.
   *
   * @default "SHA1"
   * @changes in place: second factors that exist keep the former one
   */
  readonly algorithm?: "SHA1" | "SHA256" | "SHA512";
  /**
   * Number of digits of a code, 6 or 8.
   *
   * @default 6
   * @changes in place: second factors that exist keep the former number
   */
  readonly digits?: number;
  /**
   * Time after which an app shows another code. The codes before and after the present one are accepted too.
   *
   * @default - 30 seconds
   * @changes in place: second factors that exist keep the former time
   */
  readonly period?: Duration;
  /**
   * Number of wrong codes after which the server refuses further ones of the person, the right one too, for a period.
   *
   * @default 5
   * @changes in place
   */
  readonly maxValidationAttempts?: number;
}

/** A user, as far as its groups are concerned. */
interface Grouped {
  readonly groups?: readonly string[];
}

/** Properties of a {@link TotpMfa}. */
interface TotpMfaProps extends LoginMfa {
  /** Path of the login, without `auth/`. */
  readonly login: string;
  /** Entities of those who need a code. */
  readonly members: readonly string[];
  readonly provider: TerraformProvider | undefined;
}

const ISSUER = /^[\w./@-]([\w ./@-]{0,61}[\w./@-])?$/;

/**
 * Requires a code of people; https://developer.hashicorp.com/vault/docs/auth/login-mfa. It names a group of their entities and no login, so
 * programs and the identities of the instance need none.
 */
export class TotpMfa extends Construct {
  /** ID of the method, by which second factors are made. */
  readonly methodId: string;

  constructor(scope: Construct, { login, members, provider, ...mfa }: TotpMfaProps) {
    super(scope, "Mfa");
    const { issuer, algorithm = "SHA1", digits = 6, period = Duration.seconds(30), maxValidationAttempts = 5 } = mfa;
    const method = new IdentityMfaTotp(this, "Resource", {
      issuer,
      algorithm,
      digits,
      period: period.toSeconds(),
      maxValidationAttempts,
      keySize: 20,
      // A picture of the secret would be left in files.
      qrSize: 0,
      skew: 1,
      provider,
    });
    // Neither the provider nor the server can empty a list of an enforcement, so that who needs a code is a group.
    const name = mfaName(login);
    takeName(this, "group", { name, provider });
    const group = new VaultIdentityGroup(this, "Group", {
      name,
      type: "internal",
      memberEntityIds: [...members],
      provider,
    });
    new IdentityMfaLoginEnforcement(this, "Enforcement", {
      name,
      mfaMethodIds: [method.methodId],
      identityGroupIds: [group.id],
      provider,
    });
    this.methodId = method.methodId;
  }
}

/** Users who need a code. */
export function usersWithMfa<User extends Grouped>({ groups: required }: LoginMfa, users: readonly User[]) {
  if (required === undefined) return users;
  return users.filter(({ groups = [] }) => groups.some((each) => required.includes(each)));
}

/** @throws ValidationError unless a server makes codes of so many digits. */
export function checkDigits(digits: number, scope?: Construct): void {
  if (digits === 6 || digits === 8) return;
  throw failure(`A code of ${digits} digits is not possible; write 6 or 8.`, scope);
}

/** @throws ValidationError if an authenticator app could not show the issuer, or a group that needs a code has no members. */
export function checkMfa(mfa: LoginMfa, users: readonly Grouped[], scope?: Construct): void {
  checkDurations(mfa, ["period"], scope);
  if (mfa.digits !== undefined) checkDigits(mfa.digits, scope);
  if (!ISSUER.test(mfa.issuer))
    throw failure(
      `${JSON.stringify(mfa.issuer)} cannot name the instance in authenticator apps; use up to 63 letters, digits, spaces and _ . / @ -, such as "customer10 main".`,
      scope,
    );
  const unknown = mfa.groups?.find((group) => !users.some(({ groups = [] }) => groups.includes(group)));
  if (unknown !== undefined)
    throw failure(
      `The group ${JSON.stringify(unknown)} needs a second factor and has no members; correct the name, or remove it from mfa.groups.`,
      scope,
    );
}

function failure(message: string, scope?: Construct): ValidationError {
  return new ValidationError("login-mfa", message, scope);
}
