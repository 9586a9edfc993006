import { KubesprayProvisioner, type KubesprayProps } from "./kubespray";
import { MagnumProvisioner, type MagnumProps } from "./magnum";
import type { IProvisioner } from "./provisioner";

/** Factories of provisioners. An existing cluster needs none; see {@link TenantCluster.fromKubeconfig}. */
export class Provisioner {
  /** Kubespray on the tenant's own machines. */
  static kubespray(props?: KubesprayProps): IProvisioner {
    return new KubesprayProvisioner(props);
  }

  /** Magnum, OpenStack's service for clusters. */
  static magnum(props: MagnumProps): IProvisioner {
    return new MagnumProvisioner(props);
  }
}
