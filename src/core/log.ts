/** Fields of an event. The type excludes {@link Secret}, so that no secret is ever logged. */
export type LogFields = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** Severity of an event. */
export type LogLevel = "info" | "warn" | "error";

/** Something that happened while a command ran. */
export interface LogEvent {
  readonly level: LogLevel;
  /** What happened, in a few words that do not change: `replica unsealed`. */
  readonly message: string;
  readonly fields: LogFields;
}

/** Log of the events of an operation. */
export class Log {
  /**
   * @param write Receives each event.
   * @param fields Fields of every event, such as the instance.
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

  /** Returns the same log with additional fields for every event. */
  with(fields: LogFields): Log {
    return new Log(this.write, { ...this.fields, ...fields });
  }
}

/** Formats an event as a line for people: `customer10/main: replica unsealed replica=main-1`. */
export function eventText({ level, message, fields: { instance, ...fields } }: LogEvent): string {
  const values = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${fieldText(value)}`],
  );
  const subject = instance === undefined ? "" : `${fieldText(instance)}: `;
  return `${subject}${level === "warn" ? "warning: " : ""}${[message, ...values].join(" ")}`;
}

/** Formats an event as one line of JSON. */
export function eventJson({ level, message, fields }: LogEvent, time: Date): string {
  const values = Object.entries(fields).map(([name, value]) => [name, isPlain(value) ? value : String(value)]);
  return JSON.stringify({ time: time.toISOString(), level, message, ...Object.fromEntries(values) });
}

/**
 * Whether a value can be logged as it is. The compiler does not exclude every object. Such an object must not be printed, and
 * must not end a run that holds keys.
 */
function isPlain(value: unknown): boolean {
  return typeof value !== "object" || Array.isArray(value);
}

function fieldText(value: NonNullable<LogFields[string]>): string {
  const text = Array.isArray(value) ? value.join(",") : String(value);
  return /^[^\s"=]+$/.test(text) ? text : JSON.stringify(text);
}
