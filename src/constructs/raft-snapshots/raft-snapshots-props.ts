import type { TerraformProvider } from "cdktf";
import type { WatchLogin } from "../command-pod/watch-login";
import type { ContainerImage } from "../vault-instance/chart";
import type { Egress } from "../vault-instance/network-policies";

/** Properties of {@link RaftSnapshots}. */
export interface RaftSnapshotsProps {
  /**
   * URL of the central Vault.
   *
   * @changes in place: the next run uses it
   */
  readonly address: string;
  /**
   * Namespace in the central Vault.
   *
   * @default - the root namespace
   * @changes in place: the next run uses it
   */
  readonly centralNamespace?: string;
  /**
   * PEM certificates of the CA of the central Vault's TLS certificate.
   *
   * @default - the certificates that Node.js trusts
   * @changes in place: the next run uses it
   */
  readonly caCertificate?: string;
  /**
   * Login of the central Vault that takes tokens of ServiceAccounts of this cluster. It exists already.
   *
   * @changes in place: the next run uses it; another path replaces the role
   */
  readonly login: WatchLogin;
  /**
   * Image with the command, such as the one that the `Dockerfile` of this project builds.
   *
   * @changes in place: the next run uses it
   */
  readonly image: ContainerImage;
  /**
   * Instances, each as `<tenant>/<instance>`. Each has a CronJob of its own, so a failure hinders no other.
   *
   * @changes in place: an instance that is removed keeps its snapshots
   */
  readonly instances: readonly string[];
  /**
   * When it saves, in UTC: the five fields of cron, such as `15 3 * * *`.
   *
   * @default "17 2 * * *"
   * @changes in place
   */
  readonly schedule?: string;
  /**
   * Public keys of age, each of which can decrypt the snapshots. Name at least two, so that one lost key loses no snapshot.
   *
   * @changes in place: earlier snapshots keep their recipients
   */
  readonly recipients: readonly string[];
  /**
   * Where the snapshots are kept: `s3://<bucket>/<prefix>`.
   *
   * @changes in place: earlier snapshots stay where they are
   */
  readonly target: string;
  /**
   * Name of the Secret in the namespace with the keys AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. A person creates it.
   *
   * @changes in place: the next run uses it
   */
  readonly credentialsSecret: string;
  /**
   * Region of the storage.
   *
   * @default "us-east-1"
   * @changes in place: the next run uses it
   */
  readonly region?: string;
  /**
   * URL of storage other than AWS.
   *
   * @default - that of AWS for the region
   * @changes in place: the next run uses it
   */
  readonly endpoint?: string;
  /**
   * PEM certificates of the CA of the storage's TLS certificate.
   *
   * @default - the certificates that Node.js trusts
   * @changes in place: the next run uses it
   */
  readonly endpointCaCertificate?: string;
  /**
   * How many complete snapshots of each instance stay. If it is set, each run removes older ones after it has saved.
   *
   * @default - it removes none
   * @changes in place: the next run removes the others, for good
   */
  readonly keep?: number;
  /**
   * For how many days each snapshot stays in any case. It needs `keep`.
   *
   * @default 0
   * @changes in place: the next run removes the others, for good
   */
  readonly keepDays?: number;
  /**
   * Name of a Secret like `credentialsSecret`, whose access key may also delete.
   *
   * @default - `credentialsSecret`
   * @changes in place: the next run uses it
   */
  readonly pruneCredentialsSecret?: string;
  /**
   * Name of the namespace that it creates.
   *
   * @default "tenant-vault-snapshots"
   * @changes replaces the namespace with the jobs and Secrets in it; the snapshots stay
   */
  readonly namespace?: string;
  /**
   * Destinations of the pods besides DNS: the central Vault, the Kubernetes APIs of tenants, instances outside Kubernetes and the storage.
   *
   * @default - any address, because tenants are anywhere
   * @changes in place: a destination that is removed is cut off at once
   */
  readonly egress?: readonly Egress[];
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
