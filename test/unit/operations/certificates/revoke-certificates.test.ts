import { expect, test } from "vitest";
import { revokeCertificates } from "../../../../src/operations/certificates/revoke-certificates";
import { CERTIFICATE } from "../../../support/certificate";
import { instanceWith } from "../../../support/data-context";
import { MemoryContent } from "../../../support/memory-content";

function data(): { readonly api: MemoryContent; readonly requests: string[] } {
  const serials = ["0a:0a", "0b:0b", "0c:0c"];
  const api = new MemoryContent(
    Object.fromEntries(
      serials.flatMap((serial) => [
        [`pki/certs/${serial}`, {}],
        [`pki/cert/${serial}`, { certificate: CERTIFICATE, revocation_time: serial === "0b:0b" ? 1 : 0 }],
      ]),
    ),
  );
  const requests: string[] = [];
  api.onRequest = (path) => requests.push(path);
  return { api, requests };
}

test("by serial numbers: those that are not revoked, and then the revocation list is published", async () => {
  const { api, requests } = data();
  const { context } = await instanceWith(api);
  const report = await revokeCertificates(context, { mounts: ["pki"], serials: ["0a:0a", "0b:0b"] });
  expect(report).toMatchObject({ revoked: [{ mount: "pki", serial: "0a:0a" }], already: 1 });
  expect(api.written).toEqual([["pki/revoke", { serial_number: "0a:0a" }]]);
  expect(requests.at(-1)).toBe("pki/crl/rotate");
});

test("by dates: all that are meant, and none of those that were revoked before", async () => {
  const { api } = data();
  const { context } = await instanceWith(api);
  const report = await revokeCertificates(context, { mounts: ["pki"], issuedSince: 0 });
  expect(report.revoked.map(({ serial }) => serial)).toEqual(["0a:0a", "0c:0c"]);
  expect(report.already).toBe(1);
  expect(await revokeCertificates(context, { mounts: ["pki"], issuedUntil: 0 })).toEqual({ revoked: [], already: 0 });
});

test("an unknown serial number revokes nothing", async () => {
  const { api } = data();
  const { context } = await instanceWith(api);
  await expect(revokeCertificates(context, { mounts: ["pki"], serials: ["0a:0a", "ff:ff"] })).rejects.toMatchObject({
    code: "serial-unknown",
  });
  expect(api.written).toEqual([]);
});
