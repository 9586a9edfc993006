import { describe, expect, test } from "vitest";
import {
  Database,
  HighAvailabilityDeployment,
  NetworkPeer,
  Provisioner,
  Seal,
  SecretRef,
  Size,
  StandaloneDeployment,
  TenantCluster,
  ValidationError,
  type TenantClusterProps,
} from "../../../src/index";
import { OpenstackProvider } from "../../../src/terraform/providers/openstack";
import { STORED, synthesizeInstance } from "../../support/instance";
import { synthesize } from "../../support/synth";
import { CLUSTER_PROPS } from "../../support/tenant-cluster";

/** What a JavaScript program may pass for a Size. */
const TEXT = "20Gi" as unknown as Size;

/** What it may pass for a SecretRef. */
const WRONG_SECRETS = {
  location: { mount: "operator", path: "db", field: "password" },
  "complete location": { mount: "operator", path: "db", field: "password", revision: 1 },
  text: "hunter2",
  nothing: undefined,
} as unknown as Readonly<Record<string, SecretRef>>;

function cluster(props: object): unknown {
  return synthesize((stack) => {
    new OpenstackProvider(stack, "OpenStack");
    new TenantCluster(stack, "Cluster", { ...CLUSTER_PROPS, ...(props as Partial<TenantClusterProps>) });
  });
}

const SIZES: Readonly<Record<string, () => unknown>> = {
  "VolumeSizes.dataSize": () => synthesizeInstance(new HighAvailabilityDeployment({ ...STORED, dataSize: TEXT })),
  "VolumeSizes.auditSize": () => synthesizeInstance(new StandaloneDeployment({ ...STORED, auditSize: TEXT })),
  "TenantClusterProps.bootVolume: size": () => cluster({ bootVolume: { size: TEXT } }),
  "NodePool.volumes: size": () => cluster({ pools: [{ name: "db", count: 1, volumes: [{ size: TEXT }] }] }),
  "GatewayProps.bootVolume: size": () => cluster({ bastion: { floatingIpPool: "public", bootVolume: { size: TEXT } } }),
};

describe("C10: a text for a Size is refused, and the prop is named", () => {
  test.each(Object.entries(SIZES))("%s", (prop, make) => {
    expect(make).toThrow(ValidationError);
    expect(make).toThrow(
      `${/\w+$/.exec(prop)?.[0]} is "20Gi", which is not a Size; write one, such as Size.gibibytes(10).`,
    );
  });
});

describe.each(Object.entries(WRONG_SECRETS))("C10: for a SecretRef, %s is refused and not shown", (kind, secret) => {
  const seal = (it: Seal) => synthesizeInstance(new HighAvailabilityDeployment(STORED), { seal: it });
  const gcp = { project: "p", region: "r", keyRing: "k", cryptoKey: "c" };
  const right = SecretRef.centralVault({ mount: "operator", path: "seal", field: "id" });

  test.each<[string, () => unknown]>([
    ["password", () => Database.postgresql({ host: "h", database: "d", username: "u", password: secret })],
    ["BAO_HSM_PIN", () => seal(Seal.pkcs11({ library: "/lib/a.so", tokenLabel: "t", keyLabel: "k", pin: secret }))],
    [
      "AWS_SECRET_ACCESS_KEY",
      () =>
        seal(
          Seal.awsKms({
            region: "r",
            kmsKeyId: "k",
            credentials: { accessKeyId: right, secretAccessKey: secret },
          }),
        ),
    ],
    ["2026", () => seal(Seal.staticKey({ keyId: "2026", key: secret }))],
    // Without credentials, the pods have an identity of their own.
    ...(kind === "nothing"
      ? []
      : [
          ["credentials.json", () => seal(Seal.gcpCloudKms({ ...gcp, credentials: secret }))] as [
            string,
            () => unknown,
          ],
        ]),
  ])("%s", (name, make) => {
    expect(make).toThrow(ValidationError);
    expect(make).toThrow(/ is not a SecretRef; write one, such as SecretRef\.centralVault\(/);
    expect(make).toThrow(name);
    expect(make).not.toThrow(/hunter2/);
  });
});

test("C10: Magnum without centralProvider is refused", () => {
  const provisioner = Provisioner.magnum({ stateHoldsKubeconfig: true } as never);
  expect(() => cluster({ operatorCidrs: [], provisioner })).toThrow(
    "[test/Cluster] Magnum's kubeconfig goes to the central Vault, but its provider is missing; pass centralProvider to Provisioner.magnum.",
  );
});

describe("C10: a text for a NetworkPeer is refused, which would allow any address", () => {
  const text = "10.0.0.0/8" as unknown as NetworkPeer;

  test.each<[string, object]>([
    ["clients", { clients: [text] }],
    ["kubernetesApi", { kubernetesApi: [text] }],
    ["egress", { egress: [{ port: 443, to: text }] }],
  ])("%s", (_, props) => {
    const make = (): unknown => synthesizeInstance(new HighAvailabilityDeployment({ ...STORED, ...props }));
    expect(make).toThrow(ValidationError);
    expect(make).toThrow('"10.0.0.0/8" is not a NetworkPeer; write one, such as NetworkPeer.cidr("10.8.0.0/24").');
  });
});
