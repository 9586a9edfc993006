import type { TerraformProvider } from "cdktf";
import type { Construct } from "constructs";
import { Duration } from "../../core/duration";
import { checkLoginPath } from "../../core/mount-path";
import type { ValueType } from "../../core/value-type";
import { JwtAuthBackendRole, KubernetesAuthBackendRole } from "../../terraform/providers/vault";

/** A ServiceAccount of Kubernetes that logs in. */
export interface LoginAccount {
  readonly name: string;
  readonly namespace: string;
  /** Name of the role with which it logs in. */
  readonly role: string;
  /** Policies of the central Vault that the role has. */
  readonly policies: string[];
}

/** A token is valid for 15 minutes. The command logs in again when the central Vault denies it. */
const TOKEN = {
  tokenTtl: Duration.minutes(15).toSeconds(),
  tokenMaxTtl: Duration.hours(1).toSeconds(),
};

/** Creates the role of a ServiceAccount at a login. */
type CreateRole = (scope: Construct, account: LoginAccount, provider: TerraformProvider | undefined) => void;

/** A login method of the central Vault that takes tokens of ServiceAccounts of the cluster in which the command runs. */
export class WatchLogin {
  /**
   * The login method `jwt`, which verifies tokens with the public keys of the cluster.
   *
   * @param path Of the mount, without `auth/`.
   * @param audience That the tokens name.
   * @throws ValidationError if no login can be at the path.
   */
  static jwt(path: string, audience = "vault"): WatchLogin {
    return new WatchLogin(path, audience, (scope, { name, namespace, role, policies }, provider) => {
      new JwtAuthBackendRole(scope, "Role", {
        ...TOKEN,
        tokenPolicies: policies,
        backend: path,
        roleName: role,
        roleType: "jwt",
        userClaim: "sub",
        boundAudiences: [audience],
        boundSubject: `system:serviceaccount:${namespace}:${name}`,
        provider,
      });
    });
  }

  /**
   * The login method `kubernetes`, which asks the API server of the cluster about each token.
   *
   * @param path Of the mount, without `auth/`.
   * @param audience That the tokens name.
   * @throws ValidationError if no login can be at the path.
   */
  static kubernetes(path: string, audience = "vault"): WatchLogin {
    return new WatchLogin(path, audience, (scope, { name, namespace, role, policies }, provider) => {
      new KubernetesAuthBackendRole(scope, "Role", {
        ...TOKEN,
        tokenPolicies: policies,
        backend: path,
        roleName: role,
        audience,
        boundServiceAccountNames: [name],
        boundServiceAccountNamespaces: [namespace],
        provider,
      });
    });
  }

  private constructor(
    /** Path of the mount, without `auth/`. */
    readonly path: string,
    /** Audience of the tokens. */
    readonly audience: string,
    /** Creates the role with which the command logs in. */
    readonly createRole: CreateRole,
  ) {
    checkLoginPath(path);
    Object.freeze(this);
  }
}

/** A login, for checks at run time. */
export const WATCH_LOGIN: ValueType = {
  name: "WatchLogin",
  member: "createRole",
  example: 'WatchLogin.jwt("operator-cluster")',
  required: true,
};
