import { expect, test } from "vitest";
import { listCertificates } from "../../../../src/operations/certificates/list-certificates";
import { CERTIFICATE } from "../../../support/certificate";
import { instanceWith } from "../../../support/data-context";
import { MemoryContent } from "../../../support/memory-content";

function stored(mount: string, certificates: Record<string, object>): MemoryContent["objects"] {
  return Object.fromEntries(
    Object.entries(certificates).flatMap(([serial, more]) => [
      [`${mount}/certs/${serial}`, {}],
      [`${mount}/cert/${serial}`, { certificate: CERTIFICATE, ...more }],
    ]),
  );
}

const ISSUED = Date.parse("2026-11-27T19:08:32Z");

test("lists what is valid, or all, in a filter, as the identity operate", async () => {
  const api = new MemoryContent(stored("pki", { "0a": {}, "0b": { revocation_time: 1 }, ca: { certificate: "none" } }));
  const { context, tokens } = await instanceWith(api);
  const serials = async (selection: object): Promise<string[]> =>
    (await listCertificates(context, { mounts: ["pki"], ...selection })).map(({ serial }) => serial);
  expect(await serials({})).toEqual(["0a"]);
  expect(await serials({ all: true })).toEqual(["0a", "0b"]);
  expect(await serials({ issuedSince: ISSUED + 1 })).toEqual([]);
  expect(await serials({ issuedSince: ISSUED, issuedUntil: ISSUED })).toEqual(["0a"]);
  expect(await serials({ mounts: ["none"] })).toEqual([]);
  expect(tokens).not.toContain("root-0");
});

test("reads at most 16 at once", async () => {
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`${index}`.padStart(4, "0"), {}]));
  const api = new MemoryContent(stored("pki", many));
  let [now, most] = [0, 0];
  const read = api.read.bind(api);
  api.read = async (path) => {
    most = Math.max(most, ++now);
    await new Promise((resolve) => setImmediate(resolve));
    now--;
    return read(path);
  };
  const { context } = await instanceWith(api);
  expect(await listCertificates(context, { mounts: ["pki"] })).toHaveLength(100);
  expect(most).toBe(16);
});
