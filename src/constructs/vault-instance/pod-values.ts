import { toYaml } from "../../core/yaml";
import { API_PORT, serverLabels } from "../server-config/names";
import type { ServerResources } from "./instance-limits";
import type { HelmValues } from "./merge-values";

/** A toleration: pods with it may run on nodes with the taint. */
export interface Toleration {
  /**
   * Key of the taint.
   *
   * @changes rolling restart by the hook
   */
  readonly key: string;
  /**
   * Value of the taint.
   *
   * @default - any value
   * @changes rolling restart by the hook
   */
  readonly value?: string;
  /**
   * Effect of the taint.
   *
   * @changes rolling restart by the hook
   */
  readonly effect: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
}

/** The nodes on which servers run. */
export interface NodePlacement {
  /**
   * Labels that a node must have, such as `{ "tenant-vault/pool": "secrets" }`.
   *
   * @default - any node
   * @changes rolling restart by the hook: volumes must be reachable from the new nodes
   */
  readonly nodeSelector?: Readonly<Record<string, string>>;
  /**
   * Taints of nodes that the servers tolerate.
   *
   * @default - none
   * @changes rolling restart by the hook
   */
  readonly tolerations?: readonly Toleration[];
}

/** User and group of the images of the charts. */
const USER = 100;
const GROUP = 1000;

/** Seconds between the removal of a server from its Services and SIGTERM; the server still answers. */
export const PRE_STOP_SLEEP = 3;

/** Requirements of Pod Security `restricted`, and a read-only root filesystem. */
export const CONTAINER_SECURITY = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  capabilities: { drop: ["ALL"] },
} as const;

/** How and where the pods of the servers run. */
export interface PodValuesProps {
  readonly release: string;
  readonly resources: ServerResources;
  readonly placement: NodePlacement;
  /** Whether each replica must run on its own node. */
  readonly spreadOverNodes: boolean;
  readonly priorityClass: string;
}

/** Values of `server` that both charts have. */
export function podValues({
  release,
  resources,
  placement,
  spreadOverNodes,
  priorityClass,
}: PodValuesProps): HelmValues {
  const servers = { matchLabels: serverLabels(release) };
  return {
    resources,
    priorityClassName: priorityClass,
    nodeSelector: placement.nodeSelector ?? {},
    tolerations: (placement.tolerations ?? []).map(({ key, value, effect }) => ({
      key,
      operator: value === undefined ? "Exists" : "Equal",
      ...(value === undefined ? {} : { value }),
      effect,
    })),
    // A text, as in the values of the charts; Helm warns about a map.
    affinity: spreadOverNodes ? toYaml(antiAffinity(servers)) : "",
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: "topology.kubernetes.io/zone",
        // If a zone is lost, its replica must be able to start in another zone.
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: servers,
      },
    ],
    ...PROBES,
    preStopSleepSeconds: PRE_STOP_SLEEP,
    // Time for an orderly end; a pod that ends earlier does not wait.
    terminationGracePeriodSeconds: 30,
    statefulSet: {
      securityContext: {
        pod: {
          runAsNonRoot: true,
          runAsUser: USER,
          runAsGroup: GROUP,
          fsGroup: GROUP,
          fsGroupChangePolicy: "OnRootMismatch",
          seccompProfile: { type: "RuntimeDefault" },
        },
        container: CONTAINER_SECURITY,
      },
    },
  };
}

/** No two servers on one node. */
function antiAffinity(labelSelector: object): object {
  return {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector, topologyKey: "kubernetes.io/hostname" }],
    },
  };
}

/** https://openbao.org/api-docs/system/health/ */
const PROBES = {
  // Ready if it can answer clients, as the active server or as a standby that forwards requests.
  readinessProbe: {
    enabled: true,
    path: "/v1/sys/health?standbyok=true",
    port: API_PORT,
    failureThreshold: 2,
    periodSeconds: 5,
  },
  // Alive if it answers at all: restarting a sealed server would not unseal it.
  livenessProbe: {
    enabled: true,
    path: "/v1/sys/health?standbyok=true&sealedcode=204&uninitcode=204",
    port: API_PORT,
    initialDelaySeconds: 60,
    periodSeconds: 10,
    failureThreshold: 12,
  },
};
