import { setTimeout as sleep } from "node:timers/promises";
import type { Product } from "../../src/core/product";
import type { EngineApiData } from "../../src/policy/engine-api";
import type { VaultClient } from "../../src/vault/client";

/** Engines are mounted at a path of their type below this one, so that nothing else is in the way. */
const PLACE = "described-api";

const SECRETS = ["pki", "ssh", "database", "kv", "transit", "totp", "kubernetes", "rabbitmq"];
const LOGINS = ["approle", "userpass", "jwt", "kubernetes", "cert"];
/** Engines that a product has besides these by itself. */
const FURTHER: Readonly<Record<Product, { readonly secrets: readonly string[]; readonly logins: readonly string[] }>> =
  {
    openbao: { secrets: [], logins: [] },
    vault: { secrets: ["aws", "azure", "gcp", "terraform"], logins: ["ldap", "aws", "azure", "gcp"] },
  };
const BUILT_IN = ["sys", "identity", "cubbyhole", "auth/token"];

/** Parameters that match slashes as well. */
const SEVERAL_SEGMENTS = /\{(path|prefix|url_lease_id)\}$/;

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly required?: boolean; readonly in: string }[];
}

interface PathItem {
  readonly get?: Operation;
  readonly post?: Operation;
  readonly patch?: Operation;
  readonly delete?: Operation;
  readonly "x-vault-sudo"?: boolean;
  readonly "x-vault-createSupported"?: boolean;
}

/** Mounts each engine of a server and reads its API. @param client A client with the root token. */
export async function readEngineApis(client: VaultClient, product: Product): Promise<EngineApiData> {
  const secrets = [...SECRETS, ...FURTHER[product].secrets];
  const logins = [...LOGINS, ...FURTHER[product].logins];
  for (const type of secrets) {
    const options = type === "kv" ? { options: { version: "2" } } : {};
    await client.send("POST", `sys/mounts/${PLACE}/${type}`, { body: { type, ...options } });
  }
  for (const type of logins) await client.send("POST", `sys/auth/${PLACE}/${type}`, { body: { type } });
  // A version 2 mount answers once it has been set up.
  while ((await client.send("GET", `${PLACE}/kv/config`, { accept: [400] })).status !== 200) await sleep(100);
  const { body } = await client.send("GET", "sys/internal/specs/openapi", { timeout: 60_000 });
  const paths = Object.entries(body.paths as Record<string, PathItem>);
  const below = (mount: string): string =>
    entriesOf(
      paths
        .filter(([path]) => path.startsWith(`/${mount}/`))
        .map(([path, item]): [string, PathItem] => [path.slice(mount.length + 2), item]),
    );
  return Object.fromEntries([
    ...secrets.map((type) => [type, below(`${PLACE}/${type}`)] as const),
    ...logins.map((type) => [`auth/${type}`, below(`auth/${PLACE}/${type}`)] as const),
    ...BUILT_IN.map((mount) => [mount, below(mount)] as const),
  ]);
}

/** Sorted entries `path=letters`, each path once, without mounts below. */
function entriesOf(paths: readonly (readonly [string, PathItem])[]): string {
  const letters = new Map<string, Set<string>>();
  const withoutSudo = new Set(paths.filter(([, item]) => item["x-vault-sudo"] !== true).map(([path]) => path));
  for (const [path, item] of paths) {
    if (/[\^$]/.test(path)) continue;
    // A list is described apart, at a path with a slash, which a policy need not have. Unless the list alone needs sudo, they are one.
    const shortened = path.replace(/\/$/, "");
    const isApart = item["x-vault-sudo"] === true && withoutSudo.has(shortened);
    const pattern = (isApart ? path : shortened).replace(SEVERAL_SEGMENTS, "*").replace(/\{[^}]*\}/g, "+");
    const known = letters.get(pattern) ?? new Set<string>();
    letters.set(pattern, new Set([...known, ...lettersOf(item)]));
  }
  return [...letters]
    .map(
      ([path, found]) =>
        `${path}=${["r", "l", "s", "w", "c", "p", "d", "!"].filter((each) => found.has(each)).join("")}`,
    )
    .sort()
    .join(" ");
}

function lettersOf(item: PathItem): string[] {
  const queries = item.get?.parameters?.filter((each) => each.in === "query") ?? [];
  const parameter = (name: string) => queries.find((each) => each.name === name);
  const isReadToo =
    item.get !== undefined && [parameter("list"), parameter("scan")].every((each) => each?.required !== true);
  return [
    ...(isReadToo ? ["r"] : []),
    ...(parameter("list") === undefined ? [] : ["l"]),
    ...(parameter("scan") === undefined ? [] : ["s"]),
    ...(item.post === undefined ? [] : ["w"]),
    ...(item.post !== undefined && item["x-vault-createSupported"] === true ? ["c"] : []),
    ...(item.patch === undefined ? [] : ["p"]),
    ...(item.delete === undefined ? [] : ["d"]),
    ...(item["x-vault-sudo"] === true ? ["!"] : []),
  ];
}
