import { spawn } from "node:child_process";

/** What a person answers to a prompt. */
export interface Answer {
  readonly to: string;
  readonly type: string;
}

/**
 * Runs a command in a terminal that echoes, as a person's does, and types an answer once its prompt is there.
 *
 * @returns Everything that the terminal showed.
 */
export async function runInTerminal(
  command: readonly string[],
  env: Record<string, string>,
  answers: readonly Answer[],
): Promise<{ readonly code: number; readonly shown: string }> {
  const line = command.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(" ");
  const child = spawn("script", ["--quiet", "--return", "--command", line, "/dev/null"], { env });
  const left = [...answers];
  let shown = "";
  let seen = 0;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    shown += text;
    for (let [next] = left; next !== undefined && shown.includes(next.to, seen); [next] = left) {
      seen = shown.indexOf(next.to, seen) + next.to.length;
      child.stdin.write(next.type);
      left.shift();
    }
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? -1, shown }));
  });
}
