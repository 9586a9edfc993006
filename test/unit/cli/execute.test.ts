import { CommanderError } from "commander";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { execute, printFailure } from "../../../src/cli/execute";
import { OperationError } from "../../../src/core/errors";

const interruption = { signal: new AbortController().signal, holds: new Set<string>() };
let out: string;
let err: string;
beforeEach(() => {
  out = err = "";
  vi.spyOn(process.stdout, "write").mockImplementation((text) => Boolean((out += String(text))));
  vi.spyOn(process.stderr, "write").mockImplementation((text) => Boolean((err += String(text))));
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

describe("a command", () => {
  test("prints its result on standard output, and what happens on standard error", async () => {
    await execute(
      ({ log }) => {
        log.info("replica unsealed", { replica: "main-0" });
        return Promise.resolve({ text: "done\n", json: {}, exitCode: 2 });
      },
      interruption,
      false,
    );
    expect([out, err, process.exitCode]).toEqual(["done\n", "replica unsealed replica=main-0\n", 2]);
  });

  test("prints JSON instead if that is wanted: one document, and lines of events", async () => {
    await execute(
      ({ log }) => {
        log.info("replica unsealed", { replica: "main-0" });
        return Promise.resolve({ text: "done\n", json: { healthy: true } });
      },
      interruption,
      true,
    );
    expect(JSON.parse(out)).toEqual({ healthy: true });
    expect(JSON.parse(err)).toMatchObject({ level: "info", message: "replica unsealed", replica: "main-0" });
    expect(process.exitCode).toBe(0);
  });

  test("that fails prints its code and one sentence, and its code is part of the JSON", async () => {
    const failing = () => Promise.reject(new OperationError("central-sealed", "It is sealed.", { retryable: true }));
    await execute(failing, interruption, true);
    expect(JSON.parse(err)).toMatchObject({ level: "error", code: "central-sealed", message: "It is sealed." });
    expect(JSON.parse(out)).toEqual({ error: { code: "central-sealed", message: "It is sealed.", retryable: true } });
    expect(process.exitCode).toBe(1);
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
  printFailure(error, false);
  expect([out, err]).toEqual(["", line]);
});
