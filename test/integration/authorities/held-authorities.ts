import { createPrivateKey, X509Certificate } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, createServer } from "node:tls";
import { expect, test } from "vitest";
import { Secret } from "../../../src/core/secret";
import type { InstanceStatus } from "../../../src/operations/status/inspect";
import { madeAuthority } from "../../support/made-authority";
import { type AuthorityBed, CONFIG } from "./authority-bed";
import { command } from "./command";
import { expectForm } from "./form";
import { FORM } from "./tenant-file";

const MOUNT = "certificates";
/** A CA of a person. It has a subject already. */
const IMPORTED = `      pki: {
        mount: "${MOUNT}",
        authority: {
          type: "imported",
          bundle: { mount: "outside-cas", path: "trust/ca", field: "bundle" },
        },
        lifetime: "20d",
        roles: [
          { name: "short", allowedDomains: ["web-server1.com"], allowBareDomains: true, ttl: "72h" },
          { name: "web", allowedDomains: ["acme.internal"] },
        ],
      },
`;

const exported = FORM.replace(/authority: .*/, 'authority: { type: "exported", maxPathLength: 1 },');

interface Issued {
  readonly certificate: string;
  readonly private_key: string;
}

/** CAs whose keys the central Vault holds. */
export function testHeldAuthorities(bed: AuthorityBed): void {
  let root: X509Certificate;
  let keyPath: string;

  // ExportedAuthoritySpec.type, TenantPKIProps.hook, HookTarget.central
  test("ExportedAuthoritySpec.type: the form of a CA whose key the central Vault holds; a client that knows its root alone connects", async () => {
    bed.write(bed.text.replace(/^ {6}pki: \{[^]*?(?=^ {6}ssh:)/m, exported));
    // The rights of the pipeline, and of the hook.
    await bed.lab.cdktf.apply("trust-access", "trust-vault");
    await bed.deploy();
    root = await expectForm(bed);

    const { body } = await bed.operator.send("POST", `${MOUNT}/issue/short`, {
      body: { common_name: "web-server1.com" },
    });
    const { certificate: cert, private_key: key } = body.data as Issued;
    expect(new X509Certificate(cert).verify(root.publicKey)).toBe(true);
    const server = createServer({ cert, key }, (socket) => socket.end("hello")).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const client = connect({ host: "127.0.0.1", port, ca: root.toString(), servername: "web-server1.com" });
    const [greeting] = (await once(client, "data")) as [Buffer];
    expect([client.authorized, greeting.toString()]).toEqual([true, "hello"]);
    client.destroy();
    server.close();
  });

  test("its key is in the central Vault and in no state or plan, and no pipeline overwrites it", async () => {
    keyPath = await bed.lab.cdktf.output(CONFIG, "main_pki_key_path");
    const secret = keyPath.replace("/", "/data/");
    const { client } = bed.lab.central;
    const held = (await client.send("GET", secret)).body.data as { data: { "private-key": string } };
    const pem = held.data["private-key"];
    expect(root.checkPrivateKey(createPrivateKey(pem))).toBe(true);
    const [, line = ""] = pem.split("\n");
    expect(line).toMatch(/^[\w+/]{64}$/);
    const state = await bed.lab.cdktf.terraform(CONFIG, "state", "pull");
    const plan = await bed.lab.cdktf.terraform(CONFIG, "show", "-json", "plan");
    expect(state.includes(root.toString().split("\n")[1] ?? "")).toBe(true);
    expect(plan).toContain('"common_name":"company1.org"');
    for (const text of [state, plan]) for (const part of ["PRIVATE KEY", line]) expect(text.includes(part)).toBe(false);

    const { body } = await client.send("POST", "auth/token/create", {
      body: { policies: ["tenant-vault-trust-deploy"], ttl: "5m" },
    });
    const { client_token: token } = body.auth as { client_token: string };
    const deploy = client.withToken(new Secret(token));
    expect((await deploy.send("POST", secret, { body: { data: {} }, accept: [403] })).status).toBe(403);
    expect((await deploy.send("DELETE", secret, { accept: [403] })).status).toBe(403);

    // Its next run, as the pipeline makes it, has nothing to do.
    const issuer = keyPath.split("/").at(-2) ?? "";
    const description = await describedIn(bed, issuer);
    expect(
      await command(bed, ["authority", "trust/main"], { VAULT_TOKEN: token, TENANT_VAULT_AUTHORITY: description }),
    ).toEqual({
      instance: "trust/main",
      mount: MOUNT,
      issuer,
      steps: [],
    });
  });

  test("status knows its end, and its certificates are listed", async () => {
    const [status] = (await command(bed, ["status", "trust/main"])) as InstanceStatus[];
    expect(status?.issuers).toEqual([{ mount: MOUNT, expires: new Date(root.validTo).toISOString() }]);
    const listed = JSON.stringify(await command(bed, ["certificates", "list", "trust/main", "--mount", MOUNT]));
    expect(listed).toContain("web-server1.com");
  });

  // ImportedAuthoritySpec.type
  test("ImportedAuthorityProps.bundle: a CA of a person takes over, and what the former one issued verifies", async () => {
    const before = await bed.issue("short", "web-server1.com", MOUNT);
    const { client } = bed.lab.central;
    const outside = madeAuthority("Outside");
    await client.send("POST", "sys/mounts/outside-cas", { body: { type: "kv", options: { version: "2" } } });
    const bundle = { bundle: outside.certificate + outside.key };
    await expect
      .poll(() =>
        client
          .send("POST", "outside-cas/data/trust/ca", { body: { data: bundle }, accept: [400] })
          .then(({ status }) => status),
      )
      .toBe(200);
    bed.change(exported, IMPORTED);
    await bed.deploy();
    const leaf = await bed.issue("short", "web-server1.com", MOUNT);
    expect(leaf.issuer.trim()).toBe(outside.certificate.trim());
    expect(new X509Certificate(leaf.leaf).verify(new X509Certificate(outside.certificate).publicKey)).toBe(true);
    expect(new X509Certificate(before.leaf).verify(root.publicKey)).toBe(true);
    expect(await bed.lab.cdktf.terraform(CONFIG, "state", "pull")).not.toContain("PRIVATE KEY");
    bed.change(IMPORTED, exported);
  });

  test("a mount that was lost gets the same CA again", async () => {
    await bed.operator.send("DELETE", `sys/mounts/${MOUNT}`);
    await bed.deploy();
    expect((await expectForm(bed)).fingerprint256).toBe(root.fingerprint256);
    expect(await bed.lab.cdktf.output(CONFIG, "main_pki_key_path")).toBe(keyPath);
  });

  test("a config layer that was destroyed and is deployed again has the same CA", async () => {
    await bed.lab.cdktf.terraform(CONFIG, "destroy", "-auto-approve", "-input=false");
    const { body } = await bed.operator.send("GET", "sys/mounts");
    expect(Object.keys(body.data as object)).not.toContain(`${MOUNT}/`);
    await bed.deploy();
    expect((await expectForm(bed)).fingerprint256).toBe(root.fingerprint256);
  });
}

/** What Terraform passes to the hook. */
async function describedIn(bed: AuthorityBed, issuer: string): Promise<string> {
  const state = JSON.parse(await bed.lab.cdktf.terraform(CONFIG, "state", "pull")) as {
    resources: {
      instances: { attributes: { triggers_replace?: { value?: { description?: { issuer?: string } } } } }[];
    }[];
  };
  const found = state.resources
    .flatMap(({ instances }) => instances.map(({ attributes }) => attributes.triggers_replace?.value?.description))
    .find((description) => description?.issuer === issuer);
  return JSON.stringify(found);
}
