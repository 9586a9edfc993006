import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../run";
import { cachedFolder } from "./cache";
import { sha256 } from "./checksum";
import { requireProgram } from "./path";

/** A server of Cassandra. */
export interface CassandraProgram {
  readonly java: string;
  /** Folder with its classes, and those that they need. */
  readonly libraries: string;
}

const VERSION = "5.0.9";
/** Of the list of all files with their checksums. */
const SHA256 = "1a9f2968d1b7c3e85249cb365983ec626aff3d07186da41cd211174ffe3a6328";
const COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies";
const REMEDY = "Cassandra is missing; install Java 17 and Maven (java and mvn), which can obtain it.";

/**
 * Obtains Cassandra with Maven, which has no archive of it, but all files.
 *
 * @throws Error if Java or Maven is missing, or the checksum differs.
 */
export async function obtainCassandra(): Promise<CassandraProgram> {
  const java = requireProgram("java", REMEDY);
  return { java, libraries: await cachedFolder(`cassandra-${VERSION}`, install) };
}

async function install(folder: string): Promise<void> {
  const maven = requireProgram("mvn", REMEDY);
  const [project, repository] = [join(folder, "pom.xml"), join(folder, "maven")];
  writeFileSync(project, PROJECT);
  await run(maven, [
    "--batch-mode",
    "--quiet",
    `--file=${project}`,
    // A repository of its own, which does not keep the files a second time.
    `-Dmaven.repo.local=${repository}`,
    COPY,
    "-DincludeScope=runtime",
    `-DoutputDirectory=${folder}`,
  ]);
  for (const path of [project, repository]) rmSync(path, { recursive: true });
  const found = checksumOf(folder);
  if (found !== SHA256)
    throw new Error(
      `Cassandra ${VERSION} has the SHA-256 checksum ${found} instead of ${SHA256}; do not use this registry.`,
    );
}

function checksumOf(folder: string): string {
  const lines = readdirSync(folder)
    .sort()
    .map((name) => `${sha256(readFileSync(join(folder, name)))}  ${name}\n`);
  return sha256(lines.join(""));
}

const PROJECT = `<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>lab</groupId>
  <artifactId>cassandra</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.cassandra</groupId>
      <artifactId>cassandra-all</artifactId>
      <version>${VERSION}</version>
    </dependency>
  </dependencies>
</project>
`;
