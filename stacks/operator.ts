import { localBackend, type BackendFactory, type PipelineIssuer, type TenantPipeline } from "tenant-vault";

/** Settings that all tenants share. */
export interface Operator {
  readonly central: {
    /** URL of the central Vault. The deploying user sets VAULT_TOKEN. */
    readonly address: string;
    /**
     * Namespace of the central Vault in which all stacks work. Certificates contain URLs with it. By hand, set VAULT_NAMESPACE for
     * `tenant-vault`, and not for `cdktf`.
     *
     * @default - the root namespace
     */
    readonly namespace?: string;
    /**
     * PEM file of the CA that signed its TLS certificate, relative to the project.
     *
     * @default - VAULT_CACERT, or the certificates of the machine
     */
    readonly caCertificateFile?: string;
    /**
     * Domains of the addresses under which outside clients reach instances.
     *
     * @default - none
     */
    readonly instanceDomains?: readonly string[];
    /**
     * PEM file with the certificate of the root CA, relative to the project. The stack `central` writes it, and providers of
     * instances trust it. Commit it.
     *
     * @default - none
     */
    readonly rootCaFile?: string;
    /**
     * Names of groups of watchers that unseal only together.
     *
     * @default - none: a watcher reads all keys
     */
    readonly shareGroups?: readonly string[];
    /**
     * The platform whose tokens (JWT) let pipelines log in to the central Vault.
     *
     * @default - none: pipelines log in by AppRole
     */
    readonly pipeline?: PipelineIssuer;
    /**
     * Whether Terraform refuses to destroy the records and the root CA.
     *
     * @default true
     */
    readonly deletionProtection?: boolean;
  };
  /**
   * The tenant's own pipeline: the claims with which it logs in to the central Vault as `hook`, `deploy` and `plan`.
   *
   * @default - none: pipelines log in by AppRole
   */
  readonly pipelineOf?: (tenant: string) => TenantPipeline;
  /** Backend of each stack's state. */
  readonly backend: BackendFactory;
}

/** Change this: the address of your central Vault, the domain of your instances, and the backend of Terraform's state. */
export const operator: Operator = {
  central: {
    address: "https://vault.operator.example:8200",
    instanceDomains: ["customers.operator.example"],
    rootCaFile: "central-root-ca.pem",
  },
  backend: localBackend(".terraform-state"),
};
