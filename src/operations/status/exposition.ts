import { STATUS_METRICS } from "../../contract/metrics";
import type { InstanceStatus, ReplicaSummary } from "./inspect";

interface Metric {
  readonly name: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  /** Undefined if it is not known. */
  readonly value: number | undefined;
}

/**
 * Formats statuses for Prometheus, for the textfile collector of node_exporter.
 *
 * https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 *
 * @param now Time of the inspection, milliseconds since the epoch.
 */
export function exposition(statuses: readonly InstanceStatus[], now: number): string {
  return metrics(statuses, now).map(render).join("");
}

function metrics(statuses: readonly InstanceStatus[], now: number): Metric[] {
  const perInstance = (name: string, help: string, value: (status: InstanceStatus) => number | undefined): Metric => ({
    name,
    help,
    samples: statuses.map((status) => ({ labels: instanceLabels(status), value: value(status) })),
  });
  const perReplica = (name: string, help: string, value: (replica: ReplicaSummary) => number | undefined): Metric => ({
    name,
    help,
    samples: statuses.flatMap((status) =>
      status.replicas.map((replica) => ({
        labels: { ...instanceLabels(status), replica: replica.name },
        value: value(replica),
      })),
    ),
  });
  return [
    perInstance(
      STATUS_METRICS.instanceHealthy,
      "Whether the record is complete, every replica unsealed and one active.",
      ({ healthy }) => Number(healthy),
    ),
    perInstance(STATUS_METRICS.recordComplete, "Whether the central Vault holds the keys.", ({ record }) =>
      Number(record.state === "complete" || record.state === "self-initialised"),
    ),
    perReplica(STATUS_METRICS.replicaUnsealed, "Whether the replica is unsealed.", ({ state }) =>
      Number(state === "unsealed"),
    ),
    perReplica(STATUS_METRICS.replicaActive, "Whether the replica is the active one.", ({ active }) => Number(active)),
    perReplica(STATUS_METRICS.auditDevices, "Audit devices of the replica.", ({ auditDevices }) => auditDevices),
    perReplica(
      STATUS_METRICS.certificateExpiry,
      "Expiry of the certificate that the replica presents.",
      ({ certificateExpires }) => seconds(certificateExpires),
    ),
    perInstance(
      STATUS_METRICS.sealTokenExpiry,
      "Expiry of the token by which the servers unseal themselves.",
      ({ sealTokenExpires }) => seconds(sealTokenExpires),
    ),
    {
      name: STATUS_METRICS.statusFailure,
      help: "1 for the code of the failure that prevented the inspection.",
      samples: statuses.flatMap((status) =>
        status.problemCode === undefined
          ? []
          : [{ labels: { ...instanceLabels(status), code: status.problemCode }, value: 1 }],
      ),
    },
    perInstance(STATUS_METRICS.statusTime, "Time of the inspection.", () => Math.floor(now / 1000)),
  ];
}

/** The label is not `instance`, because Prometheus uses that label for the scraped address. */
function instanceLabels({ instance }: InstanceStatus): Record<string, string> {
  const [tenant = "", name = ""] = instance.split("/");
  return { tenant, vault_instance: name };
}

/** @param time RFC 3339. */
function seconds(time: string | undefined): number | undefined {
  return time === undefined ? undefined : Date.parse(time) / 1000;
}

function render({ name, help, samples }: Metric): string {
  const known = samples.filter(({ value }) => value !== undefined && !Number.isNaN(value));
  if (known.length === 0) return "";
  return [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} gauge`,
    ...known.map(({ labels, value }) => `${name}{${renderLabels(labels)}} ${String(value)}`),
    "",
  ].join("\n");
}

function renderLabels(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}="${escape(value)}"`)
    .join(",");
}

function escape(value: string): string {
  return value.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n");
}
