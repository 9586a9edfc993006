/** The instance whose metrics are meant. */
export interface MonitoredInstance {
  readonly tenant: string;
  /** Name of the instance. */
  readonly name: string;
  /** Kubernetes namespace of the pods. */
  readonly namespace: string;
  /** Name of the Helm release: its pods are `<release>-0` and so on. */
  readonly release: string;
  readonly replicas: number;
}

/**
 * Series of one instance.
 *
 * Both products prefix their metrics with `vault_`. The names and labels were read from three OpenBao 2.7.2 servers:
 * uninitialised, sealed, active, standby, with a peer lost, without a leader and with an audit device that fails. Vault's
 * are the same: https://developer.hashicorp.com/vault/docs/internals/telemetry/metrics/all
 */
export class Series {
  private readonly namespace: string;
  private readonly pods: string;
  private readonly status: string;

  constructor({ tenant, name, namespace, release }: MonitoredInstance) {
    this.namespace = `namespace="${namespace}"`;
    this.pods = `${this.namespace},pod=~"${release}-[0-9]+"`;
    this.status = `tenant="${tenant}",vault_instance="${name}"`;
  }

  /** What the servers say, and Prometheus of them. */
  ofServers(metric: string, labels = ""): string {
    return `${metric}{${this.pods}${labels === "" ? "" : `,${labels}`}}`;
  }

  /**
   * What only the active server knows. A server that was active keeps on saying what it knew last, for as long as metrics
   * are retained.
   */
  ofActive(expression: string): string {
    return `(${expression}) and on (namespace, pod) ${this.ofServers("vault_core_active")} == 1`;
  }

  /** What `tenant-vault status --prometheus` says. */
  ofStatus(metric: string): string {
    return `${metric}{${this.status}}`;
  }

  /** What the kubelet says of the pods' volumes. */
  ofVolumes(metric: string): string {
    return `${metric}{${this.namespace}}`;
  }
}
