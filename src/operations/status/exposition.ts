import { instanceLabels, STATUS_METRICS } from "../../contract/metrics";
import { renderMetrics, type Metric } from "../../core/prometheus";
import type { InstanceStatus, ReplicaSummary } from "./inspect";

/**
 * Formats statuses for Prometheus, for the textfile collector of node_exporter.
 *
 * @param now Time of the inspection, milliseconds since the epoch.
 */
export function exposition(statuses: readonly InstanceStatus[], now: number): string {
  return renderMetrics(metrics(statuses, now));
}

function metrics(statuses: readonly InstanceStatus[], now: number): Metric[] {
  const perInstance = (name: string, help: string, value: (status: InstanceStatus) => number | undefined): Metric => ({
    name,
    help,
    type: "gauge",
    samples: statuses.map((status) => ({ labels: instanceLabels(status.instance), value: value(status) })),
  });
  const perReplica = (name: string, help: string, value: (replica: ReplicaSummary) => number | undefined): Metric => ({
    name,
    help,
    type: "gauge",
    samples: statuses.flatMap((status) =>
      status.replicas.map((replica) => ({
        labels: { ...instanceLabels(status.instance), replica: replica.name },
        value: value(replica),
      })),
    ),
  });
  return [
    perInstance(
      STATUS_METRICS.instanceHealthy,
      "Whether the record is complete, every replica unsealed and a voting member, and all agree on the active one.",
      ({ healthy }) => Number(healthy),
    ),
    perInstance(STATUS_METRICS.recordComplete, "Whether the central Vault holds the keys.", ({ record }) =>
      Number(record.state === "complete" || record.state === "self-initialised"),
    ),
    perReplica(STATUS_METRICS.replicaUnsealed, "Whether the replica is unsealed.", ({ state }) =>
      Number(state === "unsealed"),
    ),
    perReplica(STATUS_METRICS.replicaActive, "Whether the replica is the active one.", ({ active }) => Number(active)),
    perReplica(STATUS_METRICS.replicaVotes, "Whether the replica is a member of raft that votes.", ({ votes }) =>
      votes === undefined ? undefined : Number(votes),
    ),
    perInstance(
      STATUS_METRICS.instanceLeaders,
      "Replicas that are taken for the active one; more than one if the replicas disagree.",
      ({ replicas }) => new Set(replicas.flatMap(({ leader }) => leader ?? [])).size,
    ),
    perReplica(STATUS_METRICS.auditDevices, "Audit devices of the replica.", ({ auditDevices }) => auditDevices),
    perReplica(
      STATUS_METRICS.certificateExpiry,
      "Expiry of the certificate that the replica presents.",
      ({ certificateExpires }) => seconds(certificateExpires),
    ),
    {
      name: STATUS_METRICS.issuerExpiry,
      help: "Expiry of the issuer from which the roles of a PKI mount issue.",
      type: "gauge",
      samples: statuses.flatMap(({ instance, issuers = [] }) =>
        issuers.map(({ mount, expires }) => ({
          labels: { ...instanceLabels(instance), mount },
          value: seconds(expires),
        })),
      ),
    },
    perInstance(
      STATUS_METRICS.sealTokenExpiry,
      "Expiry of the token by which the servers unseal themselves.",
      ({ sealTokenExpires }) => seconds(sealTokenExpires),
    ),
    perInstance(
      STATUS_METRICS.restoreProven,
      "Time at which a snapshot was last proven by a restore.",
      ({ restoreProven }) => seconds(restoreProven),
    ),
    {
      name: STATUS_METRICS.statusFailure,
      help: "1 for the code of the failure that prevented the inspection.",
      type: "gauge",
      samples: statuses.flatMap((status) =>
        status.problemCode === undefined
          ? []
          : [{ labels: { ...instanceLabels(status.instance), code: status.problemCode }, value: 1 }],
      ),
    },
    perInstance(STATUS_METRICS.statusTime, "Time of the inspection.", () => Math.floor(now / 1000)),
  ];
}

/** @param time RFC 3339. */
function seconds(time: string | undefined): number | undefined {
  return time === undefined ? undefined : Date.parse(time) / 1000;
}
