import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { stateOf, thisProcess } from "../../../src/central/journal-owner";

describe("the process that wrote a journal", () => {
  test("is known to be this one", () => {
    expect(stateOf(thisProcess())).toBe("self");
  });

  test("is known to run while it does, and to be over then", async () => {
    const script = `process.stdout.write(JSON.stringify(require("node:process").pid)); setInterval(() => 0, 1000)`;
    const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "ignore"] });
    await once(child.stdout, "data");
    const { host, boot } = thisProcess();
    const started = await startOf(child.pid ?? 0);
    const owner = { host, boot, pid: child.pid ?? 0, started };
    expect(stateOf(owner)).toBe("running");
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(stateOf(owner)).toBe("over");
  });

  test("H6: is over if another process has its number now: every container has a process 1", () => {
    expect(stateOf({ ...thisProcess(), started: "1" })).toBe("over");
  });

  test("H6: is over if the machine was restarted since", () => {
    expect(stateOf({ ...thisProcess(), boot: "of yesterday" })).toBe("over");
  });

  test("of another host is not known", () => {
    expect(stateOf({ ...thisProcess(), host: "elsewhere" })).toBe("elsewhere");
  });
});

/** When a process started, as that process itself tells it. */
async function startOf(pid: number): Promise<string | undefined> {
  const { readFile } = await import("node:fs/promises");
  const status = await readFile(`/proc/${pid}/stat`, "utf8");
  return status.slice(status.lastIndexOf(")") + 2).split(" ")[19];
}
