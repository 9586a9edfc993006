import { describe } from "vitest";
import {
  Duration,
  PkiAuthority,
  SecretRef,
  SshCa,
  SshRole,
  TenantPKI,
  type HookTarget,
  type SshCaProps,
} from "../../../src/index";
import { testChanges, type FieldChange } from "../../support/changes/test-changes";
import { synthesizeInVault, type Synthesized } from "../../support/synth";

interface Setting {
  readonly hook?: Partial<HookTarget>;
  /** Whether the CA is a root of the instance alone. @default false */
  readonly isInternal?: boolean;
}

const HOOK = "terraform_data.pki_imported_authority_d8a84e4d_hook";
const BUNDLE = { mount: "operator", path: "ca", field: "bundle" };

/** An imported CA, whose name is the same for each connection. */
function pki({ hook, isInternal = false }: Setting): Synthesized {
  return synthesizeInVault((stack, { provider }) => {
    const bundle = SecretRef.centralVault(BUNDLE);
    new TenantPKI(stack, "Pki", {
      commonName: "CA",
      address: "https://vault.customer10.example:8200",
      authority: isInternal ? PkiAuthority.internal() : PkiAuthority.imported({ bundle }),
      hook: { tenant: "customer10", name: "main", central: { address: "https://central:8200" }, ...hook },
      roles: [{ name: "web", allowedDomains: ["customer10.internal"], maxTtl: Duration.hours(72) }],
      provider,
    });
  });
}

const CHANGES: readonly FieldChange<Setting>[] = [
  [
    "HookTarget.tenant",
    {},
    { hook: { tenant: "customer11" } },
    [`command ${HOOK}: command`, `run ${HOOK}: description.tenant`],
  ],
  ["HookTarget.name", {}, { hook: { name: "other" } }, [`command ${HOOK}: command`, `run ${HOOK}: description.name`]],
  [
    "HookTarget.central",
    {},
    { hook: { central: { address: "https://other:8200" } } },
    [`command ${HOOK}: environment.VAULT_ADDR`],
  ],
  // Another authority has no hook.
  ["TenantPKIProps.hook", { isInternal: true }, { isInternal: true, hook: { name: "other" } }, []],
];

describe("the hook that brings a CA into its mount", () => testChanges(pki, CHANGES, false));

type SshSetting = Pick<SshCaProps, "hook" | "generation" | "importedKeys">;

const SSH_HOOK = { tenant: "customer10", name: "main", central: { address: "https://central:8200" } };
const sshKey = (generation: number, revision = 1) => ({
  generation,
  privateKey: SecretRef.centralVault({ mount: "operator", path: `ssh-${generation}`, field: "private-key", revision }),
});

function ssh(setting: SshSetting): Synthesized {
  const roles = [SshRole.certificate({ name: "ops", allowedUsers: ["ubuntu"], maxTtl: Duration.hours(1) })];
  return synthesizeInVault(
    (stack, { provider }) => new SshCa(stack, "Ssh", { roles, provider, hook: SSH_HOOK, ...setting }),
  );
}

const KEPT = "refuse terraform_data.ssh_imported_keys";
const SSH_CHANGES: readonly FieldChange<SshSetting>[] = [
  // A key would be generated in its place.
  [
    "SshGenerations.importedKeys",
    { importedKeys: [sshKey(1)] },
    {},
    [
      "delete terraform_data.ssh_imported_#_hook",
      "ignore vault_ssh_secret_backend_ca.ssh: count",
      `${KEPT}["generation-1"]`,
    ],
  ],
  [
    "SshImportedKey.generation",
    { importedKeys: [sshKey(1)] },
    { importedKeys: [sshKey(2)] },
    [
      "refuse synthesis: [test/Ssh] The SSH authority imports a key as generation 2, and its generation is 1; write a whole number from 1 to 1.",
    ],
  ],
  [
    "SshCaProps.hook",
    { importedKeys: [sshKey(1)] },
    { importedKeys: [sshKey(1)], hook: { ...SSH_HOOK, central: { address: "https://other:8200" } } },
    ["command terraform_data.ssh_imported_#_hook: environment.VAULT_ADDR"],
  ],
];
// The hook refuses another key: integration/authorities/ssh-imported.ts.
const PRIVATE_KEY: FieldChange<SshSetting> = [
  "SshImportedKey.privateKey",
  { importedKeys: [sshKey(1)] },
  { importedKeys: [sshKey(1, 2)] },
  ["run terraform_data.ssh_imported_#_hook: description.revision"],
];

describe("imported keys of an SSH authority", () => {
  testChanges(ssh, SSH_CHANGES);
  testChanges(ssh, [PRIVATE_KEY], false);
});
