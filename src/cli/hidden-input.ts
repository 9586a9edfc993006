import { OperationError } from "../core/errors";
import { Secret } from "../core/secret";
import type { CommandHost, Input } from "./command";

/** Longest input in bytes. */
const LONGEST = 4096;
/** Control characters of a terminal. */
const INTERRUPT = 0x03;
const [LINE_FEED, RETURN] = [0x0a, 0x0d] as const;
const END = [0x04, LINE_FEED, RETURN];
const ERASE = [0x08, 0x7f];
const ERASE_LINE = 0x15;
const FIRST_PRINTABLE = 0x20;

/**
 * Reads one line from a terminal without echo, or everything from a pipe or a file. What was read is kept nowhere else.
 *
 * @param prompt Shown on a terminal.
 * @throws OperationError `interrupted`, or `usage` if the input is too long.
 */
export async function readHidden(
  prompt: string,
  { stdin, stderr: output, signal }: Pick<CommandHost, "stdin" | "stderr" | "signal">,
): Promise<Secret> {
  const input = stdin();
  const terminal = input.isTTY === true;
  return withoutEcho(input, async () => {
    if (terminal) output.write(prompt);
    try {
      return await read(input, signal, terminal ? controlOf : () => "more");
    } finally {
      if (terminal) output.write("\n");
      // Otherwise it keeps the program running.
      input.pause();
    }
  });
}

/** Several questions: a terminal also shows nothing of what is pasted for the next one. */
export async function withoutEcho<Result>(input: Input, ask: () => Promise<Result>): Promise<Result> {
  if (input.isTTY !== true || input.isRaw === true) return ask();
  input.setRawMode?.(true);
  try {
    return await ask();
  } finally {
    input.setRawMode?.(false);
  }
}

type Control = "more" | "skip" | "end" | "erase" | "erase line" | "interrupt";

/** Meaning of a byte that was typed. */
function controlOf(byte: number): Control {
  if (byte === INTERRUPT) return "interrupt";
  if (END.includes(byte)) return "end";
  if (ERASE.includes(byte)) return "erase";
  if (byte === ERASE_LINE) return "erase line";
  return byte < FIRST_PRINTABLE ? "skip" : "more";
}

async function read(input: Input, signal: AbortSignal, meaning: (byte: number) => Control): Promise<Secret> {
  const typed = Buffer.alloc(LONGEST);
  let length = 0;
  try {
    for await (const chunk of untilAborted(input, signal)) {
      for (const [index, byte] of chunk.entries()) {
        const control = meaning(byte);
        if (control === "interrupt") throw interrupted();
        if (control === "end") {
          giveBack(input, chunk.subarray(byte === RETURN && chunk[index + 1] === LINE_FEED ? index + 2 : index + 1));
          return new Secret(typed.toString("utf8", 0, length));
        }
        if (control === "erase") length = Math.max(0, length - 1);
        if (control === "erase line") length = 0;
        if (control !== "more") continue;
        if (length === LONGEST) throw new OperationError("usage", "The input is too long for a key; give one key.");
        typed[length++] = byte;
      }
      chunk.fill(0);
    }
    return new Secret(typed.toString("utf8", 0, length));
  } finally {
    typed.fill(0);
  }
}

/** Answers to the next questions, which were pasted together. */
function giveBack(input: Input, rest: Buffer): void {
  if (rest.length > 0) input.unshift(rest);
}

async function* untilAborted(input: Input, signal: AbortSignal): AsyncGenerator<Buffer> {
  const end = (): void => void input.destroy(interrupted());
  if (signal.aborted) throw interrupted();
  signal.addEventListener("abort", end);
  try {
    // A terminal that is destroyed stays without echo.
    for await (const chunk of input.iterator({ destroyOnReturn: false }))
      yield Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
  } finally {
    signal.removeEventListener("abort", end);
  }
}

function interrupted(): OperationError {
  return new OperationError("interrupted", "The input was interrupted, so nothing was sent; run this again.");
}
