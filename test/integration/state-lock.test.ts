import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PgBackend } from "cdktf";
import { afterAll, beforeAll, expect, test } from "vitest";
import { LabAuthority } from "../../lab/certificates";
import type { PostgresqlServer } from "../../lab/servers/postgresql-server";
import { LayerStack, type BackendFactory } from "../../src";
import { CommandResource } from "../../src/terraform/terraform-data";
import { startPostgresql } from "./support/postgresql";
import { TerraformProject } from "./support/terraform-project";

const PASSWORD = randomBytes(12).toString("hex");

let folder = "";
let server: PostgresqlServer;
let project: TerraformProject;
let connStr = "";
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "tenant-vault-state-"));
  const started = await startPostgresql(folder, await LabAuthority.create(), PASSWORD);
  server = started.server;
  connStr = `postgres://127.0.0.1:${started.port}/postgres?sslmode=require`;
  project = new TerraformProject({ PGUSER: "postgres", PGPASSWORD: PASSWORD });
});
afterAll(async () => {
  await server.stop();
  project.remove();
  rmSync(folder, { recursive: true, force: true });
});

test("C8: of two deployers at once one waits for nothing and applies, the other is told that the state is locked", async () => {
  // As docs/operating/remote-state.md shows it.
  const backend: BackendFactory = (scope) => new PgBackend(scope, { connStr, schemaName: scope.node.id });
  const stack = new LayerStack(project.app, "customer10-config", backend);
  const run = { command: "sleep 3", environment: {} };
  new CommandResource(stack, "Slow", { run, triggers: { revision: "1" } });
  project.synthesize();
  await project.initialize(stack);

  const outcomes = await Promise.allSettled([project.apply(stack), project.apply(stack)]);

  const refused = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [String(outcome.reason)] : []));
  expect(refused).toEqual([expect.stringContaining("Error acquiring the state lock")]);
  expect(await project.isUnchanged(stack)).toBe(true);
});
