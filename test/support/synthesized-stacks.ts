import type { SynthesizedStack } from "../../src/operations/preflight/synthesized-stack";

const CENTRAL = { alias: "central", address: "https://central.example:8200" };

/** A layer with an instance in Kubernetes whose certificate the central Vault issues, as cdktf writes it. */
export const VAULT: SynthesizedStack = {
  name: "customer10-vault",
  json: {
    provider: { vault: [CENTRAL] },
    resource: {
      terraform_data: {
        main_unseal: {
          provisioner: [{ "local-exec": { command: "node ../lib/cli/main.js unseal customer10/main" } }],
          triggers_replace: {
            description: {
              tenant: "customer10",
              name: "main",
              kubernetes: { certificate: { issuer: { mount: "pki-root", role: "instances" } } },
            },
          },
        },
      },
    },
  },
};

/** A layer that configures the instance, as cdktf writes it. */
export const CONFIG: SynthesizedStack = {
  name: "customer10-config",
  json: {
    provider: {
      vault: [
        CENTRAL,
        {
          alias: "instance-main",
          address: "https://customer10.example:8200",
          ca_cert_file: '${fileexists("../../../central-root-ca.pem") ? "../../../central-root-ca.pem" : null}',
          token: '${ephemeral.vault_kv_secret_v2.main_record.data["root-token"]}',
        },
      ],
    },
    ephemeral: {
      vault_kv_secret_v2: {
        main_password: { mount: "operator", name: "customer10/postgresql", provider: "vault.central" },
        main_record: { mount: "customers", name: "customer10/main", provider: "vault.central" },
      },
    },
    resource: {
      vault_database_secret_backend_connection: {
        main_orders: { postgresql: { password_wo: '${ephemeral.vault_kv_secret_v2.main_password.data["password"]}' } },
      },
      vault_pki_secret_backend_root_sign_intermediate: {
        main_signed: { provider: "vault.central", backend: "pki-root" },
      },
    },
  },
};
