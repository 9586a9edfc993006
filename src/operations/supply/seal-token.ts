import { z } from "zod";
import { askCentral } from "../../central/client";
import { REPLACED_AT } from "../../contract/annotations";
import type { Instance } from "../../contract/instance";
import type { KubernetesClient } from "../../kubernetes/client";
import { KubernetesSecret, secretField, type SecretContent, type StoredSecret } from "../../kubernetes/secret";
import type { Clock } from "../../core/clock";
import { HEADER_VALUE } from "../../core/header-value";
import { Secret } from "../../core/secret";
import type { VaultClient } from "../../vault/client";

/** Part of a token's period below which it is renewed; its servers renew it themselves while they run. */
const RENEW_BELOW = 1 / 3;
type SealToken = NonNullable<NonNullable<Instance["kubernetes"]>["sealToken"]>;

/** Status of the central Vault for a token that has expired, was revoked or never existed. No other status means this. */
const DENIED = 403;

/** Status for the renewal of a token that cannot be renewed. */
const NOT_RENEWABLE = 400;

const lookup = z.object({
  data: z.object({ ttl: z.number(), period: z.number().optional(), creation_ttl: z.number() }),
});

const renewal = z.object({ auth: z.object({ lease_duration: z.number() }) });

/** The Secret with the token by which an instance's servers use their transit key in the central Vault. */
export class SealTokenSecret {
  static of(client: KubernetesClient, namespace: string, { secretName, role }: SealToken): SealTokenSecret {
    return new SealTokenSecret(new KubernetesSecret(client, namespace, secretName), role);
  }

  private constructor(
    private readonly secret: KubernetesSecret,
    private readonly role: string,
  ) {}

  /** Ensures that the Secret contains a token with enough lifetime, and the certificate of the central Vault's CA. */
  async ensure(central: VaultClient, clock: Clock): Promise<void> {
    const secret = await this.secret.read();
    const current = tokenOf(secret);
    const valid = current !== undefined && (await renewed(central.withToken(current)));
    const { caCertificate } = central;
    if (valid && (caCertificate === undefined || secretField(secret, "ca.crt") === caCertificate)) return;

    const stringData: Record<string, string> = caCertificate === undefined ? {} : { "ca.crt": caCertificate };
    const content = { type: "Opaque", data: secret?.data, stringData };
    if (valid) await this.secret.write(secret, content);
    else await this.writeNew(central, secret, content, clock);
  }

  /** Remaining lifetime of the token in seconds without a renewal; 0 if there is no valid token. */
  async remaining(central: VaultClient): Promise<number> {
    const token = tokenOf(await this.secret.read());
    const found = token === undefined ? undefined : await lookUp(central.withToken(token));
    return found?.ttl ?? 0;
  }

  /** Creates a token and adds it to the Secret. If the write fails, the token is revoked. */
  private async writeNew(
    central: VaultClient,
    former: StoredSecret | undefined,
    content: SecretContent,
    clock: Clock,
  ): Promise<void> {
    const token = await this.create(central);
    const annotations = secretField(former, "token") === undefined ? {} : { [REPLACED_AT]: clock.date().toISOString() };
    const stringData = { ...content.stringData, token: token.reveal() };
    try {
      if (await this.secret.write(former, { ...content, stringData }, annotations)) return;
    } catch (error) {
      // Report the first failure, even if the revocation also fails.
      await this.revokeUnlessKept(central, token).catch(() => undefined);
      throw error;
    }
    // Another run was first. Use its token.
    await revoke(central, token);
  }

  /** A write without an answer may have succeeded, and servers may use its token. In doubt, the token stays until it expires. */
  private async revokeUnlessKept(central: VaultClient, token: Secret): Promise<void> {
    if (tokenOf(await this.secret.read())?.equals(token) !== true) await revoke(central, token);
  }

  private async create(central: VaultClient): Promise<Secret> {
    const { body } = await askCentral(central, "POST", `auth/token/create/${this.role}`, {
      body: { display_name: this.secret.path },
    });
    return new Secret((body.auth as { client_token: string }).client_token);
  }
}

/** Undefined if there is none, or one that cannot be sent, and that no Vault has made: a person may have added a line break. */
function tokenOf(secret: StoredSecret | undefined): Secret | undefined {
  const token = secretField(secret, "token");
  return token !== undefined && HEADER_VALUE.test(token) ? new Secret(token) : undefined;
}

async function revoke(central: VaultClient, token: Secret): Promise<void> {
  await askCentral(central.withToken(token), "POST", "auth/token/revoke-self");
}

/** Whether a token is valid for long enough, after a renewal if necessary. */
async function renewed(client: VaultClient): Promise<boolean> {
  const found = await lookUp(client);
  if (found !== undefined && lasts(found)) return true;
  // Use the answer to the renewal, which comes from the active server. A standby may not have the renewal yet.
  const { status, body } = await askCentral(client, "POST", "auth/token/renew-self", {
    accept: [NOT_RENEWABLE, DENIED],
  });
  if (status === DENIED || status === NOT_RENEWABLE) return false;
  const { lease_duration: ttl } = renewal.parse(body).auth;
  return lasts({ ttl, whole: found?.whole ?? ttl });
}

interface Lifetime {
  /** Remaining and total lifetime in seconds. */
  readonly ttl: number;
  readonly whole: number;
}

function lasts({ ttl, whole }: Lifetime): boolean {
  return ttl >= whole * RENEW_BELOW;
}

/** Undefined for a token that is not valid. This is not an error, because the token is replaced. */
async function lookUp(client: VaultClient): Promise<Lifetime | undefined> {
  const { status, body } = await askCentral(client, "GET", "auth/token/lookup-self", { accept: [DENIED] });
  if (status === DENIED) return undefined;
  const { ttl, period, creation_ttl } = lookup.parse(body).data;
  return { ttl, whole: period ?? creation_ttl };
}
