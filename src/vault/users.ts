import { z } from "zod";
import { Secret } from "../core/secret";
import { parseAnswer } from "./answer";
import type { VaultClient } from "./client";
import { ReplicaError } from "./errors";

const REFUSED = 400;
const DENIED = 403;
const MISSING = 404;

const keys = z.object({ data: z.object({ keys: z.array(z.string()) }) });
const entity = z.object({
  data: z.object({ id: z.string(), disabled: z.boolean(), direct_group_ids: z.array(z.string()).nullish() }),
});
const enforcement = z.object({
  data: z.object({ mfa_method_ids: z.array(z.string()).min(1), identity_group_ids: z.array(z.string()).nullish() }),
});
const wrapped = z.object({
  wrap_info: z.object({ token: z.string().min(1), ttl: z.number(), creation_time: z.string() }),
});
const locked = z.object({
  data: z.object({
    by_namespace: z.array(
      z.object({
        mount_accessors: z.array(z.object({ mount_accessor: z.string(), alias_identifiers: z.array(z.string()) })),
      }),
    ),
  }),
});

/** A first login or a second factor in a wrapping: the first who unwraps it has it, and nobody else does. */
export interface Wrapped {
  readonly token: Secret;
  /** End of the wrapping. The server does not tell that of a login, whose role may end it sooner. */
  readonly expires: Date;
}

/** The entity of a person. */
export interface Person {
  readonly id: string;
  readonly disabled: boolean;
  /** IDs of the groups of which it is a member. */
  readonly groups: readonly string[];
}

/** What requires second factors. */
export interface Enforcement {
  /** ID of the method by which they are made. */
  readonly method: string;
  /** IDs of the groups whose members need one. */
  readonly groups: readonly string[];
}

/** A mount and a user who is locked out there after failed logins. */
export interface LockedUser {
  readonly accessor: string;
  readonly user: string;
}

/** Users of one server, as far as the token of the client goes. */
export class UserApi {
  /** @param login Path of the login by password, without `auth/`. */
  constructor(
    private readonly client: VaultClient,
    readonly login: string,
  ) {}

  async names(): Promise<readonly string[]> {
    const path = `auth/${this.login}/users`;
    const { status, body } = await this.client.send("LIST", path, { accept: [MISSING] });
    return status === MISSING ? [] : parseAnswer(keys, body, path).data.keys;
  }

  async exists(user: string): Promise<boolean> {
    const { status } = await this.client.send("GET", `auth/${this.login}/users/${user}`, { accept: [MISSING] });
    return status !== MISSING;
  }

  /** Undefined if there is no such entity. */
  async person(name: string): Promise<Person | undefined> {
    const path = `identity/entity/name/${name}`;
    const { status, body } = await this.client.send("GET", path, { accept: [MISSING] });
    if (status === MISSING) return undefined;
    const { id, disabled, direct_group_ids: groups } = parseAnswer(entity, body, path).data;
    return { id, disabled, groups: groups ?? [] };
  }

  /** Undefined if it does not exist, or the client may not see it. */
  async enforcement(name: string): Promise<Enforcement | undefined> {
    const path = `identity/mfa/login-enforcement/${name}`;
    const { status, body } = await this.client.send("GET", path, { accept: [DENIED, MISSING] });
    if (status >= 400) return undefined;
    const { mfa_method_ids, identity_group_ids: groups } = parseAnswer(enforcement, body, path).data;
    return { method: mfa_method_ids[0] ?? "", groups: groups ?? [] };
  }

  /**
   * Makes another second factor of a person. Not even this program sees it. The former one is void.
   *
   * @param ttl Seconds for which it is kept.
   */
  async makeSecondFactor(method: string, person: string, ttl: number): Promise<Wrapped> {
    const factor = { method_id: method, entity_id: person };
    const path = "identity/mfa/method/totp";
    await this.client.send("POST", `${path}/admin-destroy`, { body: factor });
    const { body } = await this.client.send("POST", `${path}/admin-generate`, { body: factor, wrapTtl: ttl });
    return wrappedOf(body, path);
  }

  async setDisabled(name: string, disabled: boolean): Promise<void> {
    await this.client.send("POST", `identity/entity/name/${name}`, { body: { disabled } });
  }

  async setPasswordHash(user: string, hash: string): Promise<void> {
    await this.client.send("POST", `auth/${this.login}/users/${user}`, { body: { password_hash: hash } });
  }

  /** Revokes all tokens that a user got by password, with what they requested. */
  async revokeLogins(user: string): Promise<void> {
    const logins = `auth/${this.login}/login/`;
    const path = `sys/leases/lookup/${logins}`;
    const { status, body } = await this.client.send("LIST", path, { accept: [MISSING] });
    const prefixes = status === MISSING ? [] : parseAnswer(keys, body, path).data.keys;
    // "Alice" logs in as "alice", and the server keeps the tokens by the name as it was written.
    const written = prefixes.map((prefix) => prefix.replace(/\/$/, "")).filter((name) => name.toLowerCase() === user);
    for (const name of new Set([user, ...written])) await this.revoke(`${logins}${name}`);
  }

  /** Revokes all tokens of a token role. */
  async revokeTokens(role: string): Promise<void> {
    await this.revoke(`auth/token/create/${role}`);
  }

  /** Users of all mounts who are locked out. */
  async lockedOut(): Promise<readonly LockedUser[]> {
    const path = "sys/locked-users";
    const { body } = await this.client.send("GET", path);
    return parseAnswer(locked, body, path)
      .data.by_namespace.flatMap((each) => each.mount_accessors)
      .flatMap(({ mount_accessor: accessor, alias_identifiers: users }) => users.map((user) => ({ accessor, user })));
  }

  async unlock({ accessor, user }: LockedUser): Promise<void> {
    await this.client.send("POST", `sys/locked-users/${accessor}/unlock/${user}`);
  }

  /**
   * Makes a token of a role for a user. Not even this program sees it.
   *
   * @param ttl Seconds for which it is kept.
   * @returns `unknown` if there is no such role, and `denied` if the client may not use it.
   */
  async makeLogin(role: string, user: string, ttl: number): Promise<Wrapped | "unknown" | "denied"> {
    const path = `auth/token/create/${role}`;
    const { status, body } = await this.client.send("POST", path, {
      body: { entity_alias: user },
      wrapTtl: ttl,
      accept: [REFUSED, DENIED],
    });
    if (status === DENIED) return "denied";
    const errors = JSON.stringify(body.errors ?? "");
    if (status === REFUSED && errors.includes("unknown role")) return "unknown";
    if (status === REFUSED) throw new ReplicaError("refused", `${path}: ${status} ${errors}`, status);
    return wrappedOf(body, path);
  }

  private async revoke(prefix: string): Promise<void> {
    await this.client.send("POST", `sys/leases/revoke-prefix/${prefix}`, { body: { sync: true } });
  }
}

function wrappedOf(body: unknown, path: string): Wrapped {
  const { token, creation_time, ttl } = parseAnswer(wrapped, body, path).wrap_info;
  return { token: new Secret(token), expires: new Date(Date.parse(creation_time) + ttl * 1000) };
}
