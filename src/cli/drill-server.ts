import { basename, dirname } from "node:path";
import { OperationError } from "../core/errors";
import { findProgram } from "../core/find-program";
import { PROGRAMS, type Product } from "../core/product";
import { findIsolation, type Isolation } from "../operations/drill/network-isolation";

/** Options of commands that drill, for the throw-away server. */
export interface DrillServerOptions {
  /** Path of the server's program. @default - `bao` or `vault` on PATH */
  readonly server?: string;
  /** The network of this machine is closed by other means. @default - the server runs in a network of its own */
  readonly withoutNetworkIsolation?: true;
}

/** @throws OperationError `drill-not-isolated`. */
export async function isolationOf({ withoutNetworkIsolation }: DrillServerOptions): Promise<Isolation> {
  return withoutNetworkIsolation === true ? [] : findIsolation();
}

/**
 * Finds the program that restores a snapshot of a product.
 *
 * @param named What `--server` names. @default - `bao` or `vault`
 * @throws OperationError `drill-server-missing`.
 */
export function findServer(product: Product, named: string | undefined, { PATH }: NodeJS.ProcessEnv): string {
  const name = named ?? PROGRAMS[product];
  const found = name.includes("/") ? findProgram(basename(name), dirname(name)) : findProgram(name, PATH);
  if (found !== undefined) return found;
  throw new OperationError(
    "drill-server-missing",
    named === undefined
      ? `The snapshot is restored by ${name}, which is not on PATH; install the version of ${product} that the instance runs, or name its program with --server.`
      : `There is no program ${name}; name that of a Vault or OpenBao server with --server.`,
  );
}

/** Checks that there is a program for at least one of the products. @throws OperationError `drill-server-missing`. */
export function requireServer(named: string | undefined, { PATH }: NodeJS.ProcessEnv): void {
  if (named !== undefined) findServer("openbao", named, { PATH });
  else if (Object.values(PROGRAMS).every((name) => findProgram(name, PATH) === undefined)) {
    throw new OperationError(
      "drill-server-missing",
      `Drills need the program of a server, and neither ${Object.values(PROGRAMS).join(" nor ")} is on PATH; install the version that the instances run, or name its program with --server.`,
    );
  }
}
