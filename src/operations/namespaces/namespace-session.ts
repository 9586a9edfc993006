import { CredentialStore } from "../../central/credential-store";
import { IDENTITY_LOGIN } from "../../contract/identities";
import { hasSealedNamespaces, namespaceLogin, SEALED_NAMESPACES_SINCE } from "../../contract/namespaces";
import { OperationError } from "../../core/errors";
import type { Secret } from "../../core/secret";
import { AccessApi } from "../../vault/access";
import type { VaultClient } from "../../vault/client";
import { ReplicaError } from "../../vault/errors";

/** Which namespace is meant. */
export interface NamespaceTarget {
  /** The instance that is the namespace, `<tenant>/<instance>`. */
  readonly instance: string;
  /** The instance that hosts it, `<tenant>/<instance>`. */
  readonly sharedInstance: string;
}

/** A login in the shared instance that may create, unseal and seal one namespace, and no other. */
export class NamespaceSession {
  private opened: Promise<Secret> | undefined;

  constructor(
    private readonly central: VaultClient,
    private readonly server: VaultClient,
    private readonly target: NamespaceTarget,
  ) {}

  /** A client of the shared instance. It logs in again once its token has expired. */
  async open(): Promise<VaultClient> {
    return this.server.withToken(await this.token(), () => {
      this.opened = undefined;
      return this.token();
    });
  }

  /** @throws ReplicaError while the shared instance is sealed or away, OperationError `namespace-login` if there is no login. */
  token(): Promise<Secret> {
    this.opened ??= this.logIn().catch((error: unknown) => {
      this.opened = undefined;
      throw error;
    });
    return this.opened;
  }

  /** Revokes the token. A failure is ignored, because the token expires within the hour. */
  async end(): Promise<void> {
    const { opened } = this;
    this.opened = undefined;
    const token = await opened?.catch(() => undefined);
    if (token === undefined) return;
    try {
      await AccessApi.as(this.server, token).logOut();
    } catch (error) {
      if (!(error instanceof ReplicaError)) throw error;
    }
  }

  private async logIn(): Promise<Secret> {
    const { instance, sharedInstance } = this.target;
    await this.checkVersion();
    const [tenant = "", name = ""] = sharedInstance.split("/");
    const store = new CredentialStore(this.central, tenant, name);
    const { credential } = await store.read(namespaceLogin(instance));
    const token = credential && (await AccessApi.as(this.server, undefined).login(IDENTITY_LOGIN, credential));
    if (token !== undefined) return token;
    throw new OperationError(
      "namespace-login",
      credential === undefined
        ? `${sharedInstance} has no login for the namespace of ${instance} yet; deploy the stack ${tenant}-vault, whose hook makes it, and run this again.`
        : `The login of ${sharedInstance} for the namespace of ${instance} does not work; run "tenant-vault unseal ${sharedInstance}", which repairs it, and run this again.`,
    );
  }

  /** An older server would create a namespace without keys of its own. */
  private async checkVersion(): Promise<void> {
    const { version } = (await this.server.send("GET", "sys/seal-status")).body;
    if (hasSealedNamespaces(String(version))) return;
    throw new OperationError(
      "namespaces-unsupported",
      `${this.target.sharedInstance} runs OpenBao ${String(version)}, whose namespaces have no keys of their own; upgrade it to ${SEALED_NAMESPACES_SINCE} or later and run this again.`,
    );
  }
}
