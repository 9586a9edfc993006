import { IDENTITY_LOGIN, type BOOTSTRAP_ROLE, type LoginName } from "../../contract/identities";
import type { Replica } from "../../contract/instance";
import type { Secret } from "../../core/secret";
import type { LoginCredential } from "../../vault/access";
import { ReplicaError } from "../../vault/errors";
import type { OperationContext } from "../context";

/** An identity, the login of a namespace, or the role of the first credential. */
type LoginRole = LoginName | typeof BOOTSTRAP_ROLE;

/** A login that worked. */
interface Session {
  readonly replica: Replica;
  readonly secretId: Secret;
  readonly token: Secret;
}

/** The logins of one run, one for each credential. */
export class LoginSessions {
  private readonly sessions = new Map<LoginRole, Session>();

  constructor(private readonly context: Pick<OperationContext, "access">) {}

  /** The token of a login that worked; undefined if there is none. */
  token(role: LoginRole): Secret | undefined {
    return this.sessions.get(role)?.token;
  }

  /** Logs in, once per credential. @returns Whether that works. */
  async logIn(active: Replica, role: LoginRole, credential: LoginCredential | undefined): Promise<boolean> {
    if (credential === undefined) return false;
    if (this.sessions.get(role)?.secretId.equals(credential.secretId) === true) return true;
    const token = await this.context.access(active).login(IDENTITY_LOGIN, credential);
    if (token === undefined) return false;
    await this.end(role);
    this.sessions.set(role, { replica: active, secretId: credential.secretId, token });
    return true;
  }

  /** Revokes all tokens. A failure is ignored, because tokens expire within the hour. */
  async endAll(): Promise<void> {
    for (const role of [...this.sessions.keys()]) await this.end(role);
  }

  private async end(role: LoginRole): Promise<void> {
    const session = this.sessions.get(role);
    if (session === undefined) return;
    this.sessions.delete(role);
    try {
      await this.context.access(session.replica, session.token).logOut();
    } catch (error) {
      if (!(error instanceof ReplicaError)) throw error;
    }
  }
}
