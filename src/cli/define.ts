import { InvalidArgumentError, type Command } from "commander";
import type { CommandHost, CommandResult } from "./command";

/** Options of every command. */
export interface CommonOptions {
  readonly json?: true;
}

/** Runs a command and prints its result. */
export type Execute = (options: CommonOptions, command: (host: CommandHost) => Promise<CommandResult>) => Promise<void>;

/** Seconds. */
export const DEFAULT_TIMEOUT = 600;
/** Seconds. In an incident, a person waits for the result. */
export const SHORT_TIMEOUT = 120;

/** Default number of instances that a command for several works on at a time. */
const INSTANCES_AT_ONCE = 8;

/** Option of commands that take the lock of an instance. */
export const BREAK_GLASS = ["--break-glass <reason>", "take the lock from another operation, and say why"] as const;

/** Adds the options by which a command works on several instances. */
export function severalInstances(command: Command): Command {
  return command
    .option("--tenant <tenant>", "every instance of this tenant")
    .option("--all", "every instance that the central Vault has a record of")
    .option(
      "--parallel <number>",
      "with --tenant or --all: how many instances at a time",
      parseCount,
      INSTANCES_AT_ONCE,
    );
}

/** Adds a command to a program or to a group of commands. */
export function define(group: Command, name: string, description: string): Command {
  return group.command(name).description(description).option("--json", "print JSON; progress is JSON lines");
}

/** A whole number from 1. @throws InvalidArgumentError */
export function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError("Give a whole number from 1.");
  return count;
}

/** Days from 0. @throws InvalidArgumentError */
export function parseDays(text: string): number {
  const days = Number(text);
  if (!Number.isFinite(days) || days < 0) throw new InvalidArgumentError("Give a number of days from 0.");
  return days;
}

/** Days above 0. @throws InvalidArgumentError */
export function parseAge(text: string): number {
  const days = Number(text);
  if (!Number.isFinite(days) || days <= 0) throw new InvalidArgumentError("Give a number of days above 0.");
  return days;
}

/** A date, or a time, of RFC 3339. @returns Milliseconds since the epoch. @throws InvalidArgumentError */
export function parseDate(text: string): number {
  const time = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2}))?$/.test(text)
    ? Date.parse(text)
    : NaN;
  if (Number.isNaN(time))
    throw new InvalidArgumentError(
      'Give a date in UTC, such as "2026-11-27", or a time such as "2026-11-27T18:30:00Z".',
    );
  return time;
}

/** Seconds above 0. @throws InvalidArgumentError */
export function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (!Number.isFinite(seconds) || seconds <= 0) throw new InvalidArgumentError("Give a number of seconds above 0.");
  return seconds;
}
