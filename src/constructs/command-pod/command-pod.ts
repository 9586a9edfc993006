import { Fn } from "cdktf";
import { asFunctionArgument } from "../../terraform/literal-text";
import { CONTAINER_SECURITY } from "../vault-instance/pod-values";
import type { WatchLogin } from "./watch-login";

/** Key of the ConfigMap with the CA certificate of the central Vault, and name of the file. */
export const CA_FILE = "ca.pem";

/** The user `node` of the official images of Node.js, as the Dockerfile has it. */
const USER = 1000;
export const CA_FOLDER = "/etc/tenant-vault/ca";
const TOKEN_FOLDER = "/var/run/secrets/tenant-vault";
/** Seconds. Kubernetes writes another token when four fifths are over. It allows no shorter time. */
const TOKEN_LIFETIME = 600;

/** Security context of a container, within Pod Security `restricted`. */
export const COMMAND_SECURITY = { ...CONTAINER_SECURITY, capabilities: { drop: ["ALL"] } };

/** Metadata of a pod that reads CA certificates when it starts. */
export function podMetadata(labels: Readonly<Record<string, string>>, caCertificate: string | undefined) {
  return {
    labels: { ...labels },
    ...(caCertificate === undefined
      ? {}
      : { annotations: { "tenant-vault/ca": Fn.sha256(asFunctionArgument(caCertificate)) } }),
  };
}

/** What each pod of the command has, within Pod Security `restricted`: no token but the one for the central Vault. */
export function podSettings(serviceAccountName: string) {
  return {
    serviceAccountName,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: String(USER),
      runAsGroup: String(USER),
      fsGroup: String(USER),
      seccompProfile: { type: "RuntimeDefault" },
    },
  };
}

/** The mount of a ConfigMap with CA certificates; none without one. */
export function caMounts(ca: string | undefined) {
  return ca === undefined ? [] : [{ name: "ca", mountPath: CA_FOLDER, readOnly: true }];
}

/** Mounts of a container that logs in. */
export function loginMounts(ca: string | undefined) {
  return [{ name: "token", mountPath: TOKEN_FOLDER, readOnly: true }, ...caMounts(ca)];
}

/** Volumes of a pod that logs in. */
export function loginVolumes({ audience }: WatchLogin, ca: string | undefined) {
  const token = { audience, expirationSeconds: TOKEN_LIFETIME, path: "token" };
  return [
    { name: "token", projected: [{ sources: [{ serviceAccountToken: token }] }] },
    ...(ca === undefined ? [] : [{ name: "ca", configMap: { name: ca } }]),
  ];
}

/** What a container needs to connect to the central Vault. */
export interface CentralConnection {
  readonly address: string;
  readonly centralNamespace?: string | undefined;
  /** Whether the CA certificate of the central Vault is mounted. */
  readonly hasCa: boolean;
  readonly login: WatchLogin;
  /** Role of the login. */
  readonly role: string;
}

/** Environment variables of a container that logs in to the central Vault. */
export function loginVariables({ address, centralNamespace, hasCa, login, role }: CentralConnection) {
  return [
    { name: "VAULT_ADDR", value: address },
    ...(centralNamespace === undefined ? [] : [{ name: "VAULT_NAMESPACE", value: centralNamespace }]),
    ...(hasCa ? [{ name: "VAULT_CACERT", value: `${CA_FOLDER}/${CA_FILE}` }] : []),
    { name: "TENANT_VAULT_JWT_FILE", value: `${TOKEN_FOLDER}/token` },
    { name: "TENANT_VAULT_JWT_LOGIN", value: login.path },
    { name: "TENANT_VAULT_JWT_ROLE", value: role },
  ];
}
