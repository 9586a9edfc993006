import type { PolicyStatement } from "../../policy/policy-document";
import { caSecret, caSecretName, type DeliveredWorkload, type Delivery, type IWorkloadDelivery } from "./delivery";
import type { KubernetesObject } from "./object-release";
import { certificateRequest, renewalInterval, type WorkloadSecret, type WorkloadSecretSource } from "./workload-secret";

/** Pods that are restarted, one after another, when a secret changes. */
export interface RestartTarget {
  /**
   * Kind of the object.
   *
   * @changes in place
   */
  readonly kind: "Deployment" | "DaemonSet" | "StatefulSet";
  /**
   * Name of the object, in the namespace of the workload.
   *
   * @changes in place
   */
  readonly name: string;
}

/**
 * The restart of pods that read a secret only when they start.
 *
 * By default nothing restarts in production. A secret changes when somebody writes it, or a lease expires, at a time that nobody chose. Then
 * a typing error in a secret would reach every pod within minutes. In production, a person restarts the pods and watches.
 */
export interface RolloutRestart {
  /**
   * Environment of the workload. Those named `prod` and `production` are production.
   *
   * @changes in place
   */
  readonly environment: string;
  /**
   * What is restarted.
   *
   * @changes in place
   */
  readonly targets: readonly RestartTarget[];
  /**
   * Whether a change also restarts production.
   *
   * @default false
   * @changes in place
   */
  readonly inProduction?: boolean;
}

/** Properties of {@link WorkloadDelivery.vaultSecretsOperator}. */
export interface VaultSecretsOperatorProps {
  /**
   * What is restarted when a secret changes.
   *
   * @default - nothing: pods read a changed secret when they start, or as they watch the mounted file
   * @changes in place
   */
  readonly restart?: RolloutRestart;
}

const API = "secrets.hashicorp.com/v1beta1";
const PRODUCTION = ["prod", "production"];

/** Vault Secrets Operator; https://developer.hashicorp.com/vault/docs/deploy/kubernetes/vso */
export class VaultSecretsOperator implements IWorkloadDelivery {
  constructor(private readonly props: VaultSecretsOperatorProps) {}

  deliver(workload: DeliveredWorkload): Delivery {
    const restart = restartTargets(this.props.restart);
    return {
      login: [...connection(workload), login(workload)],
      secrets: workload.secrets.map((secret) => secretObject(secret, workload, restart)),
      statements: revocation(workload.secrets),
    };
  }
}

function restartTargets(restart: RolloutRestart | undefined): object {
  if (restart === undefined) return {};
  const { environment, targets, inProduction = false } = restart;
  if (PRODUCTION.includes(environment) && !inProduction) return {};
  return { rolloutRestartTargets: targets.map(({ kind, name }) => ({ kind, name })) };
}

function connection({ name, server }: DeliveredWorkload): KubernetesObject[] {
  const { address, caCertificate } = server;
  const spec = { address, skipTLSVerify: false };
  const made = (more: object = {}): KubernetesObject => ({
    apiVersion: API,
    kind: "VaultConnection",
    metadata: { name },
    spec: { ...spec, ...more },
  });
  if (caCertificate === undefined) return [made()];
  return [caSecret(name, caCertificate), made({ caCertSecretRef: caSecretName(name) })];
}

function login({ name, serviceAccount, audience, loginPath, server }: DeliveredWorkload): KubernetesObject {
  return {
    apiVersion: API,
    kind: "VaultAuth",
    metadata: { name },
    spec: {
      vaultConnectionRef: name,
      ...(server.namespace === undefined ? {} : { namespace: server.namespace }),
      method: "kubernetes",
      mount: loginPath,
      kubernetes: { role: name, serviceAccount, audiences: [audience] },
    },
  };
}

function secretObject(
  { name, source }: WorkloadSecret,
  workload: DeliveredWorkload,
  restart: object,
): KubernetesObject {
  return {
    apiVersion: API,
    kind: source.type === "key-value" ? "VaultStaticSecret" : "VaultDynamicSecret",
    metadata: { name },
    spec: {
      vaultAuthRef: workload.name,
      mount: source.mount,
      ...contentOf(source, workload),
      destination: { name, create: true, ...formOf(source) },
      ...restart,
    },
  };
}

function contentOf(source: WorkloadSecretSource, { refreshInterval }: DeliveredWorkload): object {
  switch (source.type) {
    case "key-value":
      return { type: "kv-v2", path: source.path, refreshAfter: refreshInterval.toString() };
    case "credentials":
      return { path: source.path, ...(source.isStatic ? { allowStaticCreds: true } : { revoke: true }) };
    case "certificate":
      return {
        path: source.path,
        params: { ...certificateRequest(source), remove_roots_from_chain: "true" },
        // It would be renewed before, as a lease is.
        renewalPercent: 90,
        refreshAfter: renewalInterval(source).toString(),
      };
  }
}

/**
 * A certificate is a dynamic secret, too. The operator's own VaultPKISecret sends an empty time, which OpenBao refuses, and so does the
 * policy of the role.
 */
function formOf({ type }: WorkloadSecretSource): object {
  if (type !== "certificate") return {};
  const templates = {
    "tls.crt": '{{ get .Secrets "certificate" }}\n{{ range get .Secrets "ca_chain" }}{{ . }}\n{{ end }}',
    "tls.key": '{{ get .Secrets "private_key" }}\n',
    "ca.crt": '{{ get .Secrets "issuing_ca" }}\n',
  };
  const texts = Object.entries(templates).map(([key, text]) => [key, { text }] as const);
  return {
    type: "kubernetes.io/tls",
    transformation: { excludeRaw: true, excludes: [".*"], templates: Object.fromEntries(texts) },
  };
}

/** The operator revokes the leases of credentials that it replaces or removes: of these roles, and of no others. */
function revocation(secrets: readonly WorkloadSecret[]): PolicyStatement[] {
  const leases = secrets.flatMap(({ source }) =>
    source.type === "credentials" && !source.isStatic ? [`${source.mount}/${source.path}/*`] : [],
  );
  if (leases.length === 0) return [];
  const reason = "revoke credentials that are replaced or removed";
  return [{ path: "sys/leases/revoke", capabilities: ["update"], allowedParameters: { lease_id: leases }, reason }];
}
