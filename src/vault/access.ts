import type { Secret } from "../core/secret";
import {
  parseAccessors,
  parseFacts,
  parseLogin,
  parseMounts,
  parseSecretId,
  parseTerm,
  type DrawnSecretId,
  type ServerMount,
  type TokenFacts,
  parsePolicy,
  parseRole,
  parseRoleId,
  parseCreation,
} from "./access-answers";
import {
  parseBegun,
  parseCeremony,
  parseProgress,
  type BegunCeremony,
  type Ceremony,
  type CeremonyProgress,
} from "./ceremony";
import type { VaultClient, VaultRequest } from "./client";
import { ReplicaError } from "./errors";

/** Settings of an AppRole, with the names of the API; https://developer.hashicorp.com/vault/api-docs/auth/approle */
export type RoleSettings = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** What a program logs in with. */
export interface LoginCredential {
  readonly roleId: string;
  readonly secretId: Secret;
}

/** Statuses of a login that is refused: wrong or expired credentials, a network that is not allowed, no such mount. */
const LOGIN_REFUSED = [400, 403, 404];
const DENIED = 403;
const MISSING = 404;
const REFUSED = 400;
/** A ceremony that another has begun. */
const UNDER_WAY = REFUSED;
const UNSUPPORTED = 405;
/** Statuses for the accessor of a token that does not exist, by product and version. */
const NO_ACCESSOR = [REFUSED, DENIED, MISSING];
const FAILED = 500;

/** Errors with status 500 by which OpenBao refuses keys of a root token. */
const KEYS_REFUSED = /aborted|invalid key|already been provided/;

/** Milliseconds. A server with an HSM makes keys slowly. */
const KEYS_TIMEOUT = 60_000;

/** Policies, AppRole logins and ceremonies of one server, as far as the token of the client goes. */
export class AccessApi {
  constructor(private readonly client: VaultClient) {}

  /** @param token Of the caller; without it, only a login works. */
  static as(client: VaultClient, token: Secret | undefined): AccessApi {
    return new AccessApi(token === undefined ? client : client.withToken(token));
  }

  /** @returns A token; undefined if the server refuses the credential. */
  async login(mount: string, { roleId, secretId }: LoginCredential): Promise<Secret | undefined> {
    const { status, body } = await this.client.send("POST", `auth/${mount}/login`, {
      body: { role_id: roleId, secret_id: secretId.reveal() },
      accept: LOGIN_REFUSED,
    });
    return LOGIN_REFUSED.includes(status) ? undefined : parseLogin(body, "login");
  }

  /** Revokes the client's own token. */
  async logOut(options?: Pick<VaultRequest, "uninterruptible">): Promise<void> {
    await this.client.send("POST", "auth/token/revoke-self", options);
  }

  /** Facts of the client's own token; undefined if the server does not accept it. */
  async lookUp(): Promise<TokenFacts | undefined> {
    const path = "auth/token/lookup-self";
    const { status, body } = await this.client.send("GET", path, { accept: [DENIED] });
    return status === DENIED ? undefined : parseFacts(body, path);
  }

  /** Accessors of all tokens. */
  async tokenAccessors(): Promise<readonly string[]> {
    const path = "auth/token/accessors";
    const { body } = await this.client.send("LIST", path);
    return parseAccessors(body, path);
  }

  /** Facts of another token; undefined if it does not exist. */
  async lookUpAccessor(accessor: string): Promise<TokenFacts | undefined> {
    const path = "auth/token/lookup-accessor";
    const { status, body } = await this.client.send("POST", path, { body: { accessor }, accept: NO_ACCESSOR });
    return NO_ACCESSOR.includes(status) ? undefined : parseFacts(body, path);
  }

  /** Revokes another token. */
  async revokeAccessor(accessor: string): Promise<void> {
    await this.client.send("POST", "auth/token/revoke-accessor", { body: { accessor }, accept: NO_ACCESSOR });
  }

  /** Secrets engines. */
  async engines(): Promise<readonly ServerMount[]> {
    return this.list("sys/mounts");
  }

  /** Login methods. */
  async logins(): Promise<readonly ServerMount[]> {
    return this.list("sys/auth");
  }

  /**
   * Enables the login, unless another run has done that meanwhile.
   *
   * @param maxTtl Seconds for which what it issues is valid at most.
   */
  async enableAppRole(mount: string, maxTtl: number): Promise<void> {
    const { status, body } = await this.client.send("POST", `sys/auth/${mount}`, {
      body: {
        type: "approle",
        description: "Identities of tenant-vault",
        config: { max_lease_ttl: `${maxTtl}s` },
      },
      accept: [REFUSED],
    });
    const errors = JSON.stringify(body.errors ?? "");
    if (status === REFUSED && !errors.includes("path is already in use"))
      throw new ReplicaError("refused", `sys/auth/${mount}: ${status} ${errors}`, status);
  }

  /** @param maxTtl Seconds for which what it issues is valid at most. */
  async tuneLogin(mount: string, maxTtl: number): Promise<void> {
    await this.client.send("POST", `sys/auth/${mount}/tune`, { body: { max_lease_ttl: `${maxTtl}s` } });
  }

  /** Text of a policy; undefined if there is none. */
  async readPolicy(name: string): Promise<string | undefined> {
    const path = `sys/policies/acl/${name}`;
    const { status, body } = await this.client.send("GET", path, { accept: [MISSING] });
    return status === MISSING ? undefined : parsePolicy(body, path);
  }

