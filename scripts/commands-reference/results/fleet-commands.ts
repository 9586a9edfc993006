import type { Results } from "./result";

export const FLEET_RESULTS: Results = {
  mirror: {
    example: [
      { path: "customers/customer10/main", written: 1, kept: false },
      { path: "access/customer10/main/apply", written: 0, kept: false },
    ],
    notes: [
      "`written` is the number of versions that the mirror lacked. `kept` is true if the secret is deleted in the central Vault.",
      "A secret that is not mirrored has `error` instead. The exit code is then 1.",
    ],
  },
  watch: {
    example: {},
    notes: [
      "It runs until it is interrupted, and then ends with 0. Its progress is on standard error: see [Watch the fleet](operating/watch.md).",
    ],
  },
  preflight: {
    example: {
      tenant: "customer10",
      problems: [
        "customer10-config reads the secret operator/customer10/postgresql of the central Vault, which does not exist; write it: vault kv put operator/customer10/postgresql password=...",
      ],
    },
    notes: [
      "It synthesizes the project and reads the result, so it checks what `cdktf deploy` would do now. It writes nothing anywhere.",
      "It checks the central Vault and the token; each secret and field that the stacks read; the instances that already run; Terraform, the providers and the state; Kubespray and its variables.",
      "It reads the states from their backends, whose credentials it needs as Terraform does.",
      "If the environment has the credentials of the cloud, it also checks what the stack names there: networks, routes of floating IPs, images, flavors, key pairs and types of volumes. It compares machines, cores, memory, networks, ports, floating IPs and volumes with what is free of the quota. `clouds.yaml` is not read.",
      "It names nodes, volumes and gateways that the next deployment [would destroy](operating/remove-nodes.md).",
    ],
  },
  kubespray: {
    example: { tenant: "customer10", apiAddress: "203.0.113.5", kubeconfig: "clusters/customer10" },
    notes: ["`kubeconfig` is the place of the kubeconfig in the central Vault."],
  },
};
