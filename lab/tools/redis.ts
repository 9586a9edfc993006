import { join } from "node:path";
import { cachedFolder } from "./cache";
import { librariesIn, unpackDebianPackages } from "./debian";
import { findProgram } from "./path";

/** The programs of a Redis server and client. */
export interface RedisPrograms {
  readonly server: string;
  readonly client: string;
  /** Folders with the libraries of the unpacked programs. */
  readonly libraries: readonly string[];
}

const REMEDY = "Redis is missing; install its server and client (redis-server and redis-cli).";

/** Finds the installed programs, else unpacks Debian's packages without installing them. */
export async function obtainRedis(): Promise<RedisPrograms> {
  const [server, client] = ["redis-server", "redis-cli"].map((name) => findProgram(name, ["/usr/local/bin"]));
  if (server !== undefined && client !== undefined) return { server, client, libraries: [] };
  const root = await cachedFolder("redis", (folder) =>
    unpackDebianPackages(folder, { packages: ["redis-server", "redis-tools"], remedy: REMEDY }),
  );
  const programs = join(root, "usr", "bin");
  return {
    server: join(programs, "redis-server"),
    client: join(programs, "redis-cli"),
    libraries: librariesIn(root),
  };
}
