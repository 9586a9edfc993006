import { Token, type TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { DNS_LABEL } from "../../core/dns-label";
import { ValidationError } from "../../core/errors";
import { checkLoginPath } from "../../core/mount-path";
import { isEncrypted } from "../../core/secure-address";
import { checkCertificates } from "../../terraform/certificate-file";
import { checkProviders } from "../../terraform/provider-value";
import { requireProviderRanges } from "../../terraform/provider-ranges";
import { AuthBackend, KubernetesAuthBackendConfig, KubernetesAuthBackendRole } from "../../terraform/providers/vault";
import { checkClaims, type IRoleLogin } from "./role-login";

/** Properties of a {@link KubernetesLogin}. */
export interface KubernetesLoginProps {
  /**
   * Path of the auth mount, without `auth/`.
   *
   * @default "kubernetes"
   * @changes replaces the roles of the login: pods log in at the new path
   */
  readonly path?: string;
  /**
   * Description of the mount.
   *
   * @default - no description
   * @changes in place
   */
  readonly description?: string;
  /**
   * URL of the cluster's API, by https. The servers of the instance must reach it.
   *
   * @default "https://kubernetes.default.svc"
   * @changes in place: tokens that exist stay valid until they expire
   */
  readonly host?: string;
  /**
   * PEM certificate of the CA of another cluster than the one that the servers run in. That cluster reviews a pod's token by the
   * right of the pod itself: its service account needs the ClusterRole `system:auth-delegator`.
   *
   * @default - the servers run in the cluster, and their own service account, which Kubernetes renews, reviews tokens; it needs
   * `kubernetesAuth` of the deployment
   * @changes in place: tokens that exist stay valid until they expire
   */
  readonly caCertificate?: string;
  /**
   * The provider of the instance.
   *
   * @default - the stack's Vault provider
   * @changes in place: the provider must reach the same instance
   */
  readonly provider?: TerraformProvider;
}

/**
 * A service account of a cluster.
 *
 * @changes in place: tokens that exist stay valid until they expire
 */
export interface KubernetesServiceAccount {
  /** Namespace of the pods. */
  readonly namespace: string;
  /** Name of their service account. */
  readonly serviceAccount: string;
  /**
   * Audience that the pod's token must name, such as "vault", so that a token for another service is refused. With a
   * `caCertificate` of the login, that of the cluster's API, because the token then also authenticates there.
   */
  readonly audience: string;
}

/** A login of pods. */
export interface IKubernetesLogin {
  /**
   * Path of the auth mount, without `auth/`.
   *
   * @changes in place: workloads log in at the other path
   */
  readonly path: string;
  /** Pods of one service account. */
  serviceAccount(account: KubernetesServiceAccount): IRoleLogin;
}

/** Default path and type of the login. */
export const KUBERNETES_LOGIN = { path: "kubernetes", type: "kubernetes" } as const;

/**
 * The login of pods by the tokens of their service accounts; https://developer.hashicorp.com/vault/docs/auth/kubernetes. No token that
 * reviews others is stored.
 */
export class KubernetesLogin extends Construct implements IKubernetesLogin {
  readonly path: string;
  /** Accessor of the mount, by which templates of policies name metadata of pods, such as `service_account_namespace`. */
  readonly accessor: string;
  private readonly mount: string;

  constructor(scope: Construct, id: string, props: KubernetesLoginProps = {}) {
    super(scope, id);
    requireProviderRanges(this);
    checkProviders(props, this);
    checkCertificates({ caCertificate: props.caCertificate }, this);
    const { description, host = "https://kubernetes.default.svc", caCertificate, provider } = props;
    this.mount = checkLoginPath(props.path ?? KUBERNETES_LOGIN.path, this);
    checkHost(host, this);
    const backend = new AuthBackend(this, "Resource", {
      type: KUBERNETES_LOGIN.type,
      path: this.mount,
      description,
      provider,
    });
    this.path = backend.path;
    this.accessor = backend.accessor;
    new KubernetesAuthBackendConfig(this, "Config", {
      backend: this.path,
      kubernetesHost: host,
      kubernetesCaCert: caCertificate,
      disableLocalCaJwt: caCertificate !== undefined,
      provider,
    });
  }

  serviceAccount(account: KubernetesServiceAccount): IRoleLogin {
    checkServiceAccount(account, this);
    return {
      id: this.mount,
      use: () => ({ kind: "kubernetes", path: this.mount, ...account }),
      bind: (scope, token) => {
        new KubernetesAuthBackendRole(scope, `Login-${this.mount}`, {
          ...token,
          backend: this.path,
          boundServiceAccountNamespaces: [account.namespace],
          boundServiceAccountNames: [account.serviceAccount],
          // The default. A plan would not show that somebody changes what is not written.
          aliasNameSource: "serviceaccount_uid",
          audience: account.audience,
        });
      },
    };
  }
}

/** Names of service accounts are DNS subdomains. */
const SERVICE_ACCOUNT = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;

/** @throws ValidationError unless it is one service account: `*` would also allow others. */
export function checkServiceAccount(
  { namespace, serviceAccount, audience }: KubernetesServiceAccount,
  scope?: Construct,
): void {
  if (!DNS_LABEL.test(namespace) || !SERVICE_ACCOUNT.test(serviceAccount))
    throw new ValidationError(
      "login-claim",
      `${JSON.stringify(`${namespace}/${serviceAccount}`)} is not a service account of Kubernetes; write the name of one namespace and of one service account, without "*".`,
      scope,
    );
  // Without an audience, a token that a pod sends to any other service would log in.
  checkClaims(`login of the pods of ${namespace}/${serviceAccount}`, { audience }, scope);
}

/** @throws ValidationError if somebody on the way could say whose a token is, or read it. */
function checkHost(host: string, scope: Construct): void {
  if (Token.isUnresolved(host) || isEncrypted(host)) return;
  throw new ValidationError(
    "kubernetes-host",
    `The API of Kubernetes is at ${JSON.stringify(host)}, which is not reached by TLS, so answers on the way could let anybody log in; write an https address.`,
    scope,
  );
}
