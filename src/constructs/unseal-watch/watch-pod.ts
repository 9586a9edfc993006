import { watchRole } from "../../contract/central-vault";
import type { StatefulSetV1SpecTemplateSpecContainerEnv as Variable } from "../../terraform/providers/kubernetes";
import {
  COMMAND_SECURITY,
  loginMounts,
  loginVariables,
  loginVolumes,
  podMetadata,
  podSettings,
} from "../command-pod/command-pod";
import { imageReference } from "../vault-instance/chart";
import type { UnsealWatchProps } from "./unseal-watch-props";

export const METRICS_PORT = 9764;

/** Seconds for an unsealing that has begun when the pod is told to end. */
const GRACE = 60;

/** What the pods of an UnsealWatch need besides its props. */
export interface WatchPodProps extends UnsealWatchProps {
  readonly shards: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly serviceAccount: string;
  /** Name of the ConfigMap with the CA certificate. @default - none */
  readonly ca: string | undefined;
}

/** The template of the pods, within Pod Security `restricted`. */
export function podTemplate(props: WatchPodProps) {
  const { labels, serviceAccount, image, ca, caCertificate, shards, login, maintenanceEvery, shareGroup } = props;
  const maintain = maintenanceEvery === undefined ? [] : ["--maintain", String(maintenanceEvery.toSeconds())];
  return {
    metadata: podMetadata(labels, caCertificate),
    spec: {
      ...podSettings(serviceAccount),
      terminationGracePeriodSeconds: GRACE,
      topologySpreadConstraint: [
        {
          maxSkew: 1,
          topologyKey: "kubernetes.io/hostname",
          whenUnsatisfiable: "ScheduleAnyway",
          labelSelector: [{ matchLabels: { ...labels } }],
        },
      ],
      container: [
        {
          name: "watch",
          image: imageReference(image),
          args: [
            "watch",
            "--json",
            "--listen",
            `0.0.0.0:${METRICS_PORT}`,
            "--shard",
            `$(POD_NAME)/${shards}`,
            ...maintain,
            ...(shareGroup === undefined ? [] : ["--share-group", shareGroup]),
          ],
          env: variables(props),
          port: [{ name: "metrics", containerPort: METRICS_PORT }],
          // One instance takes about 60 KB.
          resources: { requests: { cpu: "100m", memory: "192Mi" }, limits: { memory: "512Mi" } },
          securityContext: COMMAND_SECURITY,
          livenessProbe: { httpGet: probe("/healthz"), periodSeconds: 10, failureThreshold: 6 },
          readinessProbe: { httpGet: probe("/readyz"), periodSeconds: 10 },
          volumeMount: loginMounts(ca),
        },
      ],
      volume: loginVolumes(login, ca),
    },
  };
}

function probe(path: string) {
  return { path, port: String(METRICS_PORT) };
}

function variables({ ca, webhook, shareGroup, ...connection }: WatchPodProps): Variable[] {
  return [
    { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
    ...loginVariables({ ...connection, hasCa: ca !== undefined, role: watchRole(shareGroup) }),
    ...(webhook === undefined
      ? []
      : [
          {
            name: "TENANT_VAULT_WEBHOOK",
            valueFrom: { secretKeyRef: { name: webhook.secret, key: webhook.key } },
          },
        ]),
  ];
}
