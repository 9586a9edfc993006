import type { TerraformProvider } from "cdktf";
import type { Duration } from "../../core/duration";
import type { ContainerImage } from "../vault-instance/chart";
import type { Egress } from "../vault-instance/network-policies";
import type { WatchLogin } from "../command-pod/watch-login";

/** Properties of an {@link UnsealWatch}. */
export interface UnsealWatchProps {
  /**
   * URL of the central Vault.
   *
   * @changes in place: the pods restart one by one
   */
  readonly address: string;
  /**
   * Namespace in the central Vault.
   *
   * @default - the root namespace
   * @changes in place: the pods restart one by one
   */
  readonly centralNamespace?: string;
  /**
   * PEM certificates of the CA of the central Vault's TLS certificate.
   *
   * @default - the certificates that Node.js trusts
   * @changes in place: the pods restart one by one
   */
  readonly caCertificate?: string;
  /**
   * Login of the central Vault that takes tokens of ServiceAccounts of this cluster. It exists already.
   *
   * @changes in place: the pods restart one by one; another path replaces the role
   */
  readonly login: WatchLogin;
  /**
   * Image with the command, such as the one that the `Dockerfile` of this project builds.
   *
   * @changes in place: the pods restart one by one
   */
  readonly image: ContainerImage;
  /**
   * Name of the namespace that it creates.
   *
   * @default "tenant-vault-watch"
   * @changes replaces the namespace with the watchers in it; nothing is lost
   */
  readonly namespace?: string;
  /**
   * Number of pods. Each watches an equal part of the instances.
   *
   * @default 1
   * @changes in place: the pods restart one by one, and each gets another part
   */
  readonly shards?: number;
  /**
   * How often they also renew what expires in an instance. It needs `maintenance` of the `CentralVault`.
   *
   * @default - they only unseal
   * @changes in place: the pods restart one by one
   */
  readonly maintenanceEvery?: Duration;
  /**
   * Group of the `CentralVault`'s `shareGroups` to which they belong: they send its shares, which open nothing alone. They then cannot
   * renew anything.
   *
   * @default - none: they read all keys
   * @changes in place: the pods restart one by one; another role of the login replaces the former one
   */
  readonly shareGroup?: string;
  /**
   * Namespace of the monitoring system that reads the metrics.
   *
   * @default - none
   * @changes in place
   */
  readonly monitoringNamespace?: string;
  /**
   * Destinations of the watchers besides DNS: the central Vault, the Kubernetes APIs of tenants and instances outside Kubernetes.
   *
   * @default - any address, because tenants are anywhere
   * @changes in place: a destination that is removed is cut off at once
   */
  readonly egress?: readonly Egress[];
  /**
   * Secret in the namespace, with the URL of a webhook that receives each event. A person creates it.
   *
   * @default - none
   * @changes in place: the pods restart one by one
   */
  readonly webhook?: WebhookSecret;
  /**
   * The Kubernetes provider.
   *
   * @default - the stack's Kubernetes provider
   * @changes in place: the provider must reach the same cluster
   */
  readonly provider?: TerraformProvider;
  /**
   * The provider of the central Vault, which creates the role of the login.
   *
   * @default - the stack's Vault provider
   * @changes in place: the provider must reach the same Vault
   */
  readonly centralProvider?: TerraformProvider;
}

/**
 * Where the URL of a webhook is.
 *
 * @changes in place: the pods restart one by one
 */
export interface WebhookSecret {
  /** Name of the Secret. */
  readonly secret: string;
  /** Key in it. */
  readonly key: string;
}
