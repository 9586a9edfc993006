import { expect, test } from "vitest";
import type { Execute } from "../../../src/cli/define";
import { buildProgram } from "../../../src/cli/program";
import { read } from "../../support/markdown";

test("K9: the timer's service runs a command that the program has", async () => {
  const [, command = ""] =
    /node_modules\/\.bin\/tenant-vault ([^']+)'/.exec(read("examples/systemd/tenant-vault-unseal@.service")) ?? [];
  const ran: unknown[] = [];
  const execute: Execute = (options) => Promise.resolve(void ran.push(options));
  await buildProgram(execute).parseAsync(command.split(" "), { from: "user" });
  expect(command).toMatch(/^unseal --tenant %i /);
  expect(ran).toEqual([{ tenant: "%i", parallel: 8, timeout: 600 }]);
});

test("the watcher's service runs a command that the program has", async () => {
  const [, command = ""] =
    /node_modules\/\.bin\/tenant-vault ([^']+)'/.exec(read("examples/systemd/tenant-vault-watch.service")) ?? [];
  const ran: unknown[] = [];
  const execute: Execute = (options) => Promise.resolve(void ran.push(options));
  await buildProgram(execute).parseAsync(command.split(" "), { from: "user" });
  expect(ran).toEqual([{ json: true, listen: "127.0.0.1:9764", poll: 1, refresh: 30, parallel: 32 }]);
});

test("the standby's service runs a command that the program has", async () => {
  const [, command = ""] =
    /node_modules\/\.bin\/tenant-vault ([^']+)'/.exec(read("examples/systemd/tenant-vault-standby@.service")) ?? [];
  const ran: unknown[] = [];
  const execute: Execute = (options) => Promise.resolve(void ran.push(options));
  await buildProgram(execute).parseAsync(command.split(" "), { from: "user" });
  expect(command).toMatch(/^snapshot restore %i\/standby /);
  expect(ran).toEqual([{ of: "%i/main", identity: '"$CREDENTIALS_DIRECTORY/age-key"', timeout: 3600 }]);
});

test.each(["unseal", "standby"])("K9: the timer starts the service %s, and starts it again", (name) => {
  const timer = read(`examples/systemd/tenant-vault-${name}@.timer`);
  expect(timer).toMatch(/^OnBootSec=/m);
  expect(timer).toMatch(/^OnUnitInactiveSec=/m);
});
