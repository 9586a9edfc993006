import { UNSET_PASSWORD } from "../contract/database-passwords";

/**
 * Arguments of the providers that take secrets, and variables of a provisioner's environment. Write-only arguments are
 * included: they keep a secret out of the state, but not out of the synthesized JSON.
 */
const SECRET_ARGUMENT =
  /(^|_)(password|passphrase|secret|secret_id|secret_key|token|private_key|client_key|access_key|api_?key|kubeconfig|credentials|data_json)(_wo)?$/i;

/** Arguments whose names match although they hold no secret. The variable KUBECONFIG names a file. */
const HARMLESS = /^(automount_service_account_token|auth_type_api_key|token_type|KUBECONFIG)$/;

/** The ID of a key of AWS. It tells which key it is, and opens nothing. */
const KEY_ID = /^resource\.vault_aws_secret_backend\.[^.]+\.access_key$/;

/** Maps in which every value is a secret, whatever its key. */
const SECRET_MAP = /^resource\.kubernetes_secret\w*\.[^.]+\.(binary_)?data\.|\.(binary_)?data_wo(\.|$)/;

/** Texts that look like secrets: tokens of Vault, private keys, URLs with a password. */
const SECRET_TEXT = [
  /\b(hv[sbr]\.[\w-]{20,}|s\.[A-Za-z0-9]{24}\b)/,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /:\/\/[^\s/:@]*:[^\s/@{$][^\s/@]*@/,
];

/** Finds literal secrets in a stack's JSON by the names of arguments and by their texts. Returns the paths of the arguments. */
export function findLiteralSecrets(json: object): string[] {
  // "terraform" holds the backend's settings.
  return ["terraform", "resource", "data", "ephemeral", "provider", "output"].flatMap((part) =>
    findLiteralSecretsIn((json as Record<string, unknown>)[part], [part]),
  );
}

/** Texts that hold nothing: the second is an object as JSON, and a hook replaces the third. */
const EMPTY = new Set(["", "{}", UNSET_PASSWORD]);

/** Runs the same check below one path, for example on the values of a Helm chart, which Terraform treats as one text. */
export function findLiteralSecretsIn(value: unknown, path: readonly string[]): string[] {
  if (typeof value === "object" && value !== null) {
    return Object.entries(variable(value)).flatMap(([key, child]) => findLiteralSecretsIn(child, [...path, key]));
  }
  if (typeof value !== "string" || EMPTY.has(value) || isReference(value)) return [];
  const argument = path.at(-1) ?? "";
  const name = path.join(".");
  const named = (isSecretName(argument) && !KEY_ID.test(name)) || SECRET_MAP.test(name);
  return named || looksLikeSecret(value) ? [name] : [];
}

/** Turns the variable of a container, `{ name, value }`, into an entry with that name. */
function variable(value: object): object {
  const { name, value: text, ...rest } = value as { name?: unknown; value?: unknown };
  return typeof name === "string" && typeof text === "string" ? { ...rest, [name]: text } : value;
}

/** `name = "text"` or `"name": "text"`, as in a server's configuration; the text may have several lines. */
const SETTING = /"?\b([A-Za-z][\w-]*)"?\s*[=:]\s*(?:"([^"\n]+)"|<<-?\w+\s+(\S+))/g;

/** Secret settings that only the seal of a server has. */
const SEAL_SECRET = /^(current_key|previous_key|pin)$/;

/** Finds secret settings inside texts, such as a server's configuration in the values of a Helm chart. */
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
  return (isSecretName(name) || SEAL_SECRET.test(name)) && !isLocation(text);
}

/** Whether a text is a token of Vault, a private key, or a URL with a password. */
export function looksLikeSecret(text: string): boolean {
  return SECRET_TEXT.some((pattern) => pattern.test(text));
}

/** Whether an argument, in snake case, is named like one that holds a secret. */
export function isSecretName(name: string): boolean {
  return SECRET_ARGUMENT.test(name) && !HARMLESS.test(name);
}

/** Whether a text is a path, a URL such as file:// or env://, or a variable. */
function isLocation(text: string): boolean {
  return /^(\/|[a-z]+:\/\/|\$)/.test(text);
}

/** Whether a text is an expression, which Terraform resolves at apply time. */
function isReference(value: string): boolean {
  return /^\$\{[\s\S]+\}$/.test(value);
}
