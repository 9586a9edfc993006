import { Token } from "cdktf";
import type { Construct } from "constructs";
import { ValidationError } from "../core/errors";

/** Host and port alone, without a user or a path. TLS is required, because keys and tokens are sent there. */
const ADDRESS = /^https:\/\/[^/\\?#@\s]+$/;

/** Parses the URL of an instance or a replica. @throws ValidationError unless it is valid and known at synthesis. */
export function parseServerAddress(address: string, scope?: Construct): URL {
  if (Token.isUnresolved(address)) {
    throw new ValidationError(
      "address",
      "The address is known only when Terraform runs, but must be known at synthesis; write it as a text.",
      scope,
    );
  }
  if (!ADDRESS.test(address) || !URL.canParse(address)) {
    throw new ValidationError(
      "address",
      `"${address}" is not a valid address; write https, host and port, such as "https://vault.example.com:8200".`,
      scope,
    );
  }
  return new URL(address);
}

/** URL of a path of the API, for requests without a header that names the namespace. */
export function apiUrl(
  { address, namespace = "" }: { readonly address: string; readonly namespace?: string | undefined },
  path: string,
): string {
  const names = [namespace, path].map((each) => each.replace(/^\/+|\/+$/g, "")).filter((each) => each !== "");
  return [address.replace(/\/+$/, ""), "v1", ...names].join("/");
}
