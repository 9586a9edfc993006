import { Token } from "cdktf";
import type { Construct } from "constructs";
import { ValidationError } from "../core/errors";

/** Nothing comes after host and port, and no user before them. Keys and tokens go there: never without TLS. */
const ADDRESS = /^https:\/\/[^/\\?#@\s]+$/;

/** The URL of an instance or a replica. @throws ValidationError unless it is one, and known at synthesis. */
export function parseServerAddress(address: string, scope?: Construct): URL {
  if (Token.isUnresolved(address)) {
    throw new ValidationError(
      "address",
      "An address is known only when Terraform runs, but must be known at synthesis; write it out.",
      scope,
    );
  }
  if (!ADDRESS.test(address) || !URL.canParse(address)) {
    throw new ValidationError(
      "address",
      `"${address}" is no address; write https, host and port, such as "https://vault.example.com:8200".`,
      scope,
    );
  }
  return new URL(address);
}