  async writePolicy(name: string, policy: string): Promise<void> {
    await this.client.send("PUT", `sys/policies/acl/${name}`, { body: { policy } });
  }

  /** Settings of a role; undefined if there is none. */
  async readRole(mount: string, role: string): Promise<Readonly<Record<string, unknown>> | undefined> {
    const path = `auth/${mount}/role/${role}`;
    const { status, body } = await this.client.send("GET", path, { accept: [MISSING] });
    return status === MISSING ? undefined : parseRole(body, path);
  }

  async writeRole(mount: string, role: string, settings: RoleSettings): Promise<void> {
    await this.client.send("POST", `auth/${mount}/role/${role}`, { body: settings });
  }

  /** Deletes a role with its secret IDs, if it exists. */
  async deleteRole(mount: string, role: string): Promise<void> {
    await this.client.send("DELETE", `auth/${mount}/role/${role}`);
  }

  async roleId(mount: string, role: string): Promise<string> {
    const path = `auth/${mount}/role/${role}/role-id`;
    const { body } = await this.client.send("GET", path);
    return parseRoleId(body, path);
  }

  /** Makes a secret ID. */
  async drawSecretId(mount: string, role: string): Promise<DrawnSecretId> {
    const { body } = await this.client.send("POST", `auth/${mount}/role/${role}/secret-id`);
    return parseSecretId(body, "secret-id");
  }

  /** Accessors of a role's secret IDs. */
  async accessors(mount: string, role: string): Promise<readonly string[]> {
    const path = `auth/${mount}/role/${role}/secret-id`;
    const { status, body } = await this.client.send("LIST", path, { accept: [MISSING] });
    return status === MISSING ? [] : parseAccessors(body, path);
  }

  /** When a secret ID was made; undefined if there is none. */
  async secretIdCreated(mount: string, role: string, accessor: string): Promise<Date | undefined> {
    const path = `auth/${mount}/role/${role}/secret-id-accessor/lookup`;
    const { status, body } = await this.client.send("POST", path, {
      body: { secret_id_accessor: accessor },
      accept: [MISSING],
    });
    return status === MISSING ? undefined : parseCreation(body, path);
  }

  /** Destroys a secret ID, if it exists. */
  async destroySecretId(mount: string, role: string, accessor: string): Promise<void> {
    const path = `auth/${mount}/role/${role}/secret-id-accessor/destroy`;
    await this.client.send("POST", path, { body: { secret_id_accessor: accessor }, accept: [MISSING] });
  }

  /** Whether the policy of the token lets it read a path, whether there is something or not. */
  async isAllowed(path: string): Promise<boolean> {
    return (await this.client.send("GET", path, { accept: [DENIED, MISSING] })).status !== DENIED;
  }

  /** Whether the server has this path, even if the token may not read it. */
  async has(path: string): Promise<boolean> {
    const { status } = await this.client.send("GET", path, { accept: [MISSING, UNSUPPORTED, DENIED] });
    return status !== MISSING && status !== UNSUPPORTED;
  }

  /** The ceremony that somebody has begun; undefined if nobody has. */
  async ceremony(path: string): Promise<Ceremony | undefined> {
    const { body } = await this.client.send("GET", path);
    return parseCeremony(body, path);
  }

  /** Begins a ceremony. @returns Undefined if another has begun one meanwhile. */
  async beginCeremony(path: string, settings: object): Promise<BegunCeremony | undefined> {
    const { status, body } = await this.client.send("PUT", path, { body: settings, accept: [UNDER_WAY] });
    return status === UNDER_WAY ? undefined : parseBegun(body, path);
  }

  /**
   * Sends one key to a ceremony.
   *
   * @returns "refused" if the server refuses the keys, or another ceremony has taken the place of this one.
   */
  async sendKey(path: string, nonce: string, key: Secret): Promise<CeremonyProgress | "refused"> {
    const { status, body } = await this.client.send("PUT", path, {
      body: { nonce, key: key.reveal() },
      accept: [REFUSED, FAILED],
      timeout: KEYS_TIMEOUT,
      uninterruptible: true,
    });
    const errors = JSON.stringify(body.errors ?? "");
    if (status === REFUSED || (status === FAILED && KEYS_REFUSED.test(errors))) return "refused";
    if (status === FAILED) throw new ReplicaError("refused", `${path}: ${status} ${errors}`, status);
    return parseProgress(body, path);
  }

  /** Replaces the key that encrypts new data. */
  async rotateBarrier(path: string): Promise<void> {
    await this.client.send("PUT", path, { timeout: KEYS_TIMEOUT });
  }

  /** Number of the key that encrypts new data. It grows with each rotation. */
  async barrierTerm(): Promise<number> {
    const path = "sys/key-status";
    const { body } = await this.client.send("GET", path);
    return parseTerm(body, path);
  }

  /** Cancels the ceremony that somebody has begun, even after an interruption of the run. */
  async cancelCeremony(path: string): Promise<void> {
    const { body } = await this.client.send("GET", path, { uninterruptible: true });
    const begun = parseCeremony(body, path);
    if (begun === undefined) return;
    // Vault asks for the nonce since 1.20, and other servers ignore it; https://discuss.hashicorp.com/t/hcsec-2025-11
    await this.client.send("DELETE", path, { body: { nonce: begun.nonce }, uninterruptible: true });
  }

  private async list(path: string): Promise<ServerMount[]> {
    const { body } = await this.client.send("GET", path);
    return parseMounts(body, path);
  }
}
