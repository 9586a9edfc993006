import { z } from "zod";
import { Secret } from "../core/secret";
import { parseAnswer } from "./answer";

/** A mount of a server: a secrets engine or a login method. */
export interface ServerMount {
  /** Without a slash at the end. */
  readonly path: string;
  readonly type: string;
  /** Version of a KV engine. */
  readonly version?: string | undefined;
  /** Longest lifetime of what it issues, seconds; 0 if it is the server's. */
  readonly maxTtl: number;
}

/** A secret ID that was just made. */
export interface DrawnSecretId {
  readonly secretId: Secret;
  /** Names the secret ID without telling it. */
  readonly accessor: string;
  /** Seconds for which it is valid; 0 if for ever. */
  readonly ttl: number;
}

/** What a server says of a token. */
export interface TokenFacts {
  /** Names the token without telling it. */
  readonly accessor: string;
  readonly policies: readonly string[];
  /** Endpoint that made it. */
  readonly path: string;
  /** When it was made, by the server's clock, in whole seconds. */
  readonly created: Date;
}

const mounts = z.object({
  data: z.record(
    z.string(),
    z.object({
      type: z.string(),
      options: z.record(z.string(), z.string()).nullish(),
      config: z.object({ max_lease_ttl: z.number().nullish() }).nullish(),
    }),
  ),
});
/** The answer to a login. */
export const loginAnswer = z.object({ auth: z.object({ client_token: z.string().min(1) }) });
const drawnSecretId = z.object({
  data: z.object({
    secret_id: z.string().min(1),
    secret_id_accessor: z.string().min(1),
    secret_id_ttl: z.number(),
  }),
});

const tokenFacts = z.object({
  data: z.object({
    accessor: z.string().min(1),
    policies: z.array(z.string()).nullish(),
    path: z.string(),
    creation_time: z.number(),
  }),
});
const policyText = z.object({ data: z.object({ policy: z.string() }) });
const roleSettings = z.object({ data: z.record(z.string(), z.unknown()) });
const roleIdentity = z.object({ data: z.object({ role_id: z.string().min(1) }) });
const secretIdFacts = z.object({ data: z.object({ creation_time: z.string() }).nullish() });
const accessorList = z.object({ data: z.object({ keys: z.array(z.string()) }) });

const keyStatus = z.object({ term: z.number() });

/** @throws ReplicaError if it is not an answer with mounts. */
export function parseMounts(body: Record<string, unknown>, path: string): ServerMount[] {
  return Object.entries(parseAnswer(mounts, body, path).data).map(([mount, { type, options, config }]) => ({
    path: mount.replace(/\/$/, ""),
    type,
    version: options?.version,
    maxTtl: config?.max_lease_ttl ?? 0,
  }));
}

/** @returns The token of a login. @throws ReplicaError if it is not the answer to a login. */
export function parseLogin(body: Record<string, unknown>, path: string): Secret {
  return new Secret(parseAnswer(loginAnswer, body, path).auth.client_token);
}

/** @throws ReplicaError if it is not an answer with a secret ID. */
export function parseSecretId(body: Record<string, unknown>, path: string): DrawnSecretId {
  const {
    secret_id: secret,
    secret_id_accessor: accessor,
    secret_id_ttl: ttl,
  } = parseAnswer(drawnSecretId, body, path).data;
  return { secretId: new Secret(secret), accessor, ttl };
}

/** @throws ReplicaError if it is not an answer about a token. */
export function parseFacts(body: Record<string, unknown>, path: string): TokenFacts {
  const { accessor, policies, path: origin, creation_time: created } = parseAnswer(tokenFacts, body, path).data;
  return { accessor, policies: policies ?? [], path: origin, created: new Date(created * 1000) };
}

/** @throws ReplicaError if it is not a list of accessors. */
export function parseAccessors(body: Record<string, unknown>, path: string): readonly string[] {
  return parseAnswer(accessorList, body, path).data.keys;
}

/** @returns The text of a policy. @throws ReplicaError if it is not an answer with a policy. */
export function parsePolicy(body: Record<string, unknown>, path: string): string {
  return parseAnswer(policyText, body, path).data.policy;
}

/** @returns The settings of a role. @throws ReplicaError if it is not an answer about a role. */
export function parseRole(body: Record<string, unknown>, path: string): Readonly<Record<string, unknown>> {
  return parseAnswer(roleSettings, body, path).data;
}

/** @throws ReplicaError if it is not an answer with the ID of a role. */
export function parseRoleId(body: Record<string, unknown>, path: string): string {
  return parseAnswer(roleIdentity, body, path).data.role_id;
}

/** @returns When a secret ID was made; undefined if there is none. @throws ReplicaError if it is not an answer about secret IDs. */
export function parseCreation(body: Record<string, unknown>, path: string): Date | undefined {
  const time = parseAnswer(secretIdFacts, body, path).data?.creation_time;
  return time === undefined ? undefined : new Date(time);
}

/** @returns The number of the key that encrypts new data. @throws ReplicaError if it is not an answer about that key. */
export function parseTerm(body: Record<string, unknown>, path: string): number {
  return parseAnswer(keyStatus, body.data ?? body, path).term;
}
