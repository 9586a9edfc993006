/**
 * The monitored instance.
 *
 * @changes in place: the rules of the next deployment have it
 */
export interface MonitoredInstance {
  readonly tenant: string;
  /** Name of the instance. */
  readonly name: string;
  /** Kubernetes namespace of the pods. */
  readonly namespace: string;
  /** Name of the Helm release. Its pods are `<release>-0` and so on. */
  readonly release: string;
  readonly replicas: number;
}

/**
 * Selectors for the series of one instance.
 *
 * Both products prefix their metrics with `vault_`. The names and labels were read from three OpenBao 2.7.2 servers in these
 * states: uninitialised, sealed, active, standby, with a lost peer, without a leader, with a failing audit device. Vault has the
 * same names: https://developer.hashicorp.com/vault/docs/internals/telemetry/metrics/all
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

  /** Series of the servers, and Prometheus's own series about them. */
  ofServers(metric: string, labels = ""): string {
    return `${metric}{${this.pods}${labels === "" ? "" : `,${labels}`}}`;
  }

  /**
   * Limits an expression to the active server. A formerly active server reports its last values until their retention ends.
   */
  ofActive(expression: string): string {
    return `(${expression}) and on (namespace, pod) ${this.ofServers("vault_core_active")} == 1`;
  }

  /** Series of `tenant-vault status --prometheus`, and of `tenant-vault watch`. */
  ofStatus(metric: string): string {
    return `${metric}{${this.status}}`;
  }

  /** Series of the kubelet about the volumes of the pods. */
  ofVolumes(metric: string): string {
    return `${metric}{${this.namespace}}`;
  }
}
