import { localBackend, type BackendFactory } from "tenant-vault";

/** What is the same for all tenants. */
export interface Operator {
  readonly central: {
    /** URL of the central Vault; who deploys has its token in VAULT_TOKEN. */
    readonly address: string;
    /**
     * PEM file of the CA of its TLS certificate, relative to the project.
     *
     * @default - VAULT_CACERT of the environment, else the machine's certificates
     */
    readonly caCertificateFile?: string;
    /**
     * Domains below which tenants' instances are reached from outside their cluster.
     *
     * @default - none
     */
    readonly instanceDomains?: readonly string[];
    /**
     * Whether Terraform refuses to destroy the records and the root CA.
     *
     * @default true
     */
    readonly deletionProtection?: boolean;
  };
  /** Where each stack's state is kept. */
  readonly backend: BackendFactory;
}

/** Yours: the address of your central Vault, and where Terraform's state is kept. */
export const operator: Operator = {
  central: {
    address: "https://vault.operator.example:8200",
    instanceDomains: ["customers.operator.example"],
  },
  backend: localBackend(".terraform-state"),
};
