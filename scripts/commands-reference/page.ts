import type { Argument, Command, Option } from "commander";
import { buildProgram, commandName, runnableCommands } from "../../src/cli/program";
import { formatted } from "../formatted";
import { RESULTS } from "./results";

/** Path of the page in the project. */
export const PAGE = "docs/commands.md";
const BEGIN = "<!-- begin: npm run docs:commands writes this -->";
const END = "<!-- end -->";

/** Returns the page with the generated section. */
export async function withCommands(page: string): Promise<string> {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`${PAGE} needs "${BEGIN}" and "${END}".`);
  const sections = runnableCommands(buildProgram(() => Promise.resolve())).map(section);
  const text = [before, BEGIN, "\n\n", sections.join("\n"), "\n", END, after].join("");
  return formatted(PAGE, text);
}

function section(command: Command): string {
  const name = commandName(command);
  const result = RESULTS[name];
  if (result === undefined)
    throw new Error(`RESULTS has no entry for ${name}; describe its output in scripts/commands-reference/results.`);
  const operands = command.registeredArguments.map(operand).join(" ");
  const rows = command.options.map(row).join("\n");
  const notes = result.notes.map((note) => `- ${note}\n`).join("");
  return `### ${name}

\`\`\`text
tenant-vault ${name} ${operands} [options]
\`\`\`

${sentence(command.description())}

| option | meaning |
| --- | --- |
${rows}

\`--json\` prints, for example:

\`\`\`json
${JSON.stringify(result.example, undefined, 2)}
\`\`\`

${notes}`;
}

function operand(argument: Argument): string {
  return argument.required ? `<${argument.name()}>` : `[${argument.name()}]`;
}

function row({ flags, description, defaultValue }: Option): string {
  const byDefault = defaultValue === undefined ? "" : ` Default: ${String(defaultValue)}.`;
  return `| \`${flags}\` | ${sentence(description)}${byDefault} |`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
