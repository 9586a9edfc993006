import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Agent, fetch } from "undici";
import type { LabAuthority } from "../certificates";
import { KEYCLOAK_ENVIRONMENT } from "../tools/keycloak";
import { ManagedProcess } from "./managed-process";

/** Properties of a {@link KeycloakServer}. */
export interface KeycloakServerProps {
  readonly program: string;
  readonly port: number;
  readonly folder: string;
  readonly authority: LabAuthority;
}

/** A real Keycloak on loopback that forgets everything when it stops. */
export class KeycloakServer {
  readonly address: string;
  private readonly password = randomBytes(16).toString("hex");
  private readonly agent: Agent;
  private process: ManagedProcess | undefined;

  constructor(private readonly props: KeycloakServerProps) {
    this.address = `https://localhost:${props.port}`;
    this.agent = new Agent({ connect: { ca: props.authority.certificate } });
  }

  async start(): Promise<void> {
    const { program, port, folder, authority } = this.props;
    mkdirSync(folder, { recursive: true });
    const { certificate, key } = await authority.issue("keycloak");
    const [certificateFile, keyFile] = [join(folder, "tls.crt"), join(folder, "tls.key")];
    writeFileSync(certificateFile, certificate);
    writeFileSync(keyFile, key, { mode: 0o600 });
    this.process = ManagedProcess.start({
      name: "Keycloak",
      command: program,
      args: [
        "start",
        "--optimized",
        `--hostname=${this.address}`,
        "--http-host=127.0.0.1",
        `--https-port=${port}`,
        `--https-certificate-file=${certificateFile}`,
        `--https-certificate-key-file=${keyFile}`,
        "--cache=local",
      ],
      env: {
        ...process.env,
        ...KEYCLOAK_ENVIRONMENT,
        KC_BOOTSTRAP_ADMIN_USERNAME: "admin",
        KC_BOOTSTRAP_ADMIN_PASSWORD: this.password,
      },
      logFile: join(folder, "server.log"),
    });
    const answers = (): Promise<boolean> =>
      this.send("GET", "/realms/master").then(
        () => true,
        () => false,
      );
    await this.process.waitUntil(answers, 300_000);
  }

  /** Calls the administration's API. @param path Below `/admin/realms`. @returns The body; undefined if there is none. */
  async administer(method: string, path: string, body?: object): Promise<unknown> {
    const form = new URLSearchParams({
      grant_type: "password",
      client_id: "admin-cli",
      username: "admin",
      password: this.password,
    });
    const { access_token } = (await this.send("POST", "/realms/master/protocol/openid-connect/token", form)) as {
      access_token: string;
    };
    return this.send(method, `/admin/realms${path}`, body === undefined ? undefined : JSON.stringify(body), {
      authorization: `Bearer ${access_token}`,
      "content-type": "application/json",
    });
  }

  async stop(): Promise<void> {
    await this.agent.close();
    await this.process?.stop();
  }

  private async send(
    method: string,
    path: string,
    body?: string | URLSearchParams,
    headers?: Record<string, string>,
  ): Promise<unknown> {
    const response = await fetch(`${this.address}${path}`, { method, body, headers, dispatcher: this.agent });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} of Keycloak answered ${response.status}: ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  }
}
