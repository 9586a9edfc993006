import { Fn, Token } from "cdktf";
import { Construct } from "constructs";
import { ComputeInstanceV2, NetworkingPortV2 } from "../terraform/providers/openstack";

/** Size of a machine: by the id or by the name that the cloud gives it. */
export type Flavor = { readonly id: string } | { readonly name: string };

/** Properties of a {@link ClusterNode}. */
export interface ClusterNodeProps {
  readonly name: string;
  readonly tenant: string;
  readonly role: "control-plane" | "worker";
  /** Name of the image. */
  readonly image: string;
  readonly flavor: Flavor;
  readonly keyPair: string;
  /** @default - the cloud's choice */
  readonly availabilityZone?: string;
  readonly networkId: string;
  readonly subnetId: string;
  readonly securityGroupIds: readonly string[];
  readonly tags: readonly string[];
}

/** One machine and its port. The port outlives the machine, so that a rebuilt node keeps its address. */
export class ClusterNode extends Construct {
  readonly name: string;
  readonly role: "control-plane" | "worker";
  /** Address in the tenant's network, known once the port is made. */
  readonly address: string;

  constructor(scope: Construct, id: string, props: ClusterNodeProps) {
    super(scope, id);
    const { name, role, tenant, flavor } = props;
    const tags = [...props.tags];
    const port = new NetworkingPortV2(this, "Port", {
      name,
      networkId: props.networkId,
      adminStateUp: true,
      fixedIp: [{ subnetId: props.subnetId }],
      securityGroupIds: [...props.securityGroupIds],
      tags,
    });
    new ComputeInstanceV2(this, "Resource", {
      name,
      imageName: props.image,
      ...("id" in flavor ? { flavorId: flavor.id } : { flavorName: flavor.name }),
      keyPair: props.keyPair,
      availabilityZone: props.availabilityZone,
      network: [{ port: port.id }],
      metadata: { tenant, role },
      tags,
    });
    this.name = name;
    this.role = role;
    this.address = Token.asString(Fn.element(port.allFixedIps, 0));
  }
}
