import { afterEach, expect, test } from "vitest";
import type { Instance } from "../../../../src/contract/instance";
import { enterCluster } from "../../../../src/operations/cluster";
import { supplyServers } from "../../../../src/operations/supply/supply-servers";
import { KubernetesApi } from "../../../support/kubernetes-api";
import { INSTANCE, Universe } from "../../../support/simulation";

let api: KubernetesApi | undefined;
afterEach(() => api?.stop());

const ISSUED = { certificate: "CERT", private_key: "PRIVATE", issuing_ca: "CA" };

test("servers get their certificate first, and then the token of their seal and their first credential", async () => {
  const started = (api = await KubernetesApi.start());
  const kubernetes: Instance["kubernetes"] = {
    namespace: "vault",
    statefulSet: "main",
    kubeconfig: { mount: "clusters", path: "customer10" },
    certificate: { secretName: "main-tls", names: ["main-0"], issuer: { mount: "pki-root", role: "instances" } },
    sealToken: { secretName: "main-seal", role: "seal" },
    bootstrap: { secretName: "main-bootstrap" },
  };
  const central = started.central(ISSUED, { client_token: "TOKEN" });
  const cluster = await enterCluster(central, { ...INSTANCE, kubernetes });
  if (cluster === undefined) throw new Error("no cluster");
  await supplyServers(central, cluster, new Universe(INSTANCE).start());
  expect([started.field("main-tls", "tls.key"), started.field("main-seal", "token")]).toEqual(["PRIVATE", "TOKEN"]);
  const written = started.requests.filter(({ method }) => method === "POST").map(({ body }) => body);
  expect(written).toMatchObject(["main-tls", "main-seal", "main-bootstrap"].map((name) => ({ metadata: { name } })));
  await cluster.close();
});
