import { PassThrough } from "node:stream";
import { beforeEach, describe, expect, test } from "vitest";
import type { Input } from "../../../src/cli/command";
import { readHidden, withoutEcho } from "../../../src/cli/hidden-input";

let output: PassThrough;
beforeEach(() => {
  output = new PassThrough();
});

/** A terminal, and whether it echoes. */
class Terminal extends PassThrough {
  readonly isTTY = true;
  readonly modes: boolean[] = [];

  isRaw = false;

  setRawMode(raw: boolean): this {
    this.isRaw = raw;
    this.modes.push(raw);
    return this;
  }
}

function shown(): string {
  return String(output.read() ?? "");
}

const hostOf = (stdin: Input, signal = new AbortController().signal) => ({
  stdin: () => stdin,
  stderr: output,
  signal,
});

describe("a terminal", () => {
  test.each([
    ["a line", "secret\r", "secret"],
    ["corrections", "sez\x7fcret\r", "secret"],
    ["a line that is begun again", "wrong\x15secret\n", "secret"],
    ["control characters", "\x1bsec\tret\x04", "secret"],
  ])("gives %s, and shows nothing of it", async (_, typed, text) => {
    const terminal = new Terminal();
    const read = readHidden("Key: ", hostOf(terminal));
    for (const character of typed) terminal.write(character);
    expect((await read).reveal()).toBe(text);
    expect(shown()).toBe("Key: \n");
    expect(terminal.modes).toEqual([true, false]);
    expect(terminal.destroyed).toBe(false);
  });

  test.each([["\r"], ["\r\n"], ["\n"]])(
    "gives answers that were pasted together, and echoes nothing between them",
    async (end) => {
      const terminal = new Terminal();
      const ask = async () => (await readHidden("Key: ", hostOf(terminal))).reveal();
      terminal.write(["one", "two", "", "three", ""].join(end));
      expect(await withoutEcho(terminal, async () => [await ask(), await ask(), await ask(), await ask()])).toEqual([
        "one",
        "two",
        "",
        "three",
      ]);
      expect(terminal.modes).toEqual([true, false]);
    },
  );

  test("that is interrupted echoes again, and nothing is read", async () => {
    const terminal = new Terminal();
    const read = readHidden("Key: ", hostOf(terminal));
    terminal.write("sec\x03");
    await expect(read).rejects.toMatchObject({ code: "interrupted" });
    expect(terminal.modes).toEqual([true, false]);
  });

  test("stops waiting if the command is ended", async () => {
    const terminal = new Terminal();
    const end = new AbortController();
    const read = readHidden("Key: ", hostOf(terminal, end.signal));
    end.abort();
    await expect(read).rejects.toMatchObject({ code: "interrupted" });
    expect(terminal.modes).toEqual([true, false]);
    await expect(readHidden("", hostOf(new Terminal(), end.signal))).rejects.toMatchObject({ code: "interrupted" });
  });
});

test("a pipe is read to its end, without a prompt", async () => {
  const pipe = new PassThrough();
  pipe.write("sec");
  pipe.end("ret\n");
  expect((await readHidden("Key: ", hostOf(pipe))).reveal()).toBe("secret\n");
  expect(shown()).toBe("");
});

test("more than a key is refused", async () => {
  const pipe = new PassThrough();
  pipe.end(Buffer.alloc(5000, "a"));
  await expect(readHidden("", hostOf(pipe))).rejects.toMatchObject({ code: "usage" });
});
