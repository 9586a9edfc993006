import type { KubeConfig } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import { parse } from "yaml";
import { readKubeconfigSecret } from "../central/kubeconfig-store";
import { CentralError } from "../central/record-store";
import type { VaultClient } from "../vault/client";

/** Loads the kubeconfig that the central Vault holds; it never touches the disk. */
export async function loadKubeconfig(
  central: VaultClient,
  { mount, path }: { readonly mount: string; readonly path: string },
): Promise<KubeConfig> {
  const text = (await readKubeconfigSecret(central, { mount, path })).fields.kubeconfig;
  if (typeof text !== "string") {
    throw new CentralError(
      "missing",
      `The central Vault has no kubeconfig at ${mount}/${path}; put it there: vault kv put ${mount}/${path} kubeconfig=@FILE.`,
    );
  }
  // Loaded when it is needed: the Kubernetes client is large, and most instances do without.
  const { KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  let needed: string | undefined;
  try {
    const file = parse(text) as KubeconfigFile;
    needed = needsOfMachine(file);
    // What was looked at, and not the text: the client's parser knows more of YAML, such as merge keys.
    if (needed === undefined) config.loadFromString(JSON.stringify(file));
  } catch {
    // The parser's message quotes what it could not read, which may be a key: it goes nowhere.
    throw unusable(mount, path, "is no kubeconfig");
  }
  if (needed !== undefined) throw unusable(mount, path, `${needed}; see docs/clusters.md`);
  if (!config.getCurrentCluster()) throw unusable(mount, path, "has no current-context that names one of its clusters");
  return config;
}

/** A kubeconfig, as far as it is looked at; https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/ */
interface KubeconfigFile {
  readonly users?: readonly { readonly user?: object }[];
  readonly clusters?: readonly { readonly cluster?: object }[];
}

const COMMANDS = ["exec", "auth-provider"];
const FILES = ["tokenFile", "token-file", "client-certificate", "client-key", "certificate-authority"];

/**
 * What a kubeconfig takes from the machine that it was made on. It is refused before the client looks at it: it is not on
 * this machine, and whoever writes the secret must not choose what is run or read here.
 */
function needsOfMachine({ users, clusters }: KubeconfigFile): string | undefined {
  const keys = [...(users ?? []).map(({ user }) => user), ...(clusters ?? []).map(({ cluster }) => cluster)].flatMap(
    (entry) => Object.keys(entry ?? {}),
  );
  if (keys.some((key) => COMMANDS.includes(key))) return "logs in by a command, as EKS's and GKE's own do";
  if (keys.some((key) => FILES.includes(key))) return "names files instead of what is in them";
  return undefined;
}

function unusable(mount: string, path: string, reason: string): CentralError {
  return new CentralError(
    "refused",
    `What the central Vault has at ${mount}/${path} ${reason}; put another there: vault kv put ${mount}/${path} kubeconfig=@FILE.`,
  );
}
