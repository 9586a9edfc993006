import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tryRun, type RunResult } from "../../lab/run";
import type { InstanceStatus } from "../../src/operations/status/inspect";
import { StubFleet } from "../support/stub-fleet";
import { COMMAND } from "./support/test-bed";

const RECORDS = 100;
const REPLICAS = 3;
/** Node.js has 20 open files before it does anything, so it starts with little more. */
const OPEN_FILES = 64;

let fleet: StubFleet;
const folder = mkdtempSync(join(tmpdir(), "tenant-vault-test-"));
const caFile = join(folder, "ca.pem");
beforeAll(async () => {
  fleet = await StubFleet.start(RECORDS, REPLICAS);
  writeFileSync(caFile, fleet.authority.certificate);
});
afterAll(() => {
  fleet.stop();
  rmSync(folder, { recursive: true });
});

/** Runs the command as a shell does that may open few files. */
async function status(openFiles: number): Promise<RunResult> {
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: folder,
    VAULT_ADDR: fleet.central,
    VAULT_CACERT: caFile,
    VAULT_TOKEN: "t",
  };
  const limited = 'ulimit -n "$1" && exec "$2" "$3" status --json';
  return tryRun("sh", ["-c", limited, "sh", String(openFiles), process.execPath, COMMAND], { env });
}

test("H10: status of 100 healthy instances shows each as healthy, whatever few files it may open", async () => {
  const { code, stdout, stderr } = await status(OPEN_FILES);
  expect(code, stderr).toBe(0);
  const statuses = JSON.parse(stdout) as InstanceStatus[];
  expect(statuses).toHaveLength(RECORDS);
  expect(statuses.filter(({ healthy, replicas }) => !healthy || replicas.length !== REPLICAS)).toEqual([]);
});

test("H10: with fewer than one instance needs, it fails and blames this machine alone", async () => {
  const { code, stdout, stderr } = await status(24);
  expect(code).toBe(1);
  expect(stdout + stderr).not.toContain('"healthy": false');
  expect(stderr).toMatch(/raise its limit of open files/);
});
