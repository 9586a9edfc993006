import { CentralError } from "../../src/central/client";
import {
  parseCredential,
  withCredential,
  type Credential,
  type SeenCredential,
} from "../../src/central/credential-store";
import { IDENTITY_LOGIN, type LoginName } from "../../src/contract/identities";
import { Secret } from "../../src/core/secret";
import type { AccessApi, RoleSettings } from "../../src/vault/access";
import type { ServerMount, TokenFacts } from "../../src/vault/access-answers";
import { ReplicaError } from "../../src/vault/errors";
import { SimulatedCeremonies, type KeysInUse } from "./simulated-ceremonies";
import { capabilitiesOn } from "./policies";

/** The credentials of the identities in a simulated central Vault. */
export class SimulatedCredentials {
  /** Versions of each identity's secret. */
  readonly versions = new Map<LoginName, Readonly<Record<string, unknown>>[]>();

  read(identity: LoginName): SeenCredential {
    const versions = this.versions.get(identity) ?? [];
    const fields = versions.at(-1) ?? {};
    return { version: versions.length, fields, credential: parseCredential(fields) };
  }

  readVersion(identity: LoginName, version: number): Credential | undefined {
    return parseCredential(this.versions.get(identity)?.[version - 1] ?? {});
  }

  write(identity: LoginName, { fields, version }: SeenCredential, credential: Credential): void {
    const versions = this.versions.get(identity) ?? [];
    if (version !== versions.length) throw new CentralError("conflict", "check-and-set");
    this.versions.set(identity, [...versions, withCredential(fields, credential)]);
  }
}

/** How a simulated process reaches what is outside it. */
interface Effects {
  look<Result>(value: () => Result): Promise<Result>;
  affect<Result>(change: () => Result): Promise<Result>;
}

interface SimulatedSecretId {
  readonly role: string;
  readonly accessor: string;
  readonly at: number;
}

/** Policies, AppRoles and ceremonies of a simulated instance. A token may do what its policies allow, and no more. */
export class SimulatedAccess {
  readonly engines: ServerMount[] = [];
  readonly logins: ServerMount[] = [{ path: "token", type: "token", maxTtl: 0 }];
  readonly policies = new Map<string, string>();
  readonly roles = new Map<string, RoleSettings>();
  readonly secretIds = new Map<string, SimulatedSecretId>();
  /** Policies of each token. */
  readonly tokens = new Map<string, readonly string[]>();
  /** When each token was made. */
  private readonly created = new Map<string, number>();
  /** Paths of ceremonies that somebody has begun. */
  readonly ceremonies = new Set<string>();
  readonly ceremony: SimulatedCeremonies;
  barrierTerm = 1;
  /** Requests that were sent with the root token. */
  rootRequests = 0;
  requests = 0;
  private revoked = false;
  private made = 0;

  constructor(
    private readonly root: string,
    private readonly world: { readonly now: number },
    private readonly inUse: KeysInUse,
  ) {
    this.ceremony = new SimulatedCeremonies(this.ceremonies, inUse);
  }

