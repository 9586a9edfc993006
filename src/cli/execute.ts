import type { CommanderError } from "commander";
import { systemClock } from "../core/clock";
import { OperationError } from "../core/errors";
import { eventJson, eventText, Log } from "../core/log";
import type { CommandHost, CommandResult, Streams } from "./command";

/** Surroundings of a command line. */
export type CommandLineHost = Omit<CommandHost, "clock" | "log">;

/** Runs a command. Its result goes to standard output, and everything else to standard error. @returns The exit code. */
export async function execute(
  command: (host: CommandHost) => Promise<CommandResult>,
  host: CommandLineHost,
  asJson: boolean,
): Promise<number> {
  const log = new Log((event) => {
    host.stderr.write(`${asJson ? eventJson(event, systemClock.date()) : eventText(event)}\n`);
  });
  try {
    const { text, json, exitCode = 0 } = await command({ ...host, clock: systemClock, log });
    const output = json === undefined ? "" : `${JSON.stringify(json, undefined, 2)}\n`;
    host.stdout.write(asJson ? output : text);
    return exitCode;
  } catch (error) {
    return printFailure(error, host, asJson);
  }
}

/** Prints the code and the message of a failure. @returns The exit code. */
export function printFailure(
  error: unknown,
  { stdout, stderr }: Pick<Streams, "stdout" | "stderr">,
  asJson: boolean,
): number {
  const failure = describeFailure(error);
  const { code, message } = failure;
  if (asJson) stdout.write(`${JSON.stringify({ error: failure }, undefined, 2)}\n`);
  const line = asJson
    ? eventJson({ level: "error", message, fields: { code } }, systemClock.date())
    : `tenant-vault: [${code}] ${message}`;
  stderr.write(`${line}\n`);
  return 1;
}

/** By its code: the start of the command has a Commander of its own, which need not be loaded again. */
function isUsageError(error: unknown): error is CommanderError {
  return error instanceof Error && "code" in error && String(error.code).startsWith("commander.");
}

function describeFailure(error: unknown) {
  if (error instanceof OperationError) {
    return { code: error.code, message: error.message, retryable: error.retryable };
  }
  if (isUsageError(error)) {
    // Commander has already printed the help if no command was given. Its messages may have a second line with a suggestion.
    const message =
      error.code === "commander.help"
        ? "no command given; use one of the commands above."
        : error.message.replace(/^error: /, "").replace(/\s+/g, " ");
    return { code: "usage", message, retryable: false };
  }
  return { code: "internal", message: error instanceof Error ? error.message : String(error), retryable: false };
}
