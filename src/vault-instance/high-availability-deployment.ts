import { Construct } from "constructs";
import { stringify } from "yaml";
import { isWithin } from "../core/domains";
import { ValidationError } from "../core/errors";
import { Size } from "../core/size";
import type { IKubernetesCluster } from "../tenant-cluster/kubernetes-cluster";
import { Release } from "../terraform/providers/kubernetes";
import type { Deployed, DeploymentContext, IDeployment } from "./deployment";
import { highAvailabilityValues, type ContainerImage } from "./helm-values";
import { InstanceNamespace } from "./instance-namespace";
import { podAddress, releaseNames, serverNames } from "./names";
import type { Product } from "./product";
import type { IVaultStorage } from "./storage";

/** A Helm chart. */
export interface HelmChart {
  /** URL of the repository. @default - `chart` is a folder or an OCI reference */
  readonly repository?: string;
  readonly chart: string;
  /** @default - the one in the folder */
  readonly version?: string;
}

/** The official charts, in the versions that the values are made for. */
const OFFICIAL_CHARTS: Readonly<Record<Product, HelmChart>> = {
  vault: { repository: "https://helm.releases.hashicorp.com", chart: "vault", version: "0.34.1" },
  openbao: { repository: "https://openbao.github.io/openbao-helm", chart: "openbao", version: "0.29.2" },
};

/** A role of the central Vault that issues servers' certificates. */
export interface CertificateIssuer {
  /** Path of the PKI mount. */
  readonly mount: string;
  readonly role: string;
  /**
   * Domains outside the cluster that it issues for.
   *
   * @default - not checked
   */
  readonly domains?: readonly string[];
}

/** Properties of a {@link HighAvailabilityDeployment}. */
export interface HighAvailabilityDeploymentProps {
  readonly cluster: IKubernetesCluster;
  readonly storage: IVaultStorage;
  /** The authority in the central Vault that issues the servers' certificate. */
  readonly certificateIssuer: CertificateIssuer;
  /**
   * Odd, so that raft has a majority.
   *
   * @default 3
   */
  readonly replicas?: number;
  /** @default Size.gibibytes(10) */
  readonly dataSize?: Size;
  /** @default Size.gibibytes(10) */
  readonly auditSize?: Size;
  /** @default - the product's official chart, pinned */
  readonly chart?: HelmChart;
  /** @default - the chart's image */
  readonly image?: ContainerImage;
  /**
   * Whether each replica must be on a node of its own.
   *
   * @default true
   */
  readonly spreadOverNodes?: boolean;
  /**
   * Ports outside the cluster that the servers connect to, such as those of databases.
   *
   * @default - none
   */
  readonly egressPorts?: readonly number[];
}

/** A raft cluster of the product, with TLS, deployed by its official Helm chart. */
export class HighAvailabilityDeployment implements IDeployment {
  private readonly replicas: number;

  constructor(private readonly props: HighAvailabilityDeploymentProps) {
    this.replicas = checkReplicas(props.replicas ?? DEFAULT_REPLICAS);
  }

  bind(scope: Construct, context: DeploymentContext): Deployed {
    const {
      cluster,
      storage,
      egressPorts = [],
      dataSize = Size.gibibytes(10),
      auditSize = Size.gibibytes(10),
    } = this.props;
    const { domains, ...issuer } = this.props.certificateIssuer;
    checkHost(context.host, domains, scope);
    const names = releaseNames(context, this.replicas);
    const namespace = new InstanceNamespace(scope, "Namespace", {
      name: names.namespace,
      tenant: context.tenant,
      release: names.release,
      secrets: [names.tlsSecret],
      replicas: this.replicas,
      egress: egressPorts.map((port) => ({ port })),
    });
    const storageClass = storage.bind(new Construct(scope, "Storage"), { names, dataSize, auditSize });
    const chart = this.props.chart ?? OFFICIAL_CHARTS[context.product];
    const values = stringify(
      highAvailabilityValues({
        product: context.product,
        names,
        dataSize,
        auditSize,
        storageClass,
        image: this.props.image,
        spreadOverNodes: this.props.spreadOverNodes ?? true,
      }),
    );
    const release = new Release(scope, "Release", {
      name: names.release,
      namespace: namespace.name,
      ...chart,
      values: [values],
      // Pods are ready only once they are unsealed, which comes after.
      wait: false,
      maxHistory: 10,
      // Its rules are there before its first pod is.
      dependsOn: namespace.contents,
    });
    return {
      replicas: names.pods.map((pod) => ({ name: pod, address: podAddress(names, pod) })),
      kubernetes: {
        namespace: names.namespace,
        statefulSet: names.release,
        serviceAccount: namespace.serviceAccount,
        kubeconfig: cluster.kubeconfig,
        certificate: {
          secretName: names.tlsSecret,
          names: serverNames(names, context.host),
          issuer,
        },
      },
      revision: String(release.metadata.revision),
    };
  }
}

/** Names that need no domain of the issuer's: Services inside any cluster, and the server's own machine. */
const INSIDE = ["svc", "svc.cluster.local", "localhost"];

/** @throws ValidationError when the servers' certificate could not name the host by which clients reach them. */
function checkHost(host: string, domains: readonly string[] | undefined, scope: Construct): void {
  if (domains === undefined || isWithin(host, [...domains, ...INSIDE])) return;
  throw new ValidationError(
    "certificate-name",
    `The servers' certificate cannot name ${host}: its issuer issues outside the cluster for ${domains.join(", ") || "nothing"}; choose an address within, or let the issuer issue for it.`,
    scope,
  );
}

/** As many as raft needs to survive the loss of one. */
export const DEFAULT_REPLICAS = 3;

/** @throws ValidationError when raft would have no majority that survives a loss. */
export function checkReplicas(replicas: number): number {
  if (!Number.isInteger(replicas) || replicas < 3 || replicas > 7 || replicas % 2 === 0) {
    throw new ValidationError(
      "replicas",
      `replicas ${replicas} gives raft no majority that survives a loss; choose 3, 5 or 7.`,
    );
  }
  return replicas;
}
