import { expect, test } from "vitest";
import { parse } from "yaml";
import {
  Duration,
  PkiAuthority,
  TenantPKI,
  type MachineCertificate,
  type MachineCertificateProps,
  type TenantPKIProps,
} from "../../../../src/index";
import { synthesizeInVault } from "../../../support/synth";

const WEB: MachineCertificateProps = {
  name: "web1",
  role: "web",
  commonName: "web1.customer10.internal",
  reload: ["systemctl", "reload", "nginx"],
};

function machine(props: Partial<MachineCertificateProps> = {}, pki: Partial<TenantPKIProps> = {}): MachineCertificate {
  const made: MachineCertificate[] = [];
  synthesizeInVault((stack, { provider }) => {
    const { machines } = new TenantPKI(stack, "Pki", {
      commonName: "customer10 main CA",
      address: "https://vault.customer10.example:8200",
      authority: PkiAuthority.internal(),
      roles: [{ name: "web", allowedDomains: ["customer10.internal"], allowIpSans: true, maxTtl: Duration.hours(8) }],
      machines: [{ ...WEB, ...props }],
      provider,
      ...pki,
    });
    made.push(...machines.values());
  });
  return made[0] as MachineCertificate;
}

test("the agent logs in by AppRole, and writes key, certificate and chain before the server reads them", () => {
  expect(machine().agentConfig).toMatchInlineSnapshot(`
    "vault {
      address = "https://vault.customer10.example:8200"
      retry {
        num_retries = 3
      }
    }

    auto_auth {
      method "approle" {
        mount_path = "auth/approle"
        config = {
          role_id_file_path = "/etc/tenant-vault/web1/role-id"
          secret_id_file_path = "/etc/tenant-vault/web1/secret-id"
          remove_secret_id_file_after_reading = false
        }
      }
    }

    template_config {
      exit_on_retry_failure = false
    }

    template {
      destination = "/etc/tenant-vault/web1/bundle.pem"
      perms = "0600"
      error_on_missing_key = true
      contents = "{{- with pkiCert \\"pki/issue/web\\" \\"common_name=web1.customer10.internal\\" -}}\\n{{ .Cert }}{{ .CA }}\\n{{ .Key }}\\n{{- .Key | writeToFile \\"/etc/tenant-vault/web1/key.pem\\" \\"\\" \\"\\" \\"0600\\" -}}\\n{{- printf \\"%s%s\\" .Cert .CA | writeToFile \\"/etc/tenant-vault/web1/certificate.pem\\" \\"\\" \\"\\" \\"0644\\" -}}\\n{{- .CA | writeToFile \\"/etc/tenant-vault/web1/chain.pem\\" \\"\\" \\"\\" \\"0644\\" -}}\\n{{- end -}}\\n"
      exec {
        command = ["systemctl","reload","nginx"]
        timeout = "30s"
      }
    }
    "
  `);
});

// MachineCertificateProps.ipSans, MachineCertificateProps.user
test("altNames, ipSans, ttl and user are in the template, caCertificateFile in the connection", () => {
  const { agentConfig } = machine({
    altNames: ["www.customer10.internal", "B.customer10.internal"],
    ipSans: ["10.0.0.7"],
    ttl: Duration.hours(1),
    user: "www-data",
    caCertificateFile: "/etc/ssl/instance.pem",
  });
  expect(agentConfig).toContain('ca_cert = "/etc/ssl/instance.pem"');
  const names = ["alt_names=www.customer10.internal,b.customer10.internal", "ip_sans=10.0.0.7", "ttl=1h"];
  expect(agentConfig).toContain(names.map((each) => JSON.stringify(JSON.stringify(each)).slice(1, -1)).join(" "));
  expect(agentConfig).toContain(String.raw`key.pem\" \"www-data\" \"\" \"0600\"`);
});

