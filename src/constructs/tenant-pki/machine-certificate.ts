import { basename } from "node:path";
import type { Construct } from "constructs";
import { parseDomainPattern } from "../../core/domains";
import { firstDuplicate } from "../../core/duplicates";
import { checkDurations, type Duration } from "../../core/duration";
import { ValidationError } from "../../core/errors";
import { PROGRAMS, type Product } from "../../core/product";
import { toYaml } from "../../core/yaml";
import { checkRoleName } from "../access/roles";
import { parseIpAddress } from "./authority-content";
import { maxTtlOf } from "./pki-role";
import { metricsScript, metricsUnits } from "./machine-metrics";
import type { PkiRoleProps } from "./pki-role-props";

/** A certificate that a machine renews by itself. */
export interface MachineCertificateProps {
  /**
   * Its name: that of its folder and of its service on the machine.
   *
   * @changes in place: install the new service on the machine, and remove the former one
   */
  readonly name: string;
  /**
   * Name of the PKI role that issues it.
   *
   * @changes in place: install the new configuration on the machine
   */
  readonly role: string;
  /**
   * Its common name.
   *
   * @changes in place: install the new configuration on the machine
   */
  readonly commonName: string;
  /**
   * Its alternative DNS names.
   *
   * @default - none
   * @changes in place: install the new configuration on the machine
   */
  readonly altNames?: readonly string[];
  /**
   * Its IP addresses.
   *
   * @default - none
   * @changes in place: install the new configuration on the machine
   */
  readonly ipSans?: readonly string[];
  /**
   * Its lifetime. It is renewed when 80 to 90 percent of that time are over.
   *
   * @default - that of the role
   * @changes in place: install the new configuration on the machine
   */
  readonly ttl?: Duration;
  /**
   * The command, word by word, by which a server reads the renewed files.
   *
   * @changes in place: install the new configuration on the machine
   */
  readonly reload: readonly string[];
  /**
   * The user of the machine that owns the key and the certificate.
   *
   * @default - that of the service: root
   * @changes in place: install the new configuration on the machine
   */
  readonly user?: string;
  /**
   * File on the machine with the CA of the instance's own TLS certificate.
   *
   * @default - the certificates that the machine trusts
   * @changes in place: install the new configuration on the machine
   */
  readonly caCertificateFile?: string;
  /**
   * Folder of the textfile collector of node_exporter on the machine. It gets metrics of the certificate there, every minute, by which
   * an alert tells that it is not renewed.
   *
   * @default - no metrics
   * @changes in place: install the new configuration on the machine
   */
  readonly metricsFolder?: string;
}

/** Folder of systemd's units on a machine. */
const UNITS = "/etc/systemd/system";

/** A path that a script takes as it is. */
const FOLDER = /^(\/[\w.-]+)+$/;

/** The instance that issues, as the machine reaches it. */
export interface IssuingInstance {
  readonly product: Product;
  readonly address: string;
  /** @default - the root namespace */
  readonly namespace?: string;
  /** Path of the PKI mount. */
  readonly mount: string;
  /** Path of the AppRole login, without `auth/`. */
  readonly loginPath: string;
}

/**
 * Configuration of the product's own agent, which obtains a certificate for a machine, renews it, and has a server read it. It
 * logs in by AppRole: a person puts the files `role-id` and `secret-id` into the folder.
 */
export class MachineCertificate {
  /** Folder on the machine for configuration, credentials and certificates. */
  readonly folder: string;

  constructor(
    private readonly props: MachineCertificateProps,
    private readonly instance: IssuingInstance,
  ) {
    this.folder = `/etc/tenant-vault/${props.name}`;
  }

  /** The agent's configuration. No secret is in it. */
  get agentConfig(): string {
    const { address, loginPath } = this.instance;
    const { caCertificateFile, reload } = this.props;
    const text = JSON.stringify;
    const trust = caCertificateFile === undefined ? "" : `\n  ca_cert = ${text(caCertificateFile)}`;
    // A failed request is repeated 3 times: after 250 ms, and after twice as long each time.
    return `vault {
  address = ${text(address)}${trust}
  retry {
    num_retries = 3
  }
}

auto_auth {
  method "approle" {
    mount_path = ${text(`auth/${loginPath}`)}
    config = {
      role_id_file_path = ${text(this.file("role-id"))}
      secret_id_file_path = ${text(this.file("secret-id"))}
      remove_secret_id_file_after_reading = false
    }
  }
}

template_config {
  exit_on_retry_failure = false
}

template {
  destination = ${text(this.file("bundle.pem"))}
  perms = "0600"
  error_on_missing_key = true
  contents = ${text(this.template)}
  exec {
    command = ${text(reload)}
    timeout = "30s"
  }
}
`;
  }

  /** The unit of systemd that runs the agent. */
  get systemdUnit(): string {
    const { product, namespace = "" } = this.instance;
    const program = PROGRAMS[product];
    const variable = product === "openbao" ? "BAO_NAMESPACE" : "VAULT_NAMESPACE";
    return `[Unit]
Description=Certificate ${this.props.name} of ${this.instance.address}
Wants=network-online.target
After=network-online.target

[Service]
# Without HOME, which systemd does not set for root, the agent does not start.
Environment=HOME=${this.folder}
${namespace === "" ? "" : `Environment=${variable}=${namespace}\n`}ExecStart=/usr/bin/env ${program} agent -config=${this.file("agent.hcl")}
Restart=always
RestartSec=5
UMask=0077
NoNewPrivileges=true
PrivateTmp=true

[Install]
WantedBy=multi-user.target
`;
  }

