import { afterAll, beforeAll, expect, test } from "vitest";
import { obtainTerraform } from "../../lab/tools/terraform";
import { obtainVaultProvider } from "../../lab/tools/vault-provider";
import { Duration, LayerStack, localBackend, RootCa, TenantPKI, VaultProvider } from "../../src";
import { AuthorityBed } from "./authorities/authority-bed";
import { testCertificates } from "./authorities/certificates";
import { testHeldAuthorities } from "./authorities/held-authorities";
import { testIssuers } from "./authorities/issuers";
import { testKeyValue } from "./authorities/key-value";
import { testOtherAuthorities } from "./authorities/other-authorities";
import { testLaterPlaceholders, testPlaceholders } from "./authorities/placeholders";
import { testPkiServices } from "./authorities/pki-services";
import { testProviderUpgrade } from "./authorities/provider-upgrade";
import { testRemoval } from "./authorities/removal";
import { testSsh } from "./authorities/ssh";
import { testImportedSshKeys } from "./authorities/ssh-imported";
import { testSshHosts } from "./authorities/ssh-hosts";
import { download, readCertificate } from "./support/certificates";
import { TerraformProject } from "./support/terraform-project";

// One tenant, which each part changes further: a lab of its own for each would deploy everything again.
const bed = new AuthorityBed();
beforeAll(() => bed.start());
afterAll(() => bed.stop());

testPkiServices(bed);
testCertificates(bed);
testProviderUpgrade(bed);
testKeyValue(bed);
testPlaceholders(bed);
testSshHosts(bed);
testSsh(bed);
testImportedSshKeys(bed);
testLaterPlaceholders(bed);
testIssuers(bed);
testOtherAuthorities(bed);
testHeldAuthorities(bed);
testRemoval(bed);

test("P9: URLs of a namespace, and of an address with a slash at its end, answer 200 (CentralVaultProps.namespace)", async () => {
  await bed.lab.central.client.send("POST", "sys/namespaces/team1", { body: {} });
  const environment = await obtainVaultProvider(await obtainTerraform());
  const project = new TerraformProject({ ...environment, VAULT_TOKEN: bed.lab.central.rootToken });
  try {
    const address = `${bed.lab.central.server.address}/`;
    const place = { address, namespace: "team1", deletionProtection: false };
    const stackOf = (id: string): LayerStack => {
      const stack = new LayerStack(project.app, id, localBackend(project.stateFolder));
      new VaultProvider(stack, "Vault", { address, namespace: "team1", caCertFile: bed.lab.caCertificateFile });
      return stack;
    };
    const [root, intermediate] = [stackOf("root"), stackOf("intermediate")];
    const rootCa = RootCa.fromRootCaAttributes({
      mount: new RootCa(root, "Root", { commonName: "Root", ...place }).mount,
    });
    const roles = [{ name: "web", allowedDomains: ["acme.internal"], maxTtl: Duration.hours(1) }];
    new TenantPKI(intermediate, "Pki", { commonName: "CA", rootCa, roles, ...place });
    project.synthesize();
    await project.apply(root);
    await project.apply(intermediate);

    const { body } = await bed.lab.central.client.send("POST", "team1/pki/issue/web", {
      body: { common_name: "a.acme.internal" },
    });
    const { urls } = await readCertificate(body.data);
    expect(urls).toHaveLength(4);
    for (const url of urls) expect((await download(bed.lab, url)).length).toBeGreaterThan(100);
  } finally {
    project.remove();
  }
});
