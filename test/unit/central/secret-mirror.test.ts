import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../../src/core/clock";
import { SecretMirror } from "../../../src/central/secret-mirror";
import { FakeVault, type VaultRequestSeen } from "../../support/vault-api";

type Data = Record<string, unknown>;
interface Version {
  readonly data: Data;
  readonly deletion_time?: string;
  readonly destroyed?: boolean;
}

/** A fake mount of KV version 2 with one secret, `customers/t/i`. */
class OneSecret {
  versions: Version[] = [];
  custom: Record<string, string> = {};
  /** Called before each write. */
  beforeWrite: () => void = () => undefined;
  /** Called before each read of a version. */
  beforeRead: () => void = () => undefined;

  reset(): void {
    [this.versions, this.custom, this.beforeWrite, this.beforeRead] = [[], {}, () => undefined, () => undefined];
  }

  answer = ({ method, path, body }: VaultRequestSeen) => {
    const [url = "", query = ""] = path.split("?");
    if (method === "LIST" || url.endsWith("/")) return this.list(url);
    if (url.startsWith("customers/metadata/")) return this.metadata(method, body as { custom_metadata: Data });
    return method === "GET"
      ? this.read(Number(new URLSearchParams(query).get("version") ?? this.versions.length))
      : this.write(body as never);
  };

  private list(url: string) {
    const keys: Record<string, string[]> = { "customers/metadata/": ["t/"], "customers/metadata/t/": ["i"] };
    return { body: { data: { keys: keys[url] ?? [] } } };
  }

  private metadata(method: string, body: { custom_metadata: Data }) {
    if (method === "PATCH") {
      const merged = Object.entries({ ...this.custom, ...body.custom_metadata }).filter(([, value]) => value !== null);
      this.custom = Object.fromEntries(merged) as Record<string, string>;
      return { status: 204 };
    }
    const versions = this.versions.map(({ deletion_time = "", destroyed = false }, index) => [
      index + 1,
      { deletion_time, destroyed },
    ]);
    return { body: { data: { versions: Object.fromEntries(versions) as Data, custom_metadata: this.custom } } };
  }

  private read(version: number) {
    this.beforeRead();
    const found = this.versions[version - 1];
    if (found === undefined) return { status: 404, body: { errors: [] } };
    const { data, deletion_time = "", destroyed = false } = found;
    const metadata = { version, created_time: "", deletion_time, destroyed };
    const deleted = destroyed || (deletion_time !== "" && Date.parse(deletion_time) <= Date.now());
    return deleted ? { status: 404, body: { data: { data: null, metadata } } } : { body: { data: { data, metadata } } };
  }

  private write({ data, options }: { data: Data; options: { cas: number } }) {
    this.beforeWrite();
    if (options.cas !== this.versions.length)
      return { status: 400, body: { errors: ["check-and-set parameter did not match the current version"] } };
    this.versions.push({ data });
    return { body: { data: { version: this.versions.length } } };
  }
}

const source = new OneSecret();
const target = new OneSecret();
let running: FakeVault[] = [];
let mirror: SecretMirror;

beforeEach(async () => {
  for (const secret of [source, target]) secret.reset();
  const [from, to] = [await FakeVault.start(source.answer), await FakeVault.start(target.answer)];
  running = [from, to];
  mirror = new SecretMirror(from.client(), to.client(), systemClock);
});
afterEach(() => Promise.all(running.map((vault) => vault.stop())));

const copy = () => mirror.copy("customers", "t/i");
const versions = (...texts: string[]): Version[] => texts.map((text) => ({ data: { key: text } }));

test("lists what is in all folders", async () => {
  expect(await mirror.list("customers")).toEqual(["t/i"]);
});

test("writes what is lacking in its order, and nothing twice", async () => {
  source.versions = versions("a", "b", "c");
  target.versions = versions("a");
  expect(await copy()).toEqual({ path: "customers/t/i", written: 2, kept: false });
  expect(target.versions).toEqual(source.versions);
  expect(await copy()).toMatchObject({ written: 0 });
});

test("copies what was deleted neither now nor for good, and what is readable until later", async () => {
  const [a, b, c, d] = versions("a", "b", "c", "d") as [Version, Version, Version, Version];
  const later = new Date(Date.now() + 3_600_000).toISOString();
  source.versions = [
    { ...a, destroyed: true },
    { ...b, deletion_time: later },
    c,
    { ...d, deletion_time: "2026-01-01T00:00:00Z" },
  ];
  expect(await copy()).toEqual({ path: "customers/t/i", written: 2, kept: true });
  expect(target.versions).toEqual(versions("b", "c"));
});

test("keeps what was destroyed at its source", async () => {
  source.versions = versions("a").map((version) => ({ ...version, destroyed: true }));
  target.versions = versions("a");
  expect(await copy()).toEqual({ path: "customers/t/i", written: 0, kept: true });
  expect(target.versions).toEqual(versions("a"));
});

test("overwrites nothing that the source never had", async () => {
  source.versions = versions("a", "b");
  target.versions = versions("a", "other");
  await expect(copy()).rejects.toMatchObject({ code: "mirror-diverged" });
  expect(target.versions).toEqual(versions("a", "other"));
});

test("another program that writes into the mirror meanwhile is not overwritten", async () => {
  source.versions = versions("a");
  target.beforeWrite = () => {
    target.versions = versions("theirs");
  };
  await expect(copy()).rejects.toMatchObject({ code: "central-conflict" });
  expect(target.versions).toEqual(versions("theirs"));
});

test("a version that another program deletes meanwhile ends the run, and is not passed over", async () => {
  source.versions = versions("a", "b");
  target.versions = versions("a");
  source.beforeRead = () => {
    source.versions = source.versions.map((version) => ({ ...version, deletion_time: "2026-01-01T00:00:00Z" }));
  };
  await expect(copy()).rejects.toMatchObject({ code: "central-conflict" });
  expect(target.versions).toEqual(versions("a"));
});

test("the metadata become those of the source", async () => {
  source.versions = versions("a");
  source.custom = { address: "new" };
  target.custom = { address: "old", surplus: "x" };
  await copy();
  expect(target.custom).toEqual({ address: "new" });
});
