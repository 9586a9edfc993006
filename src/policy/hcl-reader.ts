import { ValidationError } from "../core/errors";

/** A place in a text, from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** `key "label" { ... }`, `key = value`, or a member of a JSON object. */
export interface HclItem extends Position {
  readonly keys: readonly string[];
  readonly node: HclNode;
  /** The comment directly above. */
  readonly comment: string;
}

/** A value with its place. */
export type HclNode = Position &
  (
    | { readonly kind: "scalar"; readonly value: string | number | boolean }
    | { readonly kind: "list"; readonly nodes: readonly HclNode[] }
    | { readonly kind: "object"; readonly items: readonly HclItem[] }
  );

/** Creates the error of a text that cannot be read. */
export function syntaxError({ line, column }: Position, problem: string): ValidationError {
  return new ValidationError(
    "policy-syntax",
    `Line ${line}, column ${column} of the policy: ${problem.replace(/[^?]$/, "$&.")}`,
  );
}

/** Reads a configuration in HCL version 1, or in JSON if it begins with `{`. @throws ValidationError with the place of the mistake. */
export function readHcl(text: string): { readonly items: readonly HclItem[]; readonly isJson: boolean } {
  const reader = new Reader(text.replace(/^\uFEFF/, ""));
  return reader.readRoot();
}

const ESCAPES: Readonly<Record<string, string>> = {
  ...{ '"': '"', "\\": "\\", "/": "/", n: "\n", t: "\t" },
  ...{ r: "\r", b: "\b", f: "\f", a: "\x07", v: "\v" },
};

/** Digits of an escape that names a code point. */
const CODE_POINTS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

class Reader {
  private at = 0;
  private line = 1;
  private lineStart = 0;
  private comments: string[] = [];
  private lastCommentLine = 0;

  constructor(private readonly text: string) {}

  readRoot(): { items: HclItem[]; isJson: boolean } {
    this.skip();
    const isJson = this.text[this.at] === "{";
    if (isJson) this.at++;
    const items = this.readItems(isJson ? "}" : undefined);
    this.skip();
    if (this.at < this.text.length) throw this.unexpected("the end of the policy");
    return { items, isJson };
  }

  private position(): Position {
    return { line: this.line, column: this.at - this.lineStart + 1 };
  }

  /** Items up to the closing bracket, which is consumed, or to the end of the text. */
  private readItems(close: "}" | undefined): HclItem[] {
    const items: HclItem[] = [];
    for (;;) {
      this.skip();
      if (close === undefined && this.at >= this.text.length) return items;
      if (close !== undefined && this.accept(close)) return items;
      items.push(this.readItem());
      this.skip();
      this.accept(",");
    }
  }

  private readItem(): HclItem {
    const start = this.position();
    const comment = this.lastCommentLine === start.line - 1 ? this.comments.join("\n") : "";
    const keys = [this.readKey()];
    for (;;) {
      this.skip();
      if (this.accept("=") || this.accept(":")) {
        if (keys.length > 1) throw syntaxError(start, `"${keys.join(" ")}" is a block; write "{" instead of "="`);
        return { ...start, keys, comment, node: this.readNode() };
      }
      if (this.text[this.at] === "{") return { ...start, keys, comment, node: this.readNode() };
      keys.push(this.readKey());
    }
  }

  private readKey(): string {
    if (this.text[this.at] === '"') return this.readString();
    const word = this.match(/[\p{L}_][\p{L}\p{N}_.-]*/uy);
    if (word === undefined) throw this.unexpected('a name, or "=" or "{" after one');
    return word;
  }

  private readNode(): HclNode {
    this.skip();
    const start = this.position();
    if (this.accept("{")) return { ...start, kind: "object", items: this.readItems("}") };
    if (this.accept("[")) return { ...start, kind: "list", nodes: this.readList() };
    return { ...start, kind: "scalar", value: this.readScalar() };
  }

  private readList(): HclNode[] {
    const nodes: HclNode[] = [];
    for (;;) {
      this.skip();
      if (this.accept("]")) return nodes;
      nodes.push(this.readNode());
      this.skip();
      if (!this.accept(",") && this.text[this.at] !== "]") throw this.unexpected('"," or "]"');
    }
  }

  private readScalar(): string | number | boolean {
    if (this.text[this.at] === '"') return this.readString();
    const word = this.match(/true\b|false\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])/y);
    if (word === undefined)
      throw this.unexpected("a text in double quotes, a number, true, false, a list or an object");
    return word === "true" || word === "false" ? word === "true" : Number(word);
  }

  private readString(): string {
    const start = this.position();
    let value = "";
    for (this.at++; ; this.at++) {
      const character = this.text[this.at];
      if (character === '"') break;
      if (character === undefined || character === "\n")
        throw syntaxError(start, 'this text has no closing double quote; write "..." on one line');
      value += character === "\\" ? this.readEscape() : character;
    }
    this.at++;
    return value;
  }

  /** Leaves the reader at the last character of the escape. */
  private readEscape(): string {
    const start = this.position();
    this.at++;
    const character = this.text[this.at] ?? "";
    const known = ESCAPES[character];
    if (known !== undefined) return known;
    const digits = this.text.slice(this.at + 1, this.at + 1 + (CODE_POINTS[character] ?? 0));
    const codePoint =
      /^[\da-f]+$/i.test(digits) && digits.length === CODE_POINTS[character] ? parseInt(digits, 16) : -1;
    if (codePoint < 0 || codePoint > 0x10ffff)
      throw syntaxError(start, `"\\${character}" is not a valid escape in a text`);
    this.at += digits.length;
    return String.fromCodePoint(codePoint);
  }

  /** Skips spaces and comments, and keeps the comment that stands directly above what follows. */
  private skip(): void {
    for (;;) {
      if (this.accept("\n")) {
        this.line++;
        this.lineStart = this.at;
      } else if (this.match(/[ \t\r]+/y) === undefined && !this.skipComment()) return;
    }
  }

  private skipComment(): boolean {
    const start = this.position();
    const text = this.match(/#[^\n]*|\/\/[^\n]*|\/\*[^]*?\*\//y);
    if (text === undefined) {
      if (this.text.startsWith("/*", this.at)) throw syntaxError(start, 'this comment has no end; close it with "*/"');
      return false;
    }
    const newlines = text.split("\n").length - 1;
    if (newlines > 0) this.lineStart = this.at - (text.length - text.lastIndexOf("\n") - 1);
    this.line += newlines;
    if (this.lastCommentLine !== start.line - 1) this.comments = [];
    this.comments.push(text.replace(/^(?:#|\/\/|\/\*) ?| *\r?\*?\/?$/g, ""));
    this.lastCommentLine = this.line;
    return true;
  }

  private accept(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at++;
    return true;
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    this.at += found?.length ?? 0;
    return found;
  }

  private unexpected(wanted: string): ValidationError {
    const found = this.text[this.at];
    const what = found === undefined ? "the policy ends" : `${JSON.stringify(found)} stands`;
    return syntaxError(this.position(), `${what} where ${wanted} is expected`);
  }
}
