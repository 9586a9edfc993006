import type { EngineType } from "../contract/identities";
import { Acl } from "./acl";
import { PathLanguage } from "./path-language";
import type { Capability, PolicyStatement } from "./statement";

/** What programs and people write to, below the mount of an engine. Everything else there configures it. */
const USES: Readonly<Record<EngineType, readonly string[]>> = {
  pki: [
    ...["issue/*", "sign/*", "issuer/+/issue/*", "issuer/+/sign/*", "revoke", "revoke-with-key"],
    "roles/+/acme/new-eab",
  ],
  ssh: ["sign/*", "issue/*", "creds/*", "lookup"],
  database: ["rotate-role/*"],
  kv: ["data/*", "metadata/*", "delete/*", "undelete/*", "destroy/*"],
  aws: ["creds/*", "sts/*"],
  azure: [],
  gcp: ["impersonated-account/+/token"],
  terraform: ["creds/*"],
};

const LOOKS: readonly Capability[] = ["read", "list", "scan", "deny", "subscribe"];

/**
 * A path of an engine's configuration that a statement would let a client change; undefined if there is none. It is exact, on all
 * paths.
 *
 * @param mount Mount below which the path of the statement is.
 */
export function changedConfiguration(
  { path, capabilities }: Pick<PolicyStatement, "path" | "capabilities">,
  mount: { readonly path: string; readonly type: EngineType },
): string | undefined {
  if (capabilities.every((each) => LOOKS.includes(each))) return undefined;
  const statements = USES[mount.type].map((use): PolicyStatement => ({
    path: `${mount.path}/${use}`,
    capabilities: ["update"],
    reason: "",
  }));
  const uses = PathLanguage.allowedBy(new Acl(statements), "update");
  return PathLanguage.matching(widened(path)).minus(uses).witness();
}

/** A path with a template may be any one that begins as it does. */
function widened(path: string): string {
  const template = path.indexOf("{{");
  return template === -1 ? path : `${path.slice(0, template)}*`;
}
