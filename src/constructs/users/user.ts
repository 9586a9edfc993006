import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { jsonencode } from "../../terraform/literal-text";
import { entityOf, NO_PASSWORD } from "../../contract/people";
import {
  GenericEndpoint,
  IdentityEntity,
  IdentityEntityAlias,
  TokenAuthBackendRole,
  type AuthBackend,
} from "../../terraform/providers/vault";
import { expressionOf } from "../../terraform/resource-address";

/** Properties of a {@link User}. */
export interface UserAccount {
  readonly name: string;
  readonly backend: AuthBackend;
  /** What a login gives its tokens, by the names of the API. */
  readonly token: Readonly<Record<string, unknown>>;
  /** Policy, token role and lifetime, seconds, of first logins. */
  readonly firstLogin: { readonly policy: string; readonly role: string; readonly ttl: number };
  readonly metadata?: Readonly<Record<string, string>>;
  readonly provider: TerraformProvider | undefined;
}

/** One person: an account of which nobody knows the password, and the entity that groups have as member. */
export class User extends Construct {
  readonly name: string;
  readonly entityId: string;

  constructor(scope: Construct, id: string, { name, backend, token, firstLogin, metadata, provider }: UserAccount) {
    super(scope, id);
    this.name = name;
    const path = `auth/${backend.path}/users/${name}`;
    const role = new TokenAuthBackendRole(this, "FirstLogin", {
      roleName: firstLogin.role,
      allowedPolicies: [firstLogin.policy],
      allowedEntityAliases: [name],
      orphan: true,
      renewable: false,
      tokenNoDefaultPolicy: true,
      tokenNumUses: 1,
      tokenExplicitMaxTtl: firstLogin.ttl,
      provider,
    });
    // The role has another name once the user gets or loses a duty. An admin who handed the first login over could know the
    // password, or have a token. So the user starts again, and the group gets a member of which nobody has a token.
    const replaceTriggeredBy = [`${expressionOf(role)}.role_name`];
    const account = new GenericEndpoint(this, "Account", {
      path,
      dataJson: jsonencode({ password_hash: NO_PASSWORD }),
      ignoreAbsentFields: true,
      // The user's own password stays.
      lifecycle: { ignoreChanges: ["data_json"], replaceTriggeredBy },
      dependsOn: [role],
      provider,
    });
    const settings = new GenericEndpoint(this, "Token", {
      path,
      dataJson: jsonencode(token),
      ignoreAbsentFields: true,
      disableDelete: true,
      lifecycle: { replaceTriggeredBy },
      dependsOn: [account],
      provider,
    });
    const entity = new IdentityEntity(this, "Resource", {
      name: entityOf(name),
      metadata,
      // An admin of users disables and enables it.
      lifecycle: { ignoreChanges: ["disabled"], replaceTriggeredBy },
      dependsOn: [settings],
      provider,
    });
    new IdentityEntityAlias(this, "Alias", {
      name,
      mountAccessor: backend.accessor,
      canonicalId: entity.id,
      lifecycle: { replaceTriggeredBy },
      provider,
    });
    this.entityId = entity.id;
  }
}
