import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { systemClock } from "../../../../src/core/clock";
import { ThrowAwayServer } from "../../../../src/operations/drill/throw-away-server";

const MEMORY = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

let folder: string;
let program: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tenant-vault-program-"));
  program = join(folder, "bao");
  // Answers at the socket of its configuration, and tells its process.
  const script = `#!${process.execPath}
const { readFileSync } = require("node:fs");
const [, socket] = /address = "(.*socket)"/.exec(readFileSync(process.argv.at(-1), "utf8"));
const recovers = process.argv.includes("-recovery");
require("node:fs").rmSync(socket, { force: true });
require("node:http").createServer(({ url }, response) => {
  // Only a server in recovery mode has this endpoint, and it has no others.
  if (url.includes("recovery") !== recovers) response.statusCode = 404;
  response.end(JSON.stringify({ pid: process.pid, ppid: process.ppid, isolated: process.env.ISOLATED }));
}).listen(socket);
`;
  writeFileSync(program, script, { mode: 0o755 });
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => rmSync(folder, { recursive: true }));

function drills(): string[] {
  return readdirSync(MEMORY).filter((name) => name.startsWith("tenant-vault-drill-"));
}

test("a server is isolated, reached by its socket, and ends with its data", async () => {
  const before = drills();
  const command = { program, isolation: ["env", "ISOLATED=yes"] };
  const server = await ThrowAwayServer.start(command, systemClock, new AbortController().signal);
  const { pid, isolated } = (await server.client.send("GET", "sys/health")).body as { pid: number; isolated: string };
  expect(isolated).toBe("yes");
  expect(drills()).toHaveLength(before.length + 1);
  await server.destroy();
  expect(drills()).toEqual(before);
  expect(() => process.kill(pid, 0)).toThrow("ESRCH");
});

test("a server in another mode takes the place of the one before, in the same isolation", async () => {
  const command = { program, isolation: ["env", "ISOLATED=yes"] };
  const server = await ThrowAwayServer.start(command, systemClock, new AbortController().signal);
  const pidAt = async (path: string) => {
    const { pid, isolated } = (await server.client.send("GET", path)).body as { pid: number; isolated: string };
    expect(isolated).toBe("yes");
    return pid;
  };
  const first = await pidAt("sys/health");
  await server.run("recovery");
  const second = await pidAt("sys/generate-recovery-token/attempt");
  await server.run("normal");
  const third = await pidAt("sys/health");
  expect(new Set([first, second, third]).size).toBe(3);
  for (const ended of [first, second]) expect(() => process.kill(ended, 0)).toThrow("ESRCH");
  await server.destroy();
  expect(() => process.kill(third, 0)).toThrow("ESRCH");
});

test("a program that does not start, and an interruption, leave nothing", async () => {
  const before = drills();
  const interrupted = AbortSignal.timeout(300);
  await expect(
    ThrowAwayServer.start({ program: join(folder, "missing"), isolation: [] }, systemClock, interrupted),
  ).rejects.toMatchObject({
    code: "drill-failed",
  });
  expect(drills()).toEqual(before);
});

test("a machine that starts no process is named, and has nothing left", async () => {
  const before = drills();
  vi.stubEnv("PATH", "/nowhere");
  await expect(
    ThrowAwayServer.start({ program, isolation: [] }, systemClock, new AbortController().signal),
  ).rejects.toThrow(/^The drill cannot begin, because the throw-away server cannot be started \(ENOENT\); .*\.$/);
  expect(drills()).toEqual(before);
});

test("a supervisor whose drill was killed before the start leaves nothing", async () => {
  const before = drills();
  const script = `import { ThrowAwayServer } from ${JSON.stringify(resolve("src/operations/drill/throw-away-server"))};
import { systemClock } from ${JSON.stringify(resolve("src/core/clock"))};
import fs from "node:fs/promises";
fs.writeFile = () => process.kill(process.pid, "SIGKILL");
void ThrowAwayServer.start({ program: "bao", isolation: [] }, systemClock, new AbortController().signal);
`;
  const file = join(folder, "killed.ts");
  writeFileSync(file, script);
  const killed = spawnSync(process.execPath, ["--import", "tsx", file], { encoding: "utf8" });
  expect([killed.signal, killed.stderr]).toEqual(["SIGKILL", ""]);
  await vi.waitFor(() => expect(drills()).toEqual(before));
});

test("a server whose supervisor was killed is not waited for", async () => {
  const before = drills();
  const server = await ThrowAwayServer.start({ program, isolation: [] }, systemClock, new AbortController().signal);
  const { pid, ppid } = (await server.client.send("GET", "sys/health")).body as { pid: number; ppid: number };
  process.kill(ppid, "SIGKILL");
  await vi.waitFor(() => expect(() => process.kill(ppid, 0)).toThrow("ESRCH"));
  await server.destroy();
  process.kill(pid, "SIGKILL");
  expect(drills()).toEqual(before);
});
