import { CommanderError } from "commander";
import { describe, expect, test } from "vitest";
import type { CommonOptions } from "../../../src/cli/define";
import { buildProgram, commandName, runnableCommands } from "../../../src/cli/program";
import { all } from "../../support/all";

/** What a command line comes to: the options, or the code of the error. */
async function parse(...args: readonly string[]): Promise<CommonOptions | string> {
  let parsed: CommonOptions = {};
  const program = buildProgram((options) => {
    parsed = options;
    return Promise.resolve();
  });
  for (const command of [program, ...program.commands, ...runnableCommands(program)]) {
    command.exitOverride().configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
  }
  try {
    await program.parseAsync(["node", "tenant-vault", ...args]);
    return parsed;
  } catch (error) {
    if (error instanceof CommanderError) return error.code;
    throw error;
  }
}

describe("the command line", () => {
  test.each(
    all(runnableCommands(buildProgram(() => Promise.resolve()))).map(
      (command) => [commandName(command), command] as const,
    ),
  )("of %s takes --json", async (name, { registeredArguments, options }) => {
    const operands = registeredArguments.map(() => "customer10/main");
    const required = options
      .filter(({ mandatory }) => mandatory)
      .flatMap(({ long, argChoices: [choice = "7"] = [] }) => [long ?? "", choice]);
    expect(await parse(...name.split(" "), ...operands, ...required, "--json")).toMatchObject({ json: true });
  });

  test("has a timeout that fits the command", async () => {
    expect(await parse("unseal", "a/b")).toMatchObject({ timeout: 600 });
    expect(await parse("migrate-seal", "a/b")).toMatchObject({ timeout: 3600 });
    expect(await parse("unseal", "a/b", "--timeout", "5")).toMatchObject({ timeout: 5 });
  });

  test("takes several addresses of the central Vault, repeated or in a row", async () => {
    expect(await parse("central", "status", "--address", "a", "--address", "b")).toMatchObject({ address: ["a", "b"] });
    expect(await parse("central", "snapshot", "save", "--address", "a", "b")).toMatchObject({ address: ["a", "b"] });
  });

  test.each([
    [["unseal"], "commander.missingArgument"],
    [["unseal", "a/b", "--timeout", "0"], "commander.invalidArgument"],
    [["unseal", "a/b", "--timeout", "soon"], "commander.invalidArgument"],
    [["unseal", "a/b", "c/d"], "commander.excessArguments"],
    [["unseal", "a/b", "--all"], "commander.excessArguments"],
    [["unseal", "--all", "--parallel", "0"], "commander.invalidArgument"],
    [["root-token", "make", "a/b", "--keep"], "commander.unknownCommand"],
    [["root-token", "revoke", "a/b", "--keep"], "commander.unknownOption"],
    [["root-token", "generate", "a/b", "--keep", "--print"], "commander.conflictingOption"],
    [["status", "--json", "--prometheus"], "commander.conflictingOption"],
    [["unsea", "a/b"], "commander.unknownCommand"],
    [["snapshot", "prune", "a/b"], "commander.missingMandatoryOptionValue"],
    [["snapshot", "prune", "a/b", "--keep", "0"], "commander.invalidArgument"],
    [["snapshot", "prune", "a/b", "--keep", "1", "--keep-days", "-1"], "commander.invalidArgument"],
    [["snapshot", "sav", "a/b"], "commander.unknownCommand"],
    [["central", "unseal", "a-key"], "commander.excessArguments"],
    [["central", "snapshot", "restore"], "commander.missingMandatoryOptionValue"],
  ])("%j is refused", async (args, code) => {
    expect(await parse(...args)).toBe(code);
  });
});
