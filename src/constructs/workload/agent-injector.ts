import { caSecret, caSecretName, type DeliveredWorkload, type Delivery, type IWorkloadDelivery } from "./delivery";
import { certificateRequest, type WorkloadSecret, type WorkloadSecretSource } from "./workload-secret";

const PREFIX = "vault.hashicorp.com";

/** Volume with the token of the service account, for the audience of the login. */
const TOKEN_VOLUME = "vault-token";
const TOKEN_SECONDS = 600;

/**
 * The agent injector; https://developer.hashicorp.com/vault/docs/deploy/kubernetes/injector. It adds an agent to pods with its annotations,
 * which writes each secret to a file `/vault/secrets/<name>`. No Secret of Kubernetes contains one.
 */
export class AgentInjector implements IWorkloadDelivery {
  deliver(workload: DeliveredWorkload): Delivery {
    const { name, server, loginPath, audience, refreshInterval, secrets } = workload;
    const { address, namespace, caCertificate } = server;
    const settings: Record<string, string> = {
      "agent-inject": "true",
      role: name,
      "auth-path": `auth/${loginPath}`,
      service: address,
      "agent-service-account-token-volume-name": TOKEN_VOLUME,
      "template-static-secret-render-interval": refreshInterval.toString(),
      ...(namespace === undefined ? {} : { namespace }),
      ...(caCertificate === undefined ? {} : { "tls-secret": caSecretName(name), "ca-cert": "/vault/tls/ca.crt" }),
      ...Object.fromEntries(secrets.flatMap(secretSettings)),
    };
    const annotations = Object.entries(settings).map(([key, value]) => [`${PREFIX}/${key}`, value] as const);
    const serviceAccountToken = { audience, expirationSeconds: TOKEN_SECONDS, path: "token" };
    return {
      login: caCertificate === undefined ? [] : [caSecret(name, caCertificate)],
      secrets: [],
      statements: [],
      pod: {
        annotations: Object.fromEntries(annotations),
        volumes: [{ name: TOKEN_VOLUME, projected: { sources: [{ serviceAccountToken }] } }],
      },
    };
  }
}

function secretSettings({ name, source }: WorkloadSecret): [string, string][] {
  return [
    [`agent-inject-secret-${name}`, pathOf(source)],
    [`agent-inject-template-${name}`, templateOf(source)],
  ];
}

function pathOf(source: WorkloadSecretSource): string {
  return source.type === "key-value" ? `${source.mount}/data/${source.path}` : `${source.mount}/${source.path}`;
}

/** JSON of a secret, and PEM of a certificate. */
function templateOf(source: WorkloadSecretSource): string {
  const path = JSON.stringify(pathOf(source));
  if (source.type === "key-value") return `{{ with secret ${path} }}{{ .Data.data | toJSON }}{{ end }}`;
  if (source.type === "credentials") return `{{ with secret ${path} }}{{ .Data | toJSON }}{{ end }}`;
  const parameters = Object.entries(certificateRequest(source)).map(([name, value]) =>
    JSON.stringify(`${name}=${value}`),
  );
  return `{{ with pkiCert ${[path, ...parameters].join(" ")} }}{{ .Key }}{{ .Cert }}{{ .CA }}{{ end }}`;
}
