import { markdownFiles, read } from "./markdown";

/** A block of shell commands of a page. */
export interface CommandBlock {
  readonly page: string;
  /** The commands, without the indentation of the list that they are in. */
  readonly commands: string;
  /** The page and the first line that does something of its own: how tests name the block. */
  readonly name: string;
}

/** Every block of shell commands of every page, in order. */
export function commandBlocks(): CommandBlock[] {
  return markdownFiles().flatMap((page) =>
    [...read(page).matchAll(/^( *)```(?:sh|bash|shell|console)\n([^]*?)^ *```/gm)].map(([, indent = "", text = ""]) => {
      const commands = text.replaceAll(new RegExp(`^${indent}`, "gm"), "");
      const [first = ""] = commands.split("\n").filter((line) => !line.startsWith("umask"));
      return { page, commands, name: `${page}: ${first.replace(/ +#.*/, "")}` };
    }),
  );
}
