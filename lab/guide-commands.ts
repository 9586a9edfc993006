import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PROGRAMS } from "../src/core/product";
import type { Guide } from "../src/guide/guide";
import type { Block, Section } from "../src/guide/section";
import { CommandError, tryRun } from "./run";

/** Where commands of a guide run, and with what. */
export interface GuideCommandsProps {
  readonly guide: Guide;
  /** Home folder of the person. */
  readonly folder: string;
  /** The program of the instance's product. */
  readonly program: string;
  /** Programs that stand in for those of the same name. */
  readonly scripts?: Readonly<Record<string, string>>;
  readonly environment: Record<string, string>;
}

/** What a person does with a block. */
interface Entry {
  /** What stands in the place of the words in capitals. @default - the examples */
  readonly words?: Readonly<Record<string, string>>;
  /** What the person types. @default - nothing */
  readonly typed?: string;
  /** Variables of the terminal. @default - none */
  readonly variables?: Readonly<Record<string, string>>;
}

/** Runs the commands of a guide as a person who pastes them into a terminal, one block after the other. */
export class GuideCommands {
  /** Blocks that were run. */
  readonly run = new Set<Block>();
  private readonly setUp: string;
  private readonly environment: Record<string, string>;
  private readonly tokenFile: string;

  constructor(private readonly props: GuideCommandsProps) {
    const { guide, folder, program, scripts = {}, environment } = props;
    const programs = join(folder, "programs");
    for (const each of [programs, join(folder, ".ssh")]) mkdirSync(each, { recursive: true, mode: 0o700 });
    symlinkSync(program, join(programs, PROGRAMS[guide.product]));
    for (const [name, script] of Object.entries(scripts)) writeFileSync(join(programs, name), script, { mode: 0o700 });
    this.environment = { ...environment, HOME: folder, PATH: `${programs}:${process.env.PATH ?? ""}` };
    this.tokenFile = join(folder, "token");
    const [first] = guide.sections;
    this.setUp = (first?.parts ?? [])
      .map((part) => (typeof part === "string" ? "" : this.counted(part).text))
      .join("\n");
  }

  /** Blocks of commands that were not run. */
  get left(): Block[] {
    return this.props.guide.sections
      .flatMap(blocksOf)
      .filter((block) => block.language === "sh" && !this.run.has(block));
  }

  /** Forgets the login, as a new terminal does. */
  logOut(): void {
    rmSync(this.tokenFile, { force: true });
    rmSync(join(this.props.folder, ".vault-token"), { force: true });
  }

  /**
   * Runs a block. The login of an earlier one is there.
   *
   * @returns What the block prints. @throws CommandError if it fails.
   */
  async enter(block: Block, { typed = "", ...entry }: Entry = {}): Promise<string> {
    const { command, env } = this.prepare(block, entry);
    const [program = "", ...args] = command;
    const result = await tryRun(program, args, { env, input: typed, timeout: 60_000 });
    if (result.code !== 0) throw new CommandError(block.text, result);
    return result.stdout;
  }

  /** The command that runs a block, for a terminal. */
  prepare(block: Block, { words = {}, variables = {} }: Omit<Entry, "typed"> = {}) {
    const { folder } = this.props;
    const script = [
      `cd ${folder}`,
      this.setUp,
      `{\n${filled(this.counted(block), words)}\n}`,
      `printf %s "\${VAULT_TOKEN-}" > ${this.tokenFile}`,
    ];
    const file = join(folder, "block.sh");
    writeFileSync(file, script.join("\n"));
    const token = existsSync(this.tokenFile) ? readFileSync(this.tokenFile, "utf8") : "";
    return {
      command: ["bash", "-eu", "-o", "pipefail", file],
      env: { ...this.environment, ...(token === "" ? {} : { VAULT_TOKEN: token }), ...variables },
    };
  }

  /** Writes lines of a file, in which `~` is the home folder. */
  write(block: Block, file: string, words: Readonly<Record<string, string>> = {}): void {
    writeFileSync(join(this.props.folder, file), filled(block, words).replaceAll("~/", `${this.props.folder}/`));
  }

  /** What is in a file that a block wrote, without the end of its line. */
  read(file: string): string {
    return readFileSync(join(this.props.folder, file), "utf8").trim();
  }

  private counted(block: Block): Block {
    this.run.add(block);
    return block;
  }
}

/** Blocks of a section. */
export function blocksOf({ parts }: Section): Block[] {
  return parts.filter((part) => typeof part !== "string");
}

function filled({ text, placeholders }: Block, words: Readonly<Record<string, string>>): string {
  return Object.entries(placeholders).reduce(
    (filledIn, [word, example]) => filledIn.replaceAll(new RegExp(`\\b${word}\\b`, "g"), words[word] ?? example),
    text,
  );
}
