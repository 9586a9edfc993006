import { X509Certificate } from "node:crypto";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { Agent } from "node:https";
import { join } from "node:path";
import { axios, Client, crypto } from "acme-client";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { run } from "../../../lab/run";
import { obtainVaultServer } from "../../../lab/tools/vault-server";
import { download, readCertificate } from "../support/certificates";
import { ChallengeResolver } from "../support/challenge-resolver";
import { RenewingServer } from "../support/renewing-server";
import { type AuthorityBed, CONFIG } from "./authority-bed";
import { DAYS, RESOLVER_PORT, YEARS } from "./tenant-file";

/** What the roles and services of a PKI offer to clients. */
export function testPkiServices(bed: AuthorityBed): void {
  describe("after the first deployment", () => {
    test("T1: secret IDs and tokens live as long as they say (CentralVaultProps.watchSecretIdTtl, AccessRoleProps.secretIdTtl)", async () => {
      const days = 24 * 3600;
      const hook = await bed.lab.central.client.send("POST", "auth/tenant-vault/role/watch/secret-id");
      expect(hook.body.data).toMatchObject({ secret_id_ttl: 90 * days });
      const lookup = await bed.lab.central.client.send(
        "POST",
        "auth/tenant-vault/role/watch/secret-id-accessor/lookup",
        {
          body: { secret_id_accessor: (hook.body.data as { secret_id_accessor: string }).secret_id_accessor },
        },
      );
      const { creation_time, expiration_time } = lookup.body.data as Record<string, string>;
      expect(Date.parse(expiration_time ?? "") - Date.parse(creation_time ?? "")).toBe(90 * days * 1000);

      const { body, secretIdTtl } = await bed.logIn("approle");
      expect(secretIdTtl).toBe(90 * days);
      expect(body.auth).toMatchObject({ lease_duration: 60 * days });
    });

    test("P6: patterns and upper case in allowedDomains issue what they say", async () => {
      await bed.expectVerified(await bed.issue("pattern", "one.apps.acme.internal"));
      expect(await bed.issuedNames("pattern", "apps.acme.internal")).toBe(400);
    });

    test("P7: an international domain is issued for in its ASCII form", async () => {
      await bed.expectVerified(await bed.issue("umlaut", "www.xn--mller-kva.internal"));
    });

    test("a role without common names issues for URIs and addresses (PkiRoleProps.requireCn)", async () => {
      const names = { uri_sans: "spiffe://acme.internal/web", ip_sans: "127.0.0.1" };
      const { body } = await bed.operator.send("POST", "pki/issue/workload", { body: names });
      const issued = await readCertificate(body.data);
      await bed.expectVerified(issued);
      const leaf = new X509Certificate(issued.leaf);
      expect(leaf.subjectAltName).toBe("IP Address:127.0.0.1, URI:spiffe://acme.internal/web");
      for (const other of [{ uri_sans: "spiffe://other.internal/web" }, { common_name: "a.acme.internal" }])
        expect((await bed.operator.send("POST", "pki/issue/workload", { body: other, accept: [400] })).status).toBe(
          400,
        );
    });

    test("PkiRoleProps.usage: certificates of code and of mail say what they are for", async () => {
      const code = new X509Certificate((await bed.issue("code", "ci.acme.internal")).leaf);
      expect(code.keyUsage).toEqual(["1.3.6.1.5.5.7.3.3"]);
      expect(Date.parse(code.validTo) - Date.parse(code.validFrom)).toBe(DAYS + 30_000);
      const mail = new X509Certificate((await bed.issue("mail", "alice@acme.internal")).leaf);
      expect(mail.keyUsage).toEqual(["1.3.6.1.5.5.7.3.4"]);
      expect(mail.subjectAltName).toBe("email:alice@acme.internal");
    });

    test("no certificate outlives its issuer, whatever a request asks for", async () => {
      const body = { common_name: "a.acme.internal", not_after: new Date(Date.now() + 6 * YEARS).toISOString() };
      const { body: answer } = await bed.operator.send("POST", "pki/issue/web", { body, accept: [400] });
      expect(JSON.stringify(answer)).toContain("beyond the expiration of the CA certificate");
    });

    test("PkiServices.ocsp and PkiServices.deltaCrl: a client finds out that a certificate is revoked", async () => {
      const issued = await bed.issue("web", "revoked.acme.internal");
      const text = (await run("openssl", ["x509", "-noout", "-text"], { input: issued.leaf })).stdout;
      const delta = /Freshest CRL:[^]*?URI:(\S+)/.exec(text)?.[1] ?? "";
      const ocsp = /OCSP - URI:(\S+)/.exec(text)?.[1] ?? "";
      expect(ocsp).toBe("https://127.0.0.1:19710/v1/pki/ocsp");
      expect(await bed.statusOf(issued, ocsp)).toContain(": good");

      await bed.operator.send("POST", "pki/revoke", { body: { certificate: issued.leaf } });
      expect(await bed.statusOf(issued, ocsp)).toContain(": revoked");
      await bed.operator.send("GET", "pki/crl/rotate-delta");
      const file = join(bed.lab.serverFolder, "delta.crl");
      writeFileSync(file, await download(bed.lab, delta));
      const list = await run("openssl", ["crl", "-inform", "DER", "-in", file, "-noout", "-text"]);
      expect(list.stdout).toContain(new X509Certificate(issued.leaf).serialNumber);
    });

    test("PkiAcme.roles, PkiAcme.requireAccountBinding and PkiAcme.dnsResolver: a client of ACME obtains a certificate", async () => {
      const resolver = new ChallengeResolver(RESOLVER_PORT);
      await resolver.start();
      try {
        axios.defaults.httpsAgent = new Agent({ ca: bed.lab.authority.certificate });
        const directoryUrl = "https://127.0.0.1:19710/v1/pki/roles/web/acme/directory";
        const accountKey = await crypto.createPrivateEcdsaKey();
        const app = await (await bed.instance()).client("app");
        const { body } = await app.send("POST", "pki/roles/web/acme/new-eab", { body: {} });
        const { id, key } = body.data as { id: string; key: string };
        const order = async (binding: object): Promise<string> => {
          const client = new Client({ directoryUrl, accountKey, backoffMin: 100, backoffMax: 400, ...binding });
          const [, csr] = await crypto.createCsr(
            { altNames: ["acme.acme.internal"] },
            await crypto.createPrivateEcdsaKey(),
          );
          return client.auto({
            csr,
            termsOfServiceAgreed: true,
            challengePriority: ["dns-01"],
            skipChallengeVerification: true,
            challengeCreateFn: ({ identifier }, _challenge, text) => {
              resolver.answer(identifier.value, text);
              return Promise.resolve();
            },
            challengeRemoveFn: () => Promise.resolve(),
          });
        };
        await expect(order({})).rejects.toThrow(/externalAccountBinding/);
        const chain = await order({ externalAccountBinding: { kid: id, hmacKey: key } });
        const [certificate = "", ...ca_chain] = chain.match(/-----BEGIN[^]*?-----END CERTIFICATE-----\n?/g) ?? [];
        const issued = await readCertificate({ certificate, ca_chain });
        expect(new X509Certificate(issued.leaf).subjectAltName).toBe("DNS:acme.acme.internal");
        await bed.expectVerified(issued);
      } finally {
        resolver.stop();
      }
    });

    test("PkiTidy.interval and PkiTidy.safetyBuffer", async () => {
      const { body } = await bed.operator.send("GET", "pki/config/auto-tidy");
      expect(body.data).toMatchObject({ enabled: true, interval_duration: 6 * 3600, safety_buffer: 72 * 3600 });
    });

    // MachineCertificateProps.name, MachineCertificateProps.role, MachineCertificateProps.commonName,
    // MachineCertificateProps.altNames, MachineCertificateProps.ttl, MachineCertificateProps.reload,
    // MachineCertificateProps.caCertificateFile
    test("TenantPKIProps.machines: the agent renews a certificate twice, and no handshake fails", async () => {
      const folder = join(bed.lab.serverFolder, "web1");
      mkdirSync(folder);
      const outputs = (await bed.lab.cdktf.output(CONFIG, "main_pki_machines")) as unknown as { web1: string };
      const { write_files: files } = parse(outputs.web1) as { write_files: { path: string; content: string }[] };
      const [agent, unit] = files;
      expect(unit?.content).toContain("ExecStart=/usr/bin/env bao agent -config=/etc/tenant-vault/web1/agent.hcl");
      const put = (name: string, content: string): void => writeFileSync(join(folder, name), content, { mode: 0o600 });
      put("agent.hcl", agent?.content.replaceAll("/etc/tenant-vault/web1", folder) ?? "");
      put("instance-ca.pem", bed.lab.authority.certificate);
      const { role_id, secret_id } = await bed.loginOf("approle");
      put("role-id", role_id);
      put("secret-id", secret_id);
      const root = await bed.lab.central.client.send("GET", "pki-root/cert/ca");

      const variables = unit?.content
        .replaceAll("/etc/tenant-vault/web1", folder)
        .matchAll(/^Environment=(\w+)=(.*)$/gm);
      const environment = Object.fromEntries([...(variables ?? [])].map(([, key = "", value = ""]) => [key, value]));
      const machine = new RenewingServer(folder, (await obtainVaultServer()).program, environment);
      await machine.start();
      try {
        const { certificate } = root.body.data as { certificate: string };
        const { serials, failures } = await machine.connectUntil(3, certificate, "www.acme.internal");
        expect(failures).toEqual([]);
        expect(serials.size).toBe(3);
        for (const name of ["key.pem", "bundle.pem"]) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
      } finally {
        await machine.stop();
      }
    }, 120_000);

    test("no request of a tenant's program makes a certificate that is valid for longer than maxTtl, or earlier", async () => {
      const app = await (await bed.instance()).client("app");
      const attempt = async (times: object): Promise<number> => {
        const body = { common_name: "a.acme.internal", ...times };
        return (await app.send("POST", "pki/issue/web", { body, accept: [403] })).status;
      };
      expect(await attempt({ not_after: new Date(Date.now() + 90 * DAYS).toISOString() })).toBe(403);
      expect(await attempt({ not_before: new Date(Date.now() - 90 * DAYS).toISOString() })).toBe(403);
      expect(await attempt({ ttl: "1h" })).toBe(200);
    });

    test("P8: a role for RSA keys signs a request with such a key (PkiRoleProps.keyType)", async () => {
      const folder = join(bed.lab.serverFolder, "rsa");
      mkdirSync(folder);
      const csr = join(folder, "request.pem");
      const key = ["-newkey", "rsa:2048", "-nodes", "-keyout", join(folder, "key.pem")];
      await run("openssl", ["req", "-new", ...key, "-subj", "/CN=a.acme.internal", "-out", csr]);
      const body = { csr: readFileSync(csr, "utf8"), common_name: "a.acme.internal" };
      const signed = await bed.operator.send("POST", "pki/sign/rsa", { body });
      await bed.expectVerified(await readCertificate(signed.body.data));
      expect((await bed.operator.send("POST", "pki/sign/web", { body, accept: [400] })).status).toBe(400);
    });
  });
}
