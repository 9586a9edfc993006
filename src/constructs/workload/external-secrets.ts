import type { Construct } from "constructs";
import { Duration } from "../../core/duration";
import { ValidationError } from "../../core/errors";
import { base64, type DeliveredWorkload, type Delivery, type IWorkloadDelivery } from "./delivery";
import type { KubernetesObject } from "./object-release";
import { certificateRequest, renewalInterval, type WorkloadSecret, type WorkloadSecretSource } from "./workload-secret";

const API = "external-secrets.io/v1";
const GENERATORS = "generators.external-secrets.io/v1alpha1";

/**
 * External Secrets Operator; https://external-secrets.io. It has no object for a login: each source of a secret, a SecretStore or a
 * generator, says how it logs in.
 */
export class ExternalSecrets implements IWorkloadDelivery {
  deliver(workload: DeliveredWorkload, scope: Construct): Delivery {
    const { secrets } = workload;
    for (const secret of secrets) checkLifetime(secret, workload, scope);
    return {
      login: secrets.map((secret) => sourceObject(secret, workload)),
      secrets: secrets.map((secret) => ({
        apiVersion: API,
        kind: "ExternalSecret",
        metadata: { name: secret.name },
        spec: {
          refreshInterval: refreshInterval(secret.source, workload).toString(),
          target: { name: secret.name, creationPolicy: "Owner", ...templateOf(secret.source) },
          ...contentOf(secret),
        },
      })),
      statements: [],
    };
  }
}

/** How the operator logs in and where. */
function provider({ server, loginPath, name, serviceAccount, audience }: DeliveredWorkload, path?: string): object {
  return {
    server: server.address,
    ...(path === undefined ? {} : { path, version: "v2" }),
    ...(server.namespace === undefined ? {} : { namespace: server.namespace }),
    ...(server.caCertificate === undefined ? {} : { caBundle: base64(server.caCertificate) }),
    auth: {
      kubernetes: {
        mountPath: loginPath,
        role: name,
        serviceAccountRef: { name: serviceAccount, audiences: [audience] },
      },
    },
  };
}

function sourceObject({ name, source }: WorkloadSecret, workload: DeliveredWorkload): KubernetesObject {
  if (source.type === "key-value") {
    const vault = provider(workload, source.mount);
    return { apiVersion: API, kind: "SecretStore", metadata: { name }, spec: { provider: { vault } } };
  }
  return {
    apiVersion: GENERATORS,
    kind: "VaultDynamicSecret",
    metadata: { name },
    spec: { provider: provider(workload), path: `${source.mount}/${source.path}`, ...requestOf(source) },
  };
}

function requestOf(source: WorkloadSecretSource): object {
  if (source.type !== "certificate") return { method: "GET" };
  // Clients have the root themselves.
  return { method: "POST", parameters: { ...certificateRequest(source), remove_roots_from_chain: true } };
}

function contentOf({ name, source }: WorkloadSecret): object {
  if (source.type === "key-value")
    return {
      secretStoreRef: { kind: "SecretStore", name },
      dataFrom: [{ extract: { key: source.path } }],
    };
  const generatorRef = { apiVersion: GENERATORS, kind: "VaultDynamicSecret", name };
  return { dataFrom: [{ sourceRef: { generatorRef } }] };
}

function templateOf({ type }: WorkloadSecretSource): object {
  if (type !== "certificate") return {};
  const data = {
    "tls.crt": "{{ .certificate }}\n{{ .ca_chain }}\n",
    "tls.key": "{{ .private_key }}\n",
    "ca.crt": "{{ .issuing_ca }}\n",
  };
  return { template: { type: "kubernetes.io/tls", data } };
}

/** Each refresh of credentials or a certificate makes new ones, so it is as rare as their lifetimes allow. */
function refreshInterval(source: WorkloadSecretSource, workload: DeliveredWorkload): Duration {
  if (source.type === "certificate") return renewalInterval(source);
  // A refresh does not change a static role. Its password changes without the operator.
  if (source.type === "key-value" || source.isStatic) return workload.refreshInterval;
  return Duration.seconds(Math.max(1, Math.floor(source.lifetime.toSeconds() / 2)));
}

/** @throws ValidationError if credentials would expire with the token that requested them, which the operator never renews. */
function checkLifetime({ name, source }: WorkloadSecret, workload: DeliveredWorkload, scope: Construct): void {
  if (source.type !== "credentials" || source.isStatic || !source.lifetime.isLongerThan(workload.tokenPeriod)) return;
  throw new ValidationError(
    "workload-lifetime",
    `The credentials ${name} are valid for ${source.lifetime.toString()}, but the token that requests them for ${workload.tokenPeriod.toString()}, and they expire with it; raise tokenPeriod, or reduce defaultTtl of the database role.`,
    scope,
  );
}
