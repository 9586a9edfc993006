import { expect, describe, test } from "vitest";
import { Size, TenantCluster, type TenantClusterProps } from "../../src";
import { checkCloud } from "../../src/operations/preflight/check-cloud";
import type { StackJson } from "../../src/operations/preflight/synthesized-stack";
import { OpenstackProvider } from "../../src/terraform/providers/openstack";
import { synthesize } from "../support/synth";
import { cloudEnvironment } from "./support/cloud-environment";

const {
  OS_CLOUD,
  TENANT_VAULT_EXTERNAL_NETWORK = "public",
  TENANT_VAULT_IMAGE = "Ubuntu-Jammy-22.04",
  TENANT_VAULT_FLAVOR = "m1.medium",
} = process.env;

const PROPS: TenantClusterProps = {
  tenant: "preflight",
  network: { cidr: "20.3.0.0/24", externalNetwork: TENANT_VAULT_EXTERNAL_NETWORK },
  image: TENANT_VAULT_IMAGE,
  flavor: { name: TENANT_VAULT_FLAVOR },
  key: { publicKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH0KTF1AHhHjXGPTVIWoJWqZn6mzQwbq9rhrPqVEfhwd" },
  operatorCidrs: ["10.8.0.0/24"],
  bastion: { floatingIpPool: TENANT_VAULT_EXTERNAL_NETWORK },
  pools: [{ name: "secrets", count: 1, volumes: [{ size: Size.gibibytes(1) }] }],
};

// Needs a cloud of clouds.yaml, which OS_CLOUD names.
describe.skipIf(OS_CLOUD === undefined)("the preflight of a cluster on a real OpenStack", () => {
  function check(props: Partial<TenantClusterProps> = {}): Promise<string[]> {
    const json = synthesize((stack) => {
      new OpenstackProvider(stack, "OpenStack");
      new TenantCluster(stack, "Cluster", { ...PROPS, ...props });
    }) as unknown as StackJson;
    return checkCloud([{ name: "preflight-cluster", json }], cloudEnvironment());
  }

  test("finds nothing wrong with a cluster that the cloud can make", async () => {
    expect(await check()).toEqual([]);
  });

  test("O6: names everything that the cloud does not have, at once", async () => {
    const pool = { name: "secrets", count: 1, volumes: [{ size: Size.gibibytes(1), type: "no-such-type" }] };
    const found = await check({
      image: "no-such-image",
      flavor: { name: "no-such-flavor" },
      key: { keyPair: "no-such-key" },
      pools: [pool],
      network: { useExistingNetwork: true, name: "no-such-network", subnet: "no-such-subnet", cidr: "20.3.0.0/24" },
    });
    for (const what of [
      "the network no-such-network",
      "the subnet no-such-subnet",
      "the image no-such-image",
      "the flavor no-such-flavor",
      "the key pair no-such-key",
      "the volume type no-such-type",
    ])
      expect(found).toContainEqual(expect.stringContaining(`preflight-cluster uses ${what}, which the cloud does not`));
  });

  test("counts cores and volumes against what is free", async () => {
    const found = await check({
      network: { cidr: "20.3.0.0/22", externalNetwork: TENANT_VAULT_EXTERNAL_NETWORK },
      workers: 700,
      pools: [{ name: "secrets", count: 1, volumes: [{ size: Size.gibibytes(900_000) }] }],
    });
    for (const what of ["machines", "virtual CPUs", "GiB of volumes"])
      expect(found).toContainEqual(
        expect.stringMatching(new RegExp(`^preflight-cluster takes \\d+ ${what}, but \\d+ are free`)),
      );
  });
});
