import { CentralError } from "../central/client";
import { connectToCentral } from "../central/login";
import { SecretMirror, type MirroredSecret } from "../central/secret-mirror";
import { AUTHORITIES_MOUNT } from "../contract/authorities";
import { CLUSTERS_MOUNT, RECORDS_MOUNT } from "../contract/central-vault";
import { ACCESS_MOUNT, LOCK } from "../contract/identities";
import { mapConcurrently } from "../core/concurrent";
import { setting } from "../core/environment";
import { OperationError } from "../core/errors";
import { isSecureAddress } from "../core/secure-address";
import type { CommandHost, CommandResult } from "./command";

/** Secrets that are copied at once. */
const AT_ONCE = 8;

/** Variables of the mirror are named like those of the central Vault, with this in front of what follows their own prefix. */
const PREFIX = "TENANT_VAULT_MIRROR_";

/** What became of one secret. */
interface Outcome<Result = MirroredSecret> {
  readonly path: string;
  readonly result?: Result;
  readonly error?: { readonly code: string; readonly message: string };
}

/** `tenant-vault mirror`: copies records, kubeconfigs, credentials and keys of CAs to a second Vault, so that a lost central Vault loses no key. */
export async function mirror({ environment, log, clock }: CommandHost): Promise<CommandResult> {
  const mirrored = mirrorEnvironment(environment);
  const central = await connectToCentral(environment);
  try {
    const to = await connectToCentral(mirrored);
    try {
      if (to.address === central.address && mirrored.VAULT_NAMESPACE === environment.VAULT_NAMESPACE)
        throw new OperationError(
          "usage",
          `VAULT_ADDR and ${PREFIX}ADDR are the same Vault; set ${PREFIX}ADDR to another one.`,
        );
      const copier = new SecretMirror(central, to, clock);
      const found = await Promise.all(
        [RECORDS_MOUNT, CLUSTERS_MOUNT, ACCESS_MOUNT, AUTHORITIES_MOUNT].map(async (mount) => ({
          mount,
          ...(await attempt(mount, () => listed(copier, mount))),
        })),
      );
      const secrets = found.flatMap(({ mount, result = [] }) =>
        result.filter((path) => !isLock(mount, path)).map((path) => ({ mount, path })),
      );
      const copied = await mapConcurrently(secrets, AT_ONCE, ({ mount, path }) =>
        attempt(`${mount}/${path}`, () => copier.copy(mount, path)),
      );
      // A token of before one of the mounts still copies the others.
      const outcomes = [
        ...copied,
        ...found.flatMap(({ path, error }) => (error === undefined ? [] : [{ path, error }])),
      ];
      for (const { path, error } of outcomes) if (error !== undefined) log.warn("not mirrored", { path, ...error });
      return report(outcomes, to.address);
    } finally {
      await to.close();
    }
  } finally {
    await central.close();
  }
}

/** The central Vault of an earlier release has not every mount. All have that of the records: without it, this is another Vault. */
async function listed(copier: SecretMirror, mount: string): Promise<string[]> {
  try {
    return await copier.list(mount);
  } catch (error) {
    if (mount !== RECORDS_MOUNT && error instanceof CentralError && error.failure === "missing") return [];
    throw error;
  }
}

/** The environment as it would be if the mirror were the central Vault. The token of the central Vault must not get there. */
function mirrorEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = Object.entries(environment).filter(([name]) => name.startsWith(PREFIX));
  const names = Object.fromEntries(own.map(([name, value]) => [name.slice(PREFIX.length), value]));
  const { ROLE_ID, SECRET_ID, ...vault } = names;
  const address = setting(environment, `${PREFIX}ADDR`);
  if (address === undefined || !isSecureAddress(address))
    throw new CentralError(
      "unreachable",
      `${PREFIX}ADDR is not set to a TLS address; set it to the address of the mirror, such as https://mirror.example.com:8200.`,
    );
  const others = Object.entries(environment).filter(([name]) => !/^(VAULT|TENANT_VAULT)_/.test(name));
  const login = ROLE_ID !== undefined && SECRET_ID !== undefined;
  if (!login && setting(environment, `${PREFIX}TOKEN`) === undefined)
    throw new CentralError(
      "denied",
      `No token for the mirror; set ${PREFIX}ADDR, and ${PREFIX}TOKEN or ${PREFIX}ROLE_ID and ${PREFIX}SECRET_ID.`,
    );
  return {
    ...Object.fromEntries(others),
    ...Object.fromEntries(Object.entries(vault).map(([name, value]) => [`VAULT_${name}`, value])),
    ...(login ? { TENANT_VAULT_ROLE_ID: ROLE_ID, TENANT_VAULT_SECRET_ID: SECRET_ID } : {}),
  };
}

/** The lock of an operation that runs now. */
function isLock(mount: string, path: string): boolean {
  return mount === ACCESS_MOUNT && path.endsWith(`/${LOCK}`);
}

async function attempt<Result>(path: string, work: () => Promise<Result>): Promise<Outcome<Result>> {
  try {
    return { path, result: await work() };
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    const { code, message } = error;
    return { path, error: { code, message } };
  }
}

function report(outcomes: readonly Outcome[], address: string): CommandResult {
  const failed = outcomes.filter(({ error }) => error !== undefined);
  const written = outcomes.filter(({ result }) => (result?.written ?? 0) > 0);
  const kept = outcomes.filter(({ result }) => result?.kept === true).map(({ path }) => path);
  const lines = [
    `${outcomes.length - failed.length} of ${outcomes.length} secrets are in the mirror at ${address}, ${written.length} of them with new versions`,
    ...kept.map((path) => `${path}: deleted in the central Vault, kept in the mirror`),
    ...failed.map(({ path, error }) => `${path}: [${error?.code}] ${error?.message}`),
  ];
  return {
    text: `${lines.join("\n")}\n`,
    json: outcomes.map(({ path, result, error }) => ({ path, ...result, ...(error === undefined ? {} : { error }) })),
    exitCode: failed.length === 0 ? 0 : 1,
  };
}
