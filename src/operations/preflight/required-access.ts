import { accessPath } from "../../contract/identities";
import { namespaceLogin } from "../../contract/namespaces";
import { blocksOf, dataOf, descriptionsFor, secretReads, type SynthesizedStack } from "./synthesized-stack";

/** What a token must be able to do at a path of the central Vault. */
export interface RequiredAccess {
  readonly path: string;
  readonly capability: "read" | "update";
  /** The component that needs it, as the subject of a sentence. */
  readonly reason: string;
}

/** What the deploying user's token needs in the central Vault, each path once. */
export function requiredAccess(stacks: readonly SynthesizedStack[]): RequiredAccess[] {
  const needed = stacks.flatMap(accessOf);
  const byPath = new Map(needed.map((access) => [`${access.capability} ${access.path}`, access]));
  return [...byPath.values()];
}

function accessOf(stack: SynthesizedStack): RequiredAccess[] {
  return [...accessOfProvider(stack), ...accessOfSigning(stack), ...accessOfHook(stack)];
}

function accessOfProvider(stack: SynthesizedStack): RequiredAccess[] {
  const central = stack.json.provider?.vault?.find(({ alias }) => alias === "central");
  const isUsed = JSON.stringify([stack.json.resource, stack.json.ephemeral, stack.json.data]).includes(
    '"vault.central"',
  );
  const reads = secretReads(stack).map(({ mount, path }): RequiredAccess => ({
    path: `${mount}/data/${path}`,
    capability: "read",
    reason: `the stack ${stack.name}`,
  }));
  return central === undefined || !isUsed || central.skip_child_token === true
    ? reads
    : // https://registry.terraform.io/providers/hashicorp/vault/latest/docs#token
      [
        { path: "auth/token/create", capability: "update", reason: "the child token of Terraform's Vault provider" },
        ...reads,
      ];
}

function accessOfSigning(stack: SynthesizedStack): RequiredAccess[] {
  const certificates = dataOf(stack, "vault_pki_secret_backend_issuer")
    .filter(({ provider }) => provider === "vault.central")
    .map(({ backend, issuer_ref: issuer }): RequiredAccess => ({
      path: `${backend as string}/issuer/${issuer as string}`,
      capability: "read",
      reason: "the comparison of the tenant's CA with its root",
    }));
  const signatures = blocksOf(stack, "vault_pki_secret_backend_root_sign_intermediate")
    .filter(({ provider }) => provider === "vault.central")
    .map(({ backend, issuer_ref: issuer }) => ({
      path:
        issuer === undefined
          ? `${backend as string}/root/sign-intermediate`
          : `${backend as string}/issuer/${issuer as string}/sign-intermediate`,
      capability: "update" as const,
      reason: "the signature of the tenant's CA",
    }));
  return [...certificates, ...signatures];
}

interface InstanceDescription {
  readonly tenant: string;
  readonly name: string;
  readonly sharedInstance?: string;
  readonly kubernetes?: {
    readonly certificate?: { readonly issuer?: { readonly mount: string; readonly role: string } };
  };
}

function accessOfHook(stack: SynthesizedStack): RequiredAccess[] {
  return descriptionsFor(stack, "unseal").flatMap((description) => {
    const { tenant, name, kubernetes, sharedInstance } = description as unknown as InstanceDescription;
    const reason = "the hook that unseals the instance";
    const issuer = kubernetes?.certificate?.issuer;
    const record = `${tenant}/${name}`;
    return [
      { path: `customers/data/${record}`, capability: "read", reason },
      { path: `customers/data/${record}`, capability: "update", reason },
      { path: `customers/metadata/${record}`, capability: "update", reason },
      ...(sharedInstance === undefined
        ? []
        : [
            {
              path: `access/data/${accessPath(sharedInstance, namespaceLogin(record))}`,
              capability: "read" as const,
              reason,
            },
          ]),
      ...(issuer === undefined
        ? []
        : [{ path: `${issuer.mount}/issue/${issuer.role}`, capability: "update" as const, reason }]),
    ];
  });
}
