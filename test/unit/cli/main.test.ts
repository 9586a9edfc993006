import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { run, tryRun } from "../../../lab/run";
import { all } from "../../support/all";

const PROJECT = resolve(__dirname, "..", "..", "..");
const COMMAND = join(PROJECT, "lib", "cli", "main.js");
const { version } = JSON.parse(readFileSync(join(PROJECT, "package.json"), "utf8")) as { version: string };

describe("the compiled command", () => {
  test("tells its version and its help on standard output", async () => {
    expect(await run(process.execPath, [COMMAND, "--version"])).toEqual({
      code: 0,
      stdout: `${version}\n`,
      stderr: "",
    });
    const help = await run(process.execPath, [COMMAND, "unseal", "--help"]);
    expect(help.stdout).toContain("Usage: tenant-vault unseal [options] [tenant/instance]");
  });

  test("H15: loads for these nothing of what a command needs", async () => {
    const script = `process.argv.splice(1, 1, "x", "--version"); require(${JSON.stringify(COMMAND)});
      process.on("exit", () => console.error(Object.keys(require.cache).join()));`;
    const { stderr } = await run(process.execPath, ["-e", script, "x"]);
    expect(stderr.trim()).toBe(COMMAND);
  });

  test("H15: a command loads no YAML before it needs any", async () => {
    const script = `process.argv.splice(1, 1, "status"); require(${JSON.stringify(COMMAND)});
      process.on("exit", () => console.log(JSON.stringify(Object.keys(require.cache))));`;
    const environment = { VAULT_ADDR: "https://127.0.0.1:1", VAULT_TOKEN: "none" };
    const { code, stdout } = await tryRun(process.execPath, ["-e", script, "x"], {
      env: { ...process.env, ...environment },
    });
    expect(code).toBe(1);
    const files = all(JSON.parse(stdout) as string[]);
    expect(files.filter((file) => file.includes("/node_modules/yaml/"))).toEqual([]);
  });

  test("fails with a code on standard error, and with JSON on standard output if that is wanted", async () => {
    const failed = await tryRun(process.execPath, [COMMAND, "unseal", "nobody"]);
    expect(failed).toMatchObject({ code: 1, stdout: "" });
    expect(failed.stderr).toMatch(/^tenant-vault: \[usage\] "nobody" does not name an instance; [^\n]+\n$/);
    const json = await tryRun(process.execPath, [COMMAND, "unseal", "nobody", "--json"]);
    expect(JSON.parse(json.stdout)).toMatchObject({ error: { code: "usage", retryable: false } });
    expect(JSON.parse(json.stderr)).toMatchObject({ level: "error", code: "usage" });
    const misspelt = await tryRun(process.execPath, [COMMAND, "unsea", "--json"]);
    expect(JSON.parse(misspelt.stdout)).toMatchObject({ error: { code: "usage" } });
    const incomplete = await tryRun(process.execPath, [COMMAND, "snapshot", "save"]);
    expect(incomplete.stderr).toBe("tenant-vault: [usage] missing required argument 'tenant/instance'\n");
  });
});
