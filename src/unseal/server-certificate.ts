import { X509Certificate } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { KubeConfig, V1Secret } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import type { Instance } from "./instance";
import { KubernetesSecret, secretField } from "./kubernetes-secret";
import { askCentral, CentralError } from "./record-store";
import type { VaultClient } from "./vault-client";

const DAY = 86_400_000;
/** Life of a certificate, and what of it must be left for it to stay in use. */
const LIFETIME_HOURS = 365 * 24;
const RENEW_BEFORE = 30 * DAY;

/** Milliseconds that somebody else has to issue a certificate. */
const OTHERS_PATIENCE = 300_000;
const POLL = 2_000;

interface ServerCertificate {
  readonly certificate: string;
  readonly caCertificate: string;
}

type Kubernetes = NonNullable<Instance["kubernetes"]>;

/** The Secret with the servers' certificate. The central Vault issues it; its private key goes there alone, never through Terraform. */
export class CertificateSecret {
  static async of(kubeconfig: KubeConfig, { namespace, certificate }: Kubernetes): Promise<CertificateSecret> {
    return new CertificateSecret(await KubernetesSecret.of(kubeconfig, namespace, certificate.secretName), certificate);
  }

  private constructor(
    private readonly secret: KubernetesSecret,
    private readonly certificate: Kubernetes["certificate"],
  ) {}

  /** @returns The certificate of the authority, PEM; undefined where the servers have no certificate yet. */
  async readCa(): Promise<string | undefined> {
    return parseSecret(await this.secret.read())?.caCertificate;
  }

  /**
   * Makes sure that the certificate exists, fits the servers' names and lasts; one that others issue is waited for.
   *
   * @returns The certificate of the authority, PEM.
   */
  async ensure(central: VaultClient): Promise<string> {
    const { names, issuer } = this.certificate;
    if (issuer === undefined) return this.waitForOthers();
    const secret = await this.secret.read();
    const current = parseSecret(secret);
    if (current !== undefined && fits(current, names, new Date())) return current.caCertificate;
    const { caCertificate, data } = await issue(central, issuer, names);
    if (await this.secret.write(secret, { type: "kubernetes.io/tls", stringData: data })) return caCertificate;
    // Another run was first: its certificate is as good.
    return (await this.readCa()) ?? caCertificate;
  }

  private async waitForOthers(): Promise<string> {
    const end = Date.now() + OTHERS_PATIENCE;
    for (;;) {
      const caCertificate = await this.readCa();
      if (caCertificate !== undefined) return caCertificate;
      if (Date.now() > end) {
        throw new Error(
          `The Secret ${this.secret.path} holds no tls.crt with its ca.crt; let cert-manager, or whoever issues the servers' certificate, fill it.`,
        );
      }
      await sleep(POLL);
    }
  }
}

async function issue(
  central: VaultClient,
  { mount, role }: NonNullable<Kubernetes["certificate"]["issuer"]>,
  names: readonly string[],
): Promise<{ readonly caCertificate: string; readonly data: Record<string, string> }> {
  const [commonName, ...otherNames] = names;
  const { body } = await askCentral(central, "POST", `${mount}/issue/${role}`, {
    body: { common_name: commonName, alt_names: otherNames.join(","), ip_sans: "127.0.0.1", ttl: `${LIFETIME_HOURS}h` },
  }).catch(explainRefusal);
  const issued = body.data as { certificate: string; private_key: string; issuing_ca: string; ca_chain?: string[] };
  const caCertificate = issued.ca_chain?.at(-1) ?? issued.issuing_ca;
  return {
    caCertificate,
    data: {
      "tls.crt": [issued.certificate, ...(issued.ca_chain?.slice(0, -1) ?? [])].join("\n"),
      "tls.key": issued.private_key,
      "ca.crt": caCertificate,
    },
  };
}

function explainRefusal(error: unknown): never {
  if (error instanceof CentralError && error.status === 400) {
    throw new CentralError(
      "refused",
      `${error.message.replace(/\.$/, "")}; add the domain of the instance's address to the operator's instanceDomains and deploy the stack "central".`,
      error.status,
    );
  }
  throw error;
}

/** Whether a certificate names every server and lasts. */
export function fits({ certificate }: ServerCertificate, names: readonly string[], now: Date): boolean {
  const parsed = new X509Certificate(certificate);
  return (
    names.every((name) => parsed.checkHost(name) !== undefined) &&
    Date.parse(parsed.validTo) - now.getTime() > RENEW_BEFORE
  );
}

function parseSecret(secret: V1Secret | undefined): ServerCertificate | undefined {
  const [certificate, caCertificate] = [secretField(secret, "tls.crt"), secretField(secret, "ca.crt")];
  if (certificate === undefined || caCertificate === undefined) return undefined;
  return { certificate, caCertificate };
}
