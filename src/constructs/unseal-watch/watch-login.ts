import type { TerraformProvider } from "cdktf";
import type { Construct } from "constructs";
import { MAINTENANCE_POLICY, WATCH_POLICY, WATCH_ROLE } from "../../contract/central-vault";
import { Duration } from "../../core/duration";
import { JwtAuthBackendRole, KubernetesAuthBackendRole } from "../../terraform/providers/vault";

/** A ServiceAccount of Kubernetes that logs in. */
export interface LoginAccount {
  readonly name: string;
  readonly namespace: string;
  /** Whether it may renew what expires. */
  readonly maintains: boolean;
}

/** A token is valid for 15 minutes. The watcher logs in again when the central Vault denies it. */
const TOKEN = {
  tokenTtl: Duration.minutes(15).toSeconds(),
  tokenMaxTtl: Duration.hours(1).toSeconds(),
};

function policies(maintains: boolean): string[] {
  return maintains ? [WATCH_POLICY, MAINTENANCE_POLICY] : [WATCH_POLICY];
}

/** Creates the role of a ServiceAccount at a login. */
type CreateRole = (scope: Construct, account: LoginAccount, provider: TerraformProvider | undefined) => void;

/** A login method of the central Vault that takes tokens of ServiceAccounts of the watcher's cluster. */
export class WatchLogin {
  /**
   * The login method `jwt`, which verifies tokens with the public keys of the cluster.
   *
   * @param path Of the mount, without `auth/`.
   * @param audience That the tokens name.
   */
  static jwt(path: string, audience = "vault"): WatchLogin {
    return new WatchLogin(path, audience, (scope, { name, namespace, maintains }, provider) => {
      new JwtAuthBackendRole(scope, "Role", {
        ...TOKEN,
        tokenPolicies: policies(maintains),
        backend: path,
        roleName: WATCH_ROLE,
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
   */
  static kubernetes(path: string, audience = "vault"): WatchLogin {
    return new WatchLogin(path, audience, (scope, { name, namespace, maintains }, provider) => {
      new KubernetesAuthBackendRole(scope, "Role", {
        ...TOKEN,
        tokenPolicies: policies(maintains),
        backend: path,
        roleName: WATCH_ROLE,
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
    /** Creates the role with which the watcher logs in. */
    readonly createRole: CreateRole,
  ) {
    Object.freeze(this);
  }
}
