// Keeps one snapshot of the server at an address, and prints the memory and the time that it took.
import { performance } from "node:perf_hooks";
import { Secret } from "../../src/core/secret";
import { verifiedArchive } from "../../src/operations/snapshot/archive";
import { encryptorFor } from "../../src/operations/snapshot/encryption";
import { openTarget } from "../../src/operations/snapshot/open-target";
import { VaultClient } from "../../src/vault/client";
import { SnapshotApi } from "../../src/vault/snapshot";

async function main([address = "", url = "", recipient = ""]: readonly string[]): Promise<void> {
  const client = new VaultClient({ address });
  const target = await openTarget(url, process.env);
  const encrypt = await encryptorFor([recipient]);
  const before = process.resourceUsage().maxRSS;
  const begun = performance.now();
  const archive = verifiedArchive(await SnapshotApi.as(client, new Secret("t")).take(), () => undefined);
  await target.write("large.age", await encrypt(archive));
  const seconds = (performance.now() - begun) / 1000;
  const [file] = await target.list();
  const memory = (process.resourceUsage().maxRSS - before) / 1024;
  console.log(JSON.stringify({ bytes: file?.size, seconds, megabytes: memory }));
  await client.close();
  await target.close();
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
