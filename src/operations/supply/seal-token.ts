import { z } from "zod";
import { askCentral } from "../../central/client";
import { REPLACED_AT } from "../../contract/annotations";
import type { Instance } from "../../contract/instance";
import type { KubernetesClient } from "../../kubernetes/client";
import { KubernetesSecret, secretField, type SecretContent, type StoredSecret } from "../../kubernetes/secret";
import type { Clock } from "../../core/clock";
import { Secret } from "../../core/secret";
import type { VaultClient } from "../../vault/client";

/** Part of a token's period below which it is renewed; its servers renew it themselves while they run. */
const RENEW_BELOW = 1 / 3;
type SealToken = NonNullable<NonNullable<Instance["kubernetes"]>["sealToken"]>;

/** What the central Vault answers to a token that is over, revoked, or never was one; nothing else says that of it. */
const DENIED = 403;

/** And to the renewal of one that cannot be renewed. */
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

  /** Makes sure that the Secret holds a token that is valid and lasts, and the certificate of the central Vault's CA. */
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

  /** Seconds that the token has left if nobody renews it; 0 where there is none that is valid. */
  async remaining(central: VaultClient): Promise<number> {
    const token = tokenOf(await this.secret.read());
    const found = token === undefined ? undefined : await lookUp(central.withToken(token));
    return found?.ttl ?? 0;
  }

  /** Makes a token and writes it beside the rest; one that does not get into the Secret is revoked. */
  private async writeNew(
    central: VaultClient,
    former: StoredSecret | undefined,
    content: SecretContent,
    clock: Clock,
  ): Promise<void> {
    const token = await this.create(central);
    const annotations = tokenOf(former) === undefined ? {} : { [REPLACED_AT]: clock.date().toISOString() };
    const stringData = { ...content.stringData, token: token.reveal() };
    try {
      if (await this.secret.write(former, { ...content, stringData }, annotations)) return;
    } catch (error) {
      // Whatever fails here as well, the first failure is the one to tell.
      await this.revokeUnlessKept(central, token).catch(() => undefined);
      throw error;
    }
    // Another run was first: its token is as good.
    await revoke(central, token);
  }

  /** A write whose answer was lost may have been carried out, and servers use the token then; unsure, it is left to end by itself. */
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

function tokenOf(secret: StoredSecret | undefined): Secret | undefined {
  const token = secretField(secret, "token");
  return token === undefined ? undefined : new Secret(token);
}

async function revoke(central: VaultClient, token: Secret): Promise<void> {
  await askCentral(central.withToken(token), "POST", "auth/token/revoke-self");
}

/** Whether a token is valid and, renewed if need be, is so for long enough. */
async function renewed(client: VaultClient): Promise<boolean> {
  const found = await lookUp(client);
  if (found !== undefined && lasts(found)) return true;
  // The renewal's own answer counts, and only the active server gives it: a standby may not know yet what that one did.
  const { status, body } = await askCentral(client, "POST", "auth/token/renew-self", {
    accept: [NOT_RENEWABLE, DENIED],
  });
  if (status === DENIED || status === NOT_RENEWABLE) return false;
  const { lease_duration: ttl } = renewal.parse(body).auth;
  return lasts({ ttl, whole: found?.whole ?? ttl });
}

interface Lifetime {
  /** Seconds that are left, and of how many. */
  readonly ttl: number;
  readonly whole: number;
}

function lasts({ ttl, whole }: Lifetime): boolean {
  return ttl >= whole * RENEW_BELOW;
}

/** Undefined for a token that is not valid, which is no failure: it is replaced. */
async function lookUp(client: VaultClient): Promise<Lifetime | undefined> {
  const { status, body } = await askCentral(client, "GET", "auth/token/lookup-self", { accept: [DENIED] });
  if (status === DENIED) return undefined;
  const { ttl, period, creation_ttl } = lookup.parse(body).data;
  return { ttl, whole: period ?? creation_ttl };
}