// TenantPKIProps.login, TenantPKIProps.product
test("mount and login are those of the instance, product and namespace those of its agent", () => {
  const { agentConfig, systemdUnit } = machine(
    {},
    { mount: "certificates", login: { path: "machines" }, product: "vault", namespace: "team1" },
  );
  expect(agentConfig).toContain(String.raw`pkiCert \"certificates/issue/web\"`);
  expect(agentConfig).toContain('mount_path = "auth/machines"');
  expect(systemdUnit).toContain("Environment=VAULT_NAMESPACE=team1\n");
  expect(systemdUnit).toContain("ExecStart=/usr/bin/env vault agent -config=/etc/tenant-vault/web1/agent.hcl\n");
});

test("with MachineCertificateProps.metricsFolder, cloud-init also writes and starts what tells metrics", () => {
  const { write_files: files, runcmd } = parse(
    machine({ metricsFolder: "/var/lib/prometheus/node-exporter" }).cloudInit,
  ) as { write_files: { path: string; permissions: string; content: string }[]; runcmd: string[][] };
  const units = "/etc/systemd/system/tenant-vault-certificate-web1";
  expect(files.slice(2).map(({ path, permissions }) => [path, permissions])).toEqual([
    ["/etc/tenant-vault/web1/metrics", "0755"],
    [`${units}-metrics.service`, "0644"],
    [`${units}-metrics.timer`, "0644"],
  ]);
  expect(files[3]?.content).toContain("ExecStart=/etc/tenant-vault/web1/metrics\n");
  expect(runcmd[1]?.slice(3)).toEqual([
    "tenant-vault-certificate-web1.service",
    "tenant-vault-certificate-web1-metrics.timer",
  ]);
  expect(() => machine({ metricsFolder: "/var/my metrics" })).toThrow(
    'has the metricsFolder "/var/my metrics", which is not a valid folder',
  );
});

test("cloud-init writes configuration and service, and no credential", () => {
  const made = machine();
  expect(made.cloudInit.startsWith("#cloud-config\n")).toBe(true);
  expect(parse(made.cloudInit)).toEqual({
    write_files: [
      { path: "/etc/tenant-vault/web1/agent.hcl", permissions: "0644", content: made.agentConfig },
      {
        path: "/etc/systemd/system/tenant-vault-certificate-web1.service",
        permissions: "0644",
        content: made.systemdUnit,
      },
    ],
    runcmd: [
      ["systemctl", "daemon-reload"],
      ["systemctl", "enable", "--now", "tenant-vault-certificate-web1.service"],
    ],
  });
});

test.each<[Partial<MachineCertificateProps>, string]>([
  [{ role: "mail" }, 'The machine web1 of the PKI has the role "mail", which does not exist; use one of: web.'],
  [{ ttl: Duration.hours(9) }, "has a ttl of 9h, longer than the maxTtl of the role web, 8h; reduce it."],
  [{ reload: [] }, "has an empty reload; write a command, word by word"],
  [{ reload: ["sh", "-c", "kill ${PID}"] }, "has a reload with ${ or %{, which Terraform would interpret"],
  [{ commonName: "web 1" }, '"web 1" is not a valid domain'],
  [{ ipSans: ["10.0.0.0/8"] }, '"10.0.0.0/8" is not a valid IP address'],
  [{ name: "web/1" }, '"web/1" is not a valid name of a machine role'],
])("fails with %j", (props, message) => {
  expect(() => machine(props)).toThrow(message);
});

test("fails with two machines of one name", () => {
  expect(() => machine({}, { machines: [WEB, WEB] })).toThrow(
    'Two machines of the PKI are named "web1"; give each its own name.',
  );
});

test("fails with an address that the role does not allow", () => {
  const roles = [{ name: "web", allowedDomains: ["customer10.internal"] }];
  expect(() => machine({ ipSans: ["10.0.0.7"] }, { roles })).toThrow(
    "The machine web1 of the PKI has ipSans, which the role web does not allow; set allowIpSans: true.",
  );
});
