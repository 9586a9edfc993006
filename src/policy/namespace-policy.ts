import { namespaceOfLogin, type NamespaceLogin } from "../contract/namespaces";
import type { Capability, PolicyStatement } from "./policy-document";

const WRITE: readonly Capability[] = ["create", "update"];

/**
 * What the login of a namespace may do in the shared instance: create this one namespace, unseal and seal it, and begin the making of
 * its root token, which takes the namespace's own keys. It deletes nothing, and reads nothing in the namespace.
 */
export function namespaceStatements(login: NamespaceLogin): PolicyStatement[] {
  const namespace = namespaceOfLogin(login);
  const endpoint = `sys/namespaces/${namespace}`;
  const rootToken = `${namespace}/sys/generate-root-token`;
  return [
    { path: endpoint, capabilities: [...WRITE, "read"], reason: "create the namespace" },
    { path: `${endpoint}/seal-status`, capabilities: ["read"], reason: "see whether it is sealed" },
    { path: `${endpoint}/unseal`, capabilities: WRITE, reason: "send keys to it" },
    { path: `${endpoint}/seal`, capabilities: WRITE, reason: "seal it" },
    {
      path: `${rootToken}/attempt`,
      capabilities: [...WRITE, "read", "delete"],
      reason: "begin and cancel the making of its root token",
    },
    { path: `${rootToken}/update`, capabilities: WRITE, reason: "send its keys for that" },
    { path: `${namespace}/auth/token/lookup-self`, capabilities: ["read"], reason: "know its own token in there" },
  ];
}
