import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { Size } from "../../src";
import { rotationLoop } from "../../src/constructs/vault-instance/audit-rotation";

/** Writes numbered lines of 1 KiB, and opens its file anew upon SIGHUP, as the servers do. */
const WRITER = `
const fs = require("node:fs");
const [file, count] = [process.argv[1], Number(process.argv[2])];
let fd = fs.openSync(file, "a"), line = 0;
process.on("SIGHUP", () => { fs.closeSync(fd); fd = fs.openSync(file, "a"); });
const timer = setInterval(() => {
  for (let i = 0; i < 100 && line < count; i++) fs.writeSync(fd, String(line++).padEnd(1023, ".") + "\\n");
  if (line === count) process.send("done"), clearInterval(timer), setInterval(() => undefined, 1000);
}, 25);
`;
const KIBIBYTES = 1024;
const LINES = 6 * KIBIBYTES;

const processes: ChildProcess[] = [];
const folder = mkdtempSync(join(tmpdir(), "tenant-vault-audit-"));
afterEach(() => {
  for (const each of processes) each.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

test("the audit log is rotated without losing a line, also where the server was not told at once", async () => {
  const loop = rotationLoop({ product: "openbao", folder, size: Size.gibibytes(1) });
  const file = join(folder, "audit.log");
  const writer = spawn(process.execPath, ["-e", WRITER, file, String(LINES)], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  processes.push(writer);
  const done = new Promise((resolve) => writer.once("message", resolve));

  // Smaller and more often; and nobody is found for the first time, as while a server starts.
  const found = join(folder, "found");
  const script = loop
    .replace("sleep 5", "sleep 0.1")
    .replace(/-ge \d+/, `-ge ${KIBIBYTES}`)
    .replace("pidof bao", `if [ -f ${found} ]; then echo ${writer.pid}; else touch ${found}; fi`);
  const busybox = existsSync("/usr/bin/busybox") ? ["/usr/bin/busybox", "sh"] : ["/bin/sh"];
  const [shell = "", ...first] = busybox;
  const rotation = spawn(shell, [...first, "-ec", script], { stdio: "ignore" });
  processes.push(rotation);
  await done;
  await sleep(500);

  expect(rotation.exitCode).toBeNull();
  const logs = readdirSync(folder).filter((name) => name.startsWith("audit.log"));
  expect(logs.length).toBeGreaterThan(2);
  const lines = logs.flatMap((name) => readFileSync(join(folder, name), "utf8").match(/^\d+/gm) ?? []).map(Number);
  expect(lines.sort((one, other) => one - other)).toEqual(Array.from({ length: LINES }, (_, line) => line));
});
