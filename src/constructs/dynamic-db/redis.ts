import type { DatabaseServer } from "../../contract/guide";
import { ValidationError } from "../../core/errors";
import { withoutBrackets } from "../../core/host";
import { readCertificateFile } from "../../terraform/certificate-file";
import { checkPort, hostInUrl } from "./database-address";
import type { DatabaseDefinition } from "./database-definition";
import type { RedisProps } from "./hooked-database-props";

/** A Redis or Valkey server. One engine is for both: Vault has it as Redis, OpenBao by both names. */
export function redisDefinition(
  engine: Extract<DatabaseServer["engine"], "redis" | "valkey">,
  { host, port = 6379, caCertificateFile, keys = ALL_KEYS }: RedisProps,
): DatabaseDefinition {
  checkKeys(keys);
  const address = `${hostInUrl(host)}:${checkPort("Redis", port)}`;
  return {
    server: { engine, addresses: [address] },
    connection: () => ({
      host: withoutBrackets(host),
      port,
      tls: true,
      caCert: readCertificateFile(caCertificateFile, "caCertificateFile"),
    }),
    // The engine removes a login by its name, which also ends its connections.
    statements: { readonlyRole: () => [redisReadonlyRules(keys)], revocation: () => [] },
  };
}

const ALL_KEYS: readonly string[] = ["*"];

/**
 * The rules of a login that reads keys, as the engine takes them. Dangerous commands, such as `KEYS`, stop the server for others. `SCAN`
 * and `RANDOMKEY` tell the names of all keys, whatever the patterns.
 */
export function redisReadonlyRules(keys: readonly string[]): string {
  const listing = keys.includes("*") ? [] : ["-scan", "-randomkey"];
  return JSON.stringify([...keys.map((key) => `~${key}`), "+@read", "+@connection", "-@dangerous", ...listing]);
}

/** @throws ValidationError if a pattern would match nothing, or is not a part of a rule. */
export function checkKeys(keys: readonly string[]): void {
  const wrong = keys.find((key) => !/^[^\s\p{Cc}]+$/u.test(key));
  if (wrong === undefined && keys.length > 0) return;
  throw new ValidationError(
    "db-keys",
    wrong === undefined
      ? "keys is empty, so that no role can read anything; write a pattern, or give each role creationStatements."
      : `${JSON.stringify(wrong)} is not a pattern of keys; write one without spaces, such as "orders:*".`,
  );
}

/** Whether statements are the rules of a login: one array of texts, as JSON. */
export function areRedisRules([rules = "", ...more]: readonly string[]): boolean {
  if (more.length > 0) return false;
  try {
    const parsed: unknown = JSON.parse(rules);
    return Array.isArray(parsed) && parsed.every((each) => typeof each === "string");
  } catch {
    return false;
  }
}
