/**
 * Arguments of the providers that take secrets, and variables of a provisioner's environment. Write-only arguments count as
 * well: they keep a secret out of the state, not out of the synthesized JSON.
 */
const SECRET_ARGUMENT =
  /(^|_)(password|passphrase|secret|secret_id|secret_key|token|private_key|client_key|access_key|api_?key|kubeconfig|credentials|data_json)(_wo)?$/i;

/** Arguments that match by their name and hold no secret; the variable KUBECONFIG names a file. */
const HARMLESS = /^(automount_service_account_token|auth_type_api_key|token_type|KUBECONFIG)$/;

/** Maps that hold nothing but secrets, whatever their keys are. */
const SECRET_MAP = /^resource\.kubernetes_secret\w*\.[^.]+\.(binary_)?data\.|\.(binary_)?data_wo(\.|$)/;

/** Texts that are secrets by their looks, wherever they stand: tokens of Vault, private keys, URLs with a password. */
const SECRET_TEXT = [
  /\b(hv[sbr]\.[\w-]{20,}|s\.[A-Za-z0-9]{24}\b)/,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /:\/\/[^\s/:@]*:[^\s/@{$][^\s/@]*@/,
];

/** Paths of arguments in a stack's JSON that hold a literal text, and are named like a secret or look like one. */
export function findLiteralSecrets(json: object): string[] {
  // "terraform" holds the backend's settings.
  return ["terraform", "resource", "data", "ephemeral", "provider", "output"].flatMap((part) =>
    findLiteralSecretsIn((json as Record<string, unknown>)[part], [part]),
  );
}

/** The same below one path, such as in values of a Helm chart, which are one text to Terraform. */
export function findLiteralSecretsIn(value: unknown, path: readonly string[]): string[] {
  if (typeof value === "object" && value !== null) {
    return Object.entries(variable(value)).flatMap(([key, child]) => findLiteralSecretsIn(child, [...path, key]));
  }
  if (typeof value !== "string" || value === "" || isReference(value)) return [];
  const argument = path.at(-1) ?? "";
  const name = path.join(".");
  const named = isSecretName(argument) || SECRET_MAP.test(name);
  return named || SECRET_TEXT.some((look) => look.test(value)) ? [name] : [];
}

/** A variable of a container, `{ name, value }`, by its name. */
function variable(value: object): object {
  const { name, value: text, ...rest } = value as { name?: unknown; value?: unknown };
  return typeof name === "string" && typeof text === "string" ? { ...rest, [name]: text } : value;
}

/** `name = "text"` or `"name": "text"`, as in a server's configuration, or a text over several lines. */
const SETTING = /"?\b([A-Za-z][\w-]*)"?\s*[=:]\s*(?:"([^"\n]+)"|<<-?\w+\s+(\S+))/g;

/** Settings that only servers' seals have. */
const SEAL_SECRET = /^(current_key|previous_key|pin)$/;

/** The same of settings in texts, such as a server's configuration among the values of a Helm chart. */
export function findSecretSettings(value: unknown, path: readonly string[]): string[] {
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([key, child]) => findSecretSettings(child, [...path, key]));
  }
  if (typeof value !== "string") return [];
  return [...value.matchAll(SETTING)]
    .filter(([, name = "", quoted, lines]) => isSecretSetting(name, quoted ?? lines ?? ""))
    .map(([, name = ""]) => `${path.join(".")}: ${name}`);
}

function isSecretSetting(name: string, text: string): boolean {
  return (isSecretName(name) || SEAL_SECRET.test(name)) && !isPlace(text);
}

function isSecretName(name: string): boolean {
  return SECRET_ARGUMENT.test(name) && !HARMLESS.test(name);
}

/** A path, a URL such as file:// and env://, or a variable. */
function isPlace(text: string): boolean {
  return /^(\/|[a-z]+:\/\/|\$)/.test(text);
}

/** An expression, which Terraform resolves at apply time. */
function isReference(value: string): boolean {
  return /^\$\{[\s\S]+\}$/.test(value);
}
