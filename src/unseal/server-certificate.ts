import { X509Certificate } from "node:crypto";
import type { CoreV1Api, KubeConfig, V1Secret } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import type { Instance } from "./instance";
import { askCentral } from "./record-store";
import type { VaultClient } from "./vault-client";

const DAY = 86_400_000;
/** Life of a certificate, and what of it must be left for it to stay in use. */
const LIFETIME_HOURS = 365 * 24;
const RENEW_BEFORE = 30 * DAY;

interface ServerCertificate {
  readonly certificate: string;
  readonly caCertificate: string;
}

/**
 * Makes sure that the Secret with the servers' certificate exists, fits their names and lasts. The central Vault issues it;
 * its private key goes into the Secret alone, never through Terraform.
 *
 * @returns The certificate of the authority, PEM.
 */
export async function ensureServerCertificate(
  central: VaultClient,
  kubeconfig: KubeConfig,
  { namespace, certificate: wanted }: NonNullable<Instance["kubernetes"]>,
): Promise<string> {
  const { CoreV1Api } = await import("@kubernetes/client-node");
  const api = kubeconfig.makeApiClient(CoreV1Api);
  const secret = await readSecret(api, namespace, wanted.secretName);
  const current = secret === undefined ? undefined : parseSecret(secret);
  if (current !== undefined && fits(current, wanted.names, new Date())) return current.caCertificate;

  const [commonName, ...otherNames] = wanted.names;
  const { body } = await askCentral(central, "POST", `${wanted.mount}/issue/${wanted.role}`, {
    body: { common_name: commonName, alt_names: otherNames.join(","), ip_sans: "127.0.0.1", ttl: `${LIFETIME_HOURS}h` },
  });
  const issued = body.data as { certificate: string; private_key: string; issuing_ca: string; ca_chain?: string[] };
  const caCertificate = issued.ca_chain?.at(-1) ?? issued.issuing_ca;
  await writeSecret(api, namespace, wanted.secretName, secret !== undefined, {
    "tls.crt": [issued.certificate, ...(issued.ca_chain?.slice(0, -1) ?? [])].join("\n"),
    "tls.key": issued.private_key,
    "ca.crt": caCertificate,
  });
  return caCertificate;
}

/** Whether a certificate names every server and lasts. */
export function fits({ certificate }: ServerCertificate, names: readonly string[], now: Date): boolean {
  const parsed = new X509Certificate(certificate);
  return (
    names.every((name) => parsed.checkHost(name) !== undefined) &&
    Date.parse(parsed.validTo) - now.getTime() > RENEW_BEFORE
  );
}

function parseSecret({ data }: V1Secret): ServerCertificate | undefined {
  const [certificate, caCertificate] = [data?.["tls.crt"], data?.["ca.crt"]];
  if (certificate === undefined || caCertificate === undefined) return undefined;
  return { certificate: decode(certificate), caCertificate: decode(caCertificate) };
}

async function readSecret(api: CoreV1Api, namespace: string, name: string): Promise<V1Secret | undefined> {
  try {
    return await api.readNamespacedSecret({ namespace, name });
  } catch (error) {
    if ((error as { code?: number }).code === 404) return undefined;
    throw error;
  }
}

async function writeSecret(
  api: CoreV1Api,
  namespace: string,
  name: string,
  exists: boolean,
  stringData: Record<string, string>,
): Promise<void> {
  const body: V1Secret = { metadata: { name, namespace }, type: "kubernetes.io/tls", stringData };
  if (exists) await api.replaceNamespacedSecret({ namespace, name, body });
  else await api.createNamespacedSecret({ namespace, body });
}

function decode(base64: string): string {
  return Buffer.from(base64, "base64").toString("utf8");
}
