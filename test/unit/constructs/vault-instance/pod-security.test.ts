import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { HelmValues } from "../../../../src/constructs/vault-instance/merge-values";
import { renderValues } from "../../../../src/constructs/vault-instance/operator-values";
import { ValidationError } from "../../../../src/index";
import { synthesize } from "../../../support/synth";

const SECURITY = { runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };

const OURS = {
  server: {
    dataStorage: { enabled: true },
    auditStorage: { enabled: true },
    extraVolumes: [{ type: "secret", name: "tls" }],
    volumes: [{ name: "tmp", emptyDir: {} }],
    volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
    extraContainers: [{ name: "lingering", securityContext: SECURITY }],
  },
};

function rendered(theirs: HelmValues): { server: Record<string, { name: string; volumeMounts: object[] }[]> } {
  let yaml = "";
  synthesize((stack) => {
    yaml = renderValues(stack, OURS, theirs);
  });
  return parse(yaml) as ReturnType<typeof rendered>;
}

const container = (fields: object): HelmValues => ({ name: "agent", securityContext: SECURITY, ...fields });
const context = (fields: object): HelmValues => container({ securityContext: { ...SECURITY, ...fields } });

const CONTAINERS: readonly (readonly [field: string, container: HelmValues])[] = [
  ["ports.0.hostPort is 8200", container({ ports: [{ containerPort: 8200, hostPort: 8200 }] })],
  ['securityContext.procMount is "Unmasked"', context({ procMount: "Unmasked" })],
  ['securityContext.seLinuxOptions.user is "system_u"', context({ seLinuxOptions: { user: "system_u" } })],
  ['securityContext.seLinuxOptions.role is "system_r"', context({ seLinuxOptions: { role: "system_r" } })],
  ['securityContext.seLinuxOptions.type is "spc_t"', context({ seLinuxOptions: { type: "spc_t" } })],
  ["securityContext.privileged is true", context({ privileged: true })],
  ["securityContext.allowPrivilegeEscalation is true", context({ allowPrivilegeEscalation: true })],
  ["securityContext.allowPrivilegeEscalation is not set", context({ allowPrivilegeEscalation: undefined })],
  ["securityContext.runAsNonRoot is false", context({ runAsNonRoot: false })],
  ["securityContext.runAsUser is 0", context({ runAsUser: 0 })],
  ['securityContext.capabilities.drop is ["NET_RAW"]', context({ capabilities: { drop: ["NET_RAW"] } })],
  [
    'securityContext.capabilities.add.0 is "SYS_PTRACE"',
    context({ capabilities: { drop: ["ALL"], add: ["SYS_PTRACE"] } }),
  ],
  ['securityContext.seccompProfile.type is "Unconfined"', context({ seccompProfile: { type: "Unconfined" } })],
  ['securityContext.appArmorProfile.type is "Unconfined"', context({ appArmorProfile: { type: "Unconfined" } })],
  ["securityContext.windowsOptions.hostProcess is true", context({ windowsOptions: { hostProcess: true } })],
  ['livenessProbe.httpGet.host is "10.0.0.1"', container({ livenessProbe: { httpGet: { host: "10.0.0.1" } } })],
  ['startupProbe.tcpSocket.host is "10.0.0.1"', container({ startupProbe: { tcpSocket: { host: "10.0.0.1" } } })],
  [
    'lifecycle.postStart.httpGet.host is "10.0.0.1"',
    container({ lifecycle: { postStart: { httpGet: { host: "10.0.0.1" } } } }),
  ],
  // What the values do not say, Kubernetes fills in: no context at all is outside the standard.
  ["securityContext.allowPrivilegeEscalation is not set", { name: "agent" }],
];

