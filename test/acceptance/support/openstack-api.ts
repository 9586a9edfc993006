import { waitUntil } from "../../../lab/wait";
import { cloudEnvironment } from "./cloud-environment";

/** The few calls of Nova that an operator makes outside Terraform. The cloud is the one of clouds.yaml. */
export class OpenStackApi {
  static async connect(): Promise<OpenStackApi> {
    const cloud = cloudEnvironment();
    const response = await fetch(`${cloud.OS_AUTH_URL}/auth/tokens`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        auth: {
          identity: {
            methods: ["password"],
            password: {
              user: {
                name: cloud.OS_USERNAME,
                password: cloud.OS_PASSWORD,
                domain: { name: cloud.OS_USER_DOMAIN_NAME },
              },
            },
          },
          scope: { project: { name: cloud.OS_PROJECT_NAME, domain: { name: cloud.OS_PROJECT_DOMAIN_NAME } } },
        },
      }),
    });
    const { token } = (await response.json()) as {
      token: { catalog: { type: string; endpoints: { interface: string; url: string }[] }[] };
    };
    const compute = token.catalog
      .find(({ type }) => type === "compute")
      ?.endpoints.find((endpoint) => endpoint.interface === "public");
    return new OpenStackApi(compute?.url ?? "", response.headers.get("x-subject-token") ?? "");
  }

  private constructor(
    private readonly compute: string,
    private readonly token: string,
  ) {}

  /** Resizes a machine and confirms it, as `openstack server resize` does. */
  async resize(name: string, flavor: string): Promise<void> {
    const { flavors } = await this.send<{ flavors: { id: string; name: string }[] }>("GET", "flavors");
    const flavorRef = flavors.find((each) => each.name === flavor)?.id;
    const path = `servers/${(await this.server(name)).id}/action`;
    await this.send("POST", path, { resize: { flavorRef } });
    await waitUntil(`${name} is resized`, async () => (await this.server(name)).status === "VERIFY_RESIZE");
    await this.send("POST", path, { confirmResize: null });
    await waitUntil(`${name} runs again`, async () => (await this.server(name)).status === "ACTIVE");
  }

  private async server(name: string): Promise<{ id: string; status: string }> {
    const { servers } = await this.send<{ servers: { id: string; status: string }[] }>(
      "GET",
      `servers/detail?name=^${name}$`,
    );
    const [server] = servers;
    if (server === undefined) throw new Error(`There is no machine ${name}.`);
    return server;
  }

  private async send<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    const response = await fetch(`${this.compute}/${path}`, {
      method,
      headers: { "x-auth-token": this.token, "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (!response.ok)
      throw new Error(`Nova answered ${response.status} to ${method} ${path}: ${await response.text()}`);
    const text = await response.text();
    return (text === "" ? {} : JSON.parse(text)) as Answer;
  }
}