  /** What a process asks with a token. */
  static api(
    access: () => SimulatedAccess,
    token: Secret | undefined,
    effects: Effects,
  ): Pick<AccessApi, keyof AccessApi> {
    const look = <Result>(value: () => Result): Promise<Result> => effects.look(value);
    const affect = <Result>(change: () => Result): Promise<Result> => effects.affect(change);
    const may = (path: string, capability: string): SimulatedAccess => {
      const server = access();
      server.requests++;
      server.check(token, path, capability);
      return server;
    };
    const role = (name: string, rest = ""): string => `auth/${IDENTITY_LOGIN}/role/${name}${rest}`;
    return {
      login: (mount, credential) => look(() => access().logIn(mount, credential.secretId)),
      // Only the end of the root token changes something that lasts.
      logOut: () => (token?.reveal().startsWith("root-") === true ? affect : look)(() => access().revoke(token)),
      lookUp: () => look(() => access().factsOf(token?.reveal() ?? "")),
      tokenAccessors: () =>
        look(() =>
          may("auth/token/accessors", "list")
            .validTokens()
            .map((each) => `accessor-of-${each}`),
        ),
      lookUpAccessor: (accessor) =>
        look(() => may("auth/token/lookup-accessor", "update").factsOf(accessor.replace("accessor-of-", ""))),
      revokeAccessor: (accessor) =>
        affect(() =>
          may("auth/token/revoke-accessor", "update").revoke(new Secret(accessor.replace("accessor-of-", ""))),
        ),
      engines: () => look(() => may("sys/mounts", "read").engines),
      logins: () => look(() => may("sys/auth", "read").logins),
      enableAppRole: (path, maxTtl) =>
        affect(() => {
          const { logins } = may(`sys/auth/${path}`, "create");
          if (!logins.some((login) => login.path === path)) logins.push({ path, type: "approle", maxTtl });
        }),
      tuneLogin: (path, maxTtl) =>
        affect(() => {
          const { logins } = may(`sys/auth/${path}/tune`, "update");
          logins.splice(
            logins.findIndex((login) => login.path === path),
            1,
            { path, type: "approle", maxTtl },
          );
        }),
      readPolicy: (name) => look(() => may(`sys/policies/acl/${name}`, "read").policies.get(name)),
      writePolicy: (name, policy) =>
        affect(() => void may(`sys/policies/acl/${name}`, "update").policies.set(name, policy)),
      readRole: (_mount, name) => look(() => may(role(name), "read").roles.get(name)),
      writeRole: (_mount, name, settings) =>
        affect(() => void may(role(name), "update").mounted().roles.set(name, settings)),
      deleteRole: (_mount, name) => affect(() => may(role(name), "delete").forget(name)),
      roleId: (_mount, name) => look(() => (may(role(name, "/role-id"), "read"), `id-of-${name}`)),
      drawSecretId: (_mount, name) => affect(() => may(role(name, "/secret-id"), "update").draw(name)),
      accessors: (_mount, name) =>
        look(() =>
          may(role(name, "/secret-id"), "list")
            .secretIdsOf(name)
            .map(({ accessor }) => accessor),
        ),
      secretIdCreated: (_mount, name, accessor) =>
        look(() => {
          const server = may(role(name, "/secret-id-accessor/lookup"), "update");
          const found = server.secretIdsOf(name).find((each) => each.accessor === accessor);
          return found && new Date(found.at);
        }),
      destroySecretId: (_mount, name, accessor) =>
        affect(() => may(role(name, "/secret-id-accessor/destroy"), "update").destroy(accessor)),
      isAllowed: (path) =>
        look(() => {
          try {
            may(path, "read");
            return true;
          } catch (error) {
            if (error instanceof ReplicaError && error.failure === "denied") return false;
            throw error;
          }
        }),
      has: (path) => look(() => !path.startsWith("sys/rekey")),
      ceremony: (path) => look(() => may(path, "read").ceremony.find(path)),
      beginCeremony: (path, settings) => affect(() => may(path, "update").ceremony.begin(path, settings)),
      sendKey: (path, nonce, key) =>
        affect(() => {
          const server = may(path, "update");
          const answer = server.ceremony.send(path, nonce, key.reveal());
          server.stamp();
          return answer;
        }),
      cancelCeremony: (path) => affect(() => may(path, "delete").ceremony.cancel(path)),
      rotateBarrier: (path) => affect(() => may(path, "sudo").rotateBarrier()),
      barrierTerm: () => look(() => may("sys/key-status", "read").barrierTerm),
    };
  }

  /** A token of the role that the secret ID belongs to; undefined if it is not valid. */
  logIn(mount: string, secretId: Secret): Secret | undefined {
    this.requests++;
    const found = this.secretIds.get(secretId.reveal());
    const settings = found && this.roles.get(found.role);
    if (found === undefined || settings === undefined || !this.logins.some(({ path }) => path === mount))
      return undefined;
    if (this.world.now >= found.at + Number(settings.secret_id_ttl) * 1000) return undefined;
    if (JSON.stringify(settings.token_bound_cidrs).includes("192.0.2.")) return undefined;
    const token = `token-${++this.made}`;
    this.tokens.set(token, settings.token_policies as readonly string[]);
    this.stamp();
    return new Secret(token);
  }

