/**
 * Arguments of the providers that take secrets, and variables of a provisioner's environment. Write-only arguments count as
 * well: they keep a secret out of the state, not out of the synthesized JSON.
 */
const SECRET_ARGUMENT =
  /(^|_)(password|passphrase|secret|secret_id|secret_key|token|private_key|client_key|access_key|kubeconfig|credentials|data_json)(_wo)?$/i;

/** Arguments that match by their name and hold no secret; the variable KUBECONFIG names a file. */
const HARMLESS = /^(automount_service_account_token|token_type|KUBECONFIG)$/;

/** Maps that hold nothing but secrets, whatever their keys are. */
const SECRET_MAP = /^resource\.kubernetes_secret\w*\.[^.]+\.(binary_)?data\.|\.(binary_)?data_wo(\.|$)/;

/** Paths of arguments in a stack's JSON that are named like a secret and hold a literal text. */
export function findLiteralSecrets(json: object): string[] {
  // "terraform" holds the backend's settings.
  return ["terraform", "resource", "data", "ephemeral", "provider", "output"].flatMap((part) =>
    findLiteralSecretsIn((json as Record<string, unknown>)[part], [part]),
  );
}

/** The same below one path, such as in values of a Helm chart, which are one text to Terraform. */
export function findLiteralSecretsIn(value: unknown, path: readonly string[]): string[] {
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([key, child]) => findLiteralSecretsIn(child, [...path, key]));
  }
  if (typeof value !== "string" || value === "" || isReference(value)) return [];
  const argument = path.at(-1) ?? "";
  const name = path.join(".");
  const named = (SECRET_ARGUMENT.test(argument) && !HARMLESS.test(argument)) || SECRET_MAP.test(name);
  return named ? [name] : [];
}

/** `name = "text"` on a line of its own, as in a server's configuration. */
const SETTING = /^\s*"?([\w-]+)"?\s*=\s*"([^"]+)"/gm;

/** Settings that only servers' seals have. */
const SEAL_SECRET = /^(current_key|previous_key|pin)$/;

/** The same of settings in texts, such as a server's configuration among the values of a Helm chart. */
export function findSecretSettings(value: unknown, path: readonly string[]): string[] {
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([key, child]) => findSecretSettings(child, [...path, key]));
  }
  if (typeof value !== "string") return [];
  return [...value.matchAll(SETTING)]
    .filter(([, name = "", text = ""]) => (SECRET_ARGUMENT.test(name) || SEAL_SECRET.test(name)) && !isPlace(text))
    .map(([, name = ""]) => `${path.join(".")}: ${name}`);
}

/** A path, a URL such as file:// and env://, or a variable. */
function isPlace(text: string): boolean {
  return /^(\/|[a-z]+:\/\/|\$)/.test(text);
}

/** An expression, which Terraform resolves at apply time. */
function isReference(value: string): boolean {
  return /^\$\{[\s\S]+\}$/.test(value);
}
