/** Commands, or lines of a file. */
export interface Block {
  readonly language: "sh" | "yaml" | "ssh-config";
  readonly text: string;
  /** Words in capitals that the reader replaces, each with an example. */
  readonly placeholders: Readonly<Record<string, string>>;
}

/** A part of a guide. */
export interface Section {
  readonly title: string;
  /** 2 for a role, 3 for what it does. */
  readonly level: 2 | 3;
  readonly parts: readonly (string | Block)[];
}

/** The instance, as commands name it. */
export interface Target {
  /** `<tenant>/<instance>`. */
  readonly instance: string;
  readonly address: string;
  readonly namespace?: string | undefined;
  /** PEM certificates of the authority of the servers. */
  readonly caCertificate?: string | undefined;
  /** The program of the product: `bao` or `vault`. */
  readonly program: string;
}

/** Name of the files that the reader makes for the instance, such as `acme-main`. */
export function fileName({ instance }: Pick<Target, "instance">): string {
  return instance.replace("/", "-");
}

/** A block of commands. */
export function commands(lines: readonly string[], placeholders: Block["placeholders"] = {}): Block {
  return { language: "sh", text: lines.join("\n"), placeholders };
}

/** Turns the answer of a login into the token. */
export const TOKEN_OF_ANSWER = String.raw`sed -n 's/.*"client_token":"\([^"]*\)".*/\1/p'`;

/** A lifetime for people. */
export function lifetime(seconds: number): string {
  const units = [
    [86_400, "days"],
    [3600, "hours"],
    [60, "minutes"],
    [1, "seconds"],
  ] as const;
  const [size, unit] = units.find(([each]) => seconds >= each && seconds % each === 0) ?? [1, "seconds"];
  const number = seconds / size;
  return `${number} ${number === 1 ? unit.slice(0, -1) : unit}`;
}