describe.each(["extraContainers", "extraInitContainers"])("K7: a container of %s is refused with its field", (list) => {
  test.each(CONTAINERS)("%s", (field, agent) => {
    const make = (): unknown => rendered({ server: { [list]: [agent] } });
    expect(make).toThrow(ValidationError);
    expect(make).toThrow(
      `The container "agent" in server.${list} is outside the standard restricted, which the namespace enforces, so that no server would start: ${field}; `,
    );
  });

  test("K7: an ordinary one is accepted, and gets no token of the servers", () => {
    const agent = container({
      ports: [{ containerPort: 8080, hostPort: 0 }],
      livenessProbe: { httpGet: { path: "/", port: 8080 } },
      securityContext: { ...SECURITY, runAsUser: 1000, procMount: "Default", seLinuxOptions: { level: "s0:c1,c2" } },
      volumeDevices: [{ name: "block", devicePath: "/dev/block" }],
    });
    expect(rendered({ server: { [list]: [agent] } }).server[list]?.[0]).toEqual({
      ...agent,
      volumeMounts: [{ name: "no-token", mountPath: "/var/run/secrets/kubernetes.io/serviceaccount", readOnly: true }],
    });
  });
});

const PROFILE = "container.apparmor.security.beta.kubernetes.io/openbao";
const projected = (token: object): HelmValues => ({
  server: { volumes: [{ name: "token", projected: { sources: [{ serviceAccountToken: token }] } }] },
});

describe("K7: values that no pod of the namespace could have are refused", () => {
  test.each<[string, HelmValues, string]>([
    [
      "port of the node",
      { server: { extraPorts: [{ hostPort: 9 }] } },
      "The values set server.extraPorts.0.hostPort is 9",
    ],
    [
      "folder of the node by the chart's own list",
      { server: { extraVolumes: [{ type: "hostPath", name: "etc" }] } },
      'server.extraVolumes.0.type is "hostPath"',
    ],
    ["pods with folders of the nodes", { csi: { enabled: true } }, "The values set csi.enabled is true"],
    ["injector in the network of the node", { injector: { hostNetwork: true } }, "injector.hostNetwork is true"],
    ["profile of AppArmor", { server: { annotations: { [PROFILE]: "unconfined" } } }, "another profile of AppArmor"],
    ["profile in a text", { server: { annotations: `${PROFILE}: unconfined` } }, "another profile of AppArmor"],
    ["volume of the hardening", { server: { volumes: [{ name: "tmp", secret: {} }] } }, 'second volume "tmp"'],
    ["volume of the chart", { server: { volumes: [{ name: "home", secret: {} }] } }, 'second volume "home"'],
    ["volume of a claim", { server: { volumes: [{ name: "data", secret: {} }] } }, 'second volume "data"'],
    ["volume of a Secret", { server: { volumes: [{ name: "userconfig-tls", secret: {} }] } }, '"userconfig-tls"'],
    [
      "mount of the hardening",
      { server: { volumes: [{ name: "x", secret: {} }], volumeMounts: [{ name: "x", mountPath: "/tmp" }] } },
      'server.volumeMounts has a second volume mount at "/tmp"',
    ],
    ["container of the chart", { server: { extraContainers: [container({ name: "openbao" })] } }, '"openbao"'],
    [
      "container of the library",
      { server: { extraInitContainers: [container({ name: "lingering" })] } },
      '"lingering"',
    ],
    ["token of the servers", projected({ path: "token" }), 'The volume "token" in server.volumes has the token'],
    ["element that is no object", { server: { volumes: [null] } }, "server.volumes is not a list of objects"],
  ])("%s", (_, values, message) => {
    const make = (): unknown => rendered(values);
    expect(make).toThrow(ValidationError);
    expect(make).toThrow(message);
  });

  test.each<[string, HelmValues]>([
    ["token for another program", projected({ path: "token", audience: "vault" })],
    ["default profile of AppArmor", { server: { annotations: { [PROFILE]: "runtime/default" } } }],
    ["names of hosts", { server: { hostAliases: [{ ip: "10.0.0.1", hostnames: ["siem"] }] } }],
    ["CSI switched off", { csi: { enabled: false } }],
  ])("but not a %s", (_, values) => {
    expect(() => rendered(values)).not.toThrow();
  });
});
