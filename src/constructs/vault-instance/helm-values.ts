import type { Product } from "../../core/product";
import type { Size } from "../../core/size";
import type { SealConfig } from "../seal/seal-config";
import type { AuditDevice } from "../server-config/audit-device";
import type { ExternalPlugin } from "../server-config/external-plugin";
import { CLUSTER_PORT, podAddress, type ReleaseNames } from "../server-config/names";
import { bootstrapSecretName, type SelfInitialization } from "../server-config/self-initialization";
import { mountPaths, serverConfig, type LogFormat, type LogLevel } from "../server-config/server-config";
import { auditRotation } from "./audit-rotation";
import { lingeringContainer, NO_TOKEN } from "./lingering-container";
import { imageValues, type ContainerImage } from "./chart";
import type { HelmValues } from "./merge-values";
import { podValues, type PodValuesProps } from "./pod-values";

/** Input of the values. */
export interface HelmValuesProps extends Omit<PodValuesProps, "release"> {
  readonly product: Product;
  readonly names: ReleaseNames;
  readonly image: ContainerImage;
  readonly seal: SealConfig;
  /** Storage class of the volumes. @default - data and audit logs are lost with the pod */
  readonly storageClass?: string;
  readonly dataSize: Size;
  readonly auditSize: Size;
  readonly auditDevices: readonly AuditDevice[];
  /** @default - none */
  readonly plugins?: readonly ExternalPlugin[];
  readonly ui: boolean;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  /** Whether the servers may check tokens of the cluster's ServiceAccounts. */
  readonly kubernetesAuth: boolean;
  readonly serviceAccountAnnotations: Readonly<Record<string, string>>;
  /** @default - none */
  readonly selfInitialization?: SelfInitialization;
  /** @default - none */
  readonly metrics?: { readonly statsdAddress?: string };
}

/**
 * Values of the official charts `hashicorp/vault` and `openbao/openbao` for servers with raft storage and TLS, without secrets.
 * One server is a raft cluster of one, so that others can join later.
 */
export function helmValues(props: HelmValuesProps): HelmValues {
  const { product, names } = props;
  return {
    fullnameOverride: names.release,
    global: { tlsDisable: false },
    injector: { enabled: false },
    ui: { enabled: props.ui, publishNotReadyAddresses: false, [activeOnly(product)]: true },
    server: {
      image: imageValues(product, props.image),
      // Sealed pods are not ready, so all must start at once. The hook restarts them one by one.
      ...(product === "openbao" ? { podManagementPolicy: "Parallel" } : {}),
      updateStrategyType: "OnDelete",
      // A changed configuration changes the revision of the pods. The hook restarts pods with an old revision.
      [product === "openbao" ? "configAnnotation" : "includeConfigAnnotation"]: true,
      authDelegator: { enabled: props.kubernetesAuth },
      serviceAccount: { annotations: props.serviceAccountAnnotations },
      ...sealAnnotation(props),
      ...podValues({ ...props, release: names.release }),
      ...environment(props),
      ...volumes(props),
      ...audit(props),
      standalone: { enabled: false },
      ha: highAvailability(props),
    },
  };
}

function activeOnly(product: Product): string {
  return product === "vault" ? "activeVaultPodOnly" : "activeOpenbaoPodOnly";
}

/** Name of an environment variable of the product. */
function variable(product: Product, name: string): string {
  return `${product === "vault" ? "VAULT" : "BAO"}_${name}`;
}

function environment({ product, names, seal }: HelmValuesProps): HelmValues {
  return {
    // For the command line in the container.
    extraEnvironmentVars: { [variable(product, "CACERT")]: `${mountPaths(product).secret(names.tlsSecret)}/ca.crt` },
    extraSecretEnvironmentVars: seal.environment.map(({ name, secret, key }) => ({
      envName: name,
      secretName: secret,
      secretKey: key,
    })),
  };
}

/** Changed credentials of the seal change the revision of the pods. The hook restarts pods with an old revision. */
function sealAnnotation({ seal: { credentials } }: HelmValuesProps): HelmValues {
  if (credentials === undefined) return {};
  return { annotations: { "tenant-vault/seal-credentials": String(credentials.revision) } };
}

function volumes(props: HelmValuesProps): HelmValues {
  const { names, seal, storageClass, dataSize, auditSize, selfInitialization } = props;
  const bootstrap = selfInitialization === undefined ? [] : [bootstrapSecretName(names.release)];
  const paths = mountPaths(props.product);
  const claim = (size: Size): HelmValues =>
    storageClass === undefined ? { enabled: false } : { enabled: true, size: size.toString(), storageClass };
  // Without claims, data and audit log are folders of the pod.
  const folders =
    storageClass === undefined
      ? [
          { name: "data", mountPath: paths.data, size: dataSize },
          { name: "audit", mountPath: paths.audit, size: auditSize },
        ]
      : [];
  return {
    extraVolumes: [names.tlsSecret, ...seal.secrets, ...bootstrap].map((name) => ({ type: "secret", name })),
    // The charts copy the configuration to /tmp, and the root filesystem is read-only.
    volumes: [
      { name: "tmp", emptyDir: { medium: "Memory", sizeLimit: "16Mi" } },
      NO_TOKEN,
      ...folders.map(({ name, size }) => ({ name, emptyDir: { sizeLimit: size.toString() } })),
    ],
    volumeMounts: [{ name: "tmp", mountPath: "/tmp" }, ...folders.map(({ name, mountPath }) => ({ name, mountPath }))],
    dataStorage: claim(dataSize),
    auditStorage: claim(auditSize),
    persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
  };
}

function audit({ product, image, auditSize }: HelmValuesProps): HelmValues {
  return {
    shareProcessNamespace: false,
    postStart: auditRotation({ product, folder: mountPaths(product).audit, size: auditSize }),
    extraContainers: [lingeringContainer(image)],
  };
}

function highAvailability(props: HelmValuesProps): HelmValues {
  const { product, names } = props;
  const config = serverConfig({ ...props, paths: mountPaths(product) });
  return {
    enabled: true,
    replicas: names.pods.length,
    // The charts' default is the IP address of the pod, which no certificate contains.
    apiAddr: podAddress(names, `$(${variable(product, "K8S_POD_NAME")})`),
    clusterAddr: clusterAddress(names, product),
    raft: { enabled: true, setNodeId: true, config },
    // ServerGuard has the budget.
    disruptionBudget: { enabled: false, maxUnavailable: 1 },
  };
}

function clusterAddress({ release }: ReleaseNames, product: Product): string {
  return `https://$(${variable(product, "K8S_POD_NAME")}).${release}-internal:${CLUSTER_PORT}`;
}
