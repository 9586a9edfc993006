import type { Writable } from "node:stream";
import { generateRootToken, type GenerationReport } from "../operations/root-token/generate-root-token";
import { revokeRootToken } from "../operations/root-token/revoke-root-token";
import { OperationError } from "../core/errors";
import type { Secret } from "../core/secret";
import type { CommandHost, CommandResult } from "./command";
import { withInstance, type InstanceOptions } from "./instance";

/** Options of `root-token generate`. */
export interface GenerateOptions extends InstanceOptions {
  /** Whether the record gets the token. @default - it does not */
  readonly keep?: true;
  /** Whether standard output gets the token. @default - it does not */
  readonly print?: true;
  readonly json?: true;
}

/** `tenant-vault root-token generate`: makes a root token with the keys of the record. */
export async function generate(host: CommandHost, target: string, options: GenerateOptions): Promise<CommandResult> {
  if (options.keep === undefined && options.print === undefined) {
    throw new OperationError(
      "usage",
      "Nobody would get the root token; write --keep to put it into the record, or --print to have it on standard output.",
    );
  }
  return withInstance(host, target, options, async (context) => {
    const { print, json } = options;
    // Printed before the run ends, because a token that nobody gets is revoked then.
    const deliver = (token: Secret): Promise<void> =>
      write(host.stdout, json ? printed(target, token) : `${token.reveal()}\n`);
    const report = await generateRootToken(context, print ? deliver : undefined);
    if (print) return { text: "", json: undefined };
    return { text: `${target}: ${kept(report)}\n`, json: { instance: target, ...report } };
  });
}

function printed(instance: string, token: Secret): string {
  return `${JSON.stringify({ instance, rootToken: token.reveal() }, undefined, 2)}\n`;
}

function kept({ made, accessor }: GenerationReport): string {
  const token = made ? "its record has a new root token" : "the root token of its record works";
  return `${token} (accessor ${accessor}), which does not expire`;
}

/** `tenant-vault root-token revoke`: ends the root token of the record. */
export function revoke(host: CommandHost, target: string, options: InstanceOptions): Promise<CommandResult> {
  return withInstance(host, target, options, async (context) => {
    const report = await revokeRootToken(context);
    const text = report.removed ? "the root token is revoked, and its record has none" : "its record has no root token";
    return { text: `${target}: ${text}\n`, json: { instance: target, ...report } };
  });
}

/** Resolves once the text is written. A pipe that nobody reads rejects. */
function write(stdout: Writable, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stdout.write(text, (error) => {
      if (error) reject(unread());
      else resolve();
    });
  });
}

function unread(): OperationError {
  return new OperationError(
    "interrupted",
    "Nobody reads standard output, so the root token is revoked; run this again.",
  );
}
