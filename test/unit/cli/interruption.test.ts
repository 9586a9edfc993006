import { EventEmitter } from "node:events";
import { beforeEach, expect, test } from "vitest";
import { listenForInterruption, type Interruption } from "../../../src/cli/interruption";

let program: EventEmitter;
let said: string;
let exits: number[];
let interruption: Interruption;
beforeEach(() => {
  said = "";
  exits = [];
  program = Object.assign(new EventEmitter(), {
    stderr: { write: (text: string) => (said += text) },
    exit: (code: number) => exits.push(code),
  });
  interruption = listenForInterruption(program as unknown as NodeJS.Process);
});

test.each(["SIGINT", "SIGTERM", "SIGHUP"])(
  "the first %s asks the command to end, the second ends the program",
  (name) => {
    program.emit(name);
    expect([interruption.signal.aborted, exits]).toEqual([true, []]);
    program.emit(name);
    expect(exits).toEqual([130]);
  },
);

test("H13: another signal says what would be lost, and does not end the program", () => {
  interruption.holds.add("the keys of customer10/main, which nothing but this program holds");
  program.emit("SIGINT");
  expect(said).toBe("");
  program.emit("SIGINT");
  program.emit("SIGTERM");
  expect(exits).toEqual([]);
  expect(said.split("\n")[0]).toBe(
    "tenant-vault: not ending yet, because that would lose the keys of customer10/main, which nothing but this program holds; wait",
  );
  interruption.holds.clear();
  program.emit("SIGINT");
  expect(exits).toEqual([130]);
});
