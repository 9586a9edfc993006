import { Fn } from "cdktf";
import { WATCH_ROLE } from "../../contract/central-vault";
import type { StatefulSetV1SpecTemplateSpecContainerEnv as Variable } from "../../terraform/providers/kubernetes";
import { imageReference } from "../vault-instance/chart";
import { CONTAINER_SECURITY } from "../vault-instance/pod-values";
import type { UnsealWatchProps } from "./unseal-watch-props";

export const METRICS_PORT = 9764;
/** Key of the ConfigMap with the CA certificate, and name of the file. */
export const CA_FILE = "ca.pem";

/** The user `node` of the official images of Node.js, as the Dockerfile has it. */
const USER = 1000;
const CA_FOLDER = "/etc/tenant-vault/ca";
const TOKEN_FOLDER = "/var/run/secrets/tenant-vault";
/** Seconds. Kubernetes writes another token when four fifths are over. It allows no shorter time. */
const TOKEN_LIFETIME = 600;
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
  const { labels, serviceAccount, image, ca, caCertificate, shards, login, maintenanceEvery } = props;
  const maintain = maintenanceEvery === undefined ? [] : ["--maintain", String(maintenanceEvery.toSeconds())];
  const token = { audience: login.audience, expirationSeconds: TOKEN_LIFETIME, path: "token" };
  return {
    metadata: {
      labels: { ...labels },
      // The command reads the file when it starts.
      ...(caCertificate === undefined ? {} : { annotations: { "tenant-vault/ca": Fn.sha256(caCertificate) } }),
    },
    spec: {
      serviceAccountName: serviceAccount,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: GRACE,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: String(USER),
        runAsGroup: String(USER),
        fsGroup: String(USER),
        seccompProfile: { type: "RuntimeDefault" },
      },
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
          ],
          env: variables(props),
          port: [{ name: "metrics", containerPort: METRICS_PORT }],
          // One instance takes about 60 KB.
          resources: { requests: { cpu: "100m", memory: "192Mi" }, limits: { memory: "512Mi" } },
          securityContext: { ...CONTAINER_SECURITY, capabilities: { drop: ["ALL"] } },
          livenessProbe: { httpGet: probe("/healthz"), periodSeconds: 10, failureThreshold: 6 },
          readinessProbe: { httpGet: probe("/readyz"), periodSeconds: 10 },
          volumeMount: [
            { name: "token", mountPath: TOKEN_FOLDER, readOnly: true },
            ...(ca === undefined ? [] : [{ name: "ca", mountPath: CA_FOLDER, readOnly: true }]),
          ],
        },
      ],
      volume: [
        { name: "token", projected: [{ sources: [{ serviceAccountToken: token }] }] },
        ...(ca === undefined ? [] : [{ name: "ca", configMap: { name: ca } }]),
      ],
    },
  };
}

function probe(path: string) {
  return { path, port: String(METRICS_PORT) };
}

function variables({ address, centralNamespace, ca, login, webhook }: WatchPodProps): Variable[] {
  return [
    { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
    { name: "VAULT_ADDR", value: address },
    ...(centralNamespace === undefined ? [] : [{ name: "VAULT_NAMESPACE", value: centralNamespace }]),
    ...(ca === undefined ? [] : [{ name: "VAULT_CACERT", value: `${CA_FOLDER}/${CA_FILE}` }]),
    { name: "TENANT_VAULT_JWT_FILE", value: `${TOKEN_FOLDER}/token` },
    { name: "TENANT_VAULT_JWT_LOGIN", value: login.path },
    { name: "TENANT_VAULT_JWT_ROLE", value: WATCH_ROLE },
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
