/** What an event may carry. A {@link Secret} is none of these, so that none is ever logged. */
export type LogFields = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** How much an event matters. */
export type LogLevel = "info" | "warn" | "error";

/** Something that happened while a command ran. */
export interface LogEvent {
  readonly level: LogLevel;
  /** What happened, in a few words that do not change: `replica unsealed`. */
  readonly message: string;
  readonly fields: LogFields;
}

/** Reports what an operation does. */
export class Log {
  /**
   * @param write Takes each event.
   * @param fields What every event carries, such as the instance.
   */
  constructor(
    private readonly write: (event: LogEvent) => void,
    private readonly fields: LogFields = {},
  ) {}

  info(message: string, fields: LogFields = {}): void {
    this.write({ level: "info", message, fields: { ...this.fields, ...fields } });
  }

  warn(message: string, fields: LogFields = {}): void {
    this.write({ level: "warn", message, fields: { ...this.fields, ...fields } });
  }

  /** The same log, each event of which carries these fields as well. */
  with(fields: LogFields): Log {
    return new Log(this.write, { ...this.fields, ...fields });
  }
}

/** An event as a line for people: `customer10/main: replica unsealed replica=main-1`. */
export function eventText({ level, message, fields: { instance, ...fields } }: LogEvent): string {
  const values = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${fieldText(value)}`],
  );
  const subject = instance === undefined ? "" : `${fieldText(instance)}: `;
  return `${subject}${level === "warn" ? "warning: " : ""}${[message, ...values].join(" ")}`;
}

/** An event as one line of JSON. */
export function eventJson({ level, message, fields }: LogEvent, time: Date): string {
  const values = Object.entries(fields).map(([name, value]) => [name, isPlain(value) ? value : String(value)]);
  return JSON.stringify({ time: time.toISOString(), level, message, ...Object.fromEntries(values) });
}

/** What the compiler let by must neither be shown nor end a run that holds keys. */
function isPlain(value: unknown): boolean {
  return typeof value !== "object" || Array.isArray(value);
}

function fieldText(value: NonNullable<LogFields[string]>): string {
  const text = Array.isArray(value) ? value.join(",") : String(value);
  return /^[^\s"=]+$/.test(text) ? text : JSON.stringify(text);
}
