import { recordPath } from "../../contract/central-vault";
import type { Instance } from "../../contract/instance";
import { namespacePath } from "../../contract/namespaces";
import { PROGRAMS } from "../../core/product";
import type { NamedKey } from "../../central/record";
import type { KeyType } from "../../vault/keys";
import type { Person } from "./people";

/** What the files of a custody say. */
export interface CustodyContent {
  readonly instance: Instance;
  readonly keyType: KeyType;
  readonly holders: readonly Holder[];
}

/** A person with the keys of this person. */
export interface Holder extends Person {
  readonly keys: readonly NamedKey[];
}

/** Where the content comes from. */
export interface Origin {
  readonly recordVersion: number;
  readonly time: Date;
}

/** The text of a person's file. It contains keys, so it must be encrypted before it goes anywhere. */
export function shareFileText(content: CustodyContent, holder: Holder, { recordVersion, time }: Origin): string {
  const { instance, keyType, holders } = content;
  const path = `${instance.tenant}/${instance.name}`;
  const use = keyType === "unseal" ? "open the data" : "make a root token";
  return [
    `Keys of ${path} for ${holder.name}`,
    "",
    "Keep this text only encrypted. Show the keys to nobody. All but the keys may be known.",
    "",
    `instance: ${path} (${instance.product})`,
    `record: ${recordPath(path)}, version ${recordVersion}`,
    `written: ${time.toISOString()}`,
    `seal: ${instance.seal}`,
    `keys: ${instance.secretShares} ${keyType} keys, any ${instance.secretThreshold} of which ${use}`,
    ...instance.replicas.map(({ name, address }) => `server: ${name} at ${address}`),
    "",
    "Your keys, under their names in the record:",
    ...holder.keys.map(({ name, key }) => `${name}: ${key.reveal()}`),
    "",
    "All people, with the names of their keys:",
    ...holders.map(({ name, keys }) => `${name}: ${keys.map((each) => each.name).join(", ")}`),
    "",
    ...steps(content),
    ...certificate(instance),
    "",
  ].join("\n");
}

function steps(content: CustodyContent): readonly string[] {
  const { instance, keyType } = content;
  const { product, secretThreshold, sharedInstance, kubernetes } = instance;
  const program = PROGRAMS[product];
  if (keyType === "recovery") return rootTokenSteps(instance, program);
  const each = `Each person runs this once per key, until ${secretThreshold} different keys are given. It asks for the key.`;
  if (sharedInstance !== undefined) {
    const [shared] = instance.replicas;
    return [
      `The instance is a namespace of ${sharedInstance}. To unseal it without the central Vault, first unseal`,
      `${sharedInstance}, and log in to it with the right to update sys/namespaces/${namespacePath(`${instance.tenant}/${instance.name}`)}/unseal.`,
      each,
      `${program} namespace unseal ${connection(instance, shared?.address)} ${namespacePath(`${instance.tenant}/${instance.name}`)}`,
    ];
  }
  return [
    "To unseal the servers without the central Vault, finish one server after the other.",
    each,
    ...instance.replicas.map(({ name, address }) =>
      kubernetes === undefined
        ? `${program} operator unseal ${connection(instance, address)}`
        : `kubectl exec -ti -n ${kubernetes.namespace} ${name} -- ${program} operator unseal`,
    ),
  ];
}

/** Servers with a seal of another type unseal themselves. */
function rootTokenSteps(instance: Instance, program: string): readonly string[] {
  const [server] = instance.replicas;
  const flags = connection(instance, server?.address);
  const intro = [
    `The servers unseal themselves with the seal "${instance.seal}". These keys make a root token.`,
    "One person begins, and gives the nonce to the others. The OTP stays with this person.",
  ];
  if (program === "vault") {
    return [
      ...intro,
      `vault operator generate-root ${flags} -init`,
      `vault operator generate-root ${flags} -nonce=NONCE   # each person, once per key; it asks for the key`,
      `vault operator generate-root ${flags} -decode=ENCODED_TOKEN -otp=OTP`,
    ];
  }
  return [
    ...intro,
    "OpenBao accepts this only with a token that may update sys/generate-root-token/*.",
    `bao write ${flags} -force sys/generate-root-token/attempt`,
    `bao write ${flags} sys/generate-root-token/update nonce=NONCE key=-   # each person, once per key: type it, then Enter, Ctrl-D`,
    `bao operator generate-root ${flags} -decode=ENCODED_TOKEN -otp=OTP`,
  ];
}

function connection({ caCertificate }: Instance, address = ""): string {
  return `-address=${address}${caCertificate === undefined ? "" : " -ca-cert=ca.pem"}`;
}

function certificate({ caCertificate }: Instance): readonly string[] {
  return caCertificate === undefined ? [] : ["", "Save this as ca.pem. It is not a secret:", caCertificate.trimEnd()];
}
