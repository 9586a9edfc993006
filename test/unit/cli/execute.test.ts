import { CommanderError } from "commander";
import { beforeEach, describe, expect, test } from "vitest";
import { execute, printFailure } from "../../../src/cli/execute";
import { OperationError } from "../../../src/core/errors";
import { commandLineHost, type CollectingHost } from "../../support/command-line-host";

let host: CollectingHost;
beforeEach(() => {
  host = commandLineHost();
});

describe("a command", () => {
  test("prints its result on standard output, and what happens on standard error", async () => {
    const code = await execute(
      ({ log }) => {
        log.info("replica unsealed", { replica: "main-0" });
        return Promise.resolve({ text: "done\n", json: {}, exitCode: 2 });
      },
      host,
      false,
    );
    expect([host.out, host.err, code]).toEqual(["done\n", "replica unsealed replica=main-0\n", 2]);
  });

  test("prints JSON instead if that is wanted: one document, and lines of events", async () => {
    const code = await execute(
      ({ log }) => {
        log.info("replica unsealed", { replica: "main-0" });
        return Promise.resolve({ text: "done\n", json: { healthy: true } });
      },
      host,
      true,
    );
    expect(JSON.parse(host.out)).toEqual({ healthy: true });
    expect(JSON.parse(host.err)).toMatchObject({ level: "info", message: "replica unsealed", replica: "main-0" });
    expect(code).toBe(0);
  });

  test("that fails prints its code and one sentence, and its code is part of the JSON", async () => {
    const failing = () => Promise.reject(new OperationError("central-sealed", "It is sealed.", { retryable: true }));
    expect(await execute(failing, host, true)).toBe(1);
    expect(JSON.parse(host.err)).toMatchObject({ level: "error", code: "central-sealed", message: "It is sealed." });
    expect(JSON.parse(host.out)).toEqual({
      error: { code: "central-sealed", message: "It is sealed.", retryable: true },
    });
  });
});

test.each<[string, unknown, string]>([
  ["a defect", new TypeError("x is not a function"), "tenant-vault: [internal] x is not a function\n"],
  ["something that is no error", "text", "tenant-vault: [internal] text\n"],
  [
    "a wrong command line",
    new CommanderError(1, "commander.unknownCommand", "error: unknown command 'unsea'\n(Did you mean unseal?)"),
    "tenant-vault: [usage] unknown command 'unsea' (Did you mean unseal?)\n",
  ],
  [
    "no command",
    new CommanderError(1, "commander.help", "(outputHelp)"),
    "tenant-vault: [usage] no command given; use one of the commands above.\n",
  ],
])("%s has a code as well, and one line", (_, error, line) => {
  expect(printFailure(error, host, false)).toBe(1);
  expect([host.out, host.err]).toEqual(["", line]);
});
