import { Readable, Writable } from "node:stream";
import type { CommandLineHost } from "../../src/cli/execute";

/** Surroundings of a command line, with what was written so far. */
export interface CollectingHost extends CommandLineHost {
  readonly out: string;
  readonly err: string;
}

/** Surroundings of a command line in this process. @param input What a pipe would give it. */
export function commandLineHost(environment: NodeJS.ProcessEnv = {}, input = ""): CollectingHost {
  const collected = { out: "", err: "" };
  const collect = (name: keyof typeof collected): Writable =>
    new Writable({
      decodeStrings: false,
      write(chunk, _encoding, written) {
        collected[name] += String(chunk);
        written();
      },
    });
  const stdin = Readable.from([Buffer.from(input)]);
  return {
    environment,
    stdin: () => stdin,
    stdout: collect("out"),
    stderr: collect("err"),
    signal: new AbortController().signal,
    holds: new Set(),
    get out() {
      return collected.out;
    },
    get err() {
      return collected.err;
    },
  };
}