  /** Name of the service. */
  get service(): string {
    return `tenant-vault-certificate-${this.props.name}.service`;
  }

  /** All of it for cloud-init; https://cloudinit.readthedocs.io/en/latest/reference/modules.html */
  get cloudInit(): string {
    const { metricsFiles } = this;
    const timers = metricsFiles.map(({ path }) => basename(path)).filter((name) => name.endsWith(".timer"));
    const config = {
      write_files: [
        { path: this.file("agent.hcl"), permissions: "0644", content: this.agentConfig },
        { path: `${UNITS}/${this.service}`, permissions: "0644", content: this.systemdUnit },
        ...metricsFiles,
      ],
      runcmd: [
        ["systemctl", "daemon-reload"],
        ["systemctl", "enable", "--now", this.service, ...timers],
      ],
    };
    return `#cloud-config\n${toYaml(config, { lineWidth: 0 })}`;
  }

  private get metricsFiles() {
    const { name, metricsFolder } = this.props;
    if (metricsFolder === undefined) return [];
    const script = this.file("metrics");
    const { service, timer } = metricsUnits(name, script);
    const unit = `${UNITS}/tenant-vault-certificate-${name}-metrics`;
    return [
      {
        path: script,
        permissions: "0755",
        content: metricsScript(name, this.file("certificate.pem"), metricsFolder),
      },
      { path: `${unit}.service`, permissions: "0644", content: service },
      { path: `${unit}.timer`, permissions: "0644", content: timer },
    ];
  }

  /** The bundle keeps a certificate that is still valid when the agent starts again. The other files are parts of it. */
  private get template(): string {
    const { mount } = this.instance;
    const { role, commonName, altNames = [], ipSans = [], ttl, user = "" } = this.props;
    const request = [
      `${mount}/issue/${role}`,
      `common_name=${parseDomainPattern(commonName)}`,
      ...(altNames.length === 0 ? [] : [`alt_names=${altNames.map(parseDomainPattern).join(",")}`]),
      ...(ipSans.length === 0 ? [] : [`ip_sans=${ipSans.map(parseIpAddress).join(",")}`]),
      ...(ttl === undefined ? [] : [`ttl=${ttl.toString()}`]),
    ];
    const write = (value: string, name: string, mode: string): string =>
      `{{- ${value} | writeToFile ${JSON.stringify(this.file(name))} ${JSON.stringify(user)} "" "${mode}" -}}\n`;
    return [
      `{{- with pkiCert ${request.map((each) => JSON.stringify(each)).join(" ")} -}}\n`,
      "{{ .Cert }}{{ .CA }}\n{{ .Key }}\n",
      write(".Key", "key.pem", "0600"),
      write('printf "%s%s" .Cert .CA', "certificate.pem", "0644"),
      write(".CA", "chain.pem", "0644"),
      "{{- end -}}\n",
    ].join("");
  }

  private file(name: string): string {
    return `${this.folder}/${name}`;
  }
}

/** @throws ValidationError if two machines have the same name, or a certificate of one could not be issued. */
export function checkMachines(
  machines: readonly MachineCertificateProps[],
  roles: readonly PkiRoleProps[],
  scope?: Construct,
): void {
  const twice = firstDuplicate(machines.map(({ name }) => name));
  if (twice !== undefined)
    throw new ValidationError(
      "pki-machine",
      `Two machines of the PKI are named "${twice}"; give each its own name.`,
      scope,
    );
  for (const machine of machines) checkMachine(machine, roles, scope);
}

/** @throws ValidationError if a machine's certificate could not be issued. */
function checkMachine(machine: MachineCertificateProps, roles: readonly PkiRoleProps[], scope?: Construct): void {
  const fail = (problem: string): never => {
    throw new ValidationError("pki-machine", `The machine ${machine.name} of the PKI ${problem}`, scope);
  };
  checkRoleName("machine", machine.name, scope);
  checkDurations(machine, ["ttl"], scope);
  if (machine.metricsFolder !== undefined && !FOLDER.test(machine.metricsFolder))
    fail(
      `has the metricsFolder ${JSON.stringify(machine.metricsFolder)}, which is not a valid folder; write an absolute path of letters, digits, _, . and -.`,
    );
  [machine.commonName, ...(machine.altNames ?? [])].forEach(parseDomainPattern);
  (machine.ipSans ?? []).forEach(parseIpAddress);
  const role = roles.find(({ name }) => name === machine.role);
  if (role === undefined)
    return fail(
      `has the role "${machine.role}", which does not exist; use one of: ${roles.map(({ name }) => name).join(", ")}.`,
    );
  if (machine.ttl?.isLongerThan(maxTtlOf(role)) === true)
    fail(
      `has a ttl of ${machine.ttl.toString()}, longer than the maxTtl of the role ${role.name}, ${maxTtlOf(role).toString()}; reduce it.`,
    );
  if (machine.ipSans !== undefined && machine.ipSans.length > 0 && role.allowIpSans !== true)
    fail(`has ipSans, which the role ${role.name} does not allow; set allowIpSans: true.`);
  if (machine.reload.length === 0)
    fail('has an empty reload; write a command, word by word, such as ["systemctl", "reload", "nginx"].');
  if (machine.reload.some((word) => /[$%]\{/.test(word)))
    fail("has a reload with ${ or %{, which Terraform would interpret; put the command into a script on the machine.");
}
