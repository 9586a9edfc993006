import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Secret } from "../../../../src/core/secret";
import { S3Target, s3Settings } from "../../../../src/operations/snapshot/s3-target";
import { collect, piecesOf } from "../../../support/archive";
import { FakeStorage } from "../../../support/object-storage";

const PART = 16 * 1024 * 1024;
const LARGE = randomBytes(2 * PART + 5);

let storage: FakeStorage;
let target: S3Target;
let pauses: number[];
beforeEach(async () => {
  storage = await FakeStorage.start();
  pauses = [];
  target = new S3Target({
    endpoint: storage.address,
    virtualHost: false,
    region: "us-east-1",
    accessKeyId: "user",
    secretAccessKey: new Secret("password"),
    sessionToken: undefined,
    caCertificate: undefined,
    bucket: "backups",
    prefix: "vault/",
    proxy: undefined,
    clock: {
      sleep: (milliseconds) => {
        pauses.push(milliseconds);
        return Promise.resolve();
      },
    },
  });
});
afterEach(async () => {
  await target.close();
  storage.stop();
});

test("a small file is one request, and is listed, read and removed", async () => {
  for (const name of ["a.json", "b.json", "c.json"]) await target.write(name, piecesOf(Buffer.from("content")));
  storage.objects.set("vault/with space", Buffer.from("theirs"));
  storage.objects.set("elsewhere/a.json", Buffer.from("theirs"));
  expect(await target.list()).toEqual(["a.json", "b.json", "c.json"].map((name) => ({ name, size: 7 })));
  expect(await target.list("b")).toEqual([{ name: "b.json", size: 7 }]);
  expect(await target.readText("a.json")).toBe("content");
  expect((await collect(target.read("a.json"))).toString()).toBe("content");
  await target.remove("a.json");
  expect([...storage.objects.keys()]).not.toContain("vault/a.json");
  expect(storage.asked.slice(0, 3)).toEqual(["a", "b", "c"].map((name) => `PUT /backups/vault/${name}.json`));
});

test("a large file is uploaded in parts, and appears when it is complete", async () => {
  storage.fault = (request) => {
    expect(storage.objects.has("vault/x.age")).toBe(false);
    return request === "" ? { status: 500 } : undefined;
  };
  await target.write("x.age", piecesOf(LARGE, 1_000_000));
  expect(storage.objects.get("vault/x.age")?.equals(LARGE)).toBe(true);
  expect(storage.uploads.size).toBe(0);
  expect(storage.asked.map((request) => request.replace(/upload-\d+/, "ID"))).toEqual([
    "POST /backups/vault/x.age?uploads=",
    ...[1, 2, 3].map((part) => `PUT /backups/vault/x.age?partNumber=${part}&uploadId=ID`),
    "POST /backups/vault/x.age?uploadId=ID",
  ]);
});

test("content of exactly one part, and none, are one request", async () => {
  await target.write("x.age", piecesOf(LARGE.subarray(0, PART), 1_000_000));
  await target.write("y.age", piecesOf(Buffer.alloc(0)));
  expect(storage.asked).toEqual(["PUT /backups/vault/x.age", "PUT /backups/vault/y.age"]);
});

test("content that fails aborts the upload, and nothing appears", async () => {
  const failing = async function* (): AsyncGenerator<Uint8Array> {
    yield* piecesOf(LARGE, 1_000_000);
    throw new Error("cut");
  };
  await expect(target.write("x.age", failing())).rejects.toThrow("cut");
  expect([storage.objects.size, storage.uploads.size]).toEqual([0, 0]);
  expect(storage.asked.at(-1)).toMatch(/^DELETE .*uploadId=/);
});

test("a part that the storage fails to take is sent again, with longer pauses", async () => {
  let left = 3;
  storage.fault = (request) => (request.includes("partNumber=2") && left-- > 0 ? { status: 503 } : undefined);
  await target.write("x.age", piecesOf(LARGE, 1_000_000));
  expect(storage.objects.get("vault/x.age")?.equals(LARGE)).toBe(true);
  expect(pauses).toEqual([500, 1000, 2000]);
});

test.each([
  ["always fails a part", "partNumber=2", { status: 503 }],
  ["refuses a part", "partNumber=1", { status: 403, body: "<Error><Code>AccessDenied</Code></Error>" }],
  [
    "fails after it answered 200 to the end",
    "POST /backups/vault/x.age?uploadId",
    { status: 200, body: "<Error><Code>InternalError</Code></Error>" },
  ],
])("storage that %s keeps nothing", async (_, asked, fault) => {
  storage.fault = (request) => (request.includes(asked) ? fault : undefined);
  await expect(target.write("x.age", piecesOf(LARGE, 1_000_000))).rejects.toMatchObject({
    code: "snapshot-target",
    message: expect.not.stringContaining("password") as string,
  });
  expect([storage.objects.size, storage.uploads.size]).toEqual([0, 0]);
});

test("a missing object and storage that does not answer are failures", async () => {
  await expect(target.readText("x.json")).rejects.toMatchObject({ code: "snapshot-target" });
  await expect(collect(target.read("x.json"))).rejects.toMatchObject({ code: "snapshot-target" });
  storage.stop();
  await expect(target.list()).rejects.toMatchObject({ code: "snapshot-target" });
});

const KEYS = { AWS_ACCESS_KEY_ID: "user", AWS_SECRET_ACCESS_KEY: "password" };

test("the variables of AWS name the storage", async () => {
  expect(await s3Settings({ ...KEYS, AWS_REGION: "eu-central-1" })).toMatchObject({
    endpoint: "https://s3.eu-central-1.amazonaws.com",
    virtualHost: true,
    region: "eu-central-1",
  });
  const other = { ...KEYS, AWS_ENDPOINT_URL: "https://x.example", AWS_ENDPOINT_URL_S3: "https://s3.example/" };
  expect(await s3Settings(other)).toMatchObject({ endpoint: "https://s3.example", virtualHost: false });
});

test.each([
  [{}, "AWS_ACCESS_KEY_ID"],
  [{ AWS_ACCESS_KEY_ID: "user" }, "AWS_SECRET_ACCESS_KEY"],
  [{ ...KEYS, AWS_ENDPOINT_URL_S3: "http://s3.example" }, "not reached by TLS"],
  [{ ...KEYS, AWS_CA_BUNDLE: "/missing.pem" }, "/missing.pem"],
])("the environment %j is refused", async (environment, reason) => {
  await expect(s3Settings(environment)).rejects.toMatchObject({
    code: "usage",
    message: expect.stringContaining(reason) as string,
  });
});
