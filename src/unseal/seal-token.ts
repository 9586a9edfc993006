import type { KubeConfig } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import { z } from "zod";
import type { Instance } from "./instance";
import { KubernetesSecret, secretField } from "./kubernetes-secret";
import { askCentral } from "./record-store";
import { VaultError, type VaultClient, type VaultResponse } from "./vault-client";

/** Part of a token's period below which it is renewed; its servers renew it themselves while they run. */
const RENEW_BELOW = 1 / 3;

/** When a token was put in the place of another: servers that started before have that other one. */
export const REPLACED_AT = "tenant-vault/seal-token-replaced-at";

type SealToken = NonNullable<NonNullable<Instance["kubernetes"]>["sealToken"]>;

const lookup = z.object({
  data: z.object({ ttl: z.number(), period: z.number().optional(), creation_ttl: z.number() }),
});

/** The Secret with the token by which an instance's servers use their transit key in the central Vault. */
export class SealTokenSecret {
  static async of(
    kubeconfig: KubeConfig,
    namespace: string,
    { secretName, role }: SealToken,
  ): Promise<SealTokenSecret> {
    return new SealTokenSecret(await KubernetesSecret.of(kubeconfig, namespace, secretName), role);
  }

  private constructor(
    private readonly secret: KubernetesSecret,
    private readonly role: string,
  ) {}

  /** Makes sure that the Secret holds a token that is valid and lasts, and the certificate of the central Vault's CA. */
  async ensure(central: VaultClient): Promise<void> {
    const secret = await this.secret.read();
    const current = secretField(secret, "token");
    const valid = current !== undefined && (await renewed(central.withToken(current)));
    const { caCertificate } = central;
    if (valid && (caCertificate === undefined || secretField(secret, "ca.crt") === caCertificate)) return;

    const token = valid ? current : await this.create(central);
    const stringData = { token, ...(caCertificate === undefined ? {} : { "ca.crt": caCertificate }) };
    const annotations = valid || current === undefined ? {} : { [REPLACED_AT]: new Date().toISOString() };
    if (await this.secret.write(secret, { type: "Opaque", data: secret?.data, stringData }, annotations)) return;
    // Another run was first: its token is as good.
    if (!valid) await askCentral(central.withToken(token), "POST", "auth/token/revoke-self");
  }

  /** Seconds that the token has left if nobody renews it; 0 where there is none that is valid. */
  async remaining(central: VaultClient): Promise<number> {
    const token = secretField(await this.secret.read(), "token");
    const found = token === undefined ? undefined : await lookUp(central.withToken(token));
    return found?.ttl ?? 0;
  }

  private async create(central: VaultClient): Promise<string> {
    const { body } = await askCentral(central, "POST", `auth/token/create/${this.role}`, {
      body: { display_name: this.secret.path },
    });
    return (body.auth as { client_token: string }).client_token;
  }
}

/** Whether a token is valid and, renewed if need be, lasts. */
async function renewed(client: VaultClient): Promise<boolean> {
  const found = await lookUp(client);
  if (found === undefined || lasts(found)) return found !== undefined;
  await unlessDenied(() => client.send("POST", "auth/token/renew-self"));
  const after = await lookUp(client);
  return after !== undefined && lasts(after);
}

interface Lifetime {
  /** Seconds that are left, and of how many. */
  readonly ttl: number;
  readonly whole: number;
}

function lasts({ ttl, whole }: Lifetime): boolean {
  return ttl >= whole * RENEW_BELOW;
}

async function lookUp(client: VaultClient): Promise<Lifetime | undefined> {
  const answer = await unlessDenied(() => client.send("GET", "auth/token/lookup-self"));
  if (answer === undefined) return undefined;
  const { ttl, period, creation_ttl } = lookup.parse(answer.body).data;
  return { ttl, whole: period ?? creation_ttl };
}

/** A token that is not valid is no failure: it is replaced. */
async function unlessDenied(request: () => Promise<VaultResponse>): Promise<VaultResponse | undefined> {
  try {
    return await request();
  } catch (error) {
    if (error instanceof VaultError && (error.failure === "denied" || error.failure === "refused")) return undefined;
    throw error;
  }
}
