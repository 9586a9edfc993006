import { stringify } from "yaml";
import { API_PORT, serverLabels } from "../server-config/names";
import type { ServerResources } from "./instance-limits";
import type { HelmValues } from "./merge-values";

/** Tolerates a taint of a node. */
export interface Toleration {
  readonly key: string;
  /** @default - any */
  readonly value?: string;
  readonly effect: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
}

/** Nodes that servers run on. */
export interface NodePlacement {
  /** Labels that a node has, such as `{ "tenant-vault/pool": "secrets" }`. @default - any node */
  readonly nodeSelector?: Readonly<Record<string, string>>;
  /** @default - none */
  readonly tolerations?: readonly Toleration[];
}

/** User and group of the charts' images. */
const USER = 100;
const GROUP = 1000;

/** Seconds for the Services to forget a server, before it is told to end; it answers meanwhile. */
export const PRE_STOP_SLEEP = 3;

/** What Pod Security `restricted` asks of a container, and a root filesystem that cannot be written. */
export const CONTAINER_SECURITY = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  capabilities: { drop: ["ALL"] },
} as const;

/** What says how and where the servers' pods run. */
export interface PodValuesProps {
  readonly release: string;
  readonly resources: ServerResources;
  readonly placement: NodePlacement;
  /** Whether each replica must be on a node of its own. */
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
    // A text, as in the charts' own values: Helm warns of a map in its place.
    affinity: spreadOverNodes ? stringify(antiAffinity(servers)) : "",
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: "topology.kubernetes.io/zone",
        // A zone that is lost must not keep a replica from coming back in another.
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: servers,
      },
    ],
    ...PROBES,
    preStopSleepSeconds: PRE_STOP_SLEEP,
    // Time to hand over and to end in order; nobody waits for what is left of it.
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

/** No two on one node. */
function antiAffinity(labelSelector: object): object {
  return {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector, topologyKey: "kubernetes.io/hostname" }],
    },
  };
}

/** https://openbao.org/api-docs/system/health/ */
const PROBES = {
  // Ready when it can answer clients: as the active one, or as a standby that passes requests on.
  readinessProbe: {
    enabled: true,
    path: "/v1/sys/health?standbyok=true",
    port: API_PORT,
    failureThreshold: 2,
    periodSeconds: 5,
  },
  // Alive as long as it answers at all: a sealed server is not restarted, which would not unseal it.
  livenessProbe: {
    enabled: true,
    path: "/v1/sys/health?standbyok=true&sealedcode=204&uninitcode=204",
    port: API_PORT,
    initialDelaySeconds: 60,
    periodSeconds: 10,
    failureThreshold: 12,
  },
};
