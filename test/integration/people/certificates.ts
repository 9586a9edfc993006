import { request } from "node:https";
import { expect, test } from "vitest";
import { attempt } from "../support/attempts";
import type { Login, PeopleBed } from "./people-bed";

/** A certificate of a client. */
interface ClientCertificate {
  readonly certificate: string;
  readonly private_key: string;
  readonly serial_number: string;
}

/** The token of the role `web` reads what is granted to the role, and nothing else. */
export async function expectWeb(people: PeopleBed, { client_token, policies }: Login): Promise<void> {
  expect(policies).toEqual(["default", "web"]);
  const client = people.client(client_token);
  expect(await attempt(client, "GET kv/data/web/db")).toBe(200);
  expect(await attempt(client, "GET kv/data/batch/db")).toBe(403);
}

/** Tests of programs that log in with certificates of the tenant's own PKI. */
export function testCertificates(people: () => PeopleBed): void {
  async function issue(commonName = "web.acme.internal", mount = "pki"): Promise<ClientCertificate> {
    const body = { common_name: commonName, ttl: "10m" };
    const answer = await people().root.send("POST", `${mount}/issue/web`, { body });
    return answer.body.data as ClientCertificate;
  }

  async function logIn(
    client: ClientCertificate,
    name = "web",
  ): Promise<{ readonly status: number; readonly text: string }> {
    const { server } = people().bed.central;
    const tls = { ca: people().bed.authority.certificate, cert: client.certificate, key: client.private_key };
    return new Promise((resolve, reject) => {
      const sent = request(`${server.address}/v1/auth/cert/login`, { method: "POST", ...tls }, (response) => {
        let text = "";
        response.on("data", (chunk: Buffer) => (text += chunk.toString()));
        response.on("end", () => {
          resolve({ status: response.statusCode ?? 0, text });
        });
      });
      sent.on("error", reject).end(JSON.stringify({ name }));
    });
  }

  const revoke = ({ serial_number }: ClientCertificate): Promise<unknown> =>
    people().root.send("POST", "pki/revoke", { body: { serial_number } });

  test("of the tenant's own PKI with the common name log in, and others are refused", async () => {
    const { text } = await logIn(await issue());
    await expectWeb(people(), (JSON.parse(text) as { auth: Login }).auth);
    expect(await logIn(await issue("other.acme.internal"))).toMatchObject({ status: 400 });
  });

  test("of another authority with the common name are refused", async () => {
    const { root } = people();
    await root.send("POST", "sys/mounts/pki-other", { body: { type: "pki" } });
    await root.send("POST", "pki-other/root/generate/internal", { body: { common_name: "Customer 10" } });
    await root.send("POST", "pki-other/roles/web", { body: { allow_any_name: true, client_flag: true } });
    const refused = await logIn(await issue("web.acme.internal", "pki-other"));
    expect(refused).toMatchObject({ status: 400 });
    expect(refused.text).toContain("invalid certificate or no client certificate supplied");
  });

  test("that are revoked are refused by the responder, at once", async () => {
    const revoked = await issue();
    await revoke(revoked);
    expect(await logIn(revoked)).toMatchObject({ status: 400 });
  });

  test("that are revoked are refused by the list alone, once the server has fetched it again", async () => {
    const { root, revocations } = people();
    // A role that asks no responder.
    const { body } = await root.send("GET", "auth/cert/certs/web");
    const { certificate, token_policies } = body.data as { certificate: string; token_policies: string[] };
    const role = { certificate, token_policies, allowed_common_names: ["web.acme.internal"] };
    await root.send("POST", "auth/cert/certs/listed", { body: role });
    const [client, other] = [await issue(), await issue()];
    await revoke(client);
    expect(await logIn(client, "listed")).toMatchObject({ status: 200 });
    await root.send("GET", "pki/crl/rotate");
    await root.send("POST", "auth/cert/crls/clients", { body: { url: `${revocations.address}/crl/pem` } });
    expect(await logIn(client, "listed")).toMatchObject({ status: 400 });
    expect(await logIn(other, "listed")).toMatchObject({ status: 200 });
    await root.send("DELETE", "auth/cert/certs/listed");
  });

  test("are refused while the responder knows nothing of them", async () => {
    const client = await issue();
    people().revocations.answers = false;
    const { status, text } = await logIn(client);
    people().revocations.answers = true;
    expect(status).toBe(400);
    expect(text).toContain("HTTP code is not OK");
    expect(await logIn(client)).toMatchObject({ status: 200 });
  });
}
