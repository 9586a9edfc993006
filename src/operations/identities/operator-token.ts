import { CentralError } from "../../central/client";
import { CredentialStore } from "../../central/credential-store";
import type { Target } from "../../central/instances";
import { rootToken, type RecordFields } from "../../central/record";
import { IDENTITY_LOGIN } from "../../contract/identities";
import type { Replica } from "../../contract/instance";
import type { Secret } from "../../core/secret";
import type { AccessApi } from "../../vault/access";
import type { VaultClient } from "../../vault/client";
import { ReplicaError } from "../../vault/errors";

/** What a login as `operate` takes: the credentials, and an unsealed server. */
export interface OperatorContext {
  readonly credentials: Pick<CredentialStore, "read">;
  access(replica: Replica, token?: Secret): Pick<AccessApi, "login" | "logOut">;
}

/**
 * The token with which the command asks an instance what is not public: votes in raft, audit devices. It belongs to the identity
 * `operate`. As long as that does not exist, or does not work and is about to be repaired, it is the root token of the record.
 */
export class OperatorToken {
  /** The token for an instance whose servers are connected. */
  static of(
    central: VaultClient,
    { tenant, name }: Target,
    { access }: Pick<OperatorContext, "access">,
  ): OperatorToken {
    return new OperatorToken({ credentials: new CredentialStore(central, tenant, name), access });
  }

  /** The login, once it was tried; without a token where that did not work. */
  private login: { readonly replica: Replica; readonly token: Secret | undefined } | undefined;

  constructor(private readonly context: OperatorContext) {}

  /**
   * @param fields Of the record.
   * @param replica An unsealed server; undefined if there is none.
   * @returns Undefined if there is no server, or neither the identity nor a root token.
   */
  async get(fields: RecordFields, replica: Replica | undefined): Promise<Secret | undefined> {
    if (replica === undefined) return undefined;
    this.login ??= { replica, token: await this.logIn(replica) };
    return this.login.token ?? rootToken(fields);
  }

  /** Revokes the token. A failure is ignored, because the token expires within the hour. */
  async end(): Promise<void> {
    const { login } = this;
    this.login = undefined;
    if (login?.token === undefined) return;
    try {
      await this.context.access(login.replica, login.token).logOut();
    } catch (error) {
      if (!(error instanceof ReplicaError)) throw error;
    }
  }

  /** A central Vault without the mount, or that does not let this program read it, has no identity to offer. */
  private async logIn(replica: Replica): Promise<Secret | undefined> {
    try {
      const { credential } = await this.context.credentials.read("operate");
      return credential && (await this.context.access(replica).login(IDENTITY_LOGIN, credential));
    } catch (error) {
      if (error instanceof CentralError && (error.failure === "missing" || error.failure === "denied"))
        return undefined;
      throw error;
    }
  }
}
