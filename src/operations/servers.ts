import type { Instance, Replica } from "../contract/instance";
import { namespacePath } from "../contract/namespaces";
import type { Secret } from "../core/secret";
import { AccessApi } from "../vault/access";
import type { VaultClient } from "../vault/client";
import { ContentApi } from "../vault/content";
import { NamespaceReplica } from "../vault/namespace-replica";
import { ReplicaApi, type ReplicaRequests } from "../vault/replica";
import type { Connections } from "./connections";
import { NamespaceSession } from "./namespaces/namespace-session";

/** What operations ask of an instance: of its servers, or of the one server whose namespace it is. */
export interface Servers {
  readonly replica: (replica: Replica) => ReplicaRequests;
  /** Policies and logins of the instance. @param token Of the caller; without it, only a login works. */
  readonly access: (replica: Replica, token?: Secret) => AccessApi;
  /** Anything that the instance has at its paths. @param token Of the caller. */
  readonly content: (replica: Replica, token: Secret) => ContentApi;
  /** The login of a namespace in its shared instance; undefined for an instance with servers of its own. */
  readonly namespaceLogin: NamespaceSession | undefined;
  /** Ends that login. */
  end(): Promise<void>;
}

/** @param central Has the credential of a namespace's login. */
export function serversOf(
  central: VaultClient,
  instance: Pick<Instance, "tenant" | "name" | "replicas" | "sharedInstance">,
  { client }: Pick<Connections, "client">,
): Servers {
  const { tenant, name, sharedInstance } = instance;
  const [replica] = instance.replicas;
  if (sharedInstance === undefined || replica === undefined)
    return {
      replica: (each) => new ReplicaApi(client(each)),
      access: (each, token) => AccessApi.as(client(each), token),
      content: (each, token) => ContentApi.as(client(each), token),
      namespaceLogin: undefined,
      end: () => Promise.resolve(),
    };
  const target = { instance: `${tenant}/${name}`, sharedInstance };
  const path = namespacePath(target.instance);
  const session = new NamespaceSession(central, client(replica), target);
  return {
    replica: (each) => new NamespaceReplica(client(each), path, () => session.open()),
    access: (each, token) => AccessApi.as(client(each).inNamespace(path), token),
    content: (each, token) => ContentApi.as(client(each).inNamespace(path), token),
    namespaceLogin: session,
    end: () => session.end(),
  };
}
