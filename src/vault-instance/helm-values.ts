import type { Size } from "../core/size";
import { podAddress, type ReleaseNames } from "./names";
import type { Product } from "./product";
import { mountPaths, raftServerConfig } from "./server-config";

/** A container image other than the chart's. */
export interface ContainerImage {
  /** With the registry, such as `registry.example.com/openbao/openbao`. */
  readonly repository: string;
  readonly tag: string;
}

/** What the values are made from. */
export interface HelmValuesProps {
  readonly product: Product;
  readonly names: ReleaseNames;
  readonly dataSize: Size;
  readonly auditSize: Size;
  readonly storageClass: string;
  readonly image?: ContainerImage;
  /** Whether each replica must be on a node of its own. */
  readonly spreadOverNodes: boolean;
}

/** User and group of the charts' images. */
const USER = 100;
const GROUP = 1000;

/** Values of the official charts `hashicorp/vault` and `openbao/openbao` for a raft cluster with TLS; no secret is in them. */
export function highAvailabilityValues(props: HelmValuesProps): object {
  const { product, names, storageClass } = props;
  const prefix = product === "vault" ? "VAULT" : "BAO";
  const { tls } = mountPaths(product, names.tlsSecret);
  return {
    fullnameOverride: names.release,
    global: { tlsDisable: false },
    injector: { enabled: false },
    server: {
      ...(props.image === undefined ? {} : { image: imageValues(product, props.image) }),
      // Sealed pods are not ready: they must all start at once, and are restarted one by one by the hook.
      ...(product === "openbao" ? { podManagementPolicy: "Parallel" } : {}),
      updateStrategyType: "OnDelete",
      ...(props.spreadOverNodes ? {} : { affinity: "" }),
      extraEnvironmentVars: { [`${prefix}_CACERT`]: `${tls}/ca.crt` },
      extraVolumes: [{ type: "secret", name: names.tlsSecret }],
      dataStorage: { enabled: true, size: props.dataSize.toString(), storageClass },
      auditStorage: { enabled: true, size: props.auditSize.toString(), storageClass },
      standalone: { enabled: false },
      ha: {
        enabled: true,
        replicas: names.pods.length,
        // The charts' default names the pod by its IP address, which no certificate holds.
        apiAddr: podAddress(names, `$(${prefix}_K8S_POD_NAME)`),
        raft: { enabled: true, setNodeId: true, config: raftServerConfig(product, names) },
      },
      statefulSet: {
        securityContext: {
          pod: {
            runAsNonRoot: true,
            runAsUser: USER,
            runAsGroup: GROUP,
            fsGroup: GROUP,
            seccompProfile: { type: "RuntimeDefault" },
          },
          container: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
        },
      },
    },
  };
}

/** OpenBao's chart wants the registry apart from the repository. */
function imageValues(product: Product, { repository, tag }: ContainerImage): object {
  if (product === "vault") return { repository, tag };
  const [registry, ...path] = repository.split("/");
  return { registry, repository: path.join("/"), tag };
}
