import { createHash, randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Readable } from "node:stream";
import { createGzip } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "../../lab/ports";
import { run } from "../../lab/run";
import { ObjectStorage } from "../../lab/servers/object-storage";
import { obtainObjectStorage } from "../../lab/tools/object-storage";
import type { Instance } from "../../src/contract/instance";
import { ageKey, type AgeKey } from "../support/age";
import { all } from "../support/all";
import { tarHeader } from "../support/archive";
import { TestBed } from "./support/test-bed";

const MIB = 1024 * 1024;
const BUCKET = "backups";

let bed: TestBed;
let storage: ObjectStorage;
let key: AgeKey;
let instance: Instance;
beforeAll(async () => {
  bed = await TestBed.start();
  key = await ageKey();
  storage = await ObjectStorage.start({
    ...(await obtainObjectStorage()),
    port: await freePort(),
    folder: join(bed.folder, "storage"),
    bucket: BUCKET,
  });
  ({ instance } = await bed.startInstance("saved", 3));
  await bed.unseal(instance);
});
afterAll(async () => {
  await storage.stop();
  await bed.stop();
});

async function save(target: string, name = "saved") {
  const args = ["snapshot", "save", `customer10/${name}`, "--target", target, "--recipient", key.recipient, "--json"];
  return bed.run(args, { ...bed.environment(), ...storage.environment });
}

test.each([
  ["a folder", () => `file:${join(bed.folder, "snapshots")}`],
  ["storage with the API of S3", () => `s3://${BUCKET}/vault`],
])("snapshots are kept in %s, listed and pruned", async (_, url) => {
  const target = url();
  for (let round = 0; round < 3; round++) expect(await save(target)).toMatchObject({ code: 0, failure: "" });
  const environment = { ...bed.environment(), ...storage.environment, TENANT_VAULT_SNAPSHOTS: target };
  const listed = await bed.run(["snapshot", "list", "customer10/saved", "--json"], environment);
  const snapshots = JSON.parse(listed.stdout) as { name: string; complete: boolean; productVersion: string }[];
  const { body } = await bed.central.client.send("GET", "customers/metadata/customer10/saved");
  const { current_version: recordVersion } = body.data as { current_version: number };
  expect(snapshots).toMatchObject(Array.from({ length: 3 }, () => ({ complete: true, recordVersion })));
  const pruned = await bed.run(["snapshot", "prune", "customer10/saved", "--keep", "1"], environment);
  expect([pruned.code, pruned.stdout]).toEqual([0, "customer10/saved: removed 2 snapshots\n"]);
  const left = await bed.run(["snapshot", "list", "customer10/saved"], environment);
  expect(left.stdout).toMatch(new RegExp(`^${snapshots[0]?.name ?? ""}: .* bytes, \\w+ [\\d.]+, keys of version`));
});

test("nothing that is kept in a folder is unencrypted, and no log tells a secret", async () => {
  const folder = join(bed.folder, "secret");
  const { stdout, stderr } = await save(`file:${folder}`);
  const record = await bed.central.readRecord("customer10", "saved");
  for (const file of all(readdirSync(folder))) {
    const bytes = readFileSync(join(folder, file));
    // A gzip file begins so.
    expect(bytes.includes(Buffer.from([0x1f, 0x8b, 0x08, 0x00]))).toBe(false);
    for (const secret of all(Object.values(record))) expect(bytes.includes(secret)).toBe(false);
  }
  for (const secret of all(Object.values(record))) expect(stdout + stderr).not.toContain(secret);
});

test("a snapshot of 208 MiB takes little memory", async () => {
  const block = randomBytes(MIB);
  const server = createServer((_, response) => {
    Readable.from(tarOfSize(block, 208))
      .pipe(createGzip({ level: 0 }))
      .pipe(response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const { stdout } = await run(process.execPath, [
    ...["--import", "tsx", join(__dirname, "..", "bench", "snapshot-once.ts")],
    ...[`http://127.0.0.1:${port}`, `file:${join(bed.folder, "large")}`, key.recipient],
  ]);
  server.close();
  const measured = JSON.parse(stdout) as { bytes: number; megabytes: number };
  console.info("snapshot of 208 MiB:", stdout.trim());
  expect(measured.bytes).toBeGreaterThan(208 * MIB);
  expect(measured.megabytes).toBeLessThan(150);
});

/** The files of a snapshot whose data are a block, repeated. */
function* tarOfSize(block: Buffer, blocks: number): Generator<Buffer> {
  const meta = Buffer.from('{"Index":7}');
  yield Buffer.concat([tarHeader("meta.json", meta.length), meta, Buffer.alloc(512 - meta.length)]);
  yield tarHeader("state.bin", block.length * blocks);
  const hash = createHash("sha256");
  for (let index = 0; index < blocks; index++) {
    hash.update(block);
    yield block;
  }
  const sum = createHash("sha256").update(meta).digest("hex");
  const sums = Buffer.from(`${sum}  meta.json\n${hash.digest("hex")}  state.bin\n`);
  yield Buffer.concat([
    tarHeader("SHA256SUMS", sums.length),
    sums,
    Buffer.alloc(512 - sums.length),
    Buffer.alloc(1024),
  ]);
}
