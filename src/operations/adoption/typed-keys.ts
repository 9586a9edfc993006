import { OperationError } from "../../core/errors";
import { Secret } from "../../core/secret";
import { parseKey } from "../central/give-key";
import type { Shares } from "../shares";
import { chooseShares, strayShares } from "../../vault/shares";

/** What a person knows of a server that was made by hand. */
export interface TypedKeys {
  /** In base64, as records have them. */
  readonly keys: readonly Secret[];
  readonly rootToken: Secret | undefined;
}

/** Names of a root token in a file: that of a record, and that of `vault operator init -format=json`. */
const TOKEN = /^(?:root-token:|Initial Root Token:)\s*(\S+)$/;

/** A key with the name that a program gives to it. */
const NAMED = /^(?:(?:Unseal|Recovery) Key \d+|(?:unseal|recovery)-key-\d+):\s*/;

/**
 * Parses a file with keys: the output of `vault operator init`, as text or as JSON, or one key per line, with a line
 * `root-token: <token>`.
 */
export function parseKeyFile(text: string): TypedKeys {
  const json = jsonOf(text);
  if (json !== undefined) {
    const keys = json.unseal_keys_b64?.length ? json.unseal_keys_b64 : (json.recovery_keys_b64 ?? []);
    return typedKeys(
      keys.map((key) => new Secret(key)),
      json.root_token,
    );
  }
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const token = lines.map((line) => TOKEN.exec(line)?.[1]).find((found) => found !== undefined);
  const keys = lines.filter((line) => line !== "" && !line.startsWith("#") && !TOKEN.test(line));
  const named = keys.filter((line) => NAMED.test(line));
  return typedKeys(
    (named.length > 0 ? named : keys).map((line) => new Secret(line.replace(NAMED, ""))),
    token,
  );
}

/** @param rootToken Empty if there is none. */
export function typedKeys(keys: readonly Secret[], rootToken: string | undefined): TypedKeys {
  const parsed = keys.map((key) => inBase64(parseKey(key)));
  return { keys: parsed, rootToken: rootToken === undefined || rootToken === "" ? undefined : new Secret(rootToken) };
}

/** @throws OperationError if keys are missing, repeated, or do not belong together. */
export function checkTypedKeys(path: string, keys: readonly Secret[], { shares, threshold }: Shares): void {
  const distinct = new Set(keys.map((key) => key.reveal())).size;
  const refuse = (problem: string): never => {
    throw new OperationError(
      "keys-refused",
      `${problem}, so nothing was written; give the ${shares} keys of ${path}, of which its server takes ${threshold}.`,
    );
  };
  if (distinct !== keys.length) refuse("A key was given twice");
  if (keys.length < threshold || keys.length > shares) refuse(`${keys.length} keys were given`);
  const stray = strayShares(keys, chooseShares(keys, threshold)).length;
  if (stray > 0) refuse(`${stray} of the keys do not belong to the others`);
}

/** The product prints keys in hexadecimal, too. Records have them in base64. */
function inBase64(key: Secret): Secret {
  const text = key.reveal();
  return /^([0-9a-f]{2})+$/i.test(text) ? new Secret(Buffer.from(text, "hex").toString("base64")) : key;
}

interface InitAnswer {
  readonly unseal_keys_b64?: readonly string[];
  readonly recovery_keys_b64?: readonly string[];
  readonly root_token?: string;
}

function jsonOf(text: string): InitAnswer | undefined {
  try {
    return JSON.parse(text) as InitAnswer;
  } catch {
    return undefined;
  }
}
