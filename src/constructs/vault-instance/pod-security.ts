import type { Construct } from "constructs";
import { firstDuplicate } from "../../core/duplicates";
import { ValidationError } from "../../core/errors";
import { NO_TOKEN, TOKEN_FOLDER } from "./lingering-container";
import type { HelmValues } from "./merge-values";

/** Lists of containers that run in the pods of the servers. */
export const CONTAINERS = ["server.extraContainers", "server.extraInitContainers"];

/** A field of a container, `*` for each element of a list, and whether the standard restricted allows its value. */
type Rule = readonly [field: string, allows: (value: unknown) => boolean];

const oneOf =
  (...values: readonly unknown[]) =>
  (value: unknown): boolean =>
    value === undefined || value === null || values.includes(value);

const PROBES = ["livenessProbe", "readinessProbe", "startupProbe", "lifecycle.postStart", "lifecycle.preStop"];

/** https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted */
const SECURITY_CONTEXT: readonly Rule[] = [
  ["privileged", oneOf(false)],
  ["allowPrivilegeEscalation", (value) => value === false],
  // The pod has the user and a profile, for containers without them.
  ["runAsNonRoot", oneOf(true)],
  ["runAsUser", (value) => oneOf()(value) || (typeof value === "number" && value !== 0)],
  ["capabilities.drop", (value) => Array.isArray(value) && value.includes("ALL")],
  ["capabilities.add.*", oneOf("NET_BIND_SERVICE")],
  ["seccompProfile.type", oneOf("RuntimeDefault", "Localhost")],
  ["appArmorProfile.type", oneOf("RuntimeDefault", "Localhost")],
  ["procMount", oneOf("Default")],
  ["seLinuxOptions.type", oneOf("", "container_t", "container_init_t", "container_kvm_t", "container_engine_t")],
  ["seLinuxOptions.user", oneOf("")],
  ["seLinuxOptions.role", oneOf("")],
  ["windowsOptions.hostProcess", oneOf(false)],
];

const CONTAINER: readonly Rule[] = [
  ...SECURITY_CONTEXT.map(([field, allows]): Rule => [`securityContext.${field}`, allows]),
  ["ports.*.hostPort", oneOf(0)],
  ...PROBES.flatMap((probe): Rule[] => [
    [`${probe}.httpGet.host`, oneOf("")],
    [`${probe}.tcpSocket.host`, oneOf("")],
  ]),
];

/** Rules of the values outside those lists. */
const VALUES: readonly Rule[] = [
  ["server.extraPorts.*.hostPort", oneOf(0)],
  ["server.extraVolumes.*.type", oneOf("configMap", "secret")],
  // Its pods mount folders of the nodes.
  ["csi.enabled", oneOf(false, "false", "-")],
  ["injector.hostNetwork", oneOf(false)],
];

/** Types of volumes that the standard restricted allows. */
const VOLUMES = [
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "persistentVolumeClaim",
  "projected",
  "secret",
];