  /** Tokens that are valid. */
  validTokens(): string[] {
    return [...(this.revoked ? [] : [this.root]), ...this.ceremony.rootTokens, ...this.tokens.keys()];
  }

  private stamp(): void {
    for (const token of this.validTokens()) if (!this.created.has(token)) this.created.set(token, this.world.now);
  }

  /** What the server knows about a token; undefined if it is not valid. */
  factsOf(token: string): TokenFacts | undefined {
    if (!this.validTokens().includes(token)) return undefined;
    const isRoot = !this.tokens.has(token);
    return {
      accessor: `accessor-of-${token}`,
      policies: this.tokens.get(token) ?? ["root"],
      path: isRoot ? "auth/token/root" : `auth/${IDENTITY_LOGIN}/login`,
      // In whole seconds, as servers say it.
      created: new Date(Math.floor((this.created.get(token) ?? 0) / 1000) * 1000),
    };
  }

  private rotateBarrier(): void {
    this.barrierTerm++;
  }

  /** Whether the root token was revoked. */
  get rootIsRevoked(): boolean {
    return this.revoked;
  }

  /** Revokes a token by itself. */
  revoke(token: Secret | undefined): void {
    if (token?.reveal() === this.root) {
      this.check(token, "auth/token/revoke-self", "update");
      this.revokeRoot();
    }
    this.ceremony.rootTokens.delete(token?.reveal() ?? "");
    this.tokens.delete(token?.reveal() ?? "");
  }

  revokeRoot(): void {
    this.revoked = true;
  }

  /** The same contents, as a snapshot has them. Tokens of logins are left out, because they expire. */
  copy(): SimulatedAccess {
    const copy = new SimulatedAccess(this.root, this.world, this.inUse);
    copy.engines.push(...this.engines);
    copy.logins.splice(0, copy.logins.length, ...this.logins);
    for (const [name, policy] of this.policies) copy.policies.set(name, policy);
    for (const [name, settings] of this.roles) copy.roles.set(name, settings);
    for (const [name, secretId] of this.secretIds) copy.secretIds.set(name, secretId);
    copy.barrierTerm = this.barrierTerm;
    copy.revoked = this.revoked;
    copy.made = this.made;
    return copy;
  }

  /** @throws ReplicaError if the token may not do that. */
  check(token: Secret | undefined, path: string, capability: string): void {
    if (token?.reveal() === this.root && !this.revoked) {
      this.rootRequests++;
      return;
    }
    if (this.ceremony.rootTokens.has(token?.reveal() ?? "")) return;
    const policies = this.tokens.get(token?.reveal() ?? "") ?? [];
    const allowed = policies.some((name) => capabilitiesOn(this.policies.get(name) ?? "", path).includes(capability));
    if (!allowed) throw new ReplicaError("denied", `${path}: 403 permission denied`, 403);
  }

  private mounted(): this {
    if (this.logins.some(({ path }) => path === IDENTITY_LOGIN)) return this;
    throw new ReplicaError("missing", `auth/${IDENTITY_LOGIN}: 404 no handler for route`, 404);
  }

  private draw(role: string): { secretId: Secret; accessor: string; ttl: number } {
    const settings = this.mounted().roles.get(role);
    if (settings === undefined) throw new ReplicaError("refused", `no role ${role}`, 400);
    const name = `${role}-${++this.made}`;
    this.secretIds.set(`secret-${name}`, { role, accessor: `accessor-${name}`, at: this.world.now });
    return {
      secretId: new Secret(`secret-${name}`),
      accessor: `accessor-${name}`,
      ttl: Number(settings.secret_id_ttl),
    };
  }

  private forget(role: string): void {
    this.roles.delete(role);
    for (const [secretId, each] of this.secretIds) if (each.role === role) this.secretIds.delete(secretId);
  }

  private secretIdsOf(role: string): SimulatedSecretId[] {
    return [...this.secretIds.values()].filter((each) => each.role === role);
  }

  private destroy(accessor: string): void {
    for (const [secretId, each] of this.secretIds) if (each.accessor === accessor) this.secretIds.delete(secretId);
  }
}
