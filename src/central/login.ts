import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { COMMAND_LOGIN } from "../contract/central-vault";
import { homeFolder, setting } from "../core/environment";
import { HEADER_VALUE } from "../core/header-value";
import { proxiesOf } from "../core/proxies";
import { Secret } from "../core/secret";
import { askCentral, CentralError } from "./client";
import { loginAnswer } from "../vault/access-answers";
import { VaultClient } from "../vault/client";
import type { ServerEndpoint } from "../vault/connection";
import { isSecureAddress } from "../core/secure-address";

/** What the variables of the environment are about, in messages. */
const CENTRAL_VAULT = "central Vault";

/**
 * Connects and logs in to the central Vault. The environment is that of Vault's own command: VAULT_ADDR, VAULT_CACERT,
 * VAULT_CAPATH, VAULT_TLS_SERVER_NAME, VAULT_NAMESPACE, HTTPS_PROXY, NO_PROXY, VAULT_TOKEN (or ~/.vault-token).
 * TENANT_VAULT_ROLE_ID and TENANT_VAULT_SECRET_ID select an AppRole login instead; TENANT_VAULT_JWT_FILE, TENANT_VAULT_JWT_ROLE and
 * TENANT_VAULT_JWT_LOGIN one with a signed token, such as that of a Kubernetes ServiceAccount. Both are repeated if the central
 * Vault denies its token.
 *
 * @param end Aborts the first login. @default - its requests end at their timeouts
 * @throws CentralError if the central Vault cannot be reached or refuses the login.
 */
export async function connectToCentral(environment: NodeJS.ProcessEnv, end?: AbortSignal): Promise<VaultClient> {
  const client = new VaultClient({
    ...centralEndpoint(environment),
    namespace: setting(environment, "VAULT_NAMESPACE"),
  });
  const login = loginOf(environment);
  if (login === undefined) return client.withToken(findToken(client, environment));
  try {
    const token = await login(end === undefined ? client : client.withSignal(end));
    return client.withToken(token, () => login(client));
  } catch (error) {
    await client.close();
    throw error;
  }
}

/**
 * Where a server of the central Vault is, and how to connect to it.
 *
 * @param address URL. @default - VAULT_ADDR
 * @param server What the variables are about, for messages.
 * @throws CentralError if this is not the address of a server to which keys may be sent, or a CA certificate is missing.
 */
export function centralEndpoint(
  environment: NodeJS.ProcessEnv,
  address?: string,
  server = CENTRAL_VAULT,
): ServerEndpoint {
  const used = address ?? setting(environment, "VAULT_ADDR");
  if (used === undefined || !isSecureAddress(used)) {
    throw new CentralError(
      "unreachable",
      address === undefined
        ? `VAULT_ADDR is not set to a TLS address; set it to the address of the ${server}, such as https://vault.example.com:8200.`
        : `"${address}" is not a TLS address; name a server of the ${server}, such as https://vault.example.com:8200.`,
    );
  }
  return {
    address: used,
    caCertificate: readCertificates(environment, server),
    tlsServerName: setting(environment, "VAULT_TLS_SERVER_NAME"),
    proxy: proxiesOf(environment).proxyFor(used),
  };
}

/** Token for a server of the central Vault, from the same variables. @throws CentralError if there is none. */
export async function logInToCentral(client: VaultClient, environment: NodeJS.ProcessEnv): Promise<Secret> {
  return (await loginOf(environment)?.(client)) ?? findToken(client, environment);
}

/** Returns the repeatable login; undefined if the environment has none. */
function loginOf(environment: NodeJS.ProcessEnv): ((client: VaultClient) => Promise<Secret>) | undefined {
  return appRoleLogin(environment) ?? jwtLogin(environment);
}

/** Returns the AppRole login; undefined if the environment has none. It is repeatable, because its tokens may expire during a run. */
function appRoleLogin(environment: NodeJS.ProcessEnv): ((client: VaultClient) => Promise<Secret>) | undefined {
  const roleId = setting(environment, "TENANT_VAULT_ROLE_ID");
  const secretId = setting(environment, "TENANT_VAULT_SECRET_ID");
  if (roleId === undefined || secretId === undefined) return undefined;
  return (client) => logIn(client, COMMAND_LOGIN, { role_id: roleId, secret_id: secretId }).catch(explainLogin);
}

/**
 * Returns the login with a signed token; undefined if the environment has none. The file is read at each login, because Kubernetes
 * writes another token into it before the former one expires. The login methods `jwt` and `kubernetes` take the same request.
 */
