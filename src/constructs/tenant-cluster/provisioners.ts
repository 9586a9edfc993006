import { KubesprayProvisioner, type KubesprayProps } from "./kubespray";
import { MagnumProvisioner, type MagnumProps } from "./magnum";
import type { IProvisioner } from "./provisioner";

/** How Kubernetes comes to run; a cluster that exists already needs none, see {@link TenantCluster.fromKubeconfig}. */
export class Provisioner {
  /** Machines of the tenant's own, and Kubespray on them. */
  static kubespray(props?: KubesprayProps): IProvisioner {
    return new KubesprayProvisioner(props);
  }

  /** OpenStack's own service for clusters. */
  static magnum(props: MagnumProps): IProvisioner {
    return new MagnumProvisioner(props);
  }
}
