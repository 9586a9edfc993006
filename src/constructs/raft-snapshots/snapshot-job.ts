import { SNAPSHOTS_ROLE } from "../../contract/central-vault";
import {
  CA_FOLDER,
  caMounts,
  COMMAND_SECURITY,
  loginMounts,
  loginVariables,
  loginVolumes,
  podMetadata,
  podSettings,
} from "../command-pod/command-pod";
import { imageReference } from "../vault-instance/chart";
import type { RaftSnapshotsProps } from "./raft-snapshots-props";

/** Once a day, when few people work. */
const SCHEDULE = "17 2 * * *";
/** Seconds for one attempt to save. */
const TIMEOUT = 3600;
/** Key of the ConfigMap with the CA certificate of the storage, and name of the file. */
export const STORAGE_CA_FILE = "storage-ca.pem";

/** What the CronJob of an instance needs besides the props. */
export interface SnapshotJobProps extends RaftSnapshotsProps {
  /** As `<tenant>/<instance>`. */
  readonly instance: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly serviceAccount: string;
  /** Name of the ConfigMap with CA certificates. @default - none */
  readonly ca: string | undefined;
}

/** The CronJob of an instance. It saves before it prunes, and prunes only if it has saved. */
export function jobSpec(props: SnapshotJobProps) {
  const { schedule = SCHEDULE, labels, serviceAccount, ca, caCertificate, login, keep } = props;
  const save = saveContainer(props);
  const containers = keep === undefined ? { container: [save] } : { initContainer: [save], container: [prune(props)] };
  return {
    schedule,
    timezone: "Etc/UTC",
    concurrencyPolicy: "Forbid",
    // A run that was due while the control plane was down starts late, but not the next day.
    startingDeadlineSeconds: TIMEOUT,
    successfulJobsHistoryLimit: 1,
    failedJobsHistoryLimit: 3,
    jobTemplate: {
      metadata: { labels: { ...labels } },
      spec: {
        backoffLimit: 2,
        // A pod whose node fails has a whole second attempt.
        activeDeadlineSeconds: 2 * TIMEOUT,
        template: {
          metadata: podMetadata(labels, caCertificate),
          spec: {
            ...podSettings(serviceAccount),
            restartPolicy: "Never",
            ...containers,
            volume: loginVolumes(login, ca),
          },
        },
      },
    },
  };
}

function saveContainer(props: SnapshotJobProps) {
  const { instance, target, recipients, credentialsSecret, ca, caCertificate } = props;
  const keys = recipients.flatMap((key) => ["--recipient", key]);
  const login = loginVariables({ ...props, hasCa: caCertificate !== undefined, role: SNAPSHOTS_ROLE });
  return {
    ...container(props, "save"),
    args: ["snapshot", "save", instance, "--json", "--target", target, "--timeout", String(TIMEOUT), ...keys],
    env: [...login, ...storageVariables(props, credentialsSecret)],
    volumeMount: loginMounts(ca),
  };
}

/** It needs the storage alone, so it has no token of the ServiceAccount. */
function prune(props: SnapshotJobProps) {
  const { instance, target, keep, keepDays = 0, credentialsSecret, pruneCredentialsSecret, ca } = props;
  const stay = ["--keep", String(keep), "--keep-days", String(keepDays)];
  return {
    ...container(props, "prune"),
    args: ["snapshot", "prune", instance, "--json", "--target", target, ...stay],
    env: storageVariables(props, pruneCredentialsSecret ?? credentialsSecret),
    volumeMount: caMounts(ca),
  };
}

function container({ image }: SnapshotJobProps, name: string) {
  return {
    name,
    image: imageReference(image),
    // A snapshot streams in parts of 16 MiB, so its size does not matter.
    resources: { requests: { cpu: "100m", memory: "192Mi" }, limits: { memory: "512Mi" } },
    securityContext: COMMAND_SECURITY,
  };
}

/** Only these two keys of the Secret: another one could change what the command does. */
function storageVariables({ region, endpoint, endpointCaCertificate }: SnapshotJobProps, secret: string) {
  return [
    ...["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"].map((key) => ({
      name: key,
      valueFrom: { secretKeyRef: { name: secret, key } },
    })),
    ...(region === undefined ? [] : [{ name: "AWS_REGION", value: region }]),
    ...(endpoint === undefined ? [] : [{ name: "AWS_ENDPOINT_URL_S3", value: endpoint }]),
    ...(endpointCaCertificate === undefined
      ? []
      : [{ name: "AWS_CA_BUNDLE", value: `${CA_FOLDER}/${STORAGE_CA_FILE}` }]),
  ];
}