/** Another profile of AppArmor in the annotations of the pods, which may be a map or a text. */
const APP_ARMOR =
  /container\.apparmor\.security\.beta\.kubernetes\.io\/[^:]+:[\s"\\]*(?!runtime\/default|localhost\/)\w/;

/** Fix of a container whose security context is outside the standard. */
const GIVEN_CONTEXT =
  'give it securityContext: { runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } }, without other capabilities and without another seccompProfile';

/**
 * Checks the pods of the servers. The namespace enforces Pod Security `restricted`, so that none would start otherwise.
 *
 * @throws ValidationError with the field that is outside the standard.
 */
export function checkPodSecurity(scope: Construct, values: HelmValues): void {
  const outside = (field: string, fix: string): never => {
    throw new ValidationError(
      "values",
      `${field}, which the standard restricted of the namespace forbids, so that no server would start; ${fix}.`,
      scope,
    );
  };
  const [value] = violations(values, VALUES);
  if (value !== undefined) outside(`The values set ${value}`, "remove it");
  if (APP_ARMOR.test(JSON.stringify(at(values, "server.annotations") ?? {})))
    outside("server.annotations name another profile of AppArmor than runtime/default", "remove the annotation");
  for (const path of CONTAINERS) {
    for (const container of listAt(values, path)) {
      const [field] = violations(container, CONTAINER);
      if (field === undefined) continue;
      throw new ValidationError(
        "values",
        `The container "${nameOf(container)}" in ${path} is outside the standard restricted, which the namespace enforces, so that no server would start: ${field}; ${field.startsWith("securityContext") ? GIVEN_CONTEXT : "remove it"}.`,
        scope,
      );
    }
  }
  for (const volume of listAt(values, "server.volumes")) {
    const type = Object.keys(volume).find((key) => key !== "name" && !VOLUMES.includes(key));
    if (type !== undefined)
      outside(
        `The volume "${nameOf(volume)}" in server.volumes has the type ${type}`,
        `use one of ${VOLUMES.join(", ")}`,
      );
  }
}

/** Fields with values that a rule does not allow, as `ports.0.hostPort is 8200`. */
function violations(value: unknown, rules: readonly Rule[]): string[] {
  return rules.flatMap(([path, allows]) =>
    valuesAt(value, path.split("."))
      .filter(([, each]) => !allows(each))
      .map(([field, each]) => `${field} is ${each === undefined ? "not set" : JSON.stringify(each)}`),
  );
}

/** The values at a path, each with its own path. */
function valuesAt(
  value: unknown,
  [key, ...rest]: readonly string[],
  from: readonly string[] = [],
): [string, unknown][] {
  if (key === undefined) return [[from.join("."), value]];
  if (key !== "*") return valuesAt((value as HelmValues | null | undefined)?.[key], rest, [...from, key]);
  if (value === undefined || value === null) return [];
  return Object.entries(value).flatMap(([index, each]) => valuesAt(each, rest, [...from, index]));
}

/**
 * Checks what the API server accepts once only in a pod, and what would give a container the token of the servers.
 *
 * @throws ValidationError if two containers, volumes or mounts are in each other's way, or a volume has such a token.
 */
export function checkPodNames(scope: Construct, values: HelmValues): void {
  const names = (path: string, field = "name"): string[] => listAt(values, path).map((each) => String(each[field]));
  const unique = (kind: string, path: string, used: readonly string[], fix: string): void => {
    const twice = firstDuplicate(used);
    if (twice === undefined) return;
    throw new ValidationError(
      "values",
      `${path} has a second ${kind} ${JSON.stringify(twice)}, which the servers have already, so that no server would start; ${fix}.`,
      scope,
    );
  };
  // Of the charts, for the servers and their home, configuration and claims.
  const claims = ["data", "audit"].filter((name) => at(values, `server.${name}Storage.enabled`) === true);
  const files = names("server.extraVolumes").map((name) => `userconfig-${name}`);
  const volumes = ["home", "config", ...claims, ...files, ...names("server.volumes")];
  unique("volume", "server.volumes", volumes, "give it another name");
  unique("volume mount at", "server.volumeMounts", names("server.volumeMounts", "mountPath"), "choose another path");
  unique(
    "container",
    CONTAINERS.join(" or "),
    ["openbao", "vault", ...CONTAINERS.flatMap((path) => names(path))],
    "give it another name",
  );
  for (const volume of listAt(values, "server.volumes")) {
    const tokens = valuesAt(volume, ["projected", "sources", "*", "serviceAccountToken"]).map(([, token]) => token);
    if (!tokens.some((token) => token !== undefined && !(token as HelmValues | null)?.audience)) continue;
    throw new ValidationError(
      "values",
      `The volume "${nameOf(volume)}" in server.volumes has the token with which the servers use the Kubernetes API, and other containers must not have it; name the audience of another program, as in serviceAccountToken: { path: "token", audience: "vault" }.`,
      scope,
    );
  }
}

/** The values, in which no container beside the server has the token of the ServiceAccount. */
export function withoutTokens(values: HelmValues): HelmValues {
  const mount = { name: NO_TOKEN.name, mountPath: TOKEN_FOLDER, readOnly: true };
  const withMount = (container: unknown): unknown => {
    const { volumeMounts = [] } = container as { volumeMounts?: readonly HelmValues[] };
    const mounted = volumeMounts.some(({ mountPath }) => String(mountPath).replace(/\/$/, "") === TOKEN_FOLDER);
    return mounted ? container : { ...(container as object), volumeMounts: [...volumeMounts, mount] };
  };
  const server = { ...(values.server as HelmValues) };
  for (const path of CONTAINERS) {
    const key = path.replace("server.", "");
    if (Array.isArray(server[key])) server[key] = (server[key] as unknown[]).map(withMount);
  }
  return { ...values, server };
}

function nameOf({ name }: HelmValues): string {
  return typeof name === "string" ? name : "";
}

/** The list of objects at a path. @throws ValidationError if there is anything else. */
export function listAt(values: HelmValues, path: string): readonly HelmValues[] {
  const list = at(values, path) ?? [];
  if (Array.isArray(list) && list.every((each) => Object(each) === each)) return list as HelmValues[];
  throw new ValidationError("values", `${path} is not a list of objects, so it cannot be checked; write one.`);
}

/** The value at a path. */
export function at(values: HelmValues, path: string): unknown {
  return path.split(".").reduce<unknown>((value, key) => (value as HelmValues | null | undefined)?.[key], values);
}
