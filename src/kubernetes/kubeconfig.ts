import { z } from "zod";
import { OperationError } from "../core/errors";
import { isSecureAddress } from "../core/secure-address";
import { Secret } from "../core/secret";
import { parseYaml, toYaml } from "../core/yaml";

/** The cluster and the user of a kubeconfig's current context, without dependencies on a machine. */
export interface Kubeconfig {
  /** URL of the API server. */
  readonly server: string;
  /** PEM certificates to trust. @default - the certificates that Node.js trusts */
  readonly caCertificate?: string | undefined;
  /** Name to verify in the server's certificate. @default - the host of the URL */
  readonly tlsServerName?: string | undefined;
  /** HTTP proxy to reach the API server through. @default - none */
  readonly proxyUrl?: string | undefined;
  readonly token?: Secret | undefined;
  /** PEM. */
  readonly clientCertificate?: string | undefined;
  /** PEM. */
  readonly clientKey?: Secret | undefined;
}

/** A kubeconfig that cannot be used. The message continues the name of its place: "is not a kubeconfig". */
export class KubeconfigError extends OperationError {
  constructor(message: string) {
    super("kubeconfig-unusable", message);
  }
}

const base64 = z.string().transform((text) => Buffer.from(text, "base64").toString("utf8"));

const toSecret = (text: string): Secret => new Secret(text);

const clusterSchema = z.object({
  server: z
    .string()
    .refine(isSecureAddress)
    .transform((url) => url.replace(/\/+$/, "")),
  "certificate-authority-data": base64.optional(),
  "tls-server-name": z.string().optional(),
  "proxy-url": z.url({ protocol: /^https?$/ }).optional(),
});

const userSchema = z.object({
  token: z.string().transform(toSecret).optional(),
  "client-certificate-data": base64.optional(),
  "client-key-data": base64.transform(toSecret).optional(),
});

/** As far as it is read; https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/ */
const fileSchema = z.object({
  "current-context": z.string().optional(),
  contexts: z
    .array(z.object({ name: z.string(), context: z.object({ cluster: z.string(), user: z.string() }) }))
    .default([]),
  clusters: z.array(z.object({ name: z.string(), cluster: z.looseObject({}) })).default([]),
  users: z.array(z.object({ name: z.string(), user: z.looseObject({}) })).default([]),
});

/**
 * Fields with the login program of a user, and fields with file names. This machine has neither. Besides, the writer of the
 * stored secret must not decide which programs run and which files are read here.
 */
const COMMANDS = ["exec", "auth-provider"];
const FILES = ["tokenFile", "client-certificate", "client-key", "certificate-authority"];

/**
 * Reads a kubeconfig's current context.
 *
 * @throws KubeconfigError if it is not a kubeconfig, or depends on one machine. The message never quotes it.
 */
export function parseKubeconfig(text: string): Kubeconfig {
  const file = validated(() => fileSchema.parse(parseYaml(text)), "is not a kubeconfig");
  const entries = [...file.clusters.map(({ cluster }) => cluster), ...file.users.map(({ user }) => user)];
  const fields = entries.flatMap((entry) => Object.keys(entry));
  if (fields.some((field) => COMMANDS.includes(field))) {
    throw new KubeconfigError("logs in by a command, as EKS's and GKE's own do; see docs/clusters.md");
  }
  if (fields.some((field) => FILES.includes(field))) {
    throw new KubeconfigError("names files instead of what is in them; see docs/clusters.md");
  }
  const context = file.contexts.find(({ name }) => name === file["current-context"])?.context;
  const found = {
    cluster: file.clusters.find(({ name }) => name === context?.cluster)?.cluster,
    user: file.users.find(({ name }) => name === context?.user)?.user,
  };
  if (found.cluster === undefined || found.user === undefined) {
    throw new KubeconfigError("has no current-context that names one of its clusters and one of its users");
  }
  const cluster = validated(
    () => clusterSchema.parse(found.cluster),
    "has a cluster whose server is not an https address without a user in it, or whose proxy-url is not an HTTP proxy",
  );
  const user = validated(() => userSchema.parse(found.user), "has a user whose token or key is not text");
  return {
    server: cluster.server,
    caCertificate: cluster["certificate-authority-data"],
    tlsServerName: cluster["tls-server-name"],
    proxyUrl: cluster["proxy-url"],
    token: user.token,
    clientCertificate: user["client-certificate-data"],
    clientKey: user["client-key-data"],
  };
}

/** Replaces the messages of the YAML parser and of zod, because both may quote a key. */
function validated<Result>(read: () => Result, otherwise: string): Result {
  try {
    return read();
  } catch {
    throw new KubeconfigError(otherwise);
  }
}

/** Replaces the address of the cluster in a kubeconfig. */
export function withServer(kubeconfig: string, address: string, port: number): string {
  const config = parseYaml(kubeconfig) as { clusters?: { cluster: { server: string } }[] };
  const cluster = config.clusters?.[0]?.cluster;
  if (cluster === undefined) throw new KubeconfigError("The kubeconfig that Kubespray wrote names no cluster.");
  cluster.server = `https://${address}:${port}`;
  return toYaml(config);
}