function jwtLogin(environment: NodeJS.ProcessEnv): ((client: VaultClient) => Promise<Secret>) | undefined {
  const file = setting(environment, "TENANT_VAULT_JWT_FILE");
  if (file === undefined) return undefined;
  const role = setting(environment, "TENANT_VAULT_JWT_ROLE");
  const mount = setting(environment, "TENANT_VAULT_JWT_LOGIN");
  if (role === undefined || mount === undefined) {
    throw new CentralError(
      "denied",
      "TENANT_VAULT_JWT_FILE is set, but not the login that takes its token; set TENANT_VAULT_JWT_LOGIN to the path of the login without auth/, and TENANT_VAULT_JWT_ROLE to its role.",
    );
  }
  return async (client) => {
    const jwt = readIfExists(file)?.trim();
    if (jwt === undefined || jwt === "") {
      throw new CentralError(
        "denied",
        `TENANT_VAULT_JWT_FILE names ${file}, which does not exist or is empty; set it to a file with a signed token (JWT).`,
      );
    }
    return logIn(client, mount, { role, jwt });
  };
}

async function logIn(client: VaultClient, mount: string, body: object): Promise<Secret> {
  const answer = await askCentral(client, "POST", `auth/${mount}/login`, { body });
  const { data } = loginAnswer.safeParse(answer.body);
  if (data !== undefined) return new Secret(data.auth.client_token);
  throw new CentralError(
    "denied",
    `The login auth/${mount} of the central Vault gives no token at once; take the command's logins out of what asks for a second factor.`,
  );
}

/** Adds the possible causes to the message, because the server does not name the cause. */
function explainLogin(error: unknown): never {
  if (!(error instanceof CentralError) || error.status !== 400) throw error;
  throw new CentralError(
    "denied",
    `${error.message.replace(/\.$/, "")}; TENANT_VAULT_SECRET_ID has expired, is used up, or belongs to another role than TENANT_VAULT_ROLE_ID: create a new one with "vault write -wrap-ttl=1h -f auth/${COMMAND_LOGIN}/role/<role>/secret-id".`,
  );
}

/** A person's token. @param server What it is for, for messages. @throws CentralError if there is none. */
export function findToken(client: VaultClient, environment: NodeJS.ProcessEnv, server = CENTRAL_VAULT): Secret {
  const file = join(homeFolder(environment), ".vault-token");
  const token = (setting(environment, "VAULT_TOKEN") ?? readIfExists(file))?.trim();
  if (token === undefined || token === "") {
    throw new CentralError(
      "denied",
      `No token for the ${server} at ${client.address}; set VAULT_TOKEN${server === CENTRAL_VAULT ? ", or TENANT_VAULT_ROLE_ID and TENANT_VAULT_SECRET_ID" : ""}.`,
    );
  }
  if (HEADER_VALUE.test(token)) return new Secret(token);
  throw new CentralError(
    "denied",
    `The token in VAULT_TOKEN or ${file} contains line breaks or other characters that no token has; set it to the token alone.`,
  );
}

/** Reads the CA certificates as PEM; undefined if the environment names none. */
function readCertificates(environment: NodeJS.ProcessEnv, server: string): string | undefined {
  const file = setting(environment, "VAULT_CACERT");
  if (file !== undefined) return readCertificate("VAULT_CACERT", file, server);
  const folder = setting(environment, "VAULT_CAPATH");
  if (folder === undefined) return undefined;
  const certificates = readable("VAULT_CAPATH", folder, server, () => filesBelow(folder)).map((each) =>
    readCertificate("VAULT_CAPATH", each, server),
  );
  if (certificates.length > 0) return certificates.join("\n");
  throw missing("VAULT_CAPATH", folder, server);
}

function readCertificate(variable: string, file: string, server: string): string {
  return readable(variable, file, server, () => readFileSync(file, "utf8"));
}

/** The files in a folder and in the folders in it, as Terraform's provider reads them. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .sort();
}

/** @throws CentralError that names the variable if the path cannot be read. */
function readable<Result>(variable: string, path: string, server: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw missing(variable, path, server, (error as NodeJS.ErrnoException).code);
  }
}

function missing(variable: string, path: string, server: string, code = "ENOENT"): CentralError {
  const problem = code === "ENOENT" ? "does not exist or is empty" : `cannot be read (${code})`;
  return new CentralError(
    "untrusted",
    `${variable} names ${path}, which ${problem}; set it to the certificate of the ${server}'s CA.`,
  );
}

function readIfExists(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    throw new CentralError(
      "denied",
      `${file}, with a token, cannot be read (${code ?? "unknown"}); let this user read it, or remove it.`,
    );
  }
}
