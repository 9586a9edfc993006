import { describe, expect, test } from "vitest";
import { connectToCluster } from "../../../src/operations/cluster";
import { fakeCentral } from "../../support/kubernetes-api";

const LOCATION = { mount: "clusters", path: "customer10" };

describe("a kubeconfig", () => {
  test("that cannot be parsed is not quoted", async () => {
    const broken = "users:\n- name: u\n  user:\n   token: SECRET-BEARER\n  x\n";
    const loading = connectToCluster(fakeCentral(broken), LOCATION);

    await expect(loading).rejects.toThrow(
      /^What the central Vault has at clusters\/customer10 is not a kubeconfig; put/,
    );
    await expect(loading).rejects.not.toThrow("SECRET-BEARER");
  });

  test.each([
    ["user", "exec: {command: evil}", "logs in by a command, as EKS's and GKE's own do"],
    ["user", "auth-provider: {name: gcp}", "logs in by a command, as EKS's and GKE's own do"],
    ["user", "tokenFile: /etc/passwd", "names files instead of what is in them"],
    ["user", "client-key: /etc/key", "names files instead of what is in them"],
    ["cluster", "certificate-authority: /etc/ca", "names files instead of what is in them"],
  ])("whose %s has %s is refused", async (kind, entry, reason) => {
    const broken = `${kind}s: [{name: a, ${kind}: {server: x, ${entry}}}]\n`;
    await expect(connectToCluster(fakeCentral(broken), LOCATION)).rejects.toThrow(
      `What the central Vault has at clusters/customer10 ${reason}; see docs/clusters.md; put another there: vault kv put clusters/customer10 kubeconfig=@FILE.`,
    );
  });

  test("needs a current context", async () => {
    const loading = connectToCluster(fakeCentral("{clusters: [], users: [], contexts: []}"), LOCATION);
    await expect(loading).rejects.toThrow(/has no current-context/);
  });
});
